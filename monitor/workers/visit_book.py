"""The one book of visits of a site, kept by the watch and asked by every ingest worker (decision 9).

Faces of strangers travel over a Unix socket that only this user can open, and stay in memory on both sides.
"""

import logging
import random
import socket
import struct
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

from monitor.clock import monotonic_s
from monitor.core.backoff import full_jitter_s
from monitor.core.embedding import Embedding
from monitor.core.visit import VisitBook
from monitor.workers.meeting import LONGEST_BYTES, Meeting, key_of

PATIENCE_S = 0.05  # how long either side waits for the other; pictures wait behind it
MOST_CLIENTS = 64
POLL_S = 0.25
FIRST_RETRY_S, LONGEST_RETRY_S = 0.1, 5.0
KEY_BYTES = 32

logger = logging.getLogger(__name__)


def address(data_dir: Path) -> Path:
    """Where the book is asked: in a folder of its own, because the data folder may be open to others."""
    return data_dir / "run" / "visit-book"


class VisitBookServer:
    """Answers one question after the other, so that two workers who meet the same stranger get the same key."""

    def __init__(self, path: Path, gap: timedelta) -> None:
        self._path, self._book = path, VisitBook(gap)
        self._clients: list[Connection] = []

    def start(self, stop: Event) -> Thread | None:
        """Answer until `stop` is set. None when the socket cannot be made: then every worker keeps a book of its own."""
        try:
            listener = self._listen()
        except OSError as error:
            logger.error("the book of visits cannot be shared: %s", error)
            return None
        thread = Thread(target=self._run, args=(listener, stop), name="visit-book", daemon=True)
        thread.start()
        return thread

    def _listen(self) -> socket.socket:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.parent.chmod(0o700)
        self._path.unlink(missing_ok=True)  # of the watch before this one
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(MOST_CLIENTS)
        except OSError:
            listener.close()
            raise
        return listener

    def _run(self, listener: socket.socket, stop: Event) -> None:
        with listener:
            while not stop.is_set():
                for ready in wait([listener, *self._clients], POLL_S):
                    if ready is listener:
                        self._welcome(listener)
                    elif isinstance(ready, Connection):
                        self._answer(ready)
        for client in self._clients:
            client.close()

    def _welcome(self, listener: socket.socket) -> None:
        accepted, _ = listener.accept()
        if len(self._clients) >= MOST_CLIENTS:
            logger.warning("the book of visits has %s clients already; one more is sent away", MOST_CLIENTS)
            accepted.close()
            return
        self._clients.append(_patient(accepted))

    def _answer(self, client: Connection) -> None:
        """Whoever sends something else, or half of it, or does not take the answer, is sent away."""
        try:
            meeting = Meeting.decode(client.recv_bytes(LONGEST_BYTES))
            key = self._book.meet(
                meeting.embedding,
                meeting.camera,
                meeting.at,
                new=meeting.new,
                known=meeting.known,
                interrupted=meeting.interrupted,
            )
            client.send_bytes(key.encode())
        except (EOFError, OSError, ValueError) as error:
            if isinstance(error, ValueError):
                logger.warning("the book of visits was told something else than a meeting: %s", error)
            self._clients.remove(client)
            client.close()


class VisitBookClient:
    """An ingest worker's side. It keeps a book of its own in step, and goes on with that while nobody answers."""

    def __init__(self, path: Path, gap: timedelta) -> None:
        self._path, self._book = path, VisitBook(gap)
        self._connection: Connection | None = None
        self._untold: set[str] = set()  # visits of our own book that the shared one does not know yet
        self._failures, self._next_try_s = 0, 0.0

    @property
    def shared(self) -> bool:
        """Whether the shared book answers and knows everything that is known here."""
        return self._connection is not None and not self._untold

    def meet(
        self,
        embedding: Embedding,
        camera: str,
        now: datetime,
        known: str | None = None,
        interrupted: str | None = None,
    ) -> str:
        """The key of this stranger's visit, as `VisitBook.meet`. Never waits for longer than PATIENCE_S a step."""
        new = uuid4().hex
        told = self._ask(Meeting(embedding, camera, now, new, known, interrupted)) if self.shared else None
        key = self._book.meet(embedding, camera, now, new=new, known=told or known, interrupted=interrupted)
        if told is None:
            self._untold.add(key)
        return key

    def keep_in_step(self, now: datetime) -> None:
        """Find the shared book again, and tell it what it does not know. Call it often; it does little at a time."""
        if self.shared or (self._connection is None and not self._connect()):
            return
        until_s = monotonic_s() + PATIENCE_S
        for known in self._book.running(now):
            if known.key not in self._untold:
                continue
            told = Meeting(known.embedding, known.camera_id, known.last_at, known.key, known.key)
            if self._ask(told) is None:
                return
            self._untold.discard(known.key)
            if monotonic_s() > until_s:
                return
        self._untold.clear()  # what is left has been forgotten here

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> bool:
        if monotonic_s() < self._next_try_s:
            return False
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.settimeout(PATIENCE_S)
        try:
            opened.connect(str(self._path))
        except OSError:
            opened.close()
            self._failed()
            return False
        self._connection = _patient(opened)
        return True

    def _ask(self, meeting: Meeting) -> str | None:
        """The shared book's answer; None when there was none in time."""
        assert self._connection is not None
        try:
            self._connection.send_bytes(meeting.encode())
            key = key_of(self._connection.recv_bytes(KEY_BYTES).decode("ascii", "replace"))
        except (EOFError, OSError, ValueError) as error:
            if not self._failures:
                logger.warning("the shared book of visits does not answer: %r", error)
            self.close()
            self._failed()
            # A book that comes back may be empty.
            self._untold.update(known.key for known in self._book.running(meeting.at))
            return None
        if self._failures:
            logger.info("the shared book of visits answers")
            self._failures = 0
        return key

    def _failed(self) -> None:
        wait_s = full_jitter_s(self._failures, FIRST_RETRY_S, LONGEST_RETRY_S, random.random)
        self._failures, self._next_try_s = self._failures + 1, monotonic_s() + wait_s


def _patient(opened: socket.socket) -> Connection:
    """A connection on which no reading and no writing blocks for longer than PATIENCE_S."""
    opened.settimeout(None)
    limit = struct.pack("ll", 0, int(PATIENCE_S * 1e6))  # a timeval
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        opened.setsockopt(socket.SOL_SOCKET, option, limit)
    return Connection(opened.detach())
