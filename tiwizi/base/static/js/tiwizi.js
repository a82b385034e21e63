// Small comforts; every page works without them.
(function () {
  "use strict";
  // Only one header menu is open at a time, and Escape closes it.
  document.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches("details.menu") || !event.target.open) return;
    document.querySelectorAll("details.menu[open]").forEach(function (other) {
      if (other !== event.target) other.open = false;
    });
  }, true);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  // A filter form marked so is sent when a choice changes.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-send-on-change")) form.requestSubmit();
  });
})();
