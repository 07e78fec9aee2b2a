"""Keeps the streams of a worker's cameras connected and hands over their packets, all in one thread.

A camera that does not answer costs a socket and holds up nobody; few handshakes go on at a time, so that a switch
that comes back is no stampede. What FFmpeg has to read (docs/decisions/0016-own-rtsp.md) has a thread of its own.
"""

import errno
import logging
import selectors
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

from monitor.clock import monotonic_s
from monitor.config.address import StreamAddress
from monitor.core.camera import CameraState
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.rtsp import NotHere, RtspSession
from monitor.vision.stream import Stream
from monitor.workers import connection as limits
from monitor.workers.connection import Connection, Peer, Sink

OPENING_AT_ONCE = 4
CONNECT_WITHIN_S, OPEN_WITHIN_S = 3.0, 5.0
MOST_BY_FFMPEG = 256  # streams, each with a thread of its own
LOOK_AFTER_EVERY_S = 0.25
GATHER_S = 0.01  # packets are taken in small heaps: fewer calls to the system

_PROBLEMS = {
    CameraRefused: (CameraState.REFUSED, "wrong_password"),
    CameraUnreachable: (CameraState.UNREACHABLE, "no_answer"),
    CameraSilent: (CameraState.STALLED, "no_picture"),
}
_NO_ANSWER, _NO_PICTURE = _PROBLEMS[CameraUnreachable], _PROBLEMS[CameraSilent]
logger = logging.getLogger(__name__)


