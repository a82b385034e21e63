"""Work that the crews are given in the tests; a module that workers can import."""

import os
import signal
import time
from pathlib import Path

from tests.engine.instances import tiny
from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling import Problem, solve


def plan_of(seed: int) -> dict:
    return solve(Problem.from_dict(tiny(seed))).to_dict() | {"seconds": 0}


def square(x: int) -> int:
    return x * x


def slow_square(x: int) -> int:
    time.sleep(0.2)
    return x * x


def refuse(x: int) -> int:
    raise EngineError("x", f"{x} is refused")


def note(piece: tuple[str, int]) -> int:
    """Leaves a line that it was run; the piece 3 kills its worker the first time."""
    folder, x = piece
    with (Path(folder) / "log").open("a") as log:
        log.write(f"{x}\n")
    mark = Path(folder) / "died"
    if x == 3 and not mark.exists():
        mark.touch()
        time.sleep(1.0)  # the others' answers are on their way
        os.kill(os.getpid(), signal.SIGKILL)
    return x * x


def die(x: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return x
