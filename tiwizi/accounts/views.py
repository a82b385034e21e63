"""Sign-in and the choice of a language."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tiwizi.accounts import queries, rules
from tiwizi.accounts.demo import PASSWORD
from tiwizi.base.errors import Refusal
from tiwizi.base.fields import Spoken


class SignIn(LoginView):
    """The library's sign-in, in our look; the demo lists its accounts, and `?as=` fills in one."""

    template_name = "accounts/sign_in.html"

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        if settings.DEMO and (email := self.request.GET.get("as")):
            initial["login"] = email
        return initial

    def form_valid(self, form: Form) -> HttpResponse:
        """A device on which no language was chosen takes that of the account."""
        answer: HttpResponse = super().form_valid(form)
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES and self.request.user.is_authenticated:
            keep_language(answer, self.request.user.language)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.DEMO:
            accounts = [(user, Spoken(user.demo_sentence)) for user in queries.demo_accounts()]
            context |= {"demo_accounts": accounts, "demo_password": PASSWORD}
        return context


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


def keep_language(answer: HttpResponse, code: str) -> None:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
