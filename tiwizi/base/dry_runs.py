"""What a workbook would change, or has changed, in figures: the same for every kind of import."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tiwizi.base.errors import Refusal


class DryRun(Protocol):
    """An import as it is kept: a change for each row (`act`: new, changed, same, faulty) and every fault."""

    file_name: str
    state: Any
    changes: Any
    faults: Any


@dataclass(frozen=True)
class Summary:
    """An import in figures. `blocked`: a fault of the whole file stands in the way of every row."""

    new: int
    changed: int
    same: int
    faulty: int
    faults: int
    warnings: int
    blocked: bool

    @property
    def valid(self) -> int:
        """Rows that would change something."""
        return self.new + self.changed


def summary(kept: DryRun) -> Summary:
    """The figures of an import."""
    acts = Counter(change["act"] for change in kept.changes)
    levels = Counter(fault["level"] for fault in kept.faults)
    rows = {(change["sheet"], change["row"]) for change in kept.changes}
    errors = [fault for fault in kept.faults if fault["level"] == "error"]
    return Summary(
        new=acts["new"],
        changed=acts["changed"],
        same=acts["same"],
        faulty=acts["faulty"],
        faults=levels["error"],
        warnings=levels["warning"],
        blocked=any((fault["sheet"], fault["row"]) not in rows for fault in errors),
    )


def check_sound(found: Summary, *, valid_rows_only: bool) -> None:
    """May it be applied? Raises `import-faulty`."""
    if found.blocked or (found.faults and not valid_rows_only):
        sentence = ngettext(
            "There is %(count)s fault in this workbook.", "There are %(count)s faults in this workbook.", found.faults
        )
        raise Refusal("import-faulty", sentence % {"count": found.faults}, _("Mend the file, then import it again."))


def check_state(kept: DryRun, state: str) -> None:
    """Is the import (locked) in the state that an act needs? Raises `import-state`."""
    if kept.state != state:
        raise Refusal(
            "import-state",
            _("This import has been dealt with meanwhile."),
            _("Look at it as it stands now, then decide."),
        )


def recorded(kept: DryRun) -> dict[str, Any]:
    """What the trail says of an import."""
    found = summary(kept)
    return {"file": kept.file_name, "new": found.new, "changed": found.changed, "faults": found.faults}


def faulty_rows(faults: Iterable[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """Sheet and row of what the reader could not read."""
    return {(fault["sheet"], row_of(fault["cell"])) for fault in faults if fault["level"] == "error"}


def row_of(cell: str) -> int:
    """The row of a cell's address; 0 for a whole sheet."""
    return int("".join(letter for letter in cell if letter.isdigit()) or 0)
