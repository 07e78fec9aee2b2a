"""One stranger, one visit: every worker asks the same book, and goes on alone while it is away."""

import os
import pickle
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

import numpy as np
import people
import pytest
from book_process import GAP, NOW

from monitor.workers import visit_book
from monitor.workers.meeting import Meeting
from monitor.workers.visit_book import MOST_CLIENTS, VisitBookClient, VisitBookServer

TESTS = Path(__file__).parents[1]
CLEO, DAN = people.face(people.CLEO), people.face("Dan")
SECOND = timedelta(seconds=1)
KEY = "0" * 32


class Process:
    """A process of tests/book_process.py."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(TESTS / "book_process.py"), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def stand_still(self) -> None:
        self.signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # returns once it does

    def end(self) -> None:
        self._process.kill()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Watch:
    """The process that keeps the book."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.start()

    def start(self) -> None:
        self.process = Process("serve", str(self._path))
        assert self.process.line() == "ready"

    def restart(self) -> None:
        self.process.end()
        self.start()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return visit_book.address(tmp_path)


@pytest.fixture
def watch(path: Path) -> Iterator[Watch]:
    watch = Watch(path)
    yield watch
    watch.process.end()


@pytest.fixture
def served(path: Path) -> Iterator[Path]:
    """The book in a thread of this process."""
    stop = Event()
    answering = VisitBookServer(path, GAP).start(stop)
    assert answering is not None
    yield path
    stop.set()
    answering.join(10)
    assert not answering.is_alive()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients come again without waiting, and wait long enough for a machine that is busy with other tests."""
    monkeypatch.setattr(visit_book, "full_jitter_s", lambda *_: 0.0)
    monkeypatch.setattr(visit_book, "PATIENCE_S", 0.9)


def in_step(path: Path) -> VisitBookClient:
    """A worker that has found the book."""
    client = VisitBookClient(path, GAP)
    client.keep_in_step(NOW)
    assert client.shared
    return client


def until_in_step(client: VisitBookClient) -> None:
    pause = threading.Event()
    for _ in range(500):
        client.keep_in_step(NOW)
        if client.shared:
            return
        pause.wait(0.02)  # a door that is full refuses at once
    raise AssertionError("the book does not answer")


def test_two_processes_meet_one_stranger_and_get_one_key(watch: Watch, path: Path) -> None:
    workers = [Process("meet", str(path), people.CLEO, camera) for camera in ("gate-1", "lift-1")]
    keys = {worker.line() for worker in workers}
    other = Process("meet", str(path), "Dan", "gate-1")
    for worker in (*workers, other):
        worker_key = worker.line() if worker is other else None
        worker.end()
    assert len(keys) == 1 and worker_key not in keys


def test_a_book_that_was_killed_learns_the_running_visits_again(watch: Watch, path: Path) -> None:
    gate, lift = in_step(path), in_step(path)
    cleo, dan = gate.meet(CLEO, "gate-1", NOW), lift.meet(DAN, "lift-1", NOW)
    watch.restart()
    assert gate.meet(CLEO, "gate-1", NOW + SECOND, known=cleo) == cleo  # finds out that nobody answers
    for client in (gate, lift):
        client.meet(people.face("somebody"), "yard-1", NOW)
        until_in_step(client)
    assert lift.meet(CLEO, "lift-1", NOW + SECOND) == cleo
    assert gate.meet(DAN, "gate-1", NOW + SECOND) == dan


def test_a_worker_that_was_killed_finds_its_visits_in_the_book(watch: Watch, path: Path) -> None:
    cleo = in_step(path).meet(CLEO, "gate-1", NOW)
    restarted = in_step(path)
    assert restarted.meet(CLEO, "gate-1", NOW + SECOND, interrupted=cleo) == cleo
    assert restarted.meet(DAN, "gate-1", NOW + SECOND, interrupted=cleo) != cleo


def test_when_both_were_killed_the_interrupted_visit_goes_on(watch: Watch, path: Path) -> None:
    cleo = in_step(path).meet(CLEO, "gate-1", NOW)
    watch.restart()
    restarted = in_step(path)
    assert restarted.meet(CLEO, "gate-1", NOW + SECOND, interrupted=cleo) == cleo
    assert in_step(path).meet(CLEO, "lift-1", NOW + SECOND) == cleo


def test_a_worker_without_a_book_goes_on_alone(path: Path) -> None:
    alone = VisitBookClient(path, GAP)
    alone.keep_in_step(NOW)
    cleo = alone.meet(CLEO, "gate-1", NOW)
    assert alone.meet(CLEO, "lift-1", NOW + SECOND) == cleo
    assert alone.meet(DAN, "lift-1", NOW + SECOND) != cleo
    assert not alone.shared


def test_a_book_that_stands_still_holds_nobody_up_and_is_found_again(
    watch: Watch, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = in_step(path)
    cleo = gate.meet(CLEO, "gate-1", NOW)
    monkeypatch.setattr(visit_book, "PATIENCE_S", 0.05)
    hurried = in_step(path)
    watch.process.stand_still()
    for number in range(2 * MOST_CLIENTS):  # more than may wait before the door
        assert hurried.meet(DAN, "lift-1", NOW, known=KEY) == KEY
        hurried.keep_in_step(NOW)
        assert not hurried.shared, number
        if number == 3:
            monkeypatch.setattr(visit_book, "PATIENCE_S", 0.001)
    watch.process.signal(signal.SIGCONT)
    monkeypatch.setattr(visit_book, "PATIENCE_S", 0.9)
    until_in_step(hurried)
    assert gate.meet(DAN, "gate-1", NOW + SECOND) == KEY
    assert hurried.meet(CLEO, "lift-1", NOW + SECOND) == cleo


def frame(content: bytes) -> bytes:
    """As `Connection.send_bytes` sends it."""
    return len(content).to_bytes(4, "big") + content


GOOD = Meeting(CLEO, "gate-1", NOW, KEY).encode()
HEADER = GOOD[2:-512]


def meeting(header: bytes, body: bytes = GOOD[-512:]) -> bytes:
    return len(header).to_bytes(2, "big") + header + body


NONSENSE = {
    "nothing": frame(b""),
    "too much": frame(b"x" * 20_000),
    "half of it": frame(GOOD)[:100],
    "a length without end": b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    "a pickle": frame(pickle.dumps(os.getcwd)),
    "no JSON": frame(meeting(b"no JSON")),
    "a list": frame(meeting(b"[]")),
    "brackets": frame(meeting(b"[" * 5000)),
    "other fields": frame(meeting(b'{"camera": "gate-1"}')),
    "a number for a camera": frame(meeting(HEADER.replace(b'"gate-1"', b"7"))),
    "a moment nowhere": frame(meeting(HEADER.replace(b"+00:00", b""))),
    "no moment": frame(meeting(HEADER.replace(b"2026-", b"x"))),
    "no key": frame(meeting(HEADER.replace(KEY.encode(), b"../../etc/passwd"))),
    "no face": frame(meeting(HEADER, b"")),
    "half a number": frame(meeting(HEADER, b"abc")),
    "not a number": frame(meeting(HEADER, np.array([np.nan, 1], "<f4").tobytes())),
    "another engine": frame(meeting(HEADER, np.ones(64, "<f4").tobytes())),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_whoever_sends_nonsense_is_sent_away_and_the_others_go_on(
    kind: str, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_book, "PATIENCE_S", 0.05)
    with socket.socket(socket.AF_UNIX) as strange:
        strange.settimeout(10)
        strange.connect(str(served))
        monkeypatch.setattr(visit_book, "PATIENCE_S", 0.9)
        worker = in_step(served)
        cleo = worker.meet(CLEO, "gate-1", NOW)
        with suppress(BrokenPipeError):
            strange.sendall(NONSENSE[kind])
        with suppress(ConnectionResetError):
            assert strange.recv(100) == b""
    assert worker.meet(CLEO, "lift-1", NOW + SECOND) == cleo
    assert worker.shared


def test_a_well_formed_meeting_is_answered(served: Path) -> None:
    """So that the nonsense above is refused for what is wrong with it."""
    with socket.socket(socket.AF_UNIX) as program:
        program.settimeout(10)
        program.connect(str(served))
        program.sendall(frame(GOOD))
        assert program.recv(100) == frame(KEY.encode())


def test_no_more_clients_than_there_can_be_are_let_in(served: Path) -> None:
    clients = [in_step(served) for _ in range(MOST_CLIENTS)]
    for number, client in enumerate(clients):
        client.meet(CLEO, f"camera-{number}", NOW)
    assert all(client.shared for client in clients)
    one_more = in_step(served)
    one_more.meet(CLEO, "gate-1", NOW)
    assert not one_more.shared
    clients.pop().close()
    until_in_step(one_more)
    for client in (one_more, *clients):
        client.close()


def test_nobody_else_can_open_the_book(served: Path) -> None:
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (served, served.parent)]
    assert modes == [0o600, 0o700]


def test_a_place_where_no_socket_can_be_stops_nobody(tmp_path: Path) -> None:
    path = visit_book.address(tmp_path / ("deep" * 40))
    assert VisitBookServer(path, GAP).start(Event()) is None
    alone = VisitBookClient(path, GAP)
    alone.keep_in_step(NOW)
    cleo = alone.meet(CLEO, "gate-1", NOW)
    assert alone.meet(CLEO, "lift-1", NOW) == cleo


def test_what_is_forgotten_is_not_told_again(served: Path) -> None:
    worker = VisitBookClient(served, GAP)
    worker.meet(CLEO, "gate-1", NOW)
    later = NOW + GAP + SECOND
    worker.keep_in_step(later)
    assert worker.shared
    assert in_step(served).meet(CLEO, "gate-1", later, interrupted=KEY) == KEY
