"""Journeys: the site as `make demo` starts it (its own processes and database), and Debian's Chromium."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PASSWORD = "tiwizi-demo-2017"


@dataclass
class Site:
    """The running site: its address, and the demo accounts' address part."""

    url: str
    var: Path  # its database and files

    def at(self, path: str) -> str:
        return f"{self.url}{path}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`make demo` on an empty folder of its own, until the tests are over."""
    var = tmp_path_factory.mktemp("var")
    environment = os.environ | {
        "TIWIZI_VAR": str(var),
        "PORT": os.environ.get("TIWIZI_TEST_PORT", "8700"),
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    log = var / "site.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts" / "serve.py"), "--demo"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        yield Site(_address(process, log), var)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    for _ in range(600):
        if found := re.search(r"ready after .*?(http://\S+?)/?\s", log.read_text()):
            return found.group(1)
        try:
            process.wait(timeout=0.3)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the site did not start:\n{log.read_text()}")


@pytest.fixture(autouse=True)
def nothing_broken(site: Site) -> Iterator[None]:
    """After a journey that did something, `manage.py doctor` finds everything whole: totals made again from the
    figures, shares, the audit chain."""
    before = _acts(site)
    yield
    if _acts(site) != before:
        environment = os.environ | {"TIWIZI_VAR": str(site.var), "TIWIZI_DEMO": "yes"}
        for name in ("DJANGO_SETTINGS_MODULE", "TIWIZI_DATABASE"):
            environment.pop(name, None)
        command = [sys.executable, str(ROOT / "manage.py"), "doctor"]
        found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout + found.stderr


def _acts(site: Site) -> int:
    """How many acts are recorded in the site's database."""
    with closing(sqlite3.connect(f"file:{site.var / 'tiwizi.sqlite3'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM base_auditentry").fetchone()[0])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A person at a browser. Everything the browser complains about is kept, and fails the test at its end."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    bytes_received: int = 0

    def open(self, path: str) -> Page:
        """Go to a path; its axe violations, sideways scrolling and errors count as complaints."""
        answer = self.page.goto(self.site.at(path))
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look()
        return self.page

    def look(self) -> None:
        """Judge the page on screen as it stands."""
        self.complaints += [f"{self.page.url}: {one}" for one in [*axe(self.page), *sideways(self.page)]]

    def sign_in(self, email: str) -> None:
        self.page.goto(self.site.at("/sign-in/"))
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if not response.url.startswith(self.site.url) and not response.url.startswith("data:"):
            self.complaints.append(f"another host was asked: {response.url}")
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")


def axe(page: Page) -> list[str]:
    """Serious and critical violations of WCAG 2.2 A and AA on the page."""
    # evaluate, not a script tag: the page's own security policy stays as strict as it is.
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    grave = [v for v in found["violations"] if v["impact"] in {"serious", "critical"}]
    return [f"{v['id']}: {v['help']} {json.dumps([n['target'] for n in v['nodes']][:3])}" for v in grave]


def sideways(page: Page) -> list[str]:
    """A page wider than the screen."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{width} px wider than the screen"] if width > 1 else []


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """`visit("animation@...", language="ar", width=390)`: a new browser session, signed in when an e-mail is given."""
    opened: list[tuple[BrowserContext, Visit]] = []

    def make(
        email: str | None = None,
        *,
        language: str = "fr",
        width: int = 1280,
        scripts: bool = True,
        host: str = "127.0.0.1",
    ) -> Visit:
        here = Site(site.url.replace("127.0.0.1", host), site.var)
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        context.add_cookies([{"name": "tiwizi_language", "value": language, "url": here.url}])
        one = Visit(context.new_page(), here)
        one.watch()
        opened.append((context, one))
        if email:
            one.sign_in(email)
        return one

    yield make
    complaints = [complaint for _, one in opened for complaint in one.complaints]
    for context, _ in opened:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def enter(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`enter(user, "ar", 390)`: a browser of that person's own, on the site that runs in this process."""
    opened: list[BrowserContext] = []

    def make(user: Any, language: str = "fr", width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        context.add_cookies([{"name": "tiwizi_language", "value": language, "url": live_server.url}])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(live_server.url + "/sign-in/")
        page.locator("input[name=login]").fill(user.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield make
    for context in opened:
        context.close()
