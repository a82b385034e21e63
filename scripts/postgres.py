"""A throw-away PostgreSQL server for tests: Debian's binaries, a temporary folder, a Unix socket, no network.

`python scripts/postgres.py start` prints the address for TIWIZI_DATABASE and leaves the server running;
`python scripts/postgres.py stop ADDRESS` ends it and removes its folder. From Python: `with server() as address:`.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here outlives the tests: no need to wait for the disk.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PostgresMissing(Exception):
    """There is no PostgreSQL to start, or no user to start it as."""


def start() -> str:
    """Start a server; its address, as TIWIZI_DATABASE takes it. It has a database `tiwizi` and a user `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="tiwizi-pg-"))
    if os.geteuid() == 0:
        user = _unprivileged_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        _run(
            folder, "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {FAST}"
        _run(folder, "pg_ctl", "start", "--wait", f"--log={folder}/log", f"--options={options}")
        _run(folder, "createdb", f"--host={folder}", "--username=postgres", "tiwizi")
    except BaseException:
        shutil.rmtree(folder)
        raise
    return f"postgresql://postgres@/tiwizi?host={folder}"


def stop(address: str) -> None:
    """End the server of this address and remove its folder."""
    folder = Path(address.partition("?host=")[2])
    if not (folder / "PG_VERSION").is_file() or not folder.name.startswith("tiwizi-pg-"):
        raise PostgresMissing(f"{address} was not started by this script.")
    _run(folder, "pg_ctl", "stop", "--mode=immediate")
    shutil.rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """A server for the length of a `with`; gives its address."""
    address = start()
    try:
        yield address
    finally:
        stop(address)


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresMissing("PostgreSQL refuses to run as root and there is no user postgres.") from None


def _binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("initdb")
    if not found:
        raise PostgresMissing("PostgreSQL is missing. Install it with: scripts/debs.sh test")
    return Path(found).resolve().parent


def _run(folder: Path, program: str, *arguments: str) -> None:
    command = [str(_binaries() / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # Into a file: the server inherits it, and a pipe would never close.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            env={**os.environ, "PGDATA": str(folder), "LC_ALL": "C.UTF-8"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise PostgresMissing(f"{program} failed: {output.read().decode(errors='replace').strip()}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start"]:
            print(start())
        case ["stop", given]:
            stop(given)
        case _:
            sys.exit(__doc__)
