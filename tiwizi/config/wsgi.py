"""The door for the web server."""

import gc
import os
from itertools import count
from threading import Lock
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiwizi.config.settings")

SETTLED = (20, 200)  # requests after which what a process loads once is there: most of it, all of it
PATIENCE = 0.25  # seconds


class Door:
    """Lets requests in one after the other, and keeps the collector of garbage from what has come to stay.

    The threads of a process share one processor: two pages at once are both ready only when the second one is. So one
    goes first; behind one that takes long (a PDF, a workbook) nobody waits more than `PATIENCE`.

    Templates, models and catalogues are hundreds of thousands of objects. Left to itself the collector goes through
    them all about every thirty pages, for more than a tenth of a second in which the process answers nobody.
    """

    def __init__(self, application: Any) -> None:
        self.application, self.served, self.turn = application, count(1), Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        first = self.turn.acquire(timeout=PATIENCE)
        try:
            return self.application(environ, start_response)
        finally:
            if first:
                self.turn.release()
            if next(self.served) in SETTLED:
                gc.collect()
                gc.freeze()


application = Door(get_wsgi_application())
