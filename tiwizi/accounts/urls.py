"""Sign-in, sign-out, language."""

from allauth.account.views import logout
from django.urls import include, path
from django.views.decorators.http import require_POST

from tiwizi.accounts import views

own = ([path("language/", views.language, name="language")], "accounts")

urlpatterns = [
    # The names are the sign-in library's own.
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-out/", require_POST(logout), name="account_logout"),
    path("", include(own)),
]
