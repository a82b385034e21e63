"""Saying what is measured: indicators, breakdowns, periods of reporting, who reports, targets."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.framework.models import Framework, Result
from tiwizi.indicators.models import (
    Assignment,
    Breakdown,
    BreakdownSet,
    Category,
    Indicator,
    LibraryIndicator,
    Period,
    Target,
)
from tiwizi.indicators.rules.totals import renew, renew_all
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require

Names = dict[str, str]
DESCRIPTION = ("name", "counts", "unit", "calculation", "direction", "decimals", "verification", "note")
BASELINE = ("baseline", "baseline_date", "baseline_source", "public")
# What changes the meaning of figures that stand already: fixed from the first figure on.
FIXED = ("calculation", "counts")
LARGEST = Decimal(10**12)


def _may(by: User | None, framework: Framework) -> None:
    if by is not None:
        require(by, Action.DEFINE_INDICATORS, framework.body)


@transaction.atomic
def add_to_library(*, by: User | None, body: Body, code: str, source: str = "", **description: Any) -> LibraryIndicator:
    """Put an indicator into the library of this installation. `body`: the programme in which `by` defines indicators;
    `by=None` is the system itself. Refused: `library-code-taken`, and as for an indicator."""
    if by is not None:
        require(by, Action.DEFINE_INDICATORS, body)
    _check_description(description)
    if LibraryIndicator.objects.filter(code=code).exists():
        raise Refusal("library-code-taken", _("The library already has an indicator with this code."), field="code")
    added = LibraryIndicator.objects.create(code=code, source=source, **description)
    audit.record("add-library-indicator", added, by=by, body=body.pk, after={"code": code})
    return added


@transaction.atomic
def put_into_library(*, by: User | None, indicator: Indicator, code: str, source: str = "") -> LibraryIndicator:
    """An indicator of a programme goes into the library as it is described now, and is from then on one of its uses.
    Refused: `library-held`, and as `add_to_library`."""
    _may(by, indicator.result.framework)
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
    _may(by, result.framework)
    from_library = {name: getattr(library, name) for name in DESCRIPTION} if library else {}
    values = from_library | values
    _check_description(values)
    _check_number(values.get("baseline"), "baseline")
    code = code.strip()
    if not code:
        raise Refusal("indicator-code", _("Give the indicator a code."), field="code")
    if result.indicators.filter(code=code).exists():
        raise Refusal("indicator-code-taken", _("This result already has an indicator with this code."), field="code")
    position = Indicator.objects.filter(result__framework=result.framework).count()
    added = Indicator.objects.create(result=result, code=code, position=position, library=library, **values)
    audit.record("add-indicator", added, by=by, body=result.framework.body_id, after=_told(added))
    return added


def _check_description(values: dict[str, Any]) -> None:
    if not any(str(text).strip() for text in (values.get("name") or {}).values()):
        raise Refusal("indicator-unnamed", _("Give the indicator a name in one language at least."), field="name")
    if values.get("counts") not in Indicator.Counts.values:
        raise Refusal("indicator-counts", _("Say what the indicator counts."), field="counts")
    if values.get("calculation", "sum") not in Indicator.Calculation.values:
        raise Refusal("indicator-calculation", _("Say how totals are made."), field="calculation")


def _check_number(number: Decimal | None, field: str) -> None:
    if number is not None and (not number.is_finite() or abs(number) > LARGEST):
        raise Refusal("indicator-number", _("This number is not possible here."), field=field)


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
    count is fixed once one stands (`indicator-in-use`); a new version of the framework can count otherwise."""
    _may(by, indicator.result.framework)
    indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    before = _told(indicator)
    typed = {name: values[name] for name in values if name in (*DESCRIPTION, *BASELINE)}
    stands = {name: getattr(indicator, name) for name in typed}
    indicator.merged = reconcile(seen or Seen(version), typed, stands, version=indicator.version, answers=answers)
    for name, value in indicator.merged.values.items():
        setattr(indicator, name, value)
    _check_description({name: getattr(indicator, name) for name in DESCRIPTION})
    _check_number(indicator.baseline, "baseline")
    was, now = audit.changed(before, _told(indicator))
    if set(now) & set(FIXED) and indicator.measurements.exists():
        raise Refusal(
            "indicator-in-use",
            _("Figures stand already: what is counted and how cannot change."),
            _("Archive this indicator and add another one."),
        )
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
    _may(by, indicator.result.framework)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    return _archived(by, indicator, reason.strip())


@transaction.atomic
def recover_indicator(*, by: User, indicator: Indicator) -> Indicator:
    """Take an archived indicator up again."""
    _may(by, indicator.result.framework)
    return _archived(by, indicator, "")


def _archived(by: User, indicator: Indicator, reason: str) -> Indicator:
    indicator.archived_at, indicator.archive_reason = (timezone.now() if reason else None), reason
    indicator.version += 1
    indicator.save(update_fields=["archived_at", "archive_reason", "version"])
    act = "archive-indicator" if reason else "recover-indicator"
    audit.record(act, indicator, by=by, body=indicator.result.framework.body_id, reason=reason)
    renew(framework=indicator.result.framework, indicators=[indicator])  # silence is none where nothing is asked
    return indicator


