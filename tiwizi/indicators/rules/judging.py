"""Every row of a workbook of indicators, judged beside what stands: in memory, whatever their number."""

from typing import Any

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries import book
from tiwizi.indicators.queries.book import Defined, Place, Texts, day_of, number_text
from tiwizi.indicators.rules.checks import wrong_change, wrong_code, wrong_number, wrong_part, wrong_with
from tiwizi.indicators.rules.entries import PARTS, Base, Row, faulty, key_of, was_said
from tiwizi.network.queries import plain_name

ARCHIVED = "archived"  # among the differences of an indicator that is taken up again
LIFE = ""  # the period of a target over the whole life


class Judged(Base):
    """The rows of a workbook beside what is defined. `errors`: rows in which the reader found a fault."""

    def __init__(self, framework: Framework, entries: list[dict[str, Any]], errors: set[tuple[str, int]]) -> None:
        super().__init__(Defined(framework), entries)
        ways = {
            "sets": self._set,
            "categories": self._category,
            "indicators": self._indicator,
            "targets": self._target,
        }
        for part in PARTS:
            waiting = [Row(entry) for entry in self.entries if entry["part"] == part]
            if part == "targets":
                self._find_targets(waiting)
            for row in waiting:
                ways[part](row)
        faulty(self.rows, errors)

    def _set(self, row: Row) -> None:
        code = row.typed("code")
        row.thing = self.defined.sets.get(code)
        self.keep(row, code)
        self.settle(row, book.set_texts(row.thing) if row.thing else None, self.mine(row))
        row.title = _called(row.after, code)
        row.refuse(wrong_part(code, book.texts_of("name", row.after)))
        self.sets.add(code, book.texts_of("name", row.after).values())

    def _category(self, row: Row) -> None:
        code, by_set = row.typed("code"), self.one(row, "set", self.sets)
        row.thing = self.defined.categories.get((by_set, code))
        row.about = {"set": by_set, "code": code}
        self.keep(row, key_of(by_set or row.typed("set"), code))
        self.needs_set(row, "set", by_set)
        self.settle(row, book.category_texts(row.thing) if row.thing else None, self.mine(row))
        row.title = _called(row.after, code)
        if row.thing and "start" in row.fields:
            row.fault("start", "start-fixed")
        days = day_of(row.after["start"]), day_of(row.after["end"])
        row.refuse(wrong_part(code, book.texts_of("name", row.after), *days))

    def _indicator(self, row: Row) -> None:
        code, number = row.typed("code"), self.one(row, "result", self.results)
        place: Place = (number, code)
        known = self.defined.indicators.get(place)
        row.thing, row.about = known, {"result": number, "code": code}
        row.refuse(wrong_code(code))
        self.keep(row, key_of(number or row.typed("result"), code))
        before = self.defined.indicator_texts(known) if known else None
        self.settle(row, before, self._mine_of_indicator(row))
        row.title = f"{code} {_called(row.after, '')}".strip()
        values = book.typed_values(row.after)
        row.refuse(wrong_with(values))
        if known is None:
            self._also_elsewhere(row, place)
        else:
            self._of_known(row, known, values)
        if number and code:
            self.name_indicator(number, code)

    def _mine_of_indicator(self, row: Row) -> Texts:
        mine = self.mine(row)
        for name in ("sets", "reporters"):
            if name in mine:
                text = self.list_text(row, name)
                mine = {n: t for n, t in mine.items() if n != name} | ({} if text is None else {name: text})
        return mine

    def _of_known(self, row: Row, known: Indicator, values: dict[str, Any]) -> None:
        before = book.typed_values(self.defined.indicator_texts(known))
        for refusal in wrong_change(before, values, reported=known.reported):  # type: ignore[attr-defined]
            if refusal.field == "unit":
                name = next(n for n in row.fields if n.startswith("unit_"))
                row.fault(name, refusal.code)
            else:
                row.refuse([refusal])
        if known.archived_at is not None:
            if was_said(row) is None:
                row.fault("code", "taken-up", "warning")
            else:  # since the workbook was made
                row.fault("code", "put-away")
            row.fields = {ARCHIVED: (book.YES, book.NO), **row.fields}
            row.act = "changed"
        if "reporters" in row.fields:
            self._check_lives(row, known)

    def _check_lives(self, row: Row, known: Indicator) -> None:
        """Who is no longer asked was asked by today."""
        was, now = (self.defined.who(text) for text in row.fields["reporters"])
        for body in was - now:
            start = self.defined.asked[known.pk][body][0]
            if start is not None and start > self.defined.today:
                row.fault("reporters", "starts-later", typed=str(self.defined.bodies[self.defined.slugs[body]]))

    def _also_elsewhere(self, row: Row, place: Place) -> None:
        number, code = place
        for other, same in self.defined.indicators:
            if same == code and other != number and number:
                row.fault("code", "code-elsewhere", "warning", typed=code, other=other)

    def _find_targets(self, rows: list[Row]) -> None:
        """The targets that stand, of what these rows name. One query."""
        for row in rows:
            row.about["place"] = self._place(row)
            row.about["body"] = self.one(row, "body", self.bodies)
        those = [
            self.defined.indicators[p] for p in {row.about["place"] for row in rows} & self.defined.indicators.keys()
        ]
        slugs = {row.about["body"] for row in rows} & self.defined.bodies.keys()
        codes = {one.pk: code for code, one in self.defined.periods.items()}
        found = book.targets_among(those, [self.defined.bodies[slug] for slug in slugs])
        self.targets = {
            (one.indicator_id, one.body_id, codes[one.period_id] if one.period_id else LIFE): one
            for one in found
            if one.period_id is None or one.period_id in codes
        }

    def _place(self, row: Row) -> Place | None:
        typed = row.typed("indicator")
        if not typed:
            row.fault("indicator", "value-missing")
            return None
        found = sorted(self.named.get(plain_name(typed), set()))
        if len(found) == 1:
            return found[0]
        if found:
            example = f"{found[0][1]} ({found[0][0]})"
            row.fault("indicator", "indicator-unclear", typed=typed, example=example)
        else:
            row.fault("indicator", "not-known", typed=typed)
        return None

    def _target(self, row: Row) -> None:
        place, slug = row.about["place"], row.about["body"]
        period = self.one(row, "period", self.periods) if row.typed("period") else LIFE
        row.about["period"] = period
        row.title = " · ".join(filter(None, [row.typed("indicator"), row.typed("body"), row.typed("period")]))
        self.keep(row, key_of(*(place or (row.typed("indicator"),)), slug or row.typed("body"), period))
        if place and (other := self.of["indicators"].get(key_of(*place))):
            row.needs.append(("indicator", other))
        known = self.defined.indicators.get(place) if place else None
        if known and slug:
            row.thing = self.targets.get((known.pk, self.defined.bodies[slug].pk, period))
        before = {"value": number_text(row.thing.value) if row.thing else ""}
        self.settle(row, before, self.mine(row))
        row.refuse(wrong_number(book.number_of(row.after["value"]), "value"))
        if row.thing is None and row.act == "changed":
            row.act = "new"
        elif row.thing is not None and not row.after["value"]:
            row.fault("value", "target-empty", now=before["value"])


def _called(flat: Texts, code: str) -> str:
    """What a reader calls it."""
    return next(iter(book.texts_of("name", flat).values()), code)
