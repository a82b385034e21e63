"""The rows of ties and seats of a network workbook: their days, circles, overlaps; then what depends on what."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from tiwizi.network.models import Grouping, Membership, alive
from tiwizi.network.rules.building import SIDES
from tiwizi.network.rules.entries import Row, Things, typed_values
from tiwizi.network.rules.entry_contacts import contact_rows
from tiwizi.network.rules.entry_ends import judge_ends

Pair = tuple[str, str]  # codes: body and whole, or body and organisation


@dataclass
class _Life:
    """A pair from a day to a day: of a row, or one that stands and no row names."""

    start: date | None
    end: date | None
    told: str
    row: Row | None = None

    def meets(self, other: "_Life") -> bool:
        """Do they share a day?"""
        return alive(self.start, self.end, other.start or date.min, other.end or date.max)


class Ties:
    """Every row of a workbook, judged; `rows` in the order in which they are written."""

    def __init__(self, entries: list[dict[str, Any]], managed: set[Any], unreadable: set[tuple[str, int]]) -> None:
        self.things = Things(entries, managed)
        self.groupings = self._read(entries, "groupings", "whole", "bodies")
        self.seats = self._read(entries, "seats", "organisation", "organisations")
        seated = {code for part, _body, code, _start in self.existing if part == "seats"}
        seated |= {row.after["codes"][1] for row in self.seats if row.after}
        contacts = contact_rows(entries, self.things, seated)
        self.rows = [*self.things.all, *self.groupings, *self.seats, *contacts]
        self._circles()
        self._levels()
        self._begins()
        judge_ends(self.things, [*self.groupings, *self.seats], self.existing)
        broken = {id(row) for row in self.rows if (row.entry["sheet"], row.entry["row"]) in unreadable}
        self._settle(broken)

    def _read(self, entries: list[dict[str, Any]], part: str, other: str, of: str) -> list[Row]:
        rows, lives = [], self._standing(part)
        for entry in entries:
            if entry["part"] == part:
                row = Row(entry)
                codes = self.things.find(row, "body", "bodies"), self.things.find(row, other, of)
                if all(codes):
                    self._judge(row, part, codes, lives)
                rows.append(row)
        for pair, all_of_it in lives.items():
            self._overlaps(pair, all_of_it)
        return rows

    def _standing(self, part: str) -> dict[Pair, list[_Life]]:
        """What stands today between managed bodies, by pair."""
        managed, lives = self.things.managed, defaultdict(list)
        self.existing: dict[tuple[str, str, str, date | None], Any] = getattr(self, "existing", {})
        rows: Any = Grouping.objects.filter(body__in=managed).select_related("body", "whole")
        if part == "seats":
            rows = Membership.objects.filter(body__in=managed).select_related("body", "organisation")
        for one in rows:
            other = one.whole.slug if part == "groupings" else one.organisation.slug
            self.existing[part, one.body.slug, other, one.start] = one
            lives[one.body.slug, other].append(_Life(one.start, one.end, str(one)))
        return lives

    def _judge(self, row: Row, part: str, codes: Pair, lives: dict[Pair, list[_Life]]) -> None:
        values = typed_values(row.entry)
        start = values.get("start")
        row.thing = self.existing.get((part, *codes, start))
        before: dict[str, Any] = {"end": row.thing.end if row.thing else None}
        row.after = {"end": self._end(row, part, codes, values.get("end", before["end"]))}
        if part == "seats":
            before |= {"side": row.thing.side if row.thing else ""}
            row.after["side"] = values.get("side", before["side"])
            if not row.after["side"]:
                row.fault("side", "value-missing")
        row.code = " · ".join(self._titles(part, codes))
        row.judge(before)
        row.after |= {"start": start, "codes": codes}
        self._days(row, part, codes)
        mine = lives[codes]
        mine[:] = [one for one in mine if one.row or one.start != start or row.thing is None]
        mine.append(_Life(start, row.after["end"], f"A{row.entry['row']}", row))

    def _end(self, row: Row, part: str, codes: Pair, typed: date | None) -> date | None:
        """The last day of a row. Left empty it goes on, but what ended with its body ended."""
        stands = row.thing.end if row.thing else None
        ends = [self.things.body_facts(code)["end"] for code in (codes if part == "groupings" else codes[:1])]
        return stands if typed is None and stands in ends else typed

    def _titles(self, part: str, codes: Pair) -> Pair:
        of = "bodies" if part == "groupings" else "organisations"
        return self.things.title("bodies", codes[0]), self.things.title(of, codes[1])

    def _days(self, row: Row, part: str, codes: Pair) -> None:
        start, end = row.after["start"], row.after["end"]
        if start and end and end < start:
            row.fault("end", "ends-before")
        for code in codes if part == "groupings" else codes[:1]:
            life = self.things.body_facts(code)
            days = [day for day in (start, end) if day]
            early = life["start"] and any(day < life["start"] for day in days)
            late = life["end"] and any(day > life["end"] for day in days)
            if row.act != "same" and (early or late):
                row.fault("start", "outside", body=self.things.title("bodies", code))

    def _overlaps(self, pair: Pair, lives: list[_Life]) -> None:
        lives = sorted(lives, key=lambda one: (one.start or date.min, one.row is not None))
        for k, later in enumerate(lives):
            for earlier in lives[:k]:
                told = later if later.row else earlier
                if told.row and told.row.act != "same" and later.meets(earlier):
                    told.row.fault("start", "same-days", other=(earlier if told is later else later).told)

    def _circles(self) -> None:
        """Ties of the workbook, one after the other, none of which may close a circle; whatever the days."""
        up: dict[str, set[str]] = defaultdict(set)
        for part, body, whole, _start in self.existing:
            if part == "groupings":
                up[body].add(whole)
        for row in self.groupings:
            if row.after and row.thing is None:
                body, whole = row.after["codes"]
                if body == whole or body in _above(whole, up):
                    titles = self._titles("groupings", (body, whole))
                    row.fault("whole", "circle", body=titles[0], whole=titles[1])
                else:
                    up[body].add(whole)

    def _levels(self) -> None:
        """No body in one of a narrower level, once all of the workbook is in."""
        for row in self.groupings:
            if row.after and row.thing is None and (titles := self._wrong(*row.after["codes"])):
                row.fault("whole", "wider-level", body=titles[0], whole=titles[1])
        for part, body, whole, _start in self.existing:
            if part == "groupings" and (titles := self._wrong(body, whole)):
                for row in self._behind(body, whole):
                    row.fault("kind", "wider-level", body=titles[0], whole=titles[1])

    def _wrong(self, body: str, whole: str) -> Pair | None:
        ranks = [self.things.rank(self.things.body_facts(code)["kind"]) for code in (body, whole)]
        if None in ranks or ranks[1] <= ranks[0]:  # type: ignore[operator]
            return None
        return self._titles("groupings", (body, whole))

    def _behind(self, body: str, whole: str) -> list[Row]:
        """The changed rows that may have brought two bodies out of order."""
        rows = self.things.rows
        found = [rows["bodies"].get(code) for code in (body, whole)]
        found += [rows["levels"].get(self.things.body_facts(code)["kind"]) for code in (body, whole)]
        return [row for row in found if row is not None and row.act == "changed"]

    def _begins(self) -> None:
        """A body that is to begin later than what it has today."""
        early: dict[str, date] = {}
        for part, body, other, start in self.existing:
            for code in (body, other) if part == "groupings" else (body,):
                if start:
                    early[code] = min(start, early.get(code, start))
        for code, row in self.things.rows["bodies"].items():
            start = row.after["start"]
            if "start" in row.fields and start and code in early and early[code] < start:
                row.fault("start", "begins-later")

    def _settle(self, broken: set[int]) -> None:
        """A row that needs a faulty one is faulty; a new body needs a tie that is not, and both of its sides."""
        before = -1
        while before != (before := sum(len(row.faults) for row in self.rows)):
            for row in self.rows:
                bad = next((need for need in row.needs if need.faults or id(need) in broken), None)
                if bad is not None and row.act != "same" and not row.faults:
                    row.fault("body" if "body" in row.entry["cells"] else "kind", "needs-other", typed=bad.title)
            self._homes(broken)
        for row in self.rows:
            if row.faults or id(row) in broken:
                row.act, row.fields = "faulty", {}

    def _homes(self, broken: set[int]) -> None:
        sound = [row for row in [*self.groupings, *self.seats] if not row.faults and id(row) not in broken]
        tied = {row.after["codes"][0] for row in sound if row.part == "groupings"}
        lame = {code for code, sides in self._sides(sound).items() if len(sides & set(SIDES)) == 1}
        bodies = self.things.rows["bodies"]
        for code, row in bodies.items():
            if row.act == "new" and not row.faults and id(row) not in broken:
                if code not in tied:
                    row.fault("code", "belongs-nowhere")
                elif code in lame:
                    row.fault("code", "one-side")
        lame -= {code for code, row in bodies.items() if row.act == "new"}
        for row in sound:
            if row.part == "seats" and row.act != "same" and row.after["codes"][0] in lame:
                row.fault("side", "one-side")

    def _sides(self, sound: list[Row]) -> dict[str, set[str]]:
        """On which sides somebody sits in each body once the sound rows are in."""
        sides: dict[str, set[str]] = defaultdict(set)
        replaced = {id(row.thing) for row in sound if row.thing is not None}
        for (part, body, _other, _start), one in self.existing.items():
            if part == "seats" and id(one) not in replaced:
                sides[body].add(one.side)
        for row in sound:
            if row.part == "seats":
                sides[row.after["codes"][0]].add(row.after["side"])
        return sides


def _above(code: str, up: dict[str, set[str]]) -> set[str]:
    seen, waiting = {code}, [code]
    while waiting:
        for following in up.get(waiting.pop(), ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen
