"""Pages of a proposal: the whole of it, the partners' answers, the animator's decisions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, Organisation
from tiwizi.network.pages import body_page
from tiwizi.network.permissions import Action, may, require
from tiwizi.pooling import pictures, queries, rules
from tiwizi.pooling.forms import AnswerForm, PairForm, PartForm, PlaceForm, ReasonForm, WeekForm
from tiwizi.pooling.models import Condition, Proposal, ProposalPart, Round
from tiwizi.pooling.views.guard import round_view
from tiwizi.pooling.views.rounds import page_of


@require_GET
@round_view
def proposal(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    """One proposal: who, where and why there, when, what it costs, who pays what and why that is fair."""
    return _page(request, round, _found(round, number))


def _page(request: HttpRequest, round: Round, found: Proposal, *, status: int = 200, **more: Any) -> HttpResponse:
    parts = list(found.parts.all())
    mine = queries.answerable(request.user, [found])  # type: ignore[arg-type]
    leads = may(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    context = {
        "round": round,
        "proposal": found,
        "parts": parts,
        "mine": [part for part in parts if part.pk in mine],
        "leads": leads,
        "busy": queries.is_busy(round),
        "when": queries.when(found),
        "saving": found.saving_cents,
        "verdict": queries.verdict(found),
        "broken": queries.what_broke(found) if found.state == Proposal.State.PENDING else "",
        "why_there": queries.why_there(found),
        "constrained": queries.constrained(found),
        "methods": queries.methods(found),
        "method": queries.METHOD_SENTENCES[found.story.get("method", round.method)],
        "places": queries.places(found),
        "weeks": queries.possible_weeks(found),
        "map": pictures.map_of([found], [], _("Where, and who comes from where")),
        "timeline": pictures.timeline_of(round, [found]),
        "place_form": PlaceForm(proposal=found, initial={"organisation": str(found.host_id)}) if leads else None,
        "week_form": WeekForm(proposal=found, initial={"week": found.week}, auto_id="week_%s") if leads else None,
    }
    return body_page(request, round.body, "pooling", "pooling/proposal.html", context | more, status=status)


def _found(round: Round, number: int) -> Proposal:
    found = queries.proposal_of(round, number)
    if found is None:
        raise Http404
    return found


@require_POST
@round_view
def answer(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    """Accept or refuse one's part."""
    found, form = _found(round, number), AnswerForm(request.POST)
    if not form.is_valid():
        raise Refusal("answer-unreadable", _("Choose to accept or to refuse."), status=422)
    said = form.cleaned_data
    part = get_object_or_404(ProposalPart, proposal=found, pk=said["part"])
    try:
        if said["answer"] == "accept":
            rules.accept_part(by=request.user, part=part, reason=said["reason"], share_cents=said["share"])  # type: ignore[arg-type]
        else:
            rules.refuse_part(by=request.user, part=part, reason=said["reason"])  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        return _page(request, round, found, status=422, faulty_part=part.pk, fault=str(refusal))
    messages.success(request, _told(said["answer"], _found(round, number)))
    return redirect("pooling:proposal", round.body.slug, round.pk, number)


def _told(answer: str, after: Proposal) -> str:
    if answer == "refuse":
        return _("Your part is refused; the proposal goes back with your reason.")
    if after.state == Proposal.State.AGREED:
        return _("All partners have accepted: the activity now stands in the collective plan.")
    return _("Your part is accepted. The other partners still have to answer.")


@require_POST
@round_view
def take_back(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    form = PartForm(request.POST)
    if not form.is_valid():
        raise Http404
    part = get_object_or_404(ProposalPart, proposal=_found(round, number), pk=form.cleaned_data["part"])
    rules.take_back_answer(by=request.user, part=part)  # type: ignore[arg-type]
    messages.success(request, _("Your answer is taken back."))
    return redirect("pooling:proposal", round.body.slug, round.pk, number)


@require_POST
@round_view
def pin_host(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    found = _found(round, number)
    form = PlaceForm(request.POST, proposal=found)
    if not form.is_valid():
        return _page(request, round, found, status=422, place_form=form)
    place = get_object_or_404(Organisation, pk=form.cleaned_data["organisation"])
    rules.pin_host(by=request.user, proposal=found, organisation=place, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
    messages.success(request, _("The place is pinned. Run the round again to see what it changes."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def fix_week(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    found = _found(round, number)
    form = WeekForm(request.POST, proposal=found, auto_id="week_%s")
    if not form.is_valid():
        return _page(request, round, found, status=422, week_form=form)
    rules.fix_week(by=request.user, proposal=found, **form.cleaned_data)  # type: ignore[arg-type]
    messages.success(request, _("The week is fixed. Run the round again to see what it changes."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def release(request: HttpRequest, round: Round, number: int) -> HttpResponse:
    found, form = _found(round, number), ReasonForm(request.POST)
    form.is_valid()
    try:
        rules.release_proposal(by=request.user, proposal=found, reason=form.cleaned_data.get("reason", ""))  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        return _page(request, round, found, status=422, release_fault=str(refusal))
    messages.success(request, _("The proposal is back in play. Run the round again."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def forbid_pair(request: HttpRequest, round: Round) -> HttpResponse:
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    form = PairForm(request.POST, round=round, auto_id="pair_%s")
    if not form.is_valid():
        return page_of(request, round, status=422, pair_form=form)
    said = form.cleaned_data
    body, other = (get_object_or_404(Body, pk=UUID(said[name])) for name in ("body", "other_body"))
    try:
        rules.forbid_pair(by=request.user, round=round, body=body, other_body=other, reason=said["reason"])  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal))
        return page_of(request, round, status=422, pair_form=form)
    messages.success(request, _("These two are kept apart from the next run on."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def lift(request: HttpRequest, round: Round, condition: UUID) -> HttpResponse:
    found = get_object_or_404(Condition, round=round, pk=condition)
    rules.lift_condition(by=request.user, condition=found)  # type: ignore[arg-type]
    answer = redirect("pooling:round", round.body.slug, round.pk)
    answer["Location"] += f"?lifted={found.pk}"
    return answer


@require_POST
@round_view
def recover(request: HttpRequest, round: Round, condition: UUID) -> HttpResponse:
    found = get_object_or_404(Condition, round=round, pk=condition)
    rules.recover_condition(by=request.user, condition=found)  # type: ignore[arg-type]
    messages.success(request, _("It binds the next run again."))
    return redirect("pooling:round", round.body.slug, round.pk)
