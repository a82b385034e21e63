// Connects the forms of passkeys to the sign-in library's two scripts. Without scripts they stay hidden.
(function () {
  "use strict";
  var library = window.allauth && window.allauth.webauthn && window.allauth.webauthn.forms;
  if (!library || !window.webauthnJSON || !window.webauthnJSON.supported()) return;
  var connect = {
    add: function (data) {
      library.addForm({ ids: { add: "passkey-button", passwordless: "passkey-alone", credential: "passkey-credential" }, data: data });
    },
    authenticate: function (data) {
      library.authenticateForm({ ids: { authenticate: "passkey-button", credential: "passkey-credential" }, data: data });
    },
    login: function () {
      library.loginForm({ ids: { login: "passkey-button", credential: "passkey-credential" } });
    }
  };
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var options = form.dataset.options ? JSON.parse(form.dataset.options) : null;
    connect[form.dataset.passkey]({ creation_options: options, request_options: options });
    form.hidden = false;
    document.querySelectorAll("[data-passkey-missing]").forEach(function (one) { one.hidden = true; });
  });
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-failed]").forEach(function (one) { one.hidden = false; });
  });
})();
