"""Ways to break figures down: sets, their categories, and which indicator is asked by which set."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Breakdown, BreakdownSet, Category, Indicator
from tiwizi.indicators.rules.checks import check, wrong_life, wrong_part
from tiwizi.indicators.rules.definitions import Names, may_define


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
    """A way to break figures down, or more categories for one (`code`, `name`, `target_group`, `organisation`, `start`,
    `end`); those that are new begin on `start`, unless they say their own day. Nothing that was entered is touched.
    Refused: `set-code`, `set-unnamed`, `category-order`."""
    may_define(by, framework)
    wanted = list(categories)
    for one in wanted:
        check(wrong_part(one["code"], one["name"], one.get("start"), one.get("end")))
    found = framework.breakdown_sets.filter(code=code).first()
    new = found is None
    if found is None:
        check(wrong_part(code, name))
        position = framework.breakdown_sets.count()
        found = BreakdownSet.objects.create(framework=framework, code=code, name=name, position=position)
    known = set(found.categories.values_list("code", flat=True))
    added = [one for one in wanted if one["code"] not in known]
    for place, one in enumerate(added, start=len(known)):
        Category.objects.create(set=found, position=place, **({"start": None if new else start} | one))
    codes = [one["code"] for one in added]
    audit.record("define-breakdown-set", found, by=by, body=framework.body_id, after={"code": code, "added": codes})
    return found


@transaction.atomic
def name_part(*, by: User | None, part: BreakdownSet | Category, name: Names) -> BreakdownSet | Category:
    """A breakdown or a category is called otherwise, or in another language too; figures that name it stay. Refused:
    `set-unnamed`."""
    framework = part.framework if isinstance(part, BreakdownSet) else part.set.framework
    may_define(by, framework)
    check(wrong_part(part.code, name))
    before = dict(part.name)
    if before != dict(name):
        part.name = name
        part.save(update_fields=["name"])
        audit.record(
            "name-part", part, by=by, body=framework.body_id, before={"called": before}, after={"called": name}
        )
    return part


@transaction.atomic
def end_category(*, by: User | None, category: Category, end: date | None) -> Category:
    """A category is in use until a day, or without end again (`None`); figures that name it stay. Refused:
    `category-order`."""
    may_define(by, category.set.framework)
    check(wrong_life(category.start, end))
    before = category.end
    if before != end:
        category.end = end
        category.save(update_fields=["end"])
        body = category.set.framework.body_id
        audit.record("end-category", category, by=by, body=body, before={"end": before}, after={"end": end})
    return category


@transaction.atomic
def break_down(
    *, by: User | None, indicator: Indicator, by_set: BreakdownSet, start: date | None = None, end: date | None = None
) -> Breakdown:
    """Ask for an indicator by a set, in the periods that end between two days. Refused: `breakdown-elsewhere`."""
    may_define(by, indicator.result.framework)
    if by_set.framework_id != indicator.result.framework_id:
        raise Refusal("breakdown-elsewhere", _("This breakdown belongs to another strategic plan."))
    return write_breakdown(by, indicator, by_set, start, end)


def write_breakdown(
    by: User | None,
    indicator: Indicator,
    by_set: BreakdownSet,
    start: date | None,
    end: date | None,
    *,
    new: bool = False,
) -> Breakdown:
    """Part of the acts that ask for an indicator by a set, or no longer. `new`: it is known that it was never asked."""
    life = {"start": start, "end": end}
    if new:
        found = Breakdown.objects.create(indicator=indicator, set=by_set, **life)
    else:
        found, _new = Breakdown.objects.update_or_create(indicator=indicator, set=by_set, defaults=life)
    told = {"set": by_set.code, "start": start, "end": end}
    audit.record("break-down", indicator, by=by, body=indicator.result.framework.body_id, after=told)
    return found
