"""Pages on which a network is built: levels, kinds of organisations, organisations, bodies."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tiwizi.base.drafts import Drafting, drafting
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import SEEN, Writing
from tiwizi.base.merging import Seen
from tiwizi.network import places, queries, rules
from tiwizi.network.forms import building as forms
from tiwizi.network.forms.places import SEARCH, Finding, finding, looked_for
from tiwizi.network.merges import fields_of, merge_page, tell_merged
from tiwizi.network.models import Body, BodyKind, Membership, Organisation, OrganisationKind
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may
from tiwizi.network.queries import building

A_PAGE = 50
_ORGANISATION = "network/organisation_form.html"


@dataclass(frozen=True)
class Page:
    """What a form of the network stands under: its title, why, where one goes back to, its button."""

    title: str | Promise
    back: str
    why: str | Promise = ""
    button: str | Promise = ""
    template: str = "network/build_form.html"


def form_page(request: HttpRequest, body: Body, page: Page, form: Any, draft: Drafting, **context: Any) -> HttpResponse:
    """A form alone on its page."""
    context |= {"page": page, "form": form, "draft": draft}
    status = 422 if form.errors else 200
    return body_page(request, body, "people", page.template, context, status=status)


def add(
    request: HttpRequest, body: Body, page: Page, form: Any, act: Callable[..., Any], to: Callable[[Any], str]
) -> HttpResponse:
    """Add a thing by a rule; a refusal stands beside its field."""
    draft = drafting(request)
    draft.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            made = act(by=request.user, **form.facts)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("“%(what)s” is added.") % {"what": made})
            return draft.sent(redirect(to(made)))
    return form_page(request, body, page, form, draft)


@dataclass(frozen=True)
class Edited:
    """What is changed: the object, its version and values, and the rule that writes it."""

    thing: Any
    values: dict[str, Any]
    act: Callable[..., Any]
    history: str = ""
    about: Any = None  # whose seen values are sealed: the thing, unless it may not be kept yet


def change(
    request: HttpRequest, body: Body, page: Page, edited: Edited, form_class: Callable[..., Any]
) -> HttpResponse:
    """Change a thing; what somebody else changed meanwhile is merged, what clashes is chosen on a page."""
    thing, about, draft = edited.thing, edited.about or edited.thing.pk, drafting(request)
    form = form_class(request.POST or None, initial=dict(edited.values))
    draft.fill(form)
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        try:
            kept = edited.act(by=request.user, **Writing.of(request.POST, about).how, **form.facts)
        except Conflict as conflict:
            fields = fields_of(thing, form.facts)
            return merge_page(request, body, "people", conflict, fields, title=str(thing), back=page.back)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            tell_merged(request, kept.merged, fields_of(kept, form.facts))
            return draft.sent(redirect(page.back))
    seen = request.POST.get(SEEN) or draft.seen(Seen(thing.version, edited.values).sealed(about))
    return form_page(request, body, page, form, draft, seen=seen, history=edited.history)


def _history(body: Body, thing: Any) -> str:
    return reverse("network:history", args=[body.slug, thing._meta.label_lower, thing.pk])


@require_safe
@body_view(Action.MANAGE_NETWORK)
def build(request: HttpRequest, body: Body) -> HttpResponse:
    """Where one begins: levels, kinds, organisations, bodies, with how many there are."""
    below = queries.graph().below(body.pk)
    sitting = Count("organisation", filter=Q(organisation__memberships__body__in=below), distinct=True)
    kinds = OrganisationKind.objects.annotate(count=sitting)
    levels = BodyKind.objects.annotate(count=Count("body", filter=Q(body__in=below), distinct=True))
    context = {
        "levels": levels.order_by("rank", "code"),
        "kinds": kinds.order_by("code"),
        "organisations": Organisation.objects.count(),
    }
    return body_page(request, body, "people", "network/build.html", context)


def _start(body: Body) -> str:
    return reverse("network:build", args=[body.slug])


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def level_add(request: HttpRequest, body: Body) -> HttpResponse:
    """Another level of bodies."""
    page = Page(_("Add a level"), _start(body), _("Programme, country, regional group, partnership..."), _("Add"))
    act = partial(rules.add_level, body=body)
    return add(request, body, page, forms.LevelForm(request.POST or None), act, lambda made: page.back)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def level(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """Change a level."""
    kind = get_object_or_404(BodyKind, pk=code)
    page = Page(_("Change “%(what)s”") % {"what": kind}, _start(body))
    act = partial(rules.change_level, body=body, kind=kind)
    edited = Edited(kind, building.facts_of(kind), act, _history(body, kind))
    return change(request, body, page, edited, forms.LevelForm)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def kind_add(request: HttpRequest, body: Body) -> HttpResponse:
    """Another kind of organisation."""
    page = Page(_("Add a kind of organisation"), _start(body), _("Commune, association, ministry..."), _("Add"))
    act = partial(rules.add_organisation_kind, body=body)
    return add(request, body, page, forms.OrganisationKindForm(request.POST or None), act, lambda made: page.back)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def kind(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """Change a kind of organisation."""
    found = get_object_or_404(OrganisationKind, pk=code)
    page = Page(_("Change “%(what)s”") % {"what": found}, _start(body))
    act = partial(rules.change_organisation_kind, body=body, kind=found)
    edited = Edited(found, building.facts_of(found), act, _history(body, found))
    return change(request, body, page, edited, forms.OrganisationKindForm)


@require_safe
@body_view(Action.MANAGE_NETWORK)
def organisations(request: HttpRequest, body: Body) -> HttpResponse:
    """Every organisation, with the bodies below in which it sits; the search is in the address."""
    text = request.GET.get("q", "").strip()
    wanted = queries.folded(text)
    found = [
        one
        for one in Organisation.objects.select_related("kind")
        if wanted in queries.folded(" ".join([one.slug, one.ref, *one.name.values()]))
    ]
    page = Paginator(sorted(found, key=lambda one: queries.folded(str(one))), A_PAGE).get_page(request.GET.get("page"))
    below = queries.graph().below(body.pk)
    sitting: dict[UUID, list[Body]] = {}
    seats = Membership.objects.on(queries.today()).filter(organisation__in=page.object_list, body__in=below)
    for seat in seats.select_related("body").order_by("body__slug"):
        sitting.setdefault(seat.organisation_id, []).append(seat.body)
    context = {"page": page, "q": text, "sitting": sitting}
    return body_page(request, body, "people", "network/organisations.html", context)


def _organisations(body: Body) -> str:
    return reverse("network:organisations", args=[body.slug])


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def organisation_add(request: HttpRequest, body: Body) -> HttpResponse:
    """Another organisation."""
    why = _("Public facts only. How it is reached is kept apart, under “Contacts” of a body in which it sits.")
    page = Page(_("Add an organisation"), _organisations(body), why, _("Add"), _ORGANISATION)
    if found := finding(request.POST):
        return _beside_places(request, body, page, found)
    chosen = places.place_of(request.GET.get("place", ""))
    act = partial(rules.register_organisation, body=body)
    form = forms.OrganisationForm(request.POST or None, initial=chosen.facts if chosen else None)
    return add(request, body, page, form, act, lambda made: page.back)


def _beside_places(request: HttpRequest, body: Body, page: Page, found: Finding, **context: Any) -> HttpResponse:
    """The form of an organisation as it was typed, with places to choose from or with the facts of the one chosen."""
    there = building.organisations_of_places(found.shown)
    context |= {"finding": found, "there": there, "typed": True, "seen": request.POST.get(SEEN)}
    return form_page(request, body, page, forms.OrganisationForm(initial=found.initial), drafting(request), **context)


@require_safe
@body_view(Action.MANAGE_NETWORK)
def places_found(request: HttpRequest, body: Body) -> HttpResponse:
    """Places of the public lists by name or code; within the form of an organisation, only what is found."""
    found = looked_for(request.GET.get(SEARCH, ""))
    context = {"finding": found, "there": building.organisations_of_places(found.shown), "body": body}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "network/_places.html", context | {"choosing": True})
    return body_page(request, body, "people", "network/places.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def organisation(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Correct an organisation."""
    found = get_object_or_404(Organisation, pk=pk)
    page = Page(_("Change “%(what)s”") % {"what": found}, _organisations(body), template=_ORGANISATION)
    if sought := finding(request.POST):
        return _beside_places(request, body, page, sought, history=_history(body, found))
    act = partial(rules.change_organisation, body=body, organisation=found)
    edited = Edited(found, building.facts_of(found), act, _history(body, found))
    return change(request, body, page, edited, forms.OrganisationForm)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def found(request: HttpRequest, body: Body) -> HttpResponse:
    """A new body inside this one, or inside others of the programme."""
    why = _("A partnership has at least one organisation on each side; a group needs none.")
    page = Page(_("Found a body"), _start(body), why, _("Found it"))
    start = {"wholes": [body.pk], "kind": _level_below(body)}
    form = forms.FoundForm(request.POST or None, body=body, initial=start)
    return add(
        request, body, page, form, rules.found_with_seats, lambda made: reverse("network:life", args=[made.slug])
    )


