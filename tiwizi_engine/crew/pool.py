"""A crew of processes on this machine."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from tiwizi_engine.crew import BREATH, TRIES, Closing, Halted, never
from tiwizi_engine.errors import EngineError

Futures = dict[int, Future[Any]]  # by the piece's number


class Pool(Closing):
    """`capacity` processes, started when first needed. One that dies is replaced, and unfinished pieces begun again."""

    def __init__(self, workers: int) -> None:
        self.capacity = workers
        self._executor: ProcessPoolExecutor | None = None

    def run(self, work: Callable[[Any], Any], pieces: Sequence[Any], halted: Halted = never) -> Iterator[Any]:
        begun: Futures = {}
        done: Futures = {}
        deaths = 0
        for k in range(len(pieces)):
            while k not in done:
                if not begun:
                    begun = self._begin(work, {n: pieces[n] for n in range(k, len(pieces)) if n not in done})
                if not _finished(begun[k], halted):
                    self.close()
                    return
                new = {n: one for n, one in begun.items() if n not in done and one.done() and not _died(one)}
                done |= new
                if k not in done:
                    deaths = 1 if new else deaths + 1
                    self.close()
                    begun = {}
                if deaths == TRIES:
                    raise EngineError("crew", f"worker processes died {TRIES} times in a row at the same work")
            yield done.pop(k).result()

    def _begin(self, work: Callable[[Any], Any], pieces: dict[int, Any]) -> Futures:
        if self._executor is None:
            # Fresh processes: a fork of one with threads may hang.
            self._executor = ProcessPoolExecutor(self.capacity, multiprocessing.get_context("spawn"))
        return {n: self._executor.submit(work, piece) for n, piece in pieces.items()}

    def close(self) -> None:
        """End the processes, whatever they are at."""
        if self._executor is None:
            return
        processes = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        self._executor = None


def _finished(future: Future[Any], halted: Halted) -> bool:
    """Wait for it; False when the caller has had enough first."""
    while not future.done():
        if halted():
            return False
        wait([future], timeout=BREATH)
    return True


def _died(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)
