"""When to stop, and what is told on the way."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tiwizi_engine.errors import EngineError


@dataclass(frozen=True)
class Stop:
    """When to stop: a relative gap in value (0 proves value, then cost), rounds of improvement, or seconds.

    `rounds` counts sweeps over the blocks of a large problem; small ones have none. Seconds break replay.
    """

    gap: float = 0.0
    seconds: float | None = None
    rounds: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise EngineError("gap", f"expected a number from 0 to below 1, got {self.gap}")
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise EngineError("seconds", f"expected more than 0, got {self.seconds}")
        if self.rounds is not None and self.rounds < 0:
            raise EngineError("rounds", f"expected 0 or more, got {self.rounds}")


@dataclass(frozen=True)
class Progress:
    """Where the work is: `stage` a code (listing, mandatory, value, cost, shares), `done` from 0 to 1."""

    stage: str
    done: float
    value: int | None = None
    bound: int | None = None
    gap: float | None = None


Told = Callable[[Progress], bool | None]


@dataclass
class Clock:
    """How long is left, and the ear of the caller, who may say that it is enough.

    `kept`: seconds at the end that the search leaves to what comes after it.
    """

    seconds: float | None
    told: Told | None
    began: float = field(default_factory=time.monotonic)
    cancelled: bool = False
    furthest: float = 0.0
    kept: float = 0.0

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds; 0 when the caller has had enough, infinite without a limit."""
        if self.cancelled:
            return 0.0
        return math.inf if self.seconds is None else max(0.0, self.seconds - self.kept - self.spent)

    def keep(self, work: Callable[[], object], times: float = 1.0) -> None:
        """Keep so many times the seconds that this work takes, tried now. Nothing to keep without a limit."""
        if self.seconds is not None:
            began = time.monotonic()
            work()
            self.kept = times * (time.monotonic() - began)

    def tell(
        self, stage: str, done: float, value: int | None = None, bound: int | None = None, gap: float | None = None
    ) -> None:
        """Progress never goes back, whatever a step finds."""
        self.furthest = max(self.furthest, done)
        if self.told and self.told(Progress(stage, self.furthest, value, bound, gap)):
            self.cancelled = True
