"""What is to be reached: in a period, or over the life of the strategic plan."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.bulk import insert_many, update_many
from tiwizi.base.merging import Seen, reconcile
from tiwizi.indicators.models import Indicator, Period, Target
from tiwizi.indicators.rules.checks import check, wrong_number
from tiwizi.indicators.rules.definitions import may_define
from tiwizi.network.models import Body


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
    may_define(by, indicator.result.framework)
    check(wrong_number(value, "value"))
    found = Target.objects.select_for_update().filter(indicator=indicator, body=body, period=period).first()
    before = found.value if found else None
    if version is not None and found is not None:
        reconcile(Seen(version), {"value": value}, {"value": before}, version=found.version)
    (written,) = write_targets(by, indicator, body, [Aimed(period, found, value)])
    return written


@transaction.atomic
def set_targets(*, by: User | None, indicator: Indicator, targets: Iterable[dict[str, Any]]) -> int:
    """Several targets of an indicator, all or none; each is what `set_target` takes. Returns how many."""
    may_define(by, indicator.result.framework)
    return len([set_target(by=by, indicator=indicator, **target) for target in targets])


@dataclass(frozen=True)
class Aimed:
    """A target to be set: in which period (`None`: over life), the one that stands, and the value (`None`: none)."""

    period: Period | None
    stands: Target | None
    value: Decimal | None
    was: Decimal | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "was", self.stands.value if self.stands else None)


def write_targets(by: User | None, indicator: Indicator, body: Body, aimed: list[Aimed]) -> list[Target | None]:
    """Part of the acts that set targets: those of one body that change are written, and recorded once. Returns what
    stands then."""
    standing: list[Target | None] = []
    new, kept, gone = [], [], []
    for one in aimed:
        target = one.stands
        if one.was == one.value:
            pass
        elif one.value is None and target is not None:
            gone.append(target.pk)
            target = None
        elif target is None and one.value is not None:
            target = Target(indicator=indicator, body=body, period=one.period, value=one.value)
            new.append(target)
        elif target is not None and one.value is not None:
            target.value, target.version = one.value, target.version + 1
            kept.append(target)
        standing.append(target)
    insert_many(Target, new)
    update_many(Target, kept, ["value", "version"])
    if gone:
        Target.objects.filter(pk__in=gone).delete()
    if changed := [one for one in aimed if one.was != one.value]:
        _record(by, indicator, body, changed)
    return standing


def _record(by: User | None, indicator: Indicator, body: Body, changed: list[Aimed]) -> None:
    """One act, whether one target was set or a row of them."""
    told: list[dict[str, Any]]
    if len(changed) == 1:
        (one,) = changed
        period = one.period and one.period.code
        told = [{"value": _text(value), "period": period} for value in (one.was, one.value)]
    else:
        names = [one.period.code if one.period else "" for one in changed]
        values = [[_text(one.was) for one in changed], [_text(one.value) for one in changed]]
        told = [{"targets": dict(zip(names, those, strict=True))} for those in values]
    audit.record("set-target", indicator, by=by, body=body.pk, before=told[0], after=told[1])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
