"""The programme's results open to everybody: what would be seen, and the switch. For who defines indicators."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.indicators import rules
from tiwizi.indicators.forms.definitions import spread
from tiwizi.indicators.forms.publication import IntroductionForm, OpenForm, WithdrawForm
from tiwizi.indicators.models import Publication
from tiwizi.indicators.queries import publication as queries
from tiwizi.indicators.queries.definitions import defined
from tiwizi.indicators.queries.small import FEWEST
from tiwizi.indicators.queries.words import CALCULATIONS
from tiwizi.indicators.views.results import framework_for
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action

PAGE = 50
LATEST = 10  # times that it was open, told on the page
Forms = dict[str, Any]


@require_GET
@body_view(Action.DEFINE_INDICATORS)
def publication(request: HttpRequest, body: Body) -> HttpResponse:
    """What everybody would see, and whether everybody does."""
    programme = framework_for(body).body
    if programme.pk != body.pk:
        return redirect("indicators:publication", programme.slug)
    return _page(request, body, {})


def _page(request: HttpRequest, body: Body, forms: Forms, *, status: int = 200) -> HttpResponse:
    """The page with its forms; `forms`: those that come back with their faults."""
    public = queries.public_results(body)
    if public is None:
        return redirect("indicators:results", body.slug)
    opened = queries.publications_of(body)
    standing = opened[0] if opened and opened[0].closed_at is None else None
    page = Paginator(defined(public.framework), PAGE).get_page(request.GET.get("page"))
    seen = queries.shown_of(public.indicators.filter(pk__in=[one.pk for one in page]), public)
    context = {
        "public": public,
        "standing": standing,
        "opened": opened[:LATEST],
        "who": network.names_of(one.opened_by for one in opened[:LATEST]),
        "page": page,
        "seen": {one.line.indicator.pk: one for one in seen},
        "hidden": sum(split.hidden for one in seen for split in one.breakdowns),
        "fewest": FEWEST,
        "calculations": CALCULATIONS,
        "here": "public",
        **_forms(standing),
        **forms,
    }
    return body_page(request, body, "results", "indicators/publication.html", context, status=status)


def _forms(standing: Publication | None) -> Forms:
    if standing is None:
        return {"open_form": OpenForm()}
    said = spread({"introduction": standing.introduction}) | {"version": standing.version}
    return {"introduction_form": IntroductionForm(initial=said), "withdraw_form": WithdrawForm()}


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def publication_open(request: HttpRequest, body: Body) -> HttpResponse:
    """Open the results to everybody."""
    form = OpenForm(request.POST)

    def act() -> None:
        said = form.texts()
        rules.publish_results(by=request.user, body=body, reason=form.cleaned_data["reason"], **said)  # type: ignore[arg-type]

    return _acted(request, body, form, "open_form", act, _("Everybody can read these results now."))


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def publication_introduce(request: HttpRequest, body: Body) -> HttpResponse:
    """Change what stands at the head of the public page."""
    form = IntroductionForm(request.POST)

    def act() -> None:
        said = form.texts()
        rules.introduce_results(by=request.user, body=body, version=form.cleaned_data["version"] or 0, **said)  # type: ignore[arg-type]

    return _acted(request, body, form, "introduction_form", act, _("Kept."))


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def publication_withdraw(request: HttpRequest, body: Body) -> HttpResponse:
    """Close them again."""
    form = WithdrawForm(request.POST)

    def act() -> None:
        rules.withdraw_results(by=request.user, body=body, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]

    return _acted(request, body, form, "withdraw_form", act, _("The public page is closed."))


def _acted(request: HttpRequest, body: Body, form: Any, name: str, act: Callable[[], None], told: str) -> HttpResponse:
    """Do it and go back, or show the page again with what was typed."""
    if form.is_valid():
        try:
            act()
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, told)
            return redirect("indicators:publication", body.slug)
    return _page(request, body, {name: form}, status=422)
