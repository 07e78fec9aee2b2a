"""Keeps the streams of a worker's cameras connected and hands over their packets, all in one thread.

A camera that does not answer costs a socket and holds up nobody; few handshakes go on at a time, so that a switch
that comes back is no stampede. What FFmpeg has to read (docs/decisions/0016-own-rtsp.md) has a thread of its own.
"""

import ipaddress
import logging
import random
import selectors
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Protocol

from monitor.clock import monotonic_s
from monitor.config.address import StreamAddress
from monitor.core.backoff import full_jitter_s
from monitor.core.camera import CameraState
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.packet import Coding, Packet
from monitor.vision.rtsp import NotHere, RtspSession
from monitor.vision.stream import Stream

OPENING_AT_ONCE = 4
CONNECT_WITHIN_S, OPEN_WITHIN_S = 3.0, 5.0
MOST_BY_FFMPEG = 256  # streams, each with a thread of its own
FIRST_PACKET_WITHIN_S = 10.0
SILENT_AFTER_S = 4.0  # without a packet; a camera that is slower than that is given three pictures' time
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 20.0
KNOCK_EVERY_S = 5.0  # where nobody answers at all, which costs neither side anything
WRONG_PASSWORDS = 3  # cameras lock the account after about five
GOOD_AFTER_S = 10.0  # a connection that lasted this long starts the backoff anew
LOOK_AFTER_EVERY_S = 0.25
GATHER_S = 0.01  # packets are taken in small heaps: fewer calls to the system