@transaction.atomic
def carry_over(*, by: User | None, earlier: Indicator, later: Indicator) -> Indicator:
    """`later`, of a newer version of the framework, follows `earlier`: what was reported there counts here, unless the
    two count differently (`queries.misfit`); nothing is moved, so nothing is lost. Refused: `carry-over-order`."""
    _may(by, later.result.framework)
    same = earlier.result.framework.body_id == later.result.framework.body_id
    if not same or earlier.result.framework.start >= later.result.framework.start or hasattr(earlier, "following"):
        raise Refusal("carry-over-order", _("An indicator follows one of an earlier strategic plan, once."))
    later.previous = earlier
    later.version += 1
    later.save(update_fields=["previous", "version"])
    audit.record("carry-over", later, by=by, body=later.result.framework.body_id, after={"previous": earlier.pk})
    renew(framework=later.result.framework, indicators=[later])
    return later


@transaction.atomic
def define_set(
    *,
    by: User | None,
    framework: Framework,
    code: str,
    name: Names,
    categories: Iterable[dict[str, Any]],
    start: date | None = None,
) -> BreakdownSet:
    """A way to break figures down, or more categories for one (`code`, `name`, `target_group`, `organisation`); those
    that are new begin on `start`. Nothing that was entered is touched."""
    _may(by, framework)
    defaults = {"name": name, "position": framework.breakdown_sets.count()}
    found, new = BreakdownSet.objects.get_or_create(framework=framework, code=code, defaults=defaults)
    known = set(found.categories.values_list("code", flat=True))
    added = [one for one in categories if one["code"] not in known]
    for place, one in enumerate(added, start=len(known)):
        Category.objects.create(set=found, position=place, start=None if new else start, **one)
    codes = [one["code"] for one in added]
    audit.record("define-breakdown-set", found, by=by, body=framework.body_id, after={"code": code, "added": codes})
    return found


@transaction.atomic
def end_category(*, by: User, category: Category, end: date) -> Category:
    """A category is in use until a day; figures that name it stay. Refused: `category-order`."""
    _may(by, category.set.framework)
    if category.start and end < category.start:
        raise Refusal("category-order", _("It ends before it begins."), field="end")
    category.end = end
    category.save(update_fields=["end"])
    audit.record("end-category", category, by=by, body=category.set.framework.body_id, after={"end": end})
    return category


@transaction.atomic
def break_down(
    *, by: User | None, indicator: Indicator, by_set: BreakdownSet, start: date | None = None, end: date | None = None
) -> Breakdown:
    """Ask for an indicator by a set, in the periods that end between two days. Refused: `breakdown-elsewhere`."""
    _may(by, indicator.result.framework)
    if by_set.framework_id != indicator.result.framework_id:
        raise Refusal("breakdown-elsewhere", _("This breakdown belongs to another strategic plan."))
    found, _new = Breakdown.objects.update_or_create(
        indicator=indicator, set=by_set, defaults={"start": start, "end": end}
    )
    told = {"set": by_set.code, "start": start, "end": end}
    audit.record("break-down", indicator, by=by, body=indicator.result.framework.body_id, after=told)
    return found


@transaction.atomic
def add_period(*, by: User | None, framework: Framework, code: str, start: date, end: date, due: date) -> Period:
    """A span to report on. Refused: `period-order`, `period-outside`, `period-overlaps`, `period-taken`."""
    _may(by, framework)
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
    _may(by, framework)
    wanted = list(bodies)
    if not {body.pk for body in wanted} <= network.graph(date.min, date.max).below(framework.body_id):
        raise Refusal("assignment-elsewhere", _("This body does not belong to the programme."), field="bodies")
    new = 0
    for body in wanted:
        new += Assignment.objects.update_or_create(
            indicator=indicator, body=body, defaults={"start": start, "end": end}
        )[1]
    told = {"bodies": [body.pk for body in wanted], "start": start, "end": end}
    audit.record("assign-indicator", indicator, by=by, body=framework.body_id, after=told)
    renew(framework=framework, indicators=[indicator], bodies={body.pk for body in wanted})
    return new


@transaction.atomic
def set_target(
    *,
    by: User | None,
    indicator: Indicator,
    body: Body,
    period: Period | None,
    value: Decimal | None,
    version: int | None = None,
) -> Target | None:
    """What a body is to reach in a period, or (no period) over the framework's life; `None` takes the target back.
    The body's own coordinators propose no targets: who defines indicators does. Refused: `indicator-number`."""
    _may(by, indicator.result.framework)
    _check_number(value, "value")
    found = Target.objects.select_for_update().filter(indicator=indicator, body=body, period=period).first()
    before = found.value if found else None
    if version is not None and found is not None:
        reconcile(Seen(version), {"value": value}, {"value": before}, version=found.version)
    if before == value:
        return found
    if value is None:
        Target.objects.filter(indicator=indicator, body=body, period=period).delete()
        found = None
    elif found is None:
        found = Target.objects.create(indicator=indicator, body=body, period=period, value=value)
    else:
        found.value, found.version = value, found.version + 1
        found.save(update_fields=["value", "version"])
    told = [{"value": None if one is None else str(one), "period": period and period.code} for one in (before, value)]
    audit.record("set-target", indicator, by=by, body=body.pk, before=told[0], after=told[1])
    return found


@transaction.atomic
def set_targets(*, by: User | None, indicator: Indicator, targets: Iterable[dict[str, Any]]) -> int:
    """Several targets of an indicator, all or none; each is what `set_target` takes. Returns how many."""
    _may(by, indicator.result.framework)
    return len([set_target(by=by, indicator=indicator, **target) for target in targets])