class Connections:
    """Use `start`, `add`, `remove` and `stop` from one thread."""

    def __init__(self) -> None:
        self._openers = ThreadPoolExecutor(OPENING_AT_ONCE, "opening")
        self._followers = ThreadPoolExecutor(MOST_BY_FFMPEG, "ffmpeg")
        self._failed: BaseException | None = None
        self._next_look_s = 0.0
        self._selector = selectors.DefaultSelector()
        self._all: set[Connection] = set()
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stop, self._stopping = Event(), Lock()
        self._thread = Thread(target=self._run, name="connections", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._stopping:
            self._stop.set()
        self._thread.join()
        self._openers.shutdown(wait=False, cancel_futures=True)
        self._followers.shutdown(wait=False, cancel_futures=True)
        self._do()  # what was opened meanwhile is closed
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
        try:
            while not self._stop.is_set():
                self._read_what_came()
                now_s = monotonic_s()
                if now_s >= self._next_look_s:
                    self._next_look_s = now_s + LOOK_AFTER_EVERY_S
                    # Who has waited longest comes first: cameras that fail slowly must not keep out the others.
                    for connection in sorted(self._all, key=lambda each: each.next_try_s):
                        self._look_after(connection, now_s)
                self._stop.wait(GATHER_S)
        finally:
            for connection in list(self._all):
                connection.closed.set()
                self._forget(connection)

    def _read_what_came(self) -> None:
        self._do()
        for key, _ in self._selector.select(LOOK_AFTER_EVERY_S):
            connection: Connection = key.data
            if connection.knocking is not None:
                self._answered(connection)
            elif connection.session is not None:
                self._read(connection, connection.session)

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
            self._lose(connection, *_NO_PICTURE)

    def _look_after(self, connection: Connection, now_s: float) -> None:
        if connection.session is not None:
            try:
                connection.session.keep_alive(now_s)
            except CameraSilent:
                self._lose(connection, *_NO_PICTURE)
                return
            if connection.silent(now_s):
                self._lose(connection, *_NO_PICTURE)
        elif connection.knocking is not None:
            if now_s - connection.knocked_s > CONNECT_WITHIN_S:
                self._lose(connection, *_NO_ANSWER)
        elif connection.idle and now_s >= connection.next_try_s:
            self._try(connection, now_s)

    def _try(self, connection: Connection, now_s: float) -> None:
        if connection.answers or not connection.named_peer[0]:  # a film has no host
            self._hand_over(connection, self._open, None)
        elif connection.peer is None:
            self._hand_over(connection, self._find, connection.attempt)
        else:
            self._knock(connection, connection.peer, now_s)

    def _knock(self, connection: Connection, peer: Peer, now_s: float) -> None:
        """Call without waiting for an answer: dead cameras hold up nobody."""
        connection.knocked_s = now_s
        try:
            knocking = socket.socket(socket.AF_INET6 if ":" in peer[0] else socket.AF_INET)
        except OSError as error:
            if error.errno != errno.EAFNOSUPPORT:  # this machine has no IPv6
                raise
            self._lose(connection, *_NO_ANSWER)
            return
        knocking.setblocking(False)
        if knocking.connect_ex(peer) not in (0, errno.EINPROGRESS):  # no way there; nobody will tell again
            knocking.close()
            self._lose(connection, *_NO_ANSWER)
            return
        connection.knocking = knocking
        self._selector.register(knocking, selectors.EVENT_WRITE, connection)

    def _answered(self, connection: Connection) -> None:
        knocking = connection.knocking
        assert knocking is not None
        if knocking.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._lose(connection, *_NO_ANSWER)
            return
        self._selector.unregister(knocking)
        connection.knocking = None
        others_wait = any(each.answers and each.idle for each in self._all)
        if not others_wait and self._hand_over(connection, self._open, knocking):
            return
        knocking.close()
        connection.answers, connection.next_try_s = True, monotonic_s()

    def _hand_over(self, connection: Connection, work: Callable[..., None], with_what: object) -> bool:
        """To a thread that may wait. Whether it is its turn: few open at a time."""
        if sum(each.opening for each in self._all) >= OPENING_AT_ONCE:
            return False
        connection.opening = True
        self._submit(self._openers, work, connection, with_what)
        return True

    def _find(self, connection: Connection, attempt: int) -> None:
        """Asks for the address of a host; of several another one each time."""
        host, port = connection.named_peer
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            self._todo.put(lambda: self._lose(connection, *_NO_ANSWER))
            return
        peer = str(found[attempt % len(found)][4][0]), port
        self._todo.put(lambda: self._found(connection, peer))

    def _found(self, connection: Connection, peer: Peer) -> None:
        connection.peer, connection.opening = peer, False

    def _open(self, connection: Connection, connected: socket.socket | None) -> None:
        """In a thread of its own: the handshake waits for the camera."""
        try:
            self._begin(connection, connected)
        except (CameraRefused, CameraUnreachable, CameraSilent) as error:
            self._fail_with(connection, error)

    def _begin(self, connection: Connection, connected: socket.socket | None) -> None:
        if connection.is_rtsp and not connection.by_ffmpeg:
            try:
                session = RtspSession(connection.url, OPEN_WITHIN_S).open(connected)
            except NotHere:
                connection.by_ffmpeg = True
            else:
                with self._stopping:
                    if self._stop.is_set():
                        session.close()
                    else:
                        self._todo.put(lambda: self._opened(connection, session))
                return
        elif connected is not None:
            connected.close()
        stream = Stream(connection.url, OPEN_WITHIN_S, limits.SILENT_AFTER_S)
        stream.__enter__()
        with self._stopping:
            if self._stop.is_set():
                stream.close()
                return
            connection.followed, connection.opening = True, False
            self._submit(self._followers, self._follow, connection, stream)

    def _opened(self, connection: Connection, session: RtspSession) -> None:
        if connection.closed.is_set():
            session.close()
            return
        connection.begin()
        connection.session, connection.opening = session, False
        self._next_look_s = 0.0  # the next one has its turn
        self._selector.register(session, selectors.EVENT_READ, connection)
        connection.sink.opened(session.coding)

    def _follow(self, connection: Connection, stream: Stream) -> None:
        """Reads what FFmpeg has opened until it ends."""
        try:
            connection.begin()
            connection.sink.opened(stream.coding)
            for packet in stream.packets():
                if connection.closed.is_set():
                    return
                connection.take(packet)
        except (CameraRefused, CameraUnreachable, CameraSilent) as error:
            self._fail_with(connection, error)
        finally:
            stream.close()

    def _fail_with(
        self, connection: Connection, error: CameraRefused | CameraUnreachable | CameraSilent
    ) -> None:
        problem = _PROBLEMS[type(error)]
        self._todo.put(lambda: self._lose(connection, *problem))

    def _lose(self, connection: Connection, state: CameraState, reason: str) -> None:
        self._hang_up(connection)
        connection.fail(state, monotonic_s())
        if connection.refused >= limits.WRONG_PASSWORDS:
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
