"""The values of a workbook's sheets, read in a process of its own: run as a file by `interop.cells`, never imported.

calamine takes as much memory as the addresses in a file ask for, and a failed allocation ends its process. Here that
is a child with a memory limit, not the site. Only plain Python and calamine are loaded: it starts in some 20 ms.

In: one line with the names of the sheets as JSON, then the workbook. Out: for each sheet its rows as JSON, a day as
{"day": "2017-09-04"}, trailing empty cells left out. Any failure is an exit code other than 0.
"""

import io
import json
import resource
import sys
from datetime import date
from typing import Any

from python_calamine import CalamineWorkbook

_MEMORY = 1 << 30  # bytes of address space
_SECONDS = 30  # of processor time; the parent's clock stops a child that only waits
_MOST_SAID = 64 << 20  # bytes: 2,000 rows with every text at its longest fit


def main() -> None:
    """Read from stdin, answer on stdout."""
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)  # the site itself may live under a narrower one
        mine = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (mine, mine))
    names = json.loads(sys.stdin.buffer.readline())
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    said = json.dumps([_rows(book, name) for name in names], default=_plain, ensure_ascii=False).encode()
    if len(said) > _MOST_SAID:
        sys.exit("more text than a plan can hold")
    sys.stdout.buffer.write(said)


def _rows(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    return [_without_end(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def _without_end(row: list[Any]) -> list[Any]:
    last = len(row)
    while last and row[last - 1] == "":
        last -= 1
    return row[:last]


def _plain(cell: object) -> Any:
    """Days keep their kind; hours and durations are no value of a plan and go as text."""
    return {"day": cell.isoformat()[:10]} if isinstance(cell, date) else str(cell)


if __name__ == "__main__":
    main()
