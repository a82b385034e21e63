"""An installation of its own, with real files and processes: what backups, restores and kills need."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Child:
    """A process of the installation."""

    pid: int
    output: Path
    site: "Installation"

    def kill(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """How it ended: its code, or minus the number of the signal that killed it."""
        return self.site.ask({"wait": self.pid})

    @property
    def said(self) -> str:
        return self.output.read_text()


class Installation:
    """A folder `var`, a database, and processes that work on them as those of an administrator do."""

    def __init__(self, var: Path, database: str = "", **settings: str) -> None:
        self.var, self.database = var, database
        var.mkdir(parents=True, exist_ok=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TIWIZI_")}
        named = {"TIWIZI_DATABASE": database} if database else {}
        given = {"TIWIZI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "tiwizi.config.settings", "PYTHONPATH": str(ROOT)}
        self._output = Path(tempfile.mkdtemp(prefix="tiwizi-said-"))
        self._number = 0
        self._driver = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("driver.py"))],
            cwd=ROOT, env=clean | given | named | settings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def close(self) -> None:
        with self._driver:
            assert self._driver.stdin
            self._driver.stdin.close()
        shutil.rmtree(self._output)

    def ask(self, order: dict[str, Any]) -> int:
        assert self._driver.stdin
        assert self._driver.stdout
        self._driver.stdin.write(json.dumps(order) + "\n")
        self._driver.stdin.flush()
        return int(self._driver.stdout.readline())

    def start(self, *arguments: str, **order: Any) -> Child:
        """A command, or `code=`, or the site on `port=`, in a process of its own."""
        self._number += 1
        output = self._output / str(self._number)
        output.touch()
        return Child(self.ask({"fork": {"arguments": arguments, "output": str(output)} | order}), output, self)

    def _done(self, wanted: int, child: Child) -> str:
        code = child.wait()
        assert code == wanted, f"{code}\n{child.said}"
        return child.said

    def manage(self, *arguments: str) -> str:
        """What the command says; it must succeed."""
        return self._done(0, self.start(*arguments))

    def refused(self, *arguments: str) -> str:
        """The sentence with which the command refuses."""
        said = self._done(1, self.start(*arguments))
        assert "Traceback" not in said, said
        return said

    def failed(self, code: str) -> str:
        """What some lines of Python die of."""
        return self._done(70, self.start(code=code))

    def python(self, code: str) -> str:
        """What some lines of Python say."""
        return self._done(0, self.start(code=code)).strip()


def new_database(address: str, name: str, template: str = "template0") -> str:
    """A database on the server of `address`, empty or like another of it; its own address."""
    before, _, after = address.partition("?")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')  # type: ignore[arg-type]
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
    return f"{before.rpartition('/')[0]}/{name}?{after}"