def _level_below(body: Body) -> str:
    following = BodyKind.objects.filter(rank__gt=body.kind.rank).first()
    return following.pk if following else body.kind_id


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def edit(request: HttpRequest, body: Body) -> HttpResponse:
    """Correct a body's plain facts."""
    why = _("For corrections. Another name from a day on, leaving or closing are acts in the life of this body.")
    page = Page(_("Correct what is said of this body"), reverse("network:life", args=[body.slug]), why)
    act = partial(rules.change_body, body=body)
    edited = Edited(body, building.facts_of(body), act, _history(body, body))
    return change(request, body, page, edited, forms.BodyForm)


@require_safe
@body_view(Action.READ_PEOPLE)
def contacts(request: HttpRequest, body: Body) -> HttpResponse:
    """How the body and who sits in it are reached."""
    writing = bool(may(request.user, Action.EDIT_CONTACTS, body))  # type: ignore[arg-type]
    context = {"contacts": building.contacts_in(body), "writing": writing}
    return body_page(request, body, "people", "network/contacts.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_CONTACTS)
def contact(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Say how the body, or an organisation that sits in it, is reached."""
    seated = Organisation.objects.filter(memberships__body=body, pk=pk).first()
    if seated is None and pk != body.pk:
        raise Http404
    owner: Any = seated or body
    found = building.contact_of(owner)
    why = _("Read by those who may see who holds which role, never on a public page.")
    page = Page(_("How “%(who)s” is reached") % {"who": owner}, reverse("network:contacts", args=[body.slug]), why)
    act = partial(rules.set_contact, body=body, organisation=seated)
    history = _history(body, found) if not found._state.adding else ""
    edited = Edited(found, building.contact_facts(found), act, history, owner.pk)
    return change(request, body, page, edited, forms.ContactForm)
