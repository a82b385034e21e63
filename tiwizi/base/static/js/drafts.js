// Saves a form marked with data-draft while one types: on the server, and in this browser for when that fails.
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form) return;
  var key = "tiwizi.draft:" + form.dataset.owner + ":" + form.dataset.draft;
  var state = form.querySelector("[data-draft-state]");
  var found = form.querySelector("[data-draft-found]");
  var waiting = null, dirty = false, sending = false;
  form.querySelector("[data-draft-keep]").hidden = true;

  function skipped(field) {
    return !field.name || field.disabled || field.name === "csrfmiddlewaretoken" ||
      ["password", "file", "submit", "button"].indexOf(field.type) >= 0;
  }
  function typed() {
    var pairs = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      if (skipped(field)) return;
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) return;
      pairs.push([field.name, field.value]);
    });
    return pairs;
  }
  function fill(pairs) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (skipped(field) || field.name === "draft-path") return;
      var values = pairs.filter(function (pair) { return pair[0] === field.name; }).map(function (pair) { return pair[1]; });
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.indexOf(field.value) >= 0;
      else if (values.length) field.value = values[values.length - 1];
    });
  }
  // A browser may refuse to keep anything (private window, no place left): the server still does.
  function store(act) { try { return act(window.localStorage); } catch (refused) { return null; } }
  function keepHere() {
    store(function (place) { place.setItem(key, JSON.stringify({ at: Date.now(), typed: typed() })); });
  }
  function forgetHere() { store(function (place) { place.removeItem(key); }); }

  function send() {
    if (!dirty || sending) return;
    dirty = false;
    sending = true;
    fetch(form.dataset.draftTo, { method: "POST", body: new FormData(form), headers: { "X-Draft": "1" }, keepalive: true })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error("not kept");
        return answer.json();
      })
      .then(function (said) {
        state.textContent = said.saved;
        if (!dirty) forgetHere();
      })
      .catch(function () {
        dirty = true;
        state.textContent = state.dataset.here;
      })
      .then(function () { sending = false; });
  }
  function later() {
    dirty = true;
    keepHere();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(send, 1500);
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", function () { if (document.hidden) send(); });
  form.addEventListener("submit", function (event) {
    window.clearTimeout(waiting);
    dirty = false;
    // Until the server says that it was sent (tiwizi.js), it stays here: the line may break just now.
    if (event.submitter && event.submitter.name === "draft-drop") forgetHere(); else keepHere();
  });

  // What this browser kept because it could not be sent comes back, unless the page shows something typed since.
  var kept = store(function (place) { return JSON.parse(place.getItem(key)); });
  if (kept && !form.hasAttribute("data-sent") && JSON.stringify(kept.typed) !== JSON.stringify(typed())) {
    fill(kept.typed);
    found.hidden = false;
    later();
  } else if (kept) {
    forgetHere();
  }
  form.querySelector("[data-draft-forget]").addEventListener("click", function () {
    window.clearTimeout(waiting);
    dirty = false;
    forgetHere();
    window.location.reload();
  });
})();
