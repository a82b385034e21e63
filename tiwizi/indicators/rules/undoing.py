"""Puts back what a workbook of indicators changed, when nobody has changed it or reported on it since."""

from collections import defaultdict
from functools import cached_property
from typing import Any
from uuid import UUID

from tiwizi.accounts.models import User
from tiwizi.indicators.models import BreakdownSet, Category, Indicator, IndicatorImport, Measurement, Target
from tiwizi.indicators.queries import book
from tiwizi.indicators.queries.book import day_of, day_text, number_of
from tiwizi.indicators.rules.breakdowns import end_category, name_part, write_breakdown
from tiwizi.indicators.rules.definitions import BASELINE, DESCRIPTION, write_archived, write_assignments, write_change
from tiwizi.indicators.rules.targets import Aimed, write_targets
from tiwizi.indicators.rules.writing import Step, life_before, renew_those

MOST_TOLD = 20  # of what stands in the way


class Undoing:
    """The steps of an applied import beside what stands today. Part of the act that undoes it."""

    def __init__(self, by: User | None, kept: IndicatorImport) -> None:
        self.by, self.kept, self.framework = by, kept, kept.framework
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in kept.undo:
            self.steps[step["part"]].append(step)
        framework = {"framework": self.framework}
        self.sets = {str(one.pk): one for one in BreakdownSet.objects.filter(**framework)}
        self.categories = {
            str(one.pk): one for one in Category.objects.filter(set__framework=self.framework).select_related("set")
        }
        those = Indicator.objects.filter(result__framework=self.framework).select_related("result__framework")
        self.indicators = {str(one.pk): one for one in those}
        ids = [step["id"] for step in self.steps["targets"]]
        rows = Target.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("body", "period")
        self.targets = {str(one.pk): one for one in rows}

    def touched(self) -> list[str]:
        """What was changed or reported on since; the first of them."""
        found = [one["label"] for one in self.steps["indicators"] if self._is_touched(one)]
        found += [
            one["label"]
            for one in self.steps["targets"]
            if one["id"] not in self.targets or self.targets[one["id"]].version != one["version"]
        ]
        found += [one["label"] for one in self.steps["categories"] if self._other_category(one)]
        found += [
            str(self.sets[one["id"]]) for one in self.steps["sets"] if dict(self.sets[one["id"]].name) != one["now"]
        ]
        return found[:MOST_TOLD]

    def _other_category(self, step: Step) -> bool:
        one = self.categories[step["id"]]
        return bool({"name": dict(one.name), "end": day_text(one.end)} != step["now"])

    def _is_touched(self, step: Step) -> bool:
        """Another version, or figures of those who are asked only since."""
        if self.indicators[step["id"]].version != step["version"]:
            return True
        reported = self._reported[step["id"]]
        asked = {body for body, life in step["reporters"].items() if life is None}
        return bool(reported if step["new"] else reported & asked)

    @cached_property
    def _reported(self) -> dict[str, set[str]]:
        """Which bodies reported these indicators. One query."""
        who: dict[str, set[str]] = defaultdict(set)
        rows = Measurement.objects.filter(indicator__in=[step["id"] for step in self.steps["indicators"]])
        for pk, body in rows.values_list("indicator_id", "report__body_id").distinct():
            who[str(pk)].add(str(body))
        return who

    def put_back(self) -> None:
        """What depends on others first."""
        self._targets()
        renewed = [one for step in self.steps["indicators"] if (one := self._indicator(step)) is not None]
        for step in self.steps["categories"]:
            part = self.categories[step["id"]]
            name_part(by=self.by, part=part, name=step["name"])
            end_category(by=self.by, category=part, end=day_of(step["end"]))
        for step in self.steps["sets"]:
            name_part(by=self.by, part=self.sets[step["id"]], name=step["name"])
        renew_those(self.framework, renewed)

    def _targets(self) -> None:
        groups: dict[tuple[str, UUID], list[Aimed]] = defaultdict(list)
        bodies: dict[UUID, Any] = {}
        for step in self.steps["targets"]:
            one = self.targets[step["id"]]
            bodies[one.body_id] = one.body
            groups[str(one.indicator_id), one.body_id].append(Aimed(one.period, one, number_of(step["value"])))
        for (pk, body), aimed in groups.items():
            write_targets(self.by, self.indicators[pk], bodies[body], aimed)

    def _indicator(self, step: Step) -> Indicator | None:
        """Put one back; it, when its totals may change."""
        one = self.indicators[step["id"]]
        if step["new"]:
            return write_archived(self.by, one, self.kept.file_name)
        values, often = book.typed_values(step["was"]), one.frequency
        write_change(self.by, one, {name: values[name] for name in (*DESCRIPTION, *BASELINE)})
        sets = {by_set.code: by_set for by_set in self.sets.values()}
        for code, life in step["sets"].items():
            write_breakdown(self.by, one, sets[code], *life_before(self.framework, life))
        lives = {UUID(body): life_before(self.framework, life) for body, life in step["reporters"].items()}
        if lives:
            write_assignments(self.by, one, lives)
        if "reason" in step:
            write_archived(self.by, one, step["reason"])
        return one if lives or "reason" in step or often != one.frequency else None
