"""Pages of rounds: the list, a new one, the round itself, what was agreed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.drafts import drafting
from tiwizi.base.errors import Refusal
from tiwizi.base.queries import job_of
from tiwizi.network import histories
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may
from tiwizi.plans.queries import plans_below
from tiwizi.pooling import pictures, queries, rules
from tiwizi.pooling.forms import OpenForm, PairForm
from tiwizi.pooling.models import Proposal, Round
from tiwizi.pooling.views.guard import round_view

DEFAULTS = {"method": "nucleolus", "min_saving_cents": 0, "max_members": 8, "weeks": 78}


@require_GET
@body_view()
def rounds(request: HttpRequest, body: Body) -> HttpResponse:
    """The rounds of a body, of those below, and those in which it is a partner."""
    context = {
        "rounds": queries.rounds_of(request.user, body),  # type: ignore[arg-type]
        "saved": queries.savings(body),
        "may_open": may(request.user, Action.RUN_ROUND, body),  # type: ignore[arg-type]
        "may_read": may(request.user, Action.READ_ROUND, body),  # type: ignore[arg-type]
        "plans": plans_below(body),
    }
    return body_page(request, body, "pooling", "pooling/rounds.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.RUN_ROUND)
def round_open(request: HttpRequest, body: Body) -> HttpResponse:
    """Open a round: its weeks default to those of the plans below."""
    form, draft = OpenForm(request.POST or None, initial=_initial(body)), drafting(request)
    draft.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            round = rules.open_round(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The round is open. Look at who takes part, then run it."))
            return draft.sent(redirect("pooling:round", body.slug, round.pk))
    context = {"form": form, "draft": draft}
    status = 422 if form.errors else 200
    return body_page(request, body, "pooling", "pooling/round_open.html", context, status=status)


def _initial(body: Body) -> dict[str, Any]:
    plans = plans_below(body)
    if not plans:
        return dict(DEFAULTS)
    start, end = max(plan.start for plan in plans), max(plan.end for plan in plans)
    title = _("Pooling, %(period)s") % {"period": f"{start.year}-{end.year}" if end.year > start.year else start.year}
    return DEFAULTS | {"title": title, "start": start, "weeks": max(1, ((end - start).days + 1) // 7)}


@require_GET
@round_view
def round_page(request: HttpRequest, round: Round) -> HttpResponse:
    """A round at a glance: what is missing, what is proposed, who answered, what each pays and saves."""
    return page_of(request, round)


def page_of(request: HttpRequest, round: Round, *, status: int = 200, **more: Any) -> HttpResponse:
    """The round's page; `more` replaces what it shows, such as a form with its faults."""
    run, shown = queries.last_run(round), queries.proposals(round)
    mine = queries.answerable(request.user, shown)  # type: ignore[arg-type]
    leads = may(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    inside = queries.taking_part(round)
    job, standing = queries.job_of(round), queries.Standing(round)
    context = {
        "round": round,
        "busy": queries.is_busy(round),
        "job": job_of(request.user, job.pk) if job else None,
        "failed": job is not None and job.state == "failed",
        "lifted": queries.lifted_condition(round, request.GET.get("lifted", "")),
        "lacks": queries.lacks(round, inside) if round.state != Round.State.CLOSED else [],
        "leads": leads,
        "run": run,
        "figures": run.figures if run else {},
        "curve": queries.curve_of(run) if run else None,
        "outcome": queries.outcome(run) if run else None,
        "burdens": queries.burdens(run) if run else [],
        "cards": [_card(proposal, mine, standing) for proposal in shown],
        "taking_part": len(inside),
        "opted_out": queries.opted_out(round),
        "conditions": queries.conditions(round),
        "pair_form": PairForm(round=round, auto_id="pair_%s") if leads else None,
        "events": histories.story(round),
        "method": queries.METHOD_NAMES[round.method],
        **_drawn(round, shown),
    }
    return body_page(request, round.body, "pooling", "pooling/round.html", context | more, status=status)


def _drawn(round: Round, shown: list[Proposal]) -> dict[str, Any]:
    live = [one for one in shown if one.state != Proposal.State.REFUSED]
    others = queries.communes_in(round)
    return {
        "map": pictures.map_of(live, others, _("Where, and who comes from where")),
        "timeline": pictures.timeline_of(round, live) if live else None,
    }


def _card(proposal: Proposal, mine: set[Any], standing: queries.Standing) -> dict[str, Any]:
    """A proposal with the sentences that its card shows."""
    parts = list(proposal.parts.all())
    return {
        "proposal": proposal,
        "parts": parts,
        "mine": [part for part in parts if part.pk in mine],
        "when": queries.when(proposal),
        "saving": proposal.saving_cents,
        "verdict": queries.verdict(proposal),
        "constrained": queries.constrained(proposal),
        "broken": standing.broke(proposal) if proposal.state == Proposal.State.PENDING else "",
    }


@require_POST
@round_view
def run(request: HttpRequest, round: Round) -> HttpResponse:
    rules.start_run(by=request.user, round=round)  # type: ignore[arg-type]
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def stop(request: HttpRequest, round: Round) -> HttpResponse:
    rules.stop_run(by=request.user, round=round)  # type: ignore[arg-type]
    messages.success(request, _("The computation is stopped; nothing has changed."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_POST
@round_view
def close(request: HttpRequest, round: Round) -> HttpResponse:
    rules.close_round(by=request.user, round=round)  # type: ignore[arg-type]
    messages.success(request, _("The round is closed. What was agreed stands in the plans."))
    return redirect("pooling:round", round.body.slug, round.pk)


@require_GET
@round_view
def agreed(request: HttpRequest, round: Round) -> HttpResponse:
    """The agreed collective plan, made to be printed."""
    plan = queries.agreed_plan(round)
    context = {
        "round": round,
        "agreed": plan,
        "today": timezone.localdate(),
        "method": queries.METHOD_NAMES[round.method],
        "illustrative": any(row.illustrative for row in plan.rows),
    }
    return body_page(request, round.body, "pooling", "pooling/agreed.html", context)
