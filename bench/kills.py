"""Processes killed in the middle of what they do, a hundred times, and nothing lost or done twice.

The site, the worker, backups and restores run as processes of their own on a database of their own, and are killed by
SIGKILL at a moment drawn by lot. After each kill: what was acknowledged is there once, what was not is there whole or
not at all, and the doctor finds nothing wrong. `python bench/kills.py [kills]`; PostgreSQL where TIWIZI_DATABASE names
a server of `scripts/postgres.py`. `tests/interop/test_kills.py` does a few.
"""

import json
import os
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from bench.calibration import Row, calibrate, keep  # noqa: E402
from tests.base.installation import Child, Installation, new_database  # noqa: E402

ROWS = 30  # of an import
LARGE = 12_000_000  # bytes of an upload
SEED = """
import json
from django.conf import settings
from importlib import import_module
from tests.factories.cast import make_cast
from tests.factories.rounds import opened, with_plans
from tiwizi.plans import rules
from tiwizi.plans.models import Activity
cast = make_cast()
with_plans(cast)
for one in Activity.objects.all():
    rules.change_activity(by=cast.programme_coordinator, activity=one, version=one.version, note="Vu")
round = opened(cast)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session["_auth_user_id"] = str(cast.neighbour.pk)
session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
session["_auth_user_hash"] = cast.neighbour.get_session_auth_hash()
session.save()
print(json.dumps({"session": session.session_key}))
"""
CHECK_IMPORT = """
from tiwizi.accounts.models import User
from tiwizi.plans.models import Plan
from tiwizi.plans.rules.imports import check_import
plan = Plan.objects.select_related("body").get(body__slug="schaerbeek-al-hoceima")
values = {{"title": "Atelier", "kind": "social-diagnosis", "result": "RI 1", "main_target": "youth",
    "other_targets": ["officials"], "window_start": "2018-01-01", "window_end": "2018-03-04", "participants": 8,
    "cost_cents": 90000}}
entries = [{{"sheet": "Plan", "row": k + 2, "cells": {{}}, "values": values | {{"reference": "I{n}-%d" % k}}}}
    for k in range({rows})]
one = check_import(by=User.objects.get(email="schaerbeek@test.example"), plan=plan, filename="p.xlsx",
    entries=entries, faults=[])
assert not one.faults, one.faults
print(one.pk)
"""
# Each activity with how often the trail says that it was made, and whether its many-to-many part is there.
LOOK = """
import json
from django.db.models import Count
from tiwizi.base.models import AuditEntry
from tiwizi.plans.models import Activity, PlanImport
born = AuditEntry.objects.filter(act__in=["add-activity", "import-activity"], object_type="plans.activity")
times = dict(born.values_list("object_id").annotate(Count("pk")).order_by())
found = [(one.reference, one.title, times.get(str(one.pk), 0), one.targets) for one in
    Activity.objects.filter(reference__startswith="{prefix}").annotate(targets=Count("other_targets"))]
print(json.dumps([found, list(PlanImport.objects.filter(pk__in={imports!r}).values_list("state", flat=True))]))
"""
START_RUN = """
from tiwizi.accounts.models import User
from tiwizi.pooling import rules
from tiwizi.pooling.models import Round
run = rules.start_run(by=User.objects.get(email="animation@test.example"), round=Round.objects.get())
print(run.number)
"""
RUN = """
import json
from tiwizi.base.models import AuditEntry, Job
from tiwizi.pooling.models import Round, Run
run, round = Run.objects.get(number={number}), Round.objects.get()
job = Job.objects.get(pk=run.job)
entries = AuditEntry.objects.filter(act="complete-run")
ends = sum(one.after["run"] == {number} for one in entries)
print(json.dumps([job.state, job.attempts, round.state, ends, run.proposals.count()]))
"""
MARK = "from tiwizi.plans.models import Plan; print(Plan.objects.get(body__slug='jette-belfaa').pooling_budget_cents)"


class Lost(AssertionError):
    """Something was lost, done twice, or half done."""


def demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise Lost(sentence)


