"""Sign-in, sign-out, passwords, second factor, sessions, language."""

from django.urls import include, path, re_path

from tiwizi.accounts.views import own, passwords, second_factor, sign_in

ours = (
    [
        path("language/", sign_in.language, name="language"),
        path("account/", own.account, name="account"),
        path("account/sessions/end/", own.end_other_sessions, name="end-other-sessions"),
        path("account/sessions/<int:pk>/end/", own.end_session, name="end-session"),
    ],
    "accounts",
)

# These names are the sign-in library's own: it looks for them.
entering = [
    path("", sign_in.SignIn.as_view(), name="account_login"),
    path("second-factor/", second_factor.Ask.as_view(), name="mfa_authenticate"),
    path("passkey/", second_factor.EnterByPasskey.as_view(), name="mfa_login_webauthn"),
    path("again/", second_factor.AskPasswordAgain.as_view(), name="account_reauthenticate"),
    path("again/code/", second_factor.AskCodeAgain.as_view(), name="mfa_reauthenticate"),
    path("again/passkey/", second_factor.AskPasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("single/failed/", sign_in.single_sign_on_failed, name="socialaccount_login_error"),
    path("single/left/", sign_in.single_sign_on_failed, name="socialaccount_login_cancelled"),
    path("single/<slug:provider_id>/", sign_in.to_provider, name="openid_connect_login"),
    path("single/<slug:provider_id>/back/", sign_in.from_provider, name="openid_connect_callback"),
]
factors = [
    path("", second_factor.Overview.as_view(), name="mfa_index"),
    path("application/", second_factor.AddApplication.as_view(), name="mfa_activate_totp"),
    path("application/remove/", second_factor.RemoveApplication.as_view(), name="mfa_deactivate_totp"),
    path("codes/", second_factor.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("codes/new/", second_factor.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("codes/text/", second_factor.CodesAsText.as_view(), name="mfa_download_recovery_codes"),
    path("passkeys/add/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", second_factor.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("sign-in/", include(entering)),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("password/forgotten/", passwords.Forgotten.as_view(), name="account_reset_password"),
    path("password/forgotten/sent/", passwords.ForgottenSent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        passwords.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/new/", passwords.NewPasswordDone.as_view(), name="account_reset_password_from_key_done"),
    path("account/password/", passwords.ChangePassword.as_view(), name="account_change_password"),
    path("account/second-factor/", include(factors)),
    path("", include(ours)),
]
