"""Writes the rows of a workbook of indicators that were judged, and notes how each would be put back."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from tiwizi.accounts.models import User
from tiwizi.base.jobs import enqueue
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import RENEW, Indicator, Target
from tiwizi.indicators.queries import book
from tiwizi.indicators.queries.book import Life, day_of, day_text, number_of, number_text, texts_of
from tiwizi.indicators.rules.breakdowns import define_set, end_category, name_part, write_breakdown
from tiwizi.indicators.rules.definitions import (
    BASELINE,
    DESCRIPTION,
    write_archived,
    write_assignments,
    write_change,
    write_new,
)
from tiwizi.indicators.rules.entries import PARTS, Row
from tiwizi.indicators.rules.judging import ARCHIVED, Judged
from tiwizi.indicators.rules.targets import Aimed, write_targets
from tiwizi.indicators.rules.totals import AT_ONCE, renew

MOST_AT_ONCE = 200  # indicators whose totals are renewed with the act; those of more follow by a job
Step = dict[str, Any]


class Writing:
    """Things before what names them. Part of the act that applies an import."""

    def __init__(self, by: User | None, judged: Judged) -> None:
        self.by, self.judged, self.defined = by, judged, judged.defined
        self.framework = judged.defined.framework
        self.position = len(self.defined.indicators)
        self.renewed: list[Indicator] = []
        self.undo: list[Step] = []

    def write(self) -> list[Step]:
        """Write all rows that say something new; how to put each back."""
        ways = {"sets": self._set, "categories": self._category, "indicators": self._indicator}
        rows: dict[str, list[Row]] = {part: [] for part in PARTS}
        for row in self.judged.rows:
            if row.act in ("new", "changed"):
                rows[row.part].append(row)
        for part, way in ways.items():
            for row in rows[part]:
                way(row)
        self._targets(rows["targets"])
        renew_those(self.framework, self.renewed)
        return self.undo

    def _set(self, row: Row) -> None:
        name = texts_of("name", row.after)
        if row.thing is None:
            code = row.typed("code")
            row.thing = define_set(by=self.by, framework=self.framework, code=code, name=name, categories=[])
            self.defined.sets[code] = row.thing
            return
        self.undo.append({"part": "sets", "id": str(row.thing.pk), "name": dict(row.thing.name), "now": name})
        name_part(by=self.by, part=row.thing, name=name)

    def _category(self, row: Row) -> None:
        now, by_set = row.after, self.defined.sets[row.about["set"]]
        name, end = texts_of("name", now), day_of(now["end"])
        if row.thing is None:
            new = {"code": row.about["code"], "name": name, "start": day_of(now["start"]), "end": end}
            define_set(by=self.by, framework=self.framework, code=by_set.code, name=by_set.name, categories=[new])
            return
        was = {"name": dict(row.thing.name), "end": day_text(row.thing.end)}
        told = {"part": "categories", "id": str(row.thing.pk), "label": row.title}
        self.undo.append(told | was | {"now": {"name": name, "end": now["end"]}})
        name_part(by=self.by, part=row.thing, name=name)
        end_category(by=self.by, category=row.thing, end=end)

    def _indicator(self, row: Row) -> None:
        values, lists = book.typed_values(row.after), {name: row.after[name] for name in ("sets", "reporters")}
        step: Step = {"part": "indicators", "label": row.about["code"], "new": row.thing is None}
        if row.thing is None:
            result, code = self.defined.results[row.about["result"]], row.about["code"]
            one = write_new(self.by, result, code, self.position, values)
            self.position += 1
            self.defined.indicators[row.about["result"], code] = one
        else:
            one = row.thing
            step["was"] = book.own_texts(one)
            if ARCHIVED in row.fields:
                step["reason"] = one.archive_reason
                write_archived(self.by, one, "")
            write_change(self.by, one, {name: values[name] for name in (*DESCRIPTION, *BASELINE)})
        step["sets"] = self._break_down(one, set(filter(None, lists["sets"].split(";"))))
        step["reporters"] = self._assign(one, self.defined.who(lists["reporters"]))
        if step["reporters"] or "reason" in step or _often(step) != one.frequency:
            self.renewed.append(one)
        self.undo.append(step | {"id": str(one.pk), "version": one.version})

    def _break_down(self, one: Indicator, wanted: set[str]) -> dict[str, list[str] | None]:
        """Ask by these sets and no others from today on; the lives before of what changed (`None`: there was none)."""
        lives, changed = self.defined.breakdowns[one.pk], {}
        for code in sorted(wanted | lives.keys()):
            if (life := self._life(lives.get(code), code in wanted)) is not None:
                write_breakdown(self.by, one, self.defined.sets[code], *life, new=code not in lives)
                changed[code] = _kept(lives.get(code))
        return changed

    def _assign(self, one: Indicator, wanted: set[UUID]) -> dict[str, list[str] | None]:
        lives, changed = self.defined.asked[one.pk], {}
        new: dict[UUID, Life] = {}
        for body in sorted(wanted | lives.keys()):
            if (life := self._life(lives.get(body), body in wanted)) is not None:
                new[body] = life
                changed[str(body)] = _kept(lives.get(body))
        if new:
            write_assignments(self.by, one, new, new=not lives)
        return changed

    def _life(self, before: Life | None, wanted: bool) -> Life | None:
        """The new life of what is wanted or no longer, `None` when it stays as it is."""
        if before is None:
            return (None, None) if wanted else None
        if self.defined.goes_on(before) == wanted:
            return None
        return before[0], None if wanted else self.defined.today

    def _targets(self, rows: list[Row]) -> None:
        groups: dict[tuple[UUID, str], list[Row]] = defaultdict(list)
        for row in rows:
            groups[self.defined.indicators[row.about["place"]].pk, row.about["body"]].append(row)
        known = {one.pk: one for one in self.defined.indicators.values()}
        for (pk, slug), those in groups.items():
            aimed = [
                Aimed(self.defined.periods.get(row.about["period"]), row.thing, number_of(row.after["value"]))
                for row in those
            ]
            befores = [number_text(one.was) for one in aimed]
            written = write_targets(self.by, known[pk], self.defined.bodies[slug], aimed)
            for row, before, target in zip(those, befores, written, strict=True):
                self._note_target(row, before, target)

    def _note_target(self, row: Row, before: str, target: Target | None) -> None:
        if target is not None:
            told = {"part": "targets", "id": str(target.pk), "version": target.version, "label": row.title}
            self.undo.append(told | {"value": before})


def _often(step: Step) -> str:
    """How often an indicator was asked before (a new one has no totals yet)."""
    return str(step.get("was", book.EMPTY["indicators"])["frequency"])


def _kept(life: Life | None) -> list[str] | None:
    return None if life is None else [day_text(day) for day in life]


def life_before(framework: Framework, kept: list[str] | None) -> Life:
    """A life out of storage; of what was not asked at all, one that ends before the strategic plan begins."""
    return (None, framework.start - timedelta(days=1)) if kept is None else (day_of(kept[0]), day_of(kept[1]))


def renew_those(framework: Framework, indicators: list[Indicator]) -> None:
    """Bring the totals of these indicators up to date: with the act, or by a job when they are many."""
    if len(indicators) > MOST_AT_ONCE:
        enqueue(RENEW, {})
        return
    for at in range(0, len(indicators), AT_ONCE):
        renew(framework=framework, indicators=indicators[at : at + AT_ONCE])
