"""What the cells of a workbook hold, read by a child process: a file that kills its reader kills only that."""

import json
import logging
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tiwizi.interop.values import Unreadable

Cells = list[list[Any]]
_CHILD = Path(__file__).with_name("child.py")
_SECONDS = 30
_log = logging.getLogger(__name__)


def cells_of(data: bytes, names: list[str]) -> list[Cells]:
    """The rows of these sheets, first cell first; a row ends at its last filled cell. Raises `Unreadable`."""
    order = json.dumps(names).encode() + b"\n" + data
    # -I: neither the working directory nor the environment says what the child imports
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unreadable("damaged") from error
    if done.returncode:
        _log.warning("a workbook ended its reader (%s): %s", done.returncode, done.stderr[-300:])
        raise Unreadable("damaged")
    found: list[Cells] = json.loads(done.stdout, object_hook=_day)
    return found


def _day(told: dict[str, str]) -> date:
    return date.fromisoformat(told["day"])
