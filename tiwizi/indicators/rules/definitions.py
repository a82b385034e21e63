"""Saying what is measured: the library, indicators, periods of reporting, who reports."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.bulk import insert_many, update_many
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.framework.models import Framework, Result
from tiwizi.indicators.models import Assignment, Indicator, LibraryIndicator, Period
from tiwizi.indicators.rules.checks import check, wrong_change, wrong_code, wrong_with
from tiwizi.indicators.rules.totals import renew, renew_all
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require

Names = dict[str, str]
DESCRIPTION = ("name", "counts", "unit", "calculation", "direction", "decimals", "frequency", "verification", "note")
BASELINE = ("baseline", "baseline_date", "baseline_source", "public")


def may_define(by: User | None, framework: Framework) -> None:
    """Refuse who does not define indicators there; `by=None` is the system itself."""
    if by is not None:
        require(by, Action.DEFINE_INDICATORS, framework.body)


@transaction.atomic
def add_to_library(*, by: User | None, body: Body, code: str, source: str = "", **description: Any) -> LibraryIndicator:
    """Put an indicator into the library of this installation. `body`: the programme in which `by` defines indicators;
    `by=None` is the system itself. Refused: `library-code-taken`, and as for an indicator."""
    if by is not None:
        require(by, Action.DEFINE_INDICATORS, body)
    check(wrong_with(description))
    if LibraryIndicator.objects.filter(code=code).exists():
        raise Refusal("library-code-taken", _("The library already has an indicator with this code."), field="code")
    added = LibraryIndicator.objects.create(code=code, source=source, **description)
    audit.record("add-library-indicator", added, by=by, body=body.pk, after={"code": code})
    return added


@transaction.atomic
def put_into_library(*, by: User | None, indicator: Indicator, code: str, source: str = "") -> LibraryIndicator:
    """An indicator of a programme goes into the library as it is described now, and is from then on one of its uses.
    Refused: `library-held`, and as `add_to_library`."""
    may_define(by, indicator.result.framework)
    indicator = (
        Indicator.objects.select_for_update(of=("self",)).select_related("result__framework__body").get(pk=indicator.pk)
    )
    if indicator.library_id is not None:
        raise Refusal("library-held", _("This indicator stands in the library already."))
    description = {name: getattr(indicator, name) for name in DESCRIPTION}
    body = indicator.result.framework.body
    added = add_to_library(by=by, body=body, code=code, source=source.strip(), **description)
    indicator.library = added
    indicator.version += 1
    indicator.save(update_fields=["library", "version"])
    audit.record("put-into-library", indicator, by=by, body=body.pk, after={"code": code})
    return added


@transaction.atomic
def add_indicator(
    *, by: User | None, result: Result, code: str, library: LibraryIndicator | None = None, **values: Any
) -> Indicator:
    """An indicator of a result. `values`: fields of `DESCRIPTION` (those that the library's does not give), of
    `BASELINE`, `illustrative`, `previous`. Refused: `indicator-code`, `indicator-code-taken`, `indicator-unnamed`,
    `indicator-counts`, `indicator-number`."""
    may_define(by, result.framework)
    from_library = {name: getattr(library, name) for name in DESCRIPTION} if library else {}
    values = from_library | values
    code = code.strip()
    check(wrong_with(values))
    check(wrong_code(code))
    if result.indicators.filter(code=code).exists():
        raise Refusal("indicator-code-taken", _("This result already has an indicator with this code."), field="code")
    position = Indicator.objects.filter(result__framework=result.framework).count()
    return write_new(by, result, code, position, values | {"library": library})


def write_new(by: User | None, result: Result, code: str, position: int, values: dict[str, Any]) -> Indicator:
    """Part of the acts that add an indicator: what was checked is written, and recorded."""
    added = Indicator.objects.create(result=result, code=code, position=position, **values)
    audit.record("add-indicator", added, by=by, body=result.framework.body_id, after=_told(added))
    return added


def _told(indicator: Indicator) -> dict[str, Any]:
    """The fields of an indicator as the trail keeps them."""
    values = {name: getattr(indicator, name) for name in (*DESCRIPTION, *BASELINE)}
    return {"code": indicator.code, **{n: str(v) if isinstance(v, Decimal) else v for n, v in values.items()}}


@transaction.atomic
def change_indicator(
    *,
    by: User,
    indicator: Indicator,
    version: int | None = None,
    seen: Seen | None = None,
    answers: Answers | None = None,
    **values: Any,
) -> Indicator:
    """Change fields of `DESCRIPTION` and `BASELINE`; what others changed since it was `seen` is merged. What figures
    count, how and in which unit is fixed once one stands (`indicator-in-use`); a new version of the framework can
    count otherwise."""
    may_define(by, indicator.result.framework)
    indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    typed = {name: values[name] for name in values if name in (*DESCRIPTION, *BASELINE)}
    stands = {name: getattr(indicator, name) for name in (*DESCRIPTION, *BASELINE)}
    seen_now = {name: stands[name] for name in typed}
    indicator.merged = reconcile(seen or Seen(version), typed, seen_now, version=indicator.version, answers=answers)
    wanted = stands | indicator.merged.values
    check(wrong_with(wanted))
    check(wrong_change(stands, wanted, reported=indicator.measurements.exists()))
    indicator = write_change(by, indicator, indicator.merged.values)
    return indicator if indicator.frequency == stands["frequency"] else _renewed(indicator)


def write_change(by: User | None, indicator: Indicator, values: dict[str, Any]) -> Indicator:
    """Part of the acts that change an indicator: what was checked is written and recorded, if it says anything new."""
    before = _told(indicator)
    for name, value in values.items():
        setattr(indicator, name, value)
    was, now = audit.changed(before, _told(indicator))
    if now:
        indicator.version += 1
        indicator.save()
        audit.record(
            "change-indicator", indicator, by=by, body=indicator.result.framework.body_id, before=was, after=now
        )
    return indicator


@transaction.atomic
def archive_indicator(*, by: User, indicator: Indicator, reason: str) -> Indicator:
    """No longer reported; its figures stay. Refused: `reason-missing`."""
    may_define(by, indicator.result.framework)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    return _renewed(write_archived(by, indicator, reason.strip()))


@transaction.atomic
def recover_indicator(*, by: User, indicator: Indicator) -> Indicator:
    """Take an archived indicator up again."""
    may_define(by, indicator.result.framework)
    return _renewed(write_archived(by, indicator, ""))


def write_archived(by: User | None, indicator: Indicator, reason: str) -> Indicator:
    """Part of the acts that put an indicator away (with a reason) or take it up again. Totals are the caller's."""
    indicator.archived_at, indicator.archive_reason = (timezone.now() if reason else None), reason
    indicator.version += 1
    indicator.save(update_fields=["archived_at", "archive_reason", "version"])
    act = "archive-indicator" if reason else "recover-indicator"
    audit.record(act, indicator, by=by, body=indicator.result.framework.body_id, reason=reason)
    return indicator


def _renewed(indicator: Indicator) -> Indicator:
    renew(framework=indicator.result.framework, indicators=[indicator])  # silence is none where nothing is asked
    return indicator


@transaction.atomic
def carry_over(*, by: User | None, earlier: Indicator, later: Indicator) -> Indicator:
    """`later`, of a newer version of the framework, follows `earlier`: what was reported there counts here, unless the
    two count differently (`queries.misfit`); nothing is moved, so nothing is lost. It is asked as often as before,
    where it is not said already that it is asked less often. Refused: `carry-over-order`."""
    may_define(by, later.result.framework)
    same = earlier.result.framework.body_id == later.result.framework.body_id
    if not same or earlier.result.framework.start >= later.result.framework.start or hasattr(earlier, "following"):
        raise Refusal("carry-over-order", _("An indicator follows one of an earlier strategic plan, once."))
    later.previous = earlier
    told: dict[str, Any] = {"previous": earlier.pk}
    if later.frequency == Indicator.Frequency.PERIOD and later.frequency != earlier.frequency:
        later.frequency = told["frequency"] = earlier.frequency
    later.version += 1
    later.save(update_fields=["previous", "frequency", "version"])
    audit.record("carry-over", later, by=by, body=later.result.framework.body_id, after=told)
    renew(framework=later.result.framework, indicators=[later])
    return later


@transaction.atomic
def add_period(*, by: User | None, framework: Framework, code: str, start: date, end: date, due: date) -> Period:
    """A span to report on. Refused: `period-order`, `period-outside`, `period-overlaps`, `period-taken`."""
    may_define(by, framework)
    if not start < end <= due:
        raise Refusal("period-order", _("A period begins, ends, and is due, in this order."), field="end")
    if start < framework.start or end > framework.end:
        raise Refusal("period-outside", _("The period lies outside the strategic plan."), field="start")
    if Period.objects.filter(body=framework.body_id, start__lte=end, end__gte=start).exists():
        raise Refusal("period-overlaps", _("Another period covers part of this one."), field="start")
    if Period.objects.filter(body=framework.body_id, code=code).exists():
        raise Refusal("period-taken", _("There is already a period with this name."), field="code")
    added = Period.objects.create(body=framework.body, code=code, start=start, end=end, due=due)
    audit.record("add-period", added, by=by, body=framework.body_id, after={"start": start, "end": end, "due": due})
    renew_all(framework=framework)
    return added


@transaction.atomic
def assign(
    *,
    by: User | None,
    indicator: Indicator,
    bodies: Iterable[Body],
    start: date | None = None,
    end: date | None = None,
) -> int:
    """These bodies report the indicator, in the periods that end between two days. Returns how many were new.
    Refused: `assignment-elsewhere`."""
    framework = indicator.result.framework
    may_define(by, framework)
    wanted = list(bodies)
    if not {body.pk for body in wanted} <= network.graph(date.min, date.max).below(framework.body_id):
        raise Refusal("assignment-elsewhere", _("This body does not belong to the programme."), field="bodies")
    Indicator.objects.select_for_update().get(pk=indicator.pk)  # two who ask the same body at once come one by one
    new = write_assignments(by, indicator, {body.pk: (start, end) for body in wanted})
    renew(framework=framework, indicators=[indicator], bodies={body.pk for body in wanted})
    return new


def write_assignments(
    by: User | None,
    indicator: Indicator,
    lives: dict[UUID, tuple[date | None, date | None]],
    *,
    new: bool = False,
) -> int:
    """Part of the acts that say who reports, from when until when: written, and recorded once for each span. Totals
    are the caller's. `new`: it is known that nobody was asked yet. Returns how many bodies are new."""
    rows = Assignment.objects.none() if new else Assignment.objects.filter(indicator=indicator, body__in=lives)
    known = {one.body_id: one for one in rows}
    added = [pk for pk in lives if pk not in known]
    insert_many(
        Assignment,
        (Assignment(indicator=indicator, body_id=pk, start=lives[pk][0], end=lives[pk][1]) for pk in added),
    )
    for pk, one in known.items():
        one.start, one.end = lives[pk]
    update_many(Assignment, known.values(), ["start", "end"])
    framework = indicator.result.framework
    for start, end in dict.fromkeys(lives.values()):
        told = {"bodies": [pk for pk, life in lives.items() if life == (start, end)], "start": start, "end": end}
        audit.record("assign-indicator", indicator, by=by, body=framework.body_id, after=told)
    return len(added)
