"""A crew on a Dask cluster: workers on any number of machines, behind one scheduler."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tiwizi_engine.crew import BREATH, TRIES, Closing, Halted, never
from tiwizi_engine.errors import EngineError

PATIENCE = 30  # seconds to find the scheduler


class Cluster(Closing):
    """The workers of a running cluster, which must have the engine installed in the same version.

    A worker that dies loses its pieces to the others (Dask sees to it); a piece on which workers keep dying is refused.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise EngineError(
                "crew", "a Dask cluster needs the library 'distributed': install tiwizi[cluster]"
            ) from None
        self._killed: type[Exception] = distributed.KilledWorker
        connect: Any = distributed.Client
        try:
            self._client: Any = connect(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise EngineError("crew", f"no Dask scheduler answers at {address}: {fault}") from None

    @property
    def capacity(self) -> int:
        """Threads of all workers that are there now, at least one."""
        return max(1, int(sum(self._client.nthreads().values())))

    def run(self, work: Callable[[Any], Any], pieces: Sequence[Any], halted: Halted = never) -> Iterator[Any]:
        # Each piece is new work, however like another it is.
        futures = [self._client.submit(work, piece, pure=False, retries=0) for piece in pieces]
        try:
            for future in futures:
                seen = time.monotonic()
                while not future.done():
                    if halted():
                        return
                    if self._client.nthreads():
                        seen = time.monotonic()
                    elif time.monotonic() - seen > PATIENCE:
                        raise EngineError("crew", f"all workers died, and none came back in {PATIENCE} s")
                    time.sleep(BREATH / 10)
                yield self._answer(future)
        finally:
            self._client.cancel(futures)

    def _answer(self, future: Any) -> Any:
        try:
            return future.result()
        except self._killed:
            raise EngineError("crew", f"workers died {TRIES} times or more at the same work") from None

    def close(self) -> None:
        self._client.close()
