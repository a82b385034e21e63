"""Solves a small problem as if it were a large one, by the crew that is named, and tells how far it is, line by line.

`python -m tests.engine.crew_client dask:tcp://scheduler:8786 2` waits for two workers; the last line is the plan.
"""

import json
import sys
import time
from importlib import import_module
from unittest import mock

from bench.problems import problem
from tiwizi_engine.crew import crew_of
from tiwizi_engine.pooling import Problem, Progress, Stop, solve
from tiwizi_engine.pooling.sweep import Round

# So that there is work for several workers.
SMALL = {"ROUNDS": (Round(40, 0.004, 0.2), Round(60, 0.003, 0.1)), "PRICED": 80}


def swept(setting: str, workers: int = 1) -> dict:
    """The plan of two rounds of blocks; without the time that it took, it is the same whoever works."""
    sweep, front = (import_module(f"tiwizi_engine.pooling.{name}") for name in ("sweep", "solve"))
    with mock.patch.multiple(sweep, **SMALL), mock.patch.object(front, "MONOLITH", 100), crew_of(setting) as crew:
        while crew.capacity < workers:
            time.sleep(0.1)
        plan = solve(Problem.from_dict(problem(160, 4)), stop=Stop(rounds=2), progress=tell, crew=crew)
    return plan.to_dict() | {"seconds": 0}


def tell(progress: Progress) -> None:
    print(progress.stage, progress.value, progress.bound, flush=True)


if __name__ == "__main__":
    print(json.dumps(swept(sys.argv[1], int(sys.argv[2]))))
