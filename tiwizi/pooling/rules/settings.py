"""What a round computes with: its general rules, its partners, kinds and places. Changed while it is open.

Several people may work on them at once: what they change apart is merged (`base/merging.py`).
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, Values, reconcile
from tiwizi.pooling.models import Proposal, Round, RoundHost, RoundKind, RoundPartner
from tiwizi.pooling.queries.settings import flat, settings_of
from tiwizi.pooling.rules.rounds import check_rules, keep, locked

Row = TypeVar("Row", RoundPartner, RoundKind, RoundHost)
AnyRow = RoundPartner | RoundKind | RoundHost
MOST_PEOPLE = 1_000_000  # seats of a place, participants of a shared activity


@transaction.atomic
def change_rules(
    *,
    by: User,
    round: Round,
    title: str,
    method: str,
    min_saving_cents: int,
    max_members: int,
    version: int | None = None,
    seen: Seen | None = None,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
) -> Round:
    """Change what a round computes with. Proposals that wait keep their shares until the next run.

    `seen`, `version`, `answers`, `puts_back`: as for an activity (`plans.rules.change_activity`).
    """
    round = locked(by, round)
    said = {"title": title.strip(), "method": method, "min_saving_cents": min_saving_cents, "max_members": max_members}
    stands = {name: getattr(round, name) for name in said}
    merged = reconcile(seen or Seen(version), said, stands, version=round.version, answers=answers)
    check_rules(merged.values | {"start": round.start, "weeks": round.weeks})
    before, after = audit.changed(stands, merged.values)
    if after:
        keep(round, after)
        act = "put-back-round" if puts_back else "change-round"
        audit.record(act, round, by=by, body=round.body_id, reason=reason.strip(), before=before, after=after)
    round.merged = merged
    return round


class FaultySettings(Refusal):
    """Rows that cannot be written, each with its refusal, by the row's id. None of them is written."""

    def __init__(self, faults: dict[UUID, Refusal]) -> None:
        super().__init__("settings-faulty", _("Something is missing or wrong below. What you typed is kept."))
        self.faults = faults


@transaction.atomic
def change_settings(
    *,
    by: User,
    round: Round,
    rows: Mapping[AnyRow, Values],
    version: int | None = None,
    seen: Seen | None = None,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
) -> Round:
    """Change several rows of one part (partners, kinds or places): all of them, or none (`FaultySettings`).

    What others changed since is merged, field by field: see `change_rules`.
    """
    round = locked(by, round)
    mine = {flat(row.pk, name): value for row, values in rows.items() for name, value in values.items()}
    merged = reconcile(
        seen or Seen(version), mine, settings_of(rows), version=round.version, answers=answers,
        sets=[flat(row.pk, "blocked_weeks") for row in rows],
        together=[(flat(row.pk, "pool_min"), flat(row.pk, "pool_max")) for row in rows],
    )  # fmt: skip
    faults = {}
    for row, values in rows.items():
        said = {name: merged.values[flat(row.pk, name)] for name in values}
        try:
            _set(by, row, reason=reason, puts_back=puts_back, **said)
        except Refusal as refusal:
            faults[row.pk] = refusal
    if faults:
        raise FaultySettings(faults)
    round.refresh_from_db()
    round.merged = merged
    return round


def _set(by: User, row: AnyRow, **said: Any) -> None:
    if isinstance(row, RoundPartner):
        set_partner(by=by, partner=row, **said)
    elif isinstance(row, RoundKind):
        set_kind(by=by, kind=row, **said)
    else:
        set_host(by=by, host=row, **said)


@transaction.atomic
def set_partner(
    *,
    by: User,
    partner: RoundPartner,
    takes_part: bool,
    budget_cents: int | None,
    reason: str = "",
    puts_back: bool = False,
) -> RoundPartner:
    """Say whether a partnership takes part, and with how much money. Null: not yet said."""
    round = locked(by, partner.round)
    if budget_cents is not None and budget_cents < 0:
        raise Refusal("budget-negative", _("A budget is zero or more."), field="budget_cents")
    agreed = round.proposals.filter(state=Proposal.State.AGREED, parts__body=partner.body_id)
    if not takes_part and agreed.exists():  # the other partners' activities would be free to be agreed twice
        raise Refusal(
            "partner-agreed",
            _("%(body)s has agreed to an activity of this round.") % {"body": partner.body},
            _("Put that proposal back into play first."),
            field="takes_part",
        )
    act = "put-back-partner" if puts_back else "set-partner"
    return _change(by, round, partner, act, reason, takes_part=takes_part, budget_cents=budget_cents)


@transaction.atomic
def set_kind(
    *, by: User, kind: RoundKind, included: bool, reason: str = "", puts_back: bool = False, **tariff: int
) -> RoundKind:
    """Say whether a kind takes part, and with which tariff (whole euros: `docs/adr/0005`)."""
    round = locked(by, kind.round)
    for name in ("fixed_cents", "per_head_cents", "travel_rate_cents"):
        if tariff.get(name, 0) < 0 or tariff.get(name, 0) % 100:
            raise Refusal("tariff-whole-euros", _("A tariff is a whole number of euros, zero or more."), field=name)
    least, most = tariff.get("pool_min", kind.pool_min), tariff.get("pool_max", kind.pool_max)
    if not 1 <= least <= most <= MOST_PEOPLE:
        raise Refusal("tariff-sizes", _("The smallest group is one or more, and not above the largest."))
    agreed = round.proposals.filter(state=Proposal.State.AGREED, kind=kind.kind_id)
    if not included and agreed.exists():  # its money would be free to be spent twice
        raise Refusal(
            "kind-agreed",
            _("An activity of this kind is agreed in this round."),
            _("Put that proposal back into play first."),
            field="included",
        )
    act = "put-back-kind" if puts_back else "set-kind"
    return _change(by, round, kind, act, reason, included=included, **tariff)


@transaction.atomic
def set_host(
    *,
    by: User,
    host: RoundHost,
    accepts: bool,
    seats: int | None,
    cost_percent: int,
    blocked_weeks: list[int],
    reason: str = "",
    puts_back: bool = False,
) -> RoundHost:
    """Say whether a commune receives, for how many, at which cost level, and in which weeks it cannot."""
    round = locked(by, host.round)
    if seats is not None and not 1 <= seats <= MOST_PEOPLE:
        raise Refusal("host-seats", _("A place that receives has at least one seat."), field="seats")
    if not 1 <= cost_percent <= 1000:
        raise Refusal("host-cost", _("The level of cost is between 1 and 1000 percent."), field="cost_percent")
    if any(not 0 <= week < round.weeks for week in blocked_weeks):
        raise Refusal("host-weeks", _("A week lies outside the round."), field="blocked_weeks")
    said = {"accepts": accepts, "seats": seats, "cost_percent": cost_percent}
    act = "put-back-host" if puts_back else "set-host"
    return _change(by, round, host, act, reason, **said, blocked_weeks=sorted(set(blocked_weeks)))


def _change(by: User, round: Round, row: Row, act: str, reason: str, **values: Any) -> Row:
    """Write one row of a round's settings over what stands, with what changed in the trail."""
    row = type(row)._default_manager.get(pk=row.pk)
    before, after = audit.changed({name: getattr(row, name) for name in values}, values)
    if after:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(after))
        Round.objects.filter(pk=round.pk).update(version=F("version") + 1)
        audit.record(act, row, by=by, body=round.body_id, reason=reason.strip(), before=before, after=after)
    return row
