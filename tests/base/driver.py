"""A process that has loaded Tiwizi once and forks a child for each order: a command, some Python, or the site.

Starting Python and Django takes seconds; a fork takes none, and is as real a process to kill. Orders come as lines of
JSON on the standard input: `{"fork": {...}}` is answered by the child's id, `{"wait": id}` by how it ended.
"""

import json
import os
import signal
import sys
import traceback
from importlib import import_module
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402
from django.core.servers.basehttp import WSGIRequestHandler  # noqa: E402

from tiwizi.base.management.commands.worker import load_handlers  # noqa: E402
from tiwizi.config.wsgi import application  # noqa: E402

load_handlers()
import_module("tiwizi.config.urls")  # what a site loads at its first page, a child has at once


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def serve(port: int) -> None:
    with Server(("127.0.0.1", port), WSGIRequestHandler) as server:
        server.set_app(application)
        server.serve_forever()


def child(order: dict[str, Any]) -> int:
    """Do one order; the code to exit with."""
    with open(order["output"], "wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    try:
        if "code" in order:
            exec(order["code"], {})
        elif "port" in order:
            serve(order["port"])
        else:
            execute_from_command_line(["manage.py", *order["arguments"]])
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:  # told to the test as a program that broke
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        elif not (answer := os.fork()):
            os._exit(child(order["fork"]))
        print(answer, flush=True)


if __name__ == "__main__":
    main()
