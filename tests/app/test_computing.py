"""The worker behind the sliders: the last wish counts, mistakes are told, and it ends."""

import threading

import pytest

from psoas.app.computing import Computing
from psoas.app.session import Stale
from psoas.errors import PoseError

LONG_S = 10.0  # more than any wait here needs


class Slow:
    """A session whose whole movement takes until `go` is set, and that counts what was asked for."""

    def __init__(self):
        self.go, self.started, self.stale = threading.Event(), threading.Semaphore(0), []

    def whole(self, setting, stop, progress):
        self.started.release()
        if setting == "wrong":
            raise PoseError("No contact can balance this posture.")
        if setting == "broken":
            raise ZeroDivisionError("of nothing")
        progress(1, 4)
        assert self.go.wait(LONG_S)
        if stop():
            self.stale.append(setting)
            raise Stale
        return f"result of {setting}"


@pytest.fixture
def work():
    news = threading.Semaphore(0)
    session = Slow()
    computing = Computing(session, news.release)
    yield session, computing, news
    session.go.set()
    computing.stop()
    assert not computing._thread.is_alive()


def test_the_share_that_is_done_and_then_the_result(work):
    session, computing, news = work
    computing.ask("a")
    assert news.acquire(timeout=LONG_S) and computing.done == 0.25 and computing.result is None
    session.go.set()
    assert news.acquire(timeout=LONG_S) and computing.result == "result of a" and computing.done == 1.0


def test_only_the_last_wish_is_answered(work):
    session, computing, news = work
    computing.ask("a")
    assert session.started.acquire(timeout=LONG_S)
    computing.ask("b")
    computing.ask("c")
    session.go.set()
    for _ in range(3):
        if computing.result is not None:
            break
        assert news.acquire(timeout=LONG_S)
    assert computing.result == "result of c" and session.stale == ["a"]


def test_what_is_dropped_does_not_come_back(work):
    session, computing, news = work
    computing.ask("a")
    assert session.started.acquire(timeout=LONG_S)
    computing.drop()
    session.go.set()
    computing.ask("wrong")
    assert session.started.acquire(timeout=LONG_S) and news.acquire(timeout=LONG_S)
    while not computing.problem:
        assert news.acquire(timeout=LONG_S)
    assert computing.problem == "No contact can balance this posture." and computing.result is None


def test_a_fault_leaves_the_worker_alive(work):
    session, computing, news = work
    session.go.set()
    computing.ask("broken")
    assert news.acquire(timeout=LONG_S) and "ZeroDivisionError: of nothing" in computing.problem
    computing.ask("a")
    while computing.result is None:
        assert news.acquire(timeout=LONG_S)
    assert computing.problem == ""
