"""A Dask cluster whose parts see each other by a network alone: each in a network namespace of its own.

The scheduler's namespace has a bridge, to which those of two workers and of the client are wired. Everything is made
and removed here; the addresses (192.0.2.0/24, set aside for examples by RFC 5737) exist in these namespaces only.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.crew_client import swept

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = {"scheduler": "192.0.2.1", "worker-1": "192.0.2.2", "worker-2": "192.0.2.3", "client": "192.0.2.4"}
PORT = 8786
MIDDLE = 9  # lines said by the client after which a worker dies: blocks are being improved; there are 25 in all

pytestmark = pytest.mark.slow


class Network:
    """Namespaces wired to a bridge in the scheduler's, and the processes in them."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen] = []

    def name(self, part: str) -> str:
        return f"tiwizi-{os.getpid()}-{part}"

    def make(self) -> None:
        for part in ADDRESS:
            ip("netns", "add", self.name(part))
            self.within(part, "link", "set", "lo", "up")
        self.within("scheduler", "link", "add", "bridge", "type", "bridge")
        for part in ("worker-1", "worker-2", "client"):
            peer = ("peer", "name", "wire", "netns", self.name(part))
            self.within("scheduler", "link", "add", part, "type", "veth", *peer)
            self.within("scheduler", "link", "set", part, "master", "bridge", "up")
        for part, address in ADDRESS.items():
            wire = "bridge" if part == "scheduler" else "wire"
            self.within(part, "address", "add", f"{address}/24", "dev", wire)
            self.within(part, "link", "set", wire, "up")

    def within(self, part: str, *words: str) -> None:
        ip("-netns", self.name(part), *words)

    def start(self, part: str, module: str, *words: str, **streams: int) -> subprocess.Popen:
        """A Python module, as a process in one of the namespaces."""
        command = ["ip", "netns", "exec", self.name(part), sys.executable, "-m", module, *words]
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, text=True, **streams)
        self.running.append(process)
        return process

    def remove(self) -> None:
        """End the processes, then the namespaces, with their wires."""
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()
        for part in ADDRESS:
            subprocess.run(["ip", "netns", "delete", self.name(part)], capture_output=True, check=False)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, text=True, check=True)


@pytest.fixture
def network() -> Iterator[Network]:
    if shutil.which("ip") is None:
        pytest.skip("the program ip (iproute2) is not here")
    made = Network()
    try:
        try:
            made.make()
        except subprocess.CalledProcessError as fault:
            pytest.skip(f"network namespaces cannot be made here: {fault.stderr.strip()}")
        yield made
    finally:
        made.remove()


def test_a_swept_plan_is_the_same_over_a_network_in_which_a_worker_dies(network: Network, tmp_path: Path):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    door = ("--port", str(PORT), "--no-dashboard")
    network.start("scheduler", "distributed.cli.dask_scheduler", "--host", ADDRESS["scheduler"], *door, **quiet)
    where = f"tcp://{ADDRESS['scheduler']}:{PORT}"
    workers = []
    for part in ("worker-1", "worker-2"):
        options = ("--host", ADDRESS[part], "--nthreads", "1", "--no-nanny", "--no-dashboard")
        place = ("--local-directory", str(tmp_path / part))
        workers.append(network.start(part, "distributed.cli.dask_worker", where, *options, *place, **quiet))
    client = network.start("client", "tests.engine.crew_client", f"dask:{where}", "2", stdout=subprocess.PIPE)
    said = []
    assert client.stdout is not None
    for line in client.stdout:
        said.append(line)
        if len(said) == MIDDLE:
            assert workers[0].poll() is None
            os.killpg(workers[0].pid, signal.SIGKILL)
    assert client.wait() == 0
    assert len(said) > MIDDLE + 5
    assert workers[1].poll() is None
    assert json.loads(said[-1]) == swept("here")


def test_the_namespaces_see_each_other_and_nothing_else(network: Network):
    """Otherwise the test above would prove nothing."""
    code = "import socket; socket.create_connection(('{}', 9), timeout=2)"
    said = []
    for address in (ADDRESS["worker-2"], "198.51.100.1"):
        one = network.start("worker-1", "timeit", "-n1", "-r1", code.format(address), stderr=subprocess.PIPE)
        said.append(one.communicate()[1])
    assert "ConnectionRefusedError" in said[0]  # somebody is there, and has nothing at this port
    assert "unreachable" in said[1]
