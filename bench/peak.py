"""A piece of work in a process of its own, and the most memory that it and its children held at once."""

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

BREATH = 0.5  # seconds between two looks
PROCESSES = Path("/proc")  # Linux; elsewhere memory is not known


def apart(work: Callable[..., Any], *arguments: Any, limit: float = math.inf) -> tuple[Any, int | None]:
    """(the answer, megabytes); a fresh process, so that nothing is left of what ran before it.

    Raises TimeoutError, and ends the process, when it takes more seconds than the limit.
    """
    began = time.monotonic()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        pid = executor.submit(os.getpid).result()
        future, most = executor.submit(work, *arguments), 0
        while wait([future], timeout=BREATH).not_done:
            family = _family(pid)
            most = max(most, _held(family))
            if time.monotonic() - began > limit:
                for one in family:
                    os.kill(one, signal.SIGKILL)
                raise TimeoutError
        return future.result(), most // 2**20 or None


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        for thread in (PROCESSES / str(one) / "task").glob("*/children"):
            try:
                found += [int(child) for child in thread.read_text().split()]
            except OSError:
                continue  # it has ended meanwhile
    return found


def _held(pids: list[int]) -> int:
    """Bytes in memory (resident set); what several share, programs above all, is counted for each."""
    pages = 0
    for pid in pids:
        try:
            pages += int((PROCESSES / str(pid) / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")
