"""The cells of a sheet as fields of one form: `<cell>/<field>`, a breakdown's `<cell>/b/<set>/<category>`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.indicators import rules
from tiwizi.indicators.models import Measurement
from tiwizi.indicators.queries.sheets import Cell, Sheet

NAMES = {
    "value": gettext_lazy("Figure"),
    "numerator": gettext_lazy("Numerator"),
    "denominator": gettext_lazy("Denominator"),
    "members": gettext_lazy("Names"),
    "text": gettext_lazy("Text"),
    "comment": gettext_lazy("Comment"),
    "not_applicable": gettext_lazy("Not applicable"),
}
FIGURES = {"number": ["value"], "ratio": ["numerator", "denominator"], "members": ["members"], "text": ["text"]}


@dataclass
class CellForm:
    """A cell with what stands in its fields, and what was found wrong with it."""

    cell: Cell
    typed: dict[str, str]  # by field; a breakdown's is `b/<set>/<category>`
    version: int
    seen: str  # mark of what the reader saw
    faults: list[rules.Fault] = field(default_factory=list)
    doubts: list[rules.Doubt] = field(default_factory=list)
    theirs: dict[str, str] | None = None  # what somebody else entered meanwhile
    who: str = ""
    pending: bool = False  # read from a workbook and not kept yet
    proved: int = 0  # documents beside the figure
    unproved: bool = False  # the means of verification ask for some, and there is none

    @property
    def not_applicable(self) -> bool:
        return bool(self.typed.get("not_applicable"))

    @property
    def comment(self) -> str:
        return self.typed.get("comment", "")

    @property
    def figures(self) -> list[dict[str, Any]]:
        """The fields of the figure itself."""
        return [self._field(name) for name in FIGURES[self.cell.kind]]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The fields of the breakdowns."""
        return [
            self._field(f"b/{one.code}/{category.code}") | {"set": one, "category": category}
            for one, categories in self.cell.sets
            for category in categories
        ]

    def _field(self, name: str) -> dict[str, Any]:
        wrong = [fault.sentence for fault in self.faults if fault.path == name]
        label = NAMES.get(name, "")
        return {
            "label": label,
            "name": name,
            "full": f"{self.cell.key}/{name}",
            "typed": self.typed.get(name, ""),
            "wrong": wrong,
        }

    @property
    def elsewhere(self) -> list[str]:
        """Faults of no field that is shown."""
        shown = {one["name"] for one in [*self.figures, *self.parts]}
        return [fault.sentence for fault in self.faults if fault.path not in shown]

    @property
    def doubt_sentences(self) -> list[str]:
        """What breakdowns that do not make the figure say."""
        return [self._doubt(one) for one in self.doubts]

    def _doubt(self, doubt: rules.Doubt) -> str:
        named = next((str(one) for one, _categories in self.cell.sets if one.code == doubt.set), doubt.set)
        places = self.cell.indicator.decimals
        told = {"set": named, "sum": wording.number(doubt.sum, places), "value": wording.number(doubt.value, places)}
        return _("%(set)s: the parts make %(sum)s, the figure is %(value)s.") % told

    @property
    def stands(self) -> list[tuple[str, str, str]]:
        """What somebody else entered beside what was typed here, field by field, where they differ."""
        theirs, names = self.theirs or {}, {one["name"]: one for one in self.parts}
        found = []
        for name in dict.fromkeys([*theirs, *self.typed]):
            other, mine = theirs.get(name, ""), self.typed.get(name, "").strip()
            if other != mine:
                label = str(names[name]["category"]) if name in names else str(NAMES.get(name, name))
                found.append((label, other, mine))
        return found


def standing(cell: Cell) -> CellForm:
    """A cell as it stands on the server."""
    told = fields_of(cell.measurement)
    form = CellForm(cell, written(cell.measurement), cell.version, rules.imprint(told))
    form.doubts = rules.doubts_of(told)
    return form


def fields_of(one: Measurement | None) -> dict[str, Any]:
    """The fields of a measurement; of none, those of an empty one."""
    one = one or Measurement()
    return {name: getattr(one, name) for name in rules.CELL}


def written(one: Measurement | None) -> dict[str, str]:
    """What stands in a cell as its fields show it."""
    if one is None:
        return {}
    found = {name: _number(getattr(one, name)) for name in ("value", "numerator", "denominator")}
    found |= {"text": one.text, "comment": one.comment, "members": "\n".join(one.members or [])}
    found["not_applicable"] = "on" if one.not_applicable else ""
    for code, parts in one.breakdown.items():
        found |= {f"b/{code}/{category}": _number(Decimal(part)) for category, part in parts.items()}
    return found


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    point = wording.SEPARATORS.get((get_language() or "fr").split("-")[0], (" ", ","))[1]
    return format(value.normalize() + 0, "f").replace(".", point)


def typed_in(data: Mapping[str, str], cell: Cell) -> CellForm:
    """What came for a cell. `<cell>/seen` carries the version and the mark of what the reader saw."""
    names = [*FIGURES[cell.kind], "not_applicable", "comment"]
    names += [f"b/{one.code}/{category.code}" for one, categories in cell.sets for category in categories]
    version, _, mark = data.get(f"{cell.key}/seen", "").partition(".")
    typed = {name: data.get(f"{cell.key}/{name}", "") for name in names}
    return CellForm(cell, typed, int(version) if version.isdecimal() and len(version) < 10 else 0, mark)


def values_of(form: CellForm) -> dict[str, Any]:
    """The values as the rule takes them."""
    values: dict[str, Any] = {name: text for name, text in form.typed.items() if not name.startswith("b/")}
    breakdown: dict[str, dict[str, str]] = {}
    for name, text in form.typed.items():
        if name.startswith("b/") and text.strip():
            _, code, category = name.split("/", 2)
            breakdown.setdefault(code, {})[category] = text
    return values | {"breakdown": breakdown}


def is_touched(form: CellForm, sheet: Sheet) -> bool:
    """Something else came than what the reader saw."""
    fields, faults = rules.clean_figure(form.cell.indicator, sheet.period, values_of(form))
    return bool(faults) or rules.imprint(fields) != form.seen
