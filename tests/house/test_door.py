"""The door for the web server: one page after the other, and nobody behind a long one."""

import gc
import threading
import time

import pytest

from tiwizi.config import wsgi


class Visits:
    """An application that takes as long as its caller asks, and notes who is in it."""

    def __init__(self):
        self.inside, self.most, self.lock = 0, 0, threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(environ["takes"])
        with self.lock:
            self.inside -= 1
        if environ.get("breaks"):
            raise OSError("broken")
        return [environ["PATH_INFO"].encode()]


def visit(door, *visits):
    """So many requests at once; what each was answered, in the order of the answers."""
    answered = []

    def ask(path, takes):
        answered.extend(door({"PATH_INFO": path, "takes": takes}, None))

    threads = [threading.Thread(target=ask, args=one) for one in visits]
    for thread in threads:
        thread.start()
        time.sleep(0.01)  # they come in this order
    for thread in threads:
        thread.join()
    return answered


def test_short_pages_go_in_one_after_the_other(monkeypatch):
    monkeypatch.setattr(wsgi, "PATIENCE", 60)
    visits = Visits()
    assert visit(wsgi.Door(visits), ("/a", 0.05), ("/b", 0), ("/c", 0))[0] == b"/a"
    assert visits.most == 1


def test_nobody_waits_for_a_long_page(monkeypatch):
    monkeypatch.setattr(wsgi, "PATIENCE", 0.02)
    assert visit(wsgi.Door(Visits()), ("/long", 0.5), ("/short", 0)) == [b"/short", b"/long"]


def test_a_page_that_breaks_lets_the_next_one_in(monkeypatch):
    monkeypatch.setattr(wsgi, "PATIENCE", 60)
    door = wsgi.Door(Visits())
    with pytest.raises(OSError, match="broken"):
        door({"PATH_INFO": "/", "takes": 0, "breaks": True}, None)
    assert visit(door, ("/next", 0)) == [b"/next"]


def test_what_has_come_to_stay_is_left_alone(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(next(counted)))
    counted, door = iter(range(100)), wsgi.Door(Visits())
    for _ in range(wsgi.SETTLED[0] - 1):
        visit(door, ("/", 0))
    assert frozen == []
    visit(door, ("/", 0), ("/", 0))
    assert frozen == [0]


def test_the_web_server_goes_through_the_door():
    assert isinstance(wsgi.application, wsgi.Door)
