"""A camera's RTSP session over one TCP connection (RFC 2326, RFC 7826): opened in one go, then read without waiting.

H.264 and H.265 are read here, because most cameras send nothing else and this is what runs day and night. Whatever is
asked of a camera that this does not know raises NotHere, and monitor.vision.stream takes over with FFmpeg.
"""

import re
import socket
from typing import Self
from urllib.parse import unquote, urlsplit

import av

from monitor.clock import monotonic_s
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.packet import CLOCK, Coding, Packet, Timeline
from monitor.vision.rtp import Picture, Pictures
from monitor.vision.rtsp_description import CLOCK_HZ, NotHere, join, video_of
from monitor.vision.rtsp_login import Login
from monitor.vision.rtsp_wire import Answer, Wire

__all__ = ["NotHere", "RtspSession"]

_AGENT = "Shouwang"
_PORT = 554
_TIMEOUT_S = 60  # of a session whose camera does not say
_MOVED = (301, 302, 303, 305, 307, 308)
_MOST_MOVES = 2


class RtspSession:
    """Opening waits up to the time limit; afterwards `read` gives what has come and never waits."""

    coding: Coding

    def __init__(self, address: str, open_timeout_s: float = 5.0) -> None:
        parts = urlsplit(address)
        self._login = Login(unquote(parts.username or ""), unquote(parts.password or ""))
        self._goes_to(address)
        self._open_timeout_s, self._deadline_s = open_timeout_s, 0.0
        self._number, self._session = 0, ""
        self._alive_every_s, self._next_alive_s = _TIMEOUT_S / 2, 0.0
        self._alive_by, self._asked_again = "GET_PARAMETER", False
        self._wire, self._channel = Wire(), 0
        self._pictures: Pictures | None = None
        self._packets: list[Packet] = []
        self._timeline = Timeline()
        self._socket: socket.socket | None = None

    def __repr__(self) -> str:
        return "<RtspSession>"

    def open(self, connected: socket.socket | None = None) -> Self:
        """Over a connection that is there already, or a new one.

        Raises CameraUnreachable, CameraRefused, CameraSilent or NotHere.
        """
        self._deadline_s = monotonic_s() + self._open_timeout_s
        self._socket = connected or self._connect()
        try:
            self._set_up()
        except (CameraRefused, CameraSilent, CameraUnreachable, NotHere):
            self.close()
            raise
        self._connected().setblocking(False)
        self._next_alive_s = monotonic_s() + self._alive_every_s
        return self

    def fileno(self) -> int:
        """Raises CameraSilent when the session is not open."""
        return self._connected().fileno()

    def close(self) -> None:
        """Says goodbye without waiting for an answer."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        try:
            connection.setblocking(False)
            if self._session:
                connection.send(self._request("TEARDOWN", self._url))
        except OSError:
            pass  # it is gone already
        finally:
            connection.close()

    def read(self) -> list[Packet]:
        """The pictures that have come. Raises CameraSilent when the camera hung up or talks nonsense."""
        gone = False
        try:
            self._wire.receive(self._connected())
        except BlockingIOError:
            pass
        except OSError:
            gone = True
        if gone:
            raise CameraSilent()
        while (item := self._next()) is not None:
            if isinstance(item, Answer):
                self._hear(item)
            else:
                self._take(*item)
        packets, self._packets = self._packets, []
        return packets

    def keep_alive(self, now_s: float) -> None:
        """Many cameras hang up on a client that says nothing for a minute."""
        if now_s < self._next_alive_s:
            return
        self._next_alive_s = now_s + self._alive_every_s
        request = self._request(self._alive_by, self._url)
        sent = 0
        try:
            sent = self._connected().send(request)
        except BlockingIOError:
            return  # the line is full; the next time will do
        except OSError:
            pass
        if sent < len(request):
            raise CameraSilent()

    def _next(self) -> tuple[int, memoryview] | Answer | None:
        item = self._wire.next()
        if self._wire.torn and self._pictures is not None:
            self._pictures.lose()
        return item

    def _take(self, channel: int, data: memoryview) -> None:
        """A packet; the channels of sound and reports are left out."""
        if channel == self._channel and self._pictures is not None:
            if pictures := self._pictures.take(data):
                arrived_s = monotonic_s()
                self._packets += [self._packet(each, arrived_s) for each in pictures]

    def _hear(self, answer: Answer) -> None:
        """What the camera says to a keep-alive. As long as pictures come, no refusal matters."""
        if answer.status == 401:
            try:
                self._login.learn(answer.headers.get("www-authenticate", []))
            except CameraRefused:
                return
            if not self._asked_again:
                self._asked_again, self._next_alive_s = True, 0.0
        elif answer.status:
            self._asked_again = False
            if answer.status >= 400:
                self._alive_by = "OPTIONS"  # which all of them know

    def _packet(self, picture: Picture, arrived_s: float) -> Packet:
        jumps = self._timeline.jumps
        pts_s = self._timeline.repair(picture.timestamp / CLOCK_HZ, arrived_s)
        raw = av.Packet(picture.data)
        raw.pts, raw.time_base = round(pts_s / CLOCK), CLOCK
        jumped = self._timeline.jumps > jumps
        return Packet(raw, picture.key, pts_s, raw.size, arrived_s, jumped, picture.incomplete)

    def _goes_to(self, address: str) -> None:
        """Raises ValueError when it is no address."""
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        shown = f"[{host}]" if ":" in host else host
        self._peer = host, port or _PORT
        place = f"{shown}:{port}" if port else shown
        self._url = parts._replace(netloc=place, fragment="").geturl()

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._peer, self._left_s())
        except (OSError, UnicodeError):  # the latter for host names that cannot be
            pass
        raise CameraUnreachable()  # outside `except`, so that no context holds the address

    def _set_up(self) -> None:
        described = self._described()
        base = next(
            (
                said
                for name in ("content-base", "content-location")
                if (said := described.one(name)).lower().startswith("rtsp://")
            ),
            self._url,
        )
        media = video_of(described.body.decode("utf-8", "replace"))
        self._url = join(base, media.session_control)
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        answer = self._ask("SETUP", join(self._url, media.control), Transport=transport)
        given = re.search(r"interleaved=([0-9]{1,3})", answer.one("transport"))
        self._channel = self._wire.channel = min(255, int(given[1])) if given else 0
        name, _, options = answer.one("session").partition(";")
        self._session = name.strip()
        timeout = re.search(r"timeout\s*=\s*([0-9]{1,5})", options, re.I)
        timeout_s = int(timeout[1]) if timeout else 0
        self._alive_every_s = max(1.0, (timeout_s or _TIMEOUT_S) / 2)
        self.coding, self._pictures = media.coding, media.pictures()
        self._ask("PLAY", self._url, Range="npt=0.000-")

    def _described(self) -> Answer:
        """Follows a camera that has moved, but to no other machine: the password is for this one."""
        for _ in range(_MOST_MOVES):
            answer = self._proved("DESCRIBE", self._url, {"Accept": "application/sdp"})
            if answer.status not in _MOVED:
                return _good(answer)
            self._move(answer.one("location"))
        raise CameraSilent()

    def _move(self, location: str) -> None:
        host, port = self._peer
        try:
            self._goes_to(location)
        except ValueError:
            location = ""
        if not location.lower().startswith("rtsp://") or self._peer[0] != host:
            self._peer = host, port
            raise CameraSilent()
        self.close()
        self._wire, self._socket = Wire(), self._connect()

    def _ask(self, method: str, url: str, **headers: str) -> Answer:
        """Raises CameraRefused, CameraSilent or NotHere."""
        return _good(self._proved(method, url, headers))

    def _proved(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        """Asks again with the password; not twice unless only the camera's number was too old."""
        answer = self._said(method, url, headers)
        for tries in range(2):
            if answer.status != 401 or not (self._login.user or self._login.password):
                break
            self._login.learn(answer.headers.get("www-authenticate", []))
            if tries and not self._login.stale:
                break
            answer = self._said(method, url, headers)
        return answer

    def _said(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        try:
            self._connected().settimeout(self._left_s())
            self._connected().sendall(self._request(method, url, **headers))
            while True:
                item = self._next()
                if self._wire.torn:
                    break
                if item is None:
                    self._connected().settimeout(self._left_s())
                    self._wire.receive(self._connected())
                elif not isinstance(item, Answer):
                    self._take(*item)  # pictures may come before the answer to PLAY
                elif item.status and item.one("cseq") in ("", str(self._number)):
                    return item
        except OSError:
            pass
        raise CameraSilent()

    def _request(self, method: str, url: str, **headers: str) -> bytes:
        self._number += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._number}", f"User-Agent: {_AGENT}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._session:
            lines.append(f"Session: {self._session}")
        if proof := self._login.header(method, url):
            lines.append(f"Authorization: {proof}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise CameraSilent()
        return self._socket

    def _left_s(self) -> float:
        """Until the time to open is over. Raises TimeoutError."""
        left_s = self._deadline_s - monotonic_s()
        if left_s <= 0:
            raise TimeoutError
        return left_s


def _good(answer: Answer) -> Answer:
    """Raises CameraRefused, CameraSilent or NotHere."""
    if answer.status in (401, 403):
        raise CameraRefused()
    if answer.status == 461:  # no RTP over TCP
        raise NotHere()
    if answer.status != 200:
        raise CameraSilent()
    return answer
