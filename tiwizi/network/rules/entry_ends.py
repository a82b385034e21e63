"""Ends that a network workbook sets: bodies that close, ties and seats that stop, and who may not be left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tiwizi.network.models import Body, Mandate, alive
from tiwizi.network.rules.building import SIDES
from tiwizi.network.rules.entries import Row, Things
from tiwizi.network.rules.lives import DAY


@dataclass
class _Tie:
    """A tie or a seat once the workbook is in."""

    body: str
    other: str
    side: str
    start: date | None
    end: date | None
    row: Row | None = None

    def on(self, day: date) -> bool:
        return alive(self.start, self.end, day)


def closes(row: Row) -> bool:
    """Does this row close a body that stands?"""
    closing = row.part == "bodies" and row.thing is not None and row.act == "changed" and "end" in row.fields
    return closing and row.after["end"] is not None


def judge_ends(things: Things, rows: Iterable[Row], existing: Mapping[tuple[str, str, str, date | None], Any]) -> None:
    """Tell the faults of rows that end something."""
    _Ends(things, list(rows), existing).run()


class _Ends:
    def __init__(self, things: Things, rows: list[Row], existing: Mapping[Any, Any]) -> None:
        self.things = things
        self.ties: dict[str, list[_Tie]] = {"groupings": [], "seats": []}
        replaced = {id(row.thing) for row in rows if row.thing is not None}
        for (part, body, other, start), one in existing.items():
            if id(one) not in replaced:
                self.ties[part].append(_Tie(body, other, getattr(one, "side", ""), start, one.end))
        for row in rows:
            if row.after and "codes" in row.after:
                body, other = row.after["codes"]
                now = row.after
                self.ties[row.part].append(_Tie(body, other, now.get("side", ""), now["start"], now["end"], row))

    def run(self) -> None:
        closing = [row for row in self.things.rows["bodies"].values() if closes(row)]
        for row in closing:
            self._closing(row, row.after["end"])
        self._roles(closing)
        for part, ties in self.ties.items():
            for tie in ties:
                if tie.row and tie.row.act == "changed" and "end" in tie.row.fields and tie.end:
                    self._stopping(part, tie, tie.row, tie.end + DAY)

    def _ended(self, code: str, day: date) -> bool:
        """Is a body closed on a day?"""
        end = self.things.body_facts(code)["end"]
        return end is not None and end < day

    def _closing(self, row: Row, end: date) -> None:
        code, eve = row.code, end + DAY
        mine = [tie for ties in self.ties.values() for tie in ties if code in (tie.body, tie.other)]
        if later := next((tie for tie in mine if tie.start and tie.start > end and tie.other != tie.body), None):
            told = later.other if later.body == code else later.body
            part = "organisations" if later in self.ties["seats"] else "bodies"
            row.fault("end", "later-life", what=self.things.title(part, told))
        for tie in self.ties["groupings"]:
            if tie.other == code and tie.on(eve) and not self._ended(tie.body, eve) and not self._home(tie, eve):
                row.fault("end", "parts-alone", part=self.things.title("bodies", tie.body))

    def _home(self, tie: _Tie, day: date) -> bool:
        """Does its body belong to anything else on a day?"""
        return any(
            one.body == tie.body and one.other != tie.other and one.on(day) and not self._ended(one.other, day)
            for one in self.ties["groupings"]
        )

    def _roles(self, closing: list[Row]) -> None:
        """A role that begins only after its body has closed."""
        ends = {row.thing.pk: row for row in closing}
        for held in Mandate.objects.filter(body__in=list(ends), start__isnull=False) if ends else ():
            row = ends[held.body_id]
            if held.start and held.start > row.after["end"]:
                row.fault("end", "later-role")

    def _stopping(self, part: str, tie: _Tie, row: Row, day: date) -> None:
        if self._ended(tie.body, day):
            return
        if part == "groupings":
            if not self._home(tie, day):
                row.fault("end", "home-lost", body=self.things.title("bodies", tie.body))
        elif tie.side in SIDES and not any(
            one is not tie and one.body == tie.body and one.side == tie.side and one.on(day)
            for one in self.ties["seats"]
        ):
            row.fault("end", "side-lost", body=self.things.title("bodies", tie.body))


def narrowest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows that close bodies, so that none has a part that is still to be closed."""
    kinds = dict(Body.objects.values_list("pk", "kind__rank"))
    return sorted(rows, key=lambda row: (-kinds[row.thing.pk], row.code))