_PROBLEMS = {
    CameraRefused: (CameraState.REFUSED, "wrong_password"),
    CameraUnreachable: (CameraState.UNREACHABLE, "no_answer"),
    CameraSilent: (CameraState.STALLED, "no_picture"),
}
logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Who wants the packets of a stream. Called from the threads of the connections."""

    def opened(self, coding: Coding) -> None: ...

    def take(self, packet: Packet) -> None: ...

    def lost(self, state: CameraState, reason: str) -> None: ...


class Connection:
    """One stream that is to be read, and how that stands. Times are monotonic seconds."""

    def __init__(self, name: str, address: StreamAddress, sink: Sink) -> None:
        self.name, self.sink = name, sink
        self._address = address
        self.session: RtspSession | None = None
        self.knocking: socket.socket | None = None
        self.answers = False  # somebody is there; it waits for its turn to open
        self.opening = self.followed = False
        self.by_ffmpeg = False
        self.closed = Event()
        self.next_try_s = self.opened_s = self.last_s = 0.0
        self.first = True  # no packet has come over this connection
        self.interval_s = 0.0
        self.attempt = self.refused = 0

    @property
    def url(self) -> str:
        return self._address.reveal()

    @property
    def peer(self) -> tuple[str, int] | None:
        """Where to knock; None for what has no host that can be called without asking for its address."""
        if not self.url.lower().startswith("rtsp://"):
            return None
        try:
            ipaddress.ip_address(self._address.host)
        except ValueError:
            return None
        return self._address.host, self._address.port

    def begin(self) -> None:
        """It is open; a first packet is due."""
        self.opened_s, self.first = monotonic_s(), True

    def take(self, packet: Packet) -> None:
        if not self.first:
            self.interval_s += 0.1 * (min(10.0, packet.arrived_s - self.last_s) - self.interval_s)
        self.last_s, self.first = packet.arrived_s, False
        self.sink.take(packet)

    def silent(self, now_s: float) -> bool:
        if self.first:
            return now_s - self.opened_s > FIRST_PACKET_WITHIN_S
        return now_s - self.last_s > max(SILENT_AFTER_S, 3 * self.interval_s)

    def fail(self, state: CameraState, now_s: float) -> None:
        """Note a failure, and when to try again."""
        self.opening = self.followed = self.answers = False
        lasted = self.opened_s > 0 and now_s - self.opened_s > GOOD_AFTER_S
        self.attempt = 0 if lasted else self.attempt + 1
        self.opened_s = 0.0
        self.refused = self.refused + 1 if state is CameraState.REFUSED else 0
        pause_s = full_jitter_s(self.attempt, FIRST_RETRY_S, LONGEST_RETRY_S, random.random)
        if state is CameraState.UNREACHABLE:
            pause_s = min(pause_s, KNOCK_EVERY_S * random.uniform(0.8, 1.0))
        self.next_try_s = float("inf") if self.refused >= WRONG_PASSWORDS else now_s + pause_s


class Connections:
    """Use `start`, `add`, `remove` and `stop` from one thread."""

    def __init__(self) -> None:
        self._openers = ThreadPoolExecutor(OPENING_AT_ONCE, "opening")
        self._followers = ThreadPoolExecutor(MOST_BY_FFMPEG, "ffmpeg")
        self._failed: BaseException | None = None
        self._selector = selectors.DefaultSelector()
        self._all: set[Connection] = set()
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="connections", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._openers.shutdown(wait=False, cancel_futures=True)
        self._followers.shutdown(wait=False, cancel_futures=True)
        self._selector.close()

    def add(self, name: str, address: StreamAddress, sink: Sink) -> Connection:
        connection = Connection(name, address, sink)
        self._todo.put(lambda: self._all.add(connection))
        return connection

    def remove(self, connection: Connection) -> None:
        connection.closed.set()
        self._todo.put(lambda: self._forget(connection))

    def check(self) -> None:
        """Raises RuntimeError when a thread has died, so that the worker ends and is started anew."""
        if self._failed is not None or not (self._thread.is_alive() or self._stop.is_set()):
            raise RuntimeError("a thread that reads cameras has died") from self._failed

    def _run(self) -> None:
        next_look_s = 0.0
        while not self._stop.is_set():
            self._do()
            for key, _ in self._selector.select(LOOK_AFTER_EVERY_S):
                connection: Connection = key.data
                if connection.knocking is not None:
                    self._answered(connection)
                elif connection.session is not None:
                    self._read(connection, connection.session)
            now_s = monotonic_s()
            if now_s >= next_look_s:
                next_look_s = now_s + LOOK_AFTER_EVERY_S
                for connection in list(self._all):
                    self._look_after(connection, now_s)
            self._stop.wait(GATHER_S)
        for connection in list(self._all):
            connection.closed.set()
            self._forget(connection)

    def _do(self) -> None:
        """What other threads have asked for."""
        try:
            while True:
                self._todo.get_nowait()()
        except Empty:
            return

    def _read(self, connection: Connection, session: RtspSession) -> None:
        try:
            for packet in session.read():
                connection.take(packet)
        except CameraSilent:
            self._lose(connection, CameraState.STALLED, "no_picture")

    def _look_after(self, connection: Connection, now_s: float) -> None:
        if connection.session is not None:
            try:
                connection.session.keep_alive(now_s)
            except CameraSilent:
                self._lose(connection, CameraState.STALLED, "no_picture")
                return
            if connection.silent(now_s):
                self._lose(connection, CameraState.STALLED, "no_picture")
        elif connection.knocking is not None:
            if now_s - connection.opened_s > CONNECT_WITHIN_S:
                self._lose(connection, CameraState.UNREACHABLE, "no_answer")
        elif not (connection.opening or connection.followed) and now_s >= connection.next_try_s:
            if connection.peer is None or connection.answers:
                self._hand_over(connection, None)
            else:
                self._knock(connection, connection.peer, now_s)

    def _knock(self, connection: Connection, peer: tuple[str, int], now_s: float) -> None:
        """Call without waiting for an answer: dead cameras hold up nobody."""
        connection.opened_s = now_s
        family = socket.AF_INET6 if ":" in peer[0] else socket.AF_INET
        connection.knocking = socket.socket(family, socket.SOCK_STREAM)
        connection.knocking.setblocking(False)
        connection.knocking.connect_ex(peer)
        self._selector.register(connection.knocking, selectors.EVENT_WRITE, connection)

    def _answered(self, connection: Connection) -> None:
        knocking = connection.knocking
        assert knocking is not None
        if knocking.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._lose(connection, CameraState.UNREACHABLE, "no_answer")
            return
        self._selector.unregister(knocking)
        connection.knocking = None
        if self._hand_over(connection, knocking):
            return
        knocking.close()
        connection.answers, connection.next_try_s = True, 0.0

    def _hand_over(self, connection: Connection, connected: socket.socket | None) -> bool:
        """Whether it is its turn: few open at a time."""
        if sum(each.opening for each in self._all) >= OPENING_AT_ONCE:
            return False
        connection.opening = True
        self._submit(self._openers, self._open, connection, connected)
        return True

    def _open(self, connection: Connection, connected: socket.socket | None) -> None:
        """In a thread of its own: the handshake waits for the camera."""
        try:
            self._begin(connection, connected)
        except (CameraRefused, CameraUnreachable, CameraSilent) as error:
            problem = _PROBLEMS[type(error)]
            self._todo.put(lambda: self._lose(connection, *problem))

    def _begin(self, connection: Connection, connected: socket.socket | None) -> None:
        if connection.url.lower().startswith("rtsp://") and not connection.by_ffmpeg:
            try:
                session = RtspSession(connection.url, OPEN_WITHIN_S).open(connected)
            except NotHere:
                connection.by_ffmpeg = True
            else:
                self._todo.put(lambda: self._opened(connection, session))
                return
        elif connected is not None:
            connected.close()
        stream = Stream(connection.url, OPEN_WITHIN_S)
        stream.__enter__()
        connection.followed, connection.opening = True, False
        self._submit(self._followers, self._follow, connection, stream)

    def _opened(self, connection: Connection, session: RtspSession) -> None:
        if connection.closed.is_set():
            session.close()
            return
        connection.begin()
        connection.session, connection.opening = session, False
        connection.sink.opened(session.coding)
        self._selector.register(session, selectors.EVENT_READ, connection)

    def _follow(self, connection: Connection, stream: Stream) -> None:
        """Reads what FFmpeg has opened until it ends."""
        try:
            connection.begin()
            connection.sink.opened(stream.coding)
            for packet in stream.packets():
                if connection.closed.is_set():
                    return
                connection.take(packet)
        except CameraSilent:
            self._todo.put(lambda: self._lose(connection, *_PROBLEMS[CameraSilent]))
        finally:
            stream.close()

    def _lose(self, connection: Connection, state: CameraState, reason: str) -> None:
        self._hang_up(connection)
        connection.fail(state, monotonic_s())
        if connection.refused >= WRONG_PASSWORDS:
            logger.error("camera %s refuses its password; waiting for a person", connection.name)
        if not connection.closed.is_set():
            connection.sink.lost(state, reason)

    def _forget(self, connection: Connection) -> None:
        self._all.discard(connection)
        self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        if connection.knocking is not None:
            self._selector.unregister(connection.knocking)
            connection.knocking.close()
            connection.knocking = None
        if connection.session is not None:
            self._selector.unregister(connection.session)
            connection.session.close()
            connection.session = None

    def _submit(self, executor: ThreadPoolExecutor, work: Callable[..., None], *arguments: object) -> None:
        executor.submit(work, *arguments).add_done_callback(self._note)

    def _note(self, done: Future[None]) -> None:
        if not done.cancelled():
            self._failed = self._failed or done.exception()
