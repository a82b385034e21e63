"""Who does independent pieces of work: this process, a pool of processes, or a Dask cluster. Same answers in all three.

A piece and its answer can be pickled; the work is a function of a module. Answers come in the order of the pieces, so
the caller does the same whoever worked. A worker that dies loses nothing: its pieces are given to another.
"""

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from tiwizi_engine.errors import EngineError

Halted = Callable[[], bool]
BREATH = 0.2  # seconds between two questions whether it is enough
TRIES = 3  # deaths in a row, with nothing finished between, until the work is given up


def never() -> bool:
    return False


class Crew(Protocol):
    """`capacity`: pieces at once. A crew is closed by `with`, or by `close`."""

    @property
    def capacity(self) -> int: ...

    def run(self, work: Callable[[Any], Any], pieces: Sequence[Any], halted: Halted = never) -> Iterator[Any]:
        """The answers, in the order of the pieces, until `halted` says that it is enough.

        Raises what a piece raises, and `EngineError` when workers keep dying.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """Closed by `with`."""

    def close(self) -> None:
        """Nothing to close, unless a crew says otherwise."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Here(Closing):
    """A crew of one, in this process."""

    capacity = 1

    def run(self, work: Callable[[Any], Any], pieces: Sequence[Any], halted: Halted = never) -> Iterator[Any]:
        for piece in pieces:
            if halted():
                return
            yield work(piece)


HERE = Here()


def crew_of(setting: str) -> Crew:
    """The crew that a setting names: `here`, `pool:2` (that many processes), `dask:tcp://scheduler:8786`."""
    kind, _, rest = setting.partition(":")
    if setting == "here":
        return HERE
    if kind == "pool" and rest.isdigit() and int(rest) > 0:
        from tiwizi_engine.crew.pool import Pool

        return Pool(int(rest))
    if kind == "dask" and rest:
        from tiwizi_engine.crew.cluster import Cluster

        return Cluster(rest)
    raise EngineError("crew", f"expected here, pool:2 or dask:tcp://scheduler:8786, got {setting!r}")
