"""What a workbook would change, or has changed, in figures: the same for every kind of import."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol


class DryRun(Protocol):
    """An import as it is kept: a change for each row (`act`: new, changed, same, faulty) and every fault."""

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
