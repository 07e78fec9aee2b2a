"""The port of one misbehaving camera: who connects, what they are answered, and whether anybody listens."""

import asyncio
import socket
import threading
from pathlib import Path

from monitor.simulate.playback import Camera, Playback
from monitor.simulate.server import HOST, WAITING_CLIENTS, CameraServer
from monitor.simulate.session import Password, Request, Session, reply, unauthorized

FILLING = 4  # connections that fill a listening socket's queue


class Behind(Camera):
    """The camera behind a door."""

    fault = "ok"
    connections = 0  # ever accepted


class Tally:
    """How many clients stand between their connect and their PLAY, of all cameras."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.handshakes, self.most_handshakes = 0, 0

    def add(self, number: int) -> None:
        with self.changed:
            self.handshakes += number
            self.most_handshakes = max(self.most_handshakes, self.handshakes)
            self.changed.notify_all()


class FaultySession(Session):
    def __init__(self, door: "Door", writer: asyncio.StreamWriter) -> None:
        super().__init__(door, writer)
        self._door, self._asked, self._opening, self._promised = door, False, False, False

    async def run(self, reader: asyncio.StreamReader) -> None:
        self._door.behind.connections += 1
        try:
            await super().run(reader)
        finally:
            self._opened()
            self._door.promised -= self._promised

    async def answer(self, request: Request) -> bytes:
        fault = self._door.behind.fault
        if not self._asked:  # who only knocks opens nothing
            self._asked = self._opening = True
            self._door.tally.add(1)
        if fault == "mute":
            return b""
        if fault == "refuse":
            return unauthorized(request, self._door.password or Password("nobody", "knows"))
        if fault == "noplay" and request.method == "PLAY":
            self._begins()
            return reply(request, "200 OK", self._session())
        answer = await super().answer(request)
        if self.playback is not None:
            self._begins()
        return answer

    def _begins(self) -> None:
        if self._opening:
            self._opened()
            self._promised = True
            self._door.promised += 1

    def _opened(self) -> None:
        if self._opening:
            self._opening = False
            self._door.tally.add(-1)


class Door(CameraServer):
    """The port of one camera. It keeps the port also while nobody listens."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, camera: Behind, folder: Path, tally: Tally, password: Password | None = None) -> None:
        super().__init__(folder, password=password, from_start=True)
        self.behind, self.tally, self.port = camera, tally, 0
        self.promised = 0  # clients connected now that have been promised a stream
        self._held: list[socket.socket] = []

    async def open(self) -> None:
        if self._server is None:
            self._let_go()
            self._server = await asyncio.start_server(
                self._serve, sock=self._bound(), backlog=WAITING_CLIENTS
            )

    async def shut(self, *, black_hole: bool) -> None:
        await self.hang_up()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._let_go()
        self._held = [self._bound()]
        if black_hole:
            self._held[0].listen(0)
            self._held += [_knock(self.port) for _ in range(FILLING)]

    async def close(self) -> None:
        await super().close()
        self._let_go()

    async def hang_up(self) -> None:
        tasks = [task for task in self.sessions.values() if task is not None]
        for session in self.sessions:
            session.hang_up()
        if tasks:
            await asyncio.wait(tasks, timeout=1)

    def playbacks(self) -> list[Playback]:
        return [session.playback for session in self.sessions if session.playback is not None]

    async def camera(self, name: str) -> Camera:
        return self.behind

    def session(self, writer: asyncio.StreamWriter) -> Session:
        return FaultySession(self, writer)

    def _bound(self) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, self.port))
        self.port = bound.getsockname()[1]
        return bound

    def _let_go(self) -> None:
        for held in self._held:
            held.close()
        self._held = []


def _knock(port: int) -> socket.socket:
    knocking = socket.socket()
    knocking.setblocking(False)
    knocking.connect_ex((HOST, port))
    return knocking