class Kills:
    """A site with its data, another machine for restores, and the counts."""

    def __init__(self, folder: Path, address: str = "", seed: int = 1) -> None:
        self.random, self.address, self.n = random.Random(seed), address, 0
        self.site = Installation(folder / "site", self._database("tiwizi_kills"), TIWIZI_JOB_LEASE="1")
        self.other = Installation(folder / "other", self._database("tiwizi_kills_other"))
        self.rows: dict[str, Row] = {}
        self.site.manage("migrate", "--verbosity=0")
        self.site.manage("createcachetable", "--verbosity=0")
        (folder / "site" / "files").mkdir()
        # So much that writing it is most of a backup: a kill falls into it.
        (folder / "site" / "files" / "large").write_bytes(os.urandom(LARGE))
        self.session = json.loads(self.site.python(SEED))["session"]
        self.port, self.backups = free_port(), list[tuple[Path, str]]()

    def _database(self, name: str) -> str:
        return new_database(self.address, name) if self.address else ""

    def close(self) -> None:
        self.site.close()
        self.other.close()

    def kill_all(self, kills: int) -> list[Row]:
        """Kills of each kind in turn; raises `Lost` at the first thing that is not as it must be."""
        kinds: list[Callable[[], str]] = [self.saves, self.imports, self.job, self.backup, self.restore]
        for number in range(kills):
            act = kinds[number % len(kinds)]
            row = self.rows.setdefault(act.__name__, {"killed in the middle of": act.__name__, "kills": 0})
            how = act()
            row["kills"] += 1
            row[how] = int(row.get(how, 0)) + 1
            self._healthy()
        hows = sorted({key for row in self.rows.values() for key in row} - {"killed in the middle of", "kills"})
        return [
            {key: row.get(key, 0) for key in ["killed in the middle of", "kills", *hows]} for row in self.rows.values()
        ]

    def _healthy(self) -> None:
        self.site.manage("audit", "seal")
        self.site.manage("doctor")

    def _soon(self, least: float, most: float) -> None:
        time.sleep(self.random.uniform(least, most))

    # --- Saves and imports, by HTTP ---

    def saves(self) -> str:
        """Somebody adds activities one after the other; the site dies."""
        self.n += 1
        site, browser = self._served(), Browser(self.port, self.session)
        answered: list[str] = []
        typing = threading.Thread(target=browser.add, args=[f"S{self.n}-", answered])
        typing.start()
        self._soon(0.05, 1.5)
        self._killed(site)
        typing.join()
        demand(not browser.wrong, "; ".join(browser.wrong))
        found, _ = self._look(f"S{self.n}-")
        made = {reference for reference, *_ in found}
        demand(made >= set(answered), f"an acknowledged save is lost: {set(answered) - made}")
        demand(len(made - set(answered)) <= 1, "more was saved than was sent")
        self._once(found)
        return "done, not told" if made - set(answered) else "in the middle"

    def imports(self) -> str:
        """Somebody applies an import of thirty rows; the site dies; it is applied again if it was not."""
        self.n += 1
        pk = self.site.python(CHECK_IMPORT.format(n=self.n, rows=ROWS))
        site, browser = self._served(), Browser(self.port, self.session)
        answered: list[str] = []
        applying = threading.Thread(target=browser.apply, args=[pk, answered])
        applying.start()
        self._soon(0.02, 0.8)
        self._killed(site)
        applying.join()
        demand(not browser.wrong, "; ".join(browser.wrong))
        found, (state,) = self._look(f"I{self.n}-", pk)
        demand(len(found) in (0, ROWS), f"half an import: {len(found)} of {ROWS}")
        demand((state == "applied") is bool(found), f"the import says {state}, and has {len(found)} rows")
        demand(bool(found) or not answered, "an acknowledged import is lost")
        again = self._served()
        browser.apply(pk, [])
        self._killed(again)
        twice, (state,) = self._look(f"I{self.n}-", pk)
        demand((len(twice), state) == (ROWS, "applied"), f"applied again: {len(twice)} rows, {state}")
        self._once(twice)
        return ("ended" if answered else "done, not told") if found else "in the middle"

    def _served(self) -> Child:
        site = self.site.start(port=self.port)
        wait_for(self.port)
        return site

    def _killed(self, child: Child) -> bool:
        """Kill it; whether it was still alive."""
        child.kill(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL

    def _look(self, prefix: str, *imports: str) -> tuple[list[tuple[str, str, int, int]], list[str]]:
        found, states = json.loads(self.site.python(LOOK.format(prefix=prefix, imports=list(imports))))
        return found, states

    def _once(self, found: list[tuple[str, str, int, int]]) -> None:
        for reference, _title, times, targets in found:
            demand(times == 1, f"{reference} was made {times} times, says the trail")
            demand(targets == 1, f"{reference} was saved without its other target group")

    # --- Jobs ---

    def job(self) -> str:
        """A worker computes a round and dies; another one takes over."""
        number = int(self.site.python(START_RUN))
        worker = self.site.start("worker")
        self._soon(0.0, 1.6)
        self._killed(worker)
        state, *_ = self._run(number)
        until = time.monotonic() + 60
        while self._run(number)[0] not in {"done", "failed"} and time.monotonic() < until:
            self.site.manage("worker", "--once")
            time.sleep(0.2)
        ended = self._run(number)
        demand(ended[0] == "done", f"run {number} of the round ended {ended[0]}")
        demand((ended[2], ended[3], ended[4]) == ("proposed", 1, 1), f"run {number}: {ended}")
        return {"queued": "before it began", "running": "in the middle", "done": "ended"}[state]

    def _run(self, number: int) -> tuple[str, int, str, int, int]:
        told: tuple[str, int, str, int, int] = json.loads(self.site.python(RUN.format(number=number)))
        return told

    # --- Backups and restores ---

    def backup(self) -> str:
        """A backup is made and dies; what stands under a backup's name is whole."""
        folder = self.site.var / "backups"
        before = set(folder.glob("tiwizi-*"))
        making = self.site.start("backup")
        self._soon(0.05, 1.0)
        alive = self._killed(making)
        for path in set(folder.glob("tiwizi-*")) - before:
            self.site.manage("restore", str(path), "--check")
        self.site.manage("backup")
        demand(not [*folder.glob(".*.part"), *self.site.var.glob("staging-*")], "something was left behind")
        return "in the middle" if alive else "ended"

    def restore(self) -> str:
        """On another machine a backup is restored over another and dies; the old state or the new one stands."""
        if not self.backups:
            self._two_backups()
        old, new = self.random.sample(self.backups, 2)
        self.other.manage("restore", str(old[0]), "--replace")
        restoring = self.other.start("restore", str(new[0]), "--replace")
        self._soon(0.1, 1.2)
        alive = self._killed(restoring)
        stands = self.other.python(MARK)
        demand(stands in (old[1], new[1]), f"after a killed restore: {stands}")
        self.other.manage("restore", str(new[0]), "--replace")
        demand(self.other.python(MARK) == new[1], "restored again, and not there")
        self.other.manage("audit", "seal")
        self.other.manage("doctor")
        return ("in the middle" if stands == old[1] else "after the step") if alive else "ended"

    def _two_backups(self) -> None:
        for cents in ("111", "222"):
            self.site.python(f"from tiwizi.plans.models import Plan; Plan.objects.update(pooling_budget_cents={cents})")
            said = self.site.manage("backup", "--to", str(self.site.var / "kept"))
            self.backups.append((Path(said.split(": ")[0]), cents))


class Browser:
    """Somebody signed in, who sends forms to the site until it answers no more."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.cookie = port, f"sessionid={session}; csrftoken={'c' * 32}"
        self.wrong: list[str] = []  # answers that are neither a yes nor the death of the site

    def add(self, prefix: str, answered: list[str]) -> None:
        """Add activities one after the other; those that the site acknowledged go to `answered`."""
        for k in range(1000):
            typed = {
                "reference": f"{prefix}{k}", "title": "Sauvé", "kind": "preschool-training", "result": "RI 1",
                "main_target": "youth", "other_targets": "officials", "commune": "al-hoceima", "when": "weeks",
                "window_start": "2017-09-04", "window_end": "2017-10-15", "cost_cents": "4 200,50", "languages": "fr",
                "priority": "3", "poolable": "on",
            }  # fmt: skip
            if not self._send("add/", typed, answered, f"{prefix}{k}"):
                return

    def apply(self, pk: str, answered: list[str]) -> None:
        self._send(f"import/{pk}/apply/", {}, answered, pk)

    def _send(self, path: str, typed: dict[str, str], answered: list[str], name: str) -> bool:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(typed | {"csrfmiddlewaretoken": "c" * 32})
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
                line.request("POST", f"/b/schaerbeek-al-hoceima/plan/{path}", body, headers)
                with line.getresponse() as answer:
                    said = answer.read().decode()
        except (OSError, HTTPException):
            return False
        if answer.status != 302:
            words = re.sub(r"(?:<[^>]*>|\s)+", " ", said)
            self.wrong.append(f"{path}: {answer.status} {words[:3000]}")
            return False
        answered.append(name)
        return True


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise Lost("the site did not start")


def main() -> None:
    kills, address, began = int((sys.argv[1:] or ["100"])[0]), os.environ.get("TIWIZI_DATABASE", ""), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        trial = Kills(Path(folder), address)
        try:
            rows = trial.kill_all(kills)
        finally:
            trial.close()
    engine = "PostgreSQL" if address else "SQLite"
    notes = [
        f"{kills} kills by SIGKILL on {engine}, {time.monotonic() - began:.0f} s in all. After each, `doctor` found "
        "nothing wrong; nothing was lost, nothing done twice, nothing half done. How: the head of `bench/kills.py`.",
        "`in the middle`: it was alive and had not written its result; `done, not told`: it had, and died before "
        "saying so; `after the step`: a restore died after the new state stood; `ended`: the kill came too late.",
    ]
    keep(f"kills-{engine.lower()}", f"Kills survived, {engine}", notes, calibrate(), {"By what was killed": rows})


if __name__ == "__main__":
    main()
