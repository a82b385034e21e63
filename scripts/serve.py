"""Start Tiwizi: `make serve`, or with the demo programme `make demo`. Ctrl-C or SIGTERM stops web server and worker.

PORT (8000) and HOST (127.0.0.1) say where; FRESH=1 makes the demo start over. Needs the environment of bootstrap.sh.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import catalogues
import django
from django.core.management import call_command

if "--demo" in sys.argv:  # the demo never shares a database with `make serve`
    os.environ.setdefault("TIWIZI_VAR", str(ROOT / "var" / "demo"))
VAR = Path(os.environ.get("TIWIZI_VAR", ROOT / "var"))
LOADED = VAR / "demo-loaded"
COLLECTED = VAR / "static-collected"
PATIENCE = 30  # seconds for the server to answer, and for both processes to end


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true", help="load the demo programme and print its accounts")
    demo = parser.parse_args().demo
    began = time.monotonic()
    os.chdir(ROOT)
    _prepare_folder()
    if demo:
        _choose_demo()
    _prepare(demo)
    host = os.environ.get("HOST", "127.0.0.1")
    port = _free_port(host, int(os.environ.get("PORT", "8000")))
    return _run(host, port, demo, began)


def _prepare_folder() -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    locked = [path for path in (VAR, *VAR.iterdir()) if not os.access(path, os.W_OK)]
    if locked:
        sys.exit(f"{locked[0]} belongs to someone else. Give it to yourself, or set TIWIZI_VAR to another folder.")


def _choose_demo() -> None:
    """The demo has its own SQLite file in a folder of its own, and touches no database that the environment names."""
    os.environ["TIWIZI_DEMO"] = "yes"
    os.environ.pop("TIWIZI_DATABASE", None)
    if os.environ.get("FRESH", "") not in {"", "0", "no"}:
        for path in [*VAR.glob("tiwizi.sqlite3*"), LOADED]:
            path.unlink(missing_ok=True)
        shutil.rmtree(VAR / "files", ignore_errors=True)


def _prepare(demo: bool) -> None:
    """Catalogues, tables, static files and, the first time, the demo's data."""
    catalogues.compile_changed()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiwizi.config.settings")
    django.setup()
    print("Preparing the database ...", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    _collect_static()
    if demo and not LOADED.exists():
        print("Loading the demo programme ...", flush=True)
        call_command("load_demo")
        LOADED.touch()


def _collect_static() -> None:
    """Collect and compress, only when a static file or a package changed since the last time."""
    state = hashlib.sha256((ROOT / "requirements/app.txt").read_bytes())
    for path in sorted((ROOT / "tiwizi").glob("*/static/**/*")):
        seen = path.stat()
        state.update(f"{path} {seen.st_mtime_ns} {seen.st_size}".encode())
    if (VAR / "static").exists() and COLLECTED.exists() and COLLECTED.read_text() == state.hexdigest():
        return
    print("Collecting static files ...", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    COLLECTED.write_text(state.hexdigest())


def _free_port(host: str, first: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, first + 50):
        with socket.socket(family) as trial:
            # As the server does: a port just left by another server is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
        if port != first:
            print(f"Port {first} is taken; using {port}.")
        return port
    sys.exit(f"Ports {first} to {first + 49} are all taken. Choose another: PORT=9000 make demo")


def _run(host: str, port: int, demo: bool, began: float) -> int:
    """Web server and worker until one ends or we are told to stop."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, frame: stopping.append(got))
    processes = {"web server": _web(host, port), "worker": _worker()}
    try:
        _wait_for_answer(host, port, processes, stopping)
        if not stopping:
            _greet(host, port, demo, time.monotonic() - began)
        return _watch(processes, stopping)
    finally:
        _end(processes)


def _web(host: str, port: int) -> "subprocess.Popen[bytes]":
    where = ["--host", host, "--port", str(port)]
    size = ["--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "2", "--no-ws"]
    quiet = ["--log-level", "warning"]
    door = ["--interface", "wsgi", "tiwizi.config.wsgi:application"]
    return _start("-m", "granian", *where, *size, *quiet, *door)


def _worker() -> "subprocess.Popen[bytes]":
    return _start("manage.py", "worker")


def _start(*arguments: str) -> "subprocess.Popen[bytes]":
    # In a session of its own, so that Ctrl-C reaches it once: through us.
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True)


def _wait_for_answer(
    host: str, port: int, processes: dict[str, "subprocess.Popen[bytes]"], stopping: list[int]
) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not stopping and not _ended(processes):
        try:
            with socket.create_connection((_visible(host), port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)


def _visible(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)


def _greet(host: str, port: int, demo: bool, seconds: float) -> None:
    name = _visible(host)
    print(f"\nTiwizi is ready after {seconds:.1f} s: http://{f'[{name}]' if ':' in name else name}:{port}/")
    if demo:
        print("Demo accounts:\n")
        call_command("demo_accounts")
    print("\nCtrl-C stops it. The data stay in var/.", flush=True)


def _watch(processes: dict[str, "subprocess.Popen[bytes]"], stopping: list[int]) -> int:
    while not stopping:
        if ended := _ended(processes):
            print(f"The {ended} ended by itself (code {processes[ended].returncode}); stopping.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    return 0


def _ended(processes: dict[str, "subprocess.Popen[bytes]"]) -> str:
    return next((name for name, process in processes.items() if process.poll() is not None), "")


def _end(processes: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + PATIENCE
    for process in processes.values():
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
