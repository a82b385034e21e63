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
  // What was sent is no longer kept in this browser; after leaving, nothing is (js/drafts.js).
  function forget(wanted) {
    try {
      Object.keys(window.localStorage).forEach(function (key) {
        if (key.indexOf("tiwizi.draft:") === 0 && wanted(key)) window.localStorage.removeItem(key);
      });
    } catch (refused) { return; }
  }
  var sent = document.cookie.match(/(?:^|; )tiwizi_sent=([^;]+)/);
  if (sent) {
    var path = ":" + decodeURIComponent(sent[1]);
    forget(function (key) { return key.slice(-path.length) === path; });
    document.cookie = "tiwizi_sent=; path=/; max-age=0; samesite=lax";
  }
  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-leaves")) forget(function () { return true; });
  });
  // A filter form marked so is sent when a choice changes.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-send-on-change")) form.requestSubmit();
  });
})();
