"""Background jobs on the database: leased, retried, never run twice to the end.

Why our own: `docs/adr/0002-jobs.md`. A room registers a handler in its `tasks.py`; a rule enqueues;
`manage.py worker` runs.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from tiwizi.base.audit import Actor
from tiwizi.base.models import Job

Handler = Callable[["Hold"], None]
_handlers: dict[str, Handler] = {}
_log = logging.getLogger(__name__)


class LostLease(Exception):
    """Another worker has the job now; what this one did is thrown away."""


class Cancelled(Exception):
    """Somebody asked for the job to stop."""


class Later(Exception):
    """What the job needs does not answer: to be tried again after some time, until its attempts are used up."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"again after {wait}")
        self.wait = wait


class Hold:
    """A worker's hold on one job, given to its handler."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def payload(self) -> dict[str, Any]:
        return dict(self.job.payload)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)

    def renew(self, **fields: Any) -> None:
        """Keep the lease (and write `fields`). Raises `LostLease` or `Cancelled`."""
        if not self._mine().update(lease_until=_lease_end(), **fields):
            raise LostLease(str(self.job.pk))
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise Cancelled(str(self.job.pk))

    def progress(self, done: float, stage: str = "", **detail: Any) -> None:
        """Tell the page how far the work is: `done` from 0 to 1, `stage` a code that the page translates."""
        self.renew(progress=round(100 * min(max(done, 0), 1)), stage=stage, detail=detail)

    @contextmanager
    def completing(self) -> Iterator[None]:
        """Write the results inside: they and the job's end are one transaction, or neither happens."""
        with transaction.atomic():
            ended = self._mine().update(
                state=Job.State.DONE, progress=100, lease_until=None, ended_at=timezone.now(), error=""
            )
            if not ended:
                raise LostLease(str(self.job.pk))
            yield


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler for a kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def enqueue(
    kind: str, payload: dict[str, Any], *, by: Actor | None = None, key: str | None = None, attempts: int = 3
) -> Job:
    """Queue a job; with a `key`, the job already queued under it is returned instead."""
    values = {"kind": kind, "payload": payload, "requested_by": by.pk if by else None, "max_attempts": attempts}
    if key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(key=key, defaults=values)[0]


def ask_to_cancel(job: Job) -> None:
    """A queued job is cancelled at once, a running one at its next sign of life."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=now)
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


def claim() -> Hold | None:
    """Take the oldest job that waits, or whose worker has gone silent. None when there is nothing to do."""
    _end_forsaken()
    now = timezone.now()
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    free = Q(due, state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(free, attempts__lt=F("max_attempts")).order_by("created_at")[:5]:
        # The attempt number is the fence: of two workers that read the same row, one update matches.
        taken = Job.objects.filter(free, pk=job.pk, attempts=job.attempts).update(
            state=Job.State.RUNNING, attempts=job.attempts + 1, lease_until=_lease_end(), started_at=now, error=""
        )
        if taken:
            job.refresh_from_db()
            return Hold(job)
    return None


def run_next() -> Job | None:
    """Claim one job and run it to its end. Returns the job as it ended, or None when none waited."""
    hold = claim()
    if hold is None:
        return None
    handler = _handlers.get(hold.job.kind)
    if handler is None:
        _fail(hold, f"no handler for {hold.job.kind}", final=True)
    else:
        _run(hold, handler)
    hold.job.refresh_from_db()
    return hold.job


def _run(hold: Hold, handler: Handler) -> None:
    try:
        with _heartbeat(hold):
            handler(hold)
    except LostLease:
        return
    except Cancelled:
        hold._mine().update(state=Job.State.CANCELLED, lease_until=None, ended_at=timezone.now())
    except Later as later:
        _fail(hold, str(later.__cause__ or later), wait=later.wait)
    except Exception as error:
        _log.exception("job %s %s, attempt %s", hold.job.kind, hold.job.pk, hold.job.attempts)
        _fail(hold, f"{type(error).__name__}: {error}")
    else:
        hold._mine().update(state=Job.State.DONE, progress=100, lease_until=None, ended_at=timezone.now())


def _fail(hold: Hold, error: str, *, final: bool = False, wait: timedelta = timedelta()) -> None:
    again = not final and hold.job.attempts < hold.job.max_attempts
    hold._mine().update(
        state=Job.State.QUEUED if again else Job.State.FAILED,
        lease_until=None,
        not_before=timezone.now() + wait if again else None,
        error=error,
        ended_at=None if again else timezone.now(),
    )


def _end_forsaken() -> None:
    """What waits for another attempt that must not come: it was to stop, or its last attempt died silently.

    Without this the first would run again, and the second look running for ever.
    """
    now = timezone.now()
    silent = Q(state=Job.State.RUNNING, lease_until__lt=now)
    Job.objects.filter(silent | Q(state=Job.State.QUEUED), cancel_asked=True).update(
        state=Job.State.CANCELLED, lease_until=None, ended_at=now
    )
    Job.objects.filter(silent, attempts__gte=F("max_attempts")).update(
        state=Job.State.FAILED, lease_until=None, ended_at=now, error="the worker died"
    )


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


@contextmanager
def _heartbeat(hold: Hold) -> Iterator[None]:
    """Renew the lease from a thread while the handler computes (a solver may be silent for minutes)."""
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(hold, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(hold: Hold, stop: threading.Event) -> None:
    try:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
            with suppress(OperationalError):  # SQLite while the job writes its results: the next beat tries again
                hold._mine().update(lease_until=_lease_end())
    finally:
        if stop.is_set() or not connection.in_atomic_block:
            connection.close()
