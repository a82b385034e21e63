"""Sign-in and the choice of a language."""

from collections.abc import Callable
from typing import Any

from allauth.account.views import LoginView, logout
from allauth.core.internal import ratelimit
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from tiwizi.accounts import devices, queries, rules
from tiwizi.accounts.demo import PASSWORD
from tiwizi.accounts.middleware import clear_browser, keep_language
from tiwizi.base.errors import Refusal
from tiwizi.base.fields import Spoken


class SignIn(LoginView):
    """The library's sign-in, in our look; the demo lists its accounts, and `?as=` fills in one."""

    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Tries from a place where nobody entered before are few; colleagues behind the same address stay free."""
        if request.method == "POST" and not devices.known_at_all(request):
            stopped = ratelimit.consume_or_429(request, app="allauth.account", action="login_unknown_place")
            if stopped:
                return stopped
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        if settings.DEMO and (email := self.request.GET.get("as")):
            initial["login"] = email
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
            context["single_sign_on"] = settings.OIDC_APP["name"] or _("your organisation's account")
        if settings.DEMO:
            accounts = [(user, Spoken(user.demo_sentence)) for user in queries.demo_accounts()]
            context |= {"demo_accounts": accounts, "demo_password": PASSWORD}
        return context


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to the provider of single sign-on; one that does not answer gets a page, not an error."""
    return _asking(request, openid_connect.login, provider_id)


def from_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the provider, with its answer about who this is."""
    return _asking(request, openid_connect.callback, provider_id)


def _asking(request: HttpRequest, view: Callable[..., HttpResponseBase], provider_id: str) -> HttpResponseBase:
    try:
        return view(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)


@require_safe
def single_sign_on_failed(request: HttpRequest) -> HttpResponse:
    """The person turned back at the provider, or the provider answered with an error."""
    return render(request, "socialaccount/authentication_error.html")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """The library's, which then leaves nothing behind in the browser."""
    answer: HttpResponseBase = logout(request)
    clear_browser(answer)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and, for who is signed in, on the account; then back to the page."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated:
        rules.choose_language(by=request.user, language=chosen)
    elif chosen not in dict(settings.LANGUAGES):
        raise Refusal("language-unknown", _("Tiwizi does not speak this language."), status=400)
    answer = HttpResponseRedirect(_way_back(request))
    keep_language(answer, chosen)
    return answer


def _way_back(request: HttpRequest) -> str:
    following = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return following if ours else reverse("portal:home")
