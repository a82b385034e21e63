"""The main pages on the demo programme: weight, queries, time. In a folder of its own, thrown away at the end.

Weight is what a browser fetches, as the site compresses it: the page, and what it links to and draws (style sheets,
scripts, pictures, the fonts that its style sheets name). Headers are not counted.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench.calibration import Row, calibrate, keep, seconds  # noqa: E402

ANIMATOR, COORDINATOR = "souss@demo.tiwizi.example", "etterbeek@demo.tiwizi.example"
PLAN = "/b/etterbeek-ait-baha/plan/"
PAGES = [
    ("home", COORDINATOR, "/"),
    ("programme", COORDINATOR, "/b/cic-2017-2021/"),
    ("group", ANIMATOR, "/b/souss-massa/"),
    ("partnership", COORDINATOR, "/b/etterbeek-ait-baha/"),
    ("plan", COORDINATOR, PLAN),
    ("plan, timeline", COORDINATOR, f"{PLAN}?view=timeline"),
    ("plan of the group", ANIMATOR, "/b/souss-massa/plan/"),
    ("add an activity", COORDINATOR, f"{PLAN}add/"),
    ("import from Excel", COORDINATOR, f"{PLAN}import/"),
    ("people", COORDINATOR, "/b/etterbeek-ait-baha/people/"),
    ("rounds", ANIMATOR, "/b/souss-massa/pooling/"),
    ("places", COORDINATOR, "/bodies/"),
]
BROWSER: dict[str, Any] = {"HTTP_ACCEPT_ENCODING": "gzip, br", "SERVER_NAME": "localhost"}
LINKED = re.compile(r"<(?:link|script|img)\b[^>]*?\b(?:href|src)=\"([^\"]+\.(?:css|js|svg|png|woff2)[^\"]*)\"")
NAMED = re.compile(r"url\([\"']?([^\"')]+)[\"']?\)")


@contextmanager
def demo() -> Iterator[None]:
    """The demo programme as `make demo` loads it."""
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {"TIWIZI_VAR": var, "DJANGO_SETTINGS_MODULE": "tiwizi.config.settings"}
        os.environ.pop("TIWIZI_DEBUG", None)
        import serve

        serve._choose_demo()
        serve._prepare(demo=True)
        yield


class Reader:
    """A person with a browser, signed in, in one language."""

    def __init__(self, email: str, language: str) -> None:
        from django.test import Client

        from tiwizi.accounts.models import User

        self.client, self.language, self.cache = Client(**BROWSER), language, dict[str, int]()
        self.client.force_login(User.objects.get(email=email))
        self.client.cookies["tiwizi_language"] = language

    def fetch(self, address: str) -> bytes:
        """The bytes on the wire."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return b"".join(answer) if answer.streaming else answer.content

    def text(self, address: str) -> str:
        answer = self.client.get(address, headers={"accept-encoding": "identity"})
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return b"".join(answer).decode() if answer.streaming else answer.content.decode()

    def view(self, address: str) -> tuple[int, int]:
        """Bytes with an empty cache, and bytes when the home page was seen before."""
        page = self.text(address)
        if f'<html lang="{self.language}"' not in page:
            raise SystemExit(f"{address} is not in {self.language}")
        weight = len(self.fetch(address))
        needed = {urljoin(address, link) for link in LINKED.findall(page)}
        needed |= {urljoin(sheet, font) for sheet in needed if ".css" in sheet for font in self._fonts(sheet)}
        seen = set(self.cache)
        self.cache |= {one: len(self.fetch(one)) for one in needed - seen}
        return weight + sum(self.cache[one] for one in needed), weight + sum(self.cache[o] for o in needed - seen)

    def _fonts(self, sheet: str) -> list[str]:
        return [link for link in NAMED.findall(self.text(sheet)) if ".woff2" in link]


def computed_round() -> list[tuple[str, str, str]]:
    """Opens and runs a round as the animator does; the pages that then exist."""
    from django.core.management import call_command

    animator = Reader(ANIMATOR, "fr")
    typed = _as_it_stands(animator.text("/b/souss-massa/pooling/open/"))
    path = animator.client.post("/b/souss-massa/pooling/open/", typed).headers["Location"]
    animator.client.post(f"{path}run/")
    call_command("worker", once=True)
    proposal = re.search(rf"{path}\w*/?\d+/", animator.text(path))
    if not proposal:
        raise SystemExit("the round made no proposal")
    return [
        ("round with proposals", ANIMATOR, path),
        ("proposal", ANIMATOR, proposal[0]),
        ("rules of the round", ANIMATOR, f"{path}rules/"),
        ("agreed plan, empty", ANIMATOR, f"{path}agreed/"),
    ]


def _as_it_stands(page: str) -> dict[str, str]:
    """What the page's form would send if its button were pressed at once."""
    from bs4 import BeautifulSoup

    form = BeautifulSoup(page, "html.parser").select_one("main form:has(.btn-do)")
    assert form is not None
    chosen_or_typed = [
        one
        for one in form.select("input[name]")
        if one.get("type") not in {"radio", "checkbox"} or one.has_attr("checked")
    ]
    typed = {str(one["name"]): str(one.get("value", "")) for one in chosen_or_typed}
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        typed |= {str(field["name"]): str(chosen["value"])} if chosen else {}
    return typed


def measure(name: str, email: str, address: str, unit: float) -> Row:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    weights: dict[str, int] = {}
    for language in ("fr", "ar"):
        reader = Reader(email, language)
        first, _ = reader.view(address)
        reader.cache.clear()
        reader.view("/")
        weights |= {f"{language}, first": first, f"{language}, next": reader.view(address)[1]}
    reader = Reader(email, "fr")
    reader.fetch(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reader.fetch(address)
    asked = len(queries)  # now: the next request empties the log
    spent = seconds(lambda: reader.fetch(address), times=9)
    return {
        "page": name,
        **weights,
        "queries": asked,
        "ms": round(1000 * spent, 1),
        "loops": round(spent / unit, 3),
    }


def main() -> None:
    with demo():
        unit = calibrate()
        rows = [measure(*page, unit) for page in [*PAGES, *computed_round()]]
    notes = [
        "Bytes on the wire, compressed, without headers. `first`: nothing in the browser's cache; Arabic comes with its"
        " font. `next`: the home page was seen before. `queries`: to the database, for a page seen before, everything"
        " included (session, account, rights). `ms`: the server's work, median of nine, SQLite, one process."
    ]
    keep("pages", "Pages", notes, unit, {"The demo programme": rows})


if __name__ == "__main__":
    main()
