"""Several people at the same moment, for tests on PostgreSQL."""

import threading
from contextlib import suppress

from django.db import connection, transaction

from tiwizi.base.errors import Refusal


def at_once(*acts):
    """Do all of these in threads that start together; what each gave: its answer, or the code of its refusal.

    Each keeps its transaction open until all have done their act, half a second at most: without a lock none would see
    what the others wrote; with it the others wait their turn.
    """
    line, end = threading.Barrier(len(acts), timeout=10), threading.Barrier(len(acts))
    given = [None] * len(acts)

    def do(k, act):
        try:
            connection.ensure_connection()
            line.wait()
            with transaction.atomic():
                given[k] = act()
                with suppress(threading.BrokenBarrierError):
                    end.wait(timeout=0.5)
        except Refusal as refusal:
            given[k] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads), "two acts wait for each other"
    return given
