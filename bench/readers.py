"""The results page of every role on the large programme, under 8 readers at once on PostgreSQL, beside a bare page.

`python bench/readers.py` starts a server of `scripts/postgres.py` and seeds it (minutes); with TIWIZI_DATABASE set to a
database that `make seed-large` filled, it reads that one. The web server is the one of `make serve`.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench.calibration import Row, calibrate, keep  # noqa: E402

READERS = 8
PORT = int(os.environ.get("PORT", "8113"))
ROUNDS = int(os.environ.get("ROUNDS", "15"))  # requests of each reader in a run
RUNS = int(os.environ.get("RUNS", "3"))
SETTLED = 500  # requests before the first measure: the server has run for a while
# (role, the body whose results it opens)
PAGES = [
    ("programme_coordinator", "large-programme", "large-programme"),
    ("donor", "large-programme", "large-programme"),
    ("auditor", "large-programme", "large-country-1"),
    ("animator", "large-country-1", "large-country-1"),
    ("animator", "large-region-01", "large-region-01"),
    ("animator", "large-theme-1", "large-theme-1"),
    ("coordinator_north", "large-partnership-001", "large-partnership-001"),
    ("coordinator_south", "large-partnership-005", "large-partnership-005"),
    ("elected", "large-partnership-001", "large-partnership-001"),
    ("association", "large-partnership-001", "large-partnership-001"),
]


def prepare() -> None:
    """Tables, data and static files, in the folder and the database that the environment names."""
    import django

    django.setup()
    from django.core.management import call_command

    from tiwizi.interop.large import PROGRAMME
    from tiwizi.network.models import Body

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Body.objects.filter(slug=PROGRAMME).exists():
        call_command("seed_large")


def cookies_of(role: str, slug: str) -> str:
    """A browser that is signed in as the one who holds this role here."""
    from django.conf import settings
    from django.test import Client

    from tiwizi.network.models import Mandate

    mandate = Mandate.objects.filter(role=role, body__slug=slug).select_related("user").first()
    if mandate is None:
        raise SystemExit(f"nobody is {role} of {slug}")
    client = Client()
    client.force_login(mandate.user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; tiwizi_language=fr"


@contextmanager
def site() -> Iterator[None]:
    command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(PORT), "--workers", "2"]
    command += ["--blocking-threads", "2", "--no-ws", "--log-level", "warning", "--interface", "wsgi"]
    process = subprocess.Popen([*command, "tiwizi.config.wsgi:application"], cwd=ROOT)
    try:
        _wait()
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait() -> None:
    for _ in range(200):
        try:
            ask("/bare/", "")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the web server does not answer")


def ask(path: str, cookies: str, connection: http.client.HTTPConnection | None = None) -> int:
    """Bytes of a page; anything else than a page ends the bench."""
    line = connection or http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    line.request("GET", path, headers={"Cookie": cookies, "Host": "localhost", "Accept-Encoding": "gzip"})
    answer = line.getresponse()
    size = len(answer.read())
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {answer.getheader('Location', '')}")
    return size


def times(path: str, cookies: str, readers: int) -> list[float]:
    """Seconds of each request, of so many readers at once."""
    found: list[float] = []

    def read() -> None:
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            ask(path, cookies, line)
            found.append(time.perf_counter() - began)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(found) != readers * ROUNDS:
        raise SystemExit(f"{path}: a reader was not answered")
    return sorted(found)


def measure(name: str, path: str, cookies: str) -> Row:
    for _ in range(4):  # both workers have seen it
        size = ask(path, cookies)
    alone = times(path, cookies, 1)
    # Of some runs the middle one: the machine's own speed changes from one to the next.
    each = sorted((times(path, cookies, READERS) for _ in range(RUNS)), key=_p95)
    together = each[RUNS // 2]
    return {
        "page": name,
        "bytes": size,
        "alone, median ms": round(1000 * alone[len(alone) // 2], 1),
        "8 readers, median ms": round(1000 * together[len(together) // 2], 1),
        "8 readers, p95 ms": round(1000 * _p95(together), 1),
        "p95 of the best run and the worst": f"{1000 * _p95(each[0]):.0f} to {1000 * _p95(each[-1]):.0f}",
    }


def _p95(found: list[float]) -> float:
    return found[int(len(found) * 0.95) - 1]


def queries_of(path: str, role: str, slug: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tiwizi.network.models import Mandate

    client = Client(SERVER_NAME="localhost")
    client.force_login(Mandate.objects.select_related("user").filter(role=role, body__slug=slug)[0].user)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def main() -> None:
    import postgres

    with tempfile.TemporaryDirectory() as var:
        address = os.environ.get("TIWIZI_DATABASE")
        with nullcontext(address) if address else postgres.server() as database:
            os.environ |= {
                "TIWIZI_VAR": var,
                "TIWIZI_DATABASE": str(database),
                "TIWIZI_DEMO": "yes",  # no second factor: a role's page is what is measured
                "DJANGO_SETTINGS_MODULE": "bench.bare_settings",
            }
            prepare()
            with site():
                unit = calibrate()
                for _ in range(SETTLED):
                    ask("/bare/", "")
                rows = [measure("a bare page of 50 rows", "/bare/", "")]
                for role, held, slug in PAGES:
                    path = f"/b/{slug}/results/"
                    row = measure(f"{role}: {slug.removeprefix('large-')}", path, cookies_of(role, held))
                    rows.append(row | {"queries": queries_of(path, role, held)})
    bare = rows[0]["8 readers, p95 ms"]
    rows[0]["queries"] = 1
    for row in rows:
        row["times the bare page"] = round(row["8 readers, p95 ms"] / bare, 1)
    notes = [
        "`make seed-large` on PostgreSQL; the web server of `make serve` (2 processes of 2 threads) and readers on one"
        f" machine; {ROUNDS} requests each, one after the other; of {RUNS} such runs the one with the middle p95."
        f" `bytes`: the page itself, compressed. The server had answered {SETTLED} requests before."
    ]
    keep("readers", "Eight readers of results at once", notes, unit, {"Results of every role": rows})


if __name__ == "__main__":
    main()
