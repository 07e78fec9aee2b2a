"""A camera's RTSP session over one TCP connection (RFC 2326, RFC 7826): opened in one go, then read without waiting.

H.264 and H.265 are read here, because most cameras send nothing else and this is what runs day and night. Whatever is
asked of a camera that this does not know raises NotHere, and monitor.vision.stream takes over with FFmpeg.
"""

import hashlib
import re
import socket
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urljoin, urlsplit

import av

from monitor.clock import monotonic_s
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.packet import CLOCK, Coding, Packet, Timeline
from monitor.vision.rtp import Picture, Pictures, add_h264, add_h265

_AGENT = "Shouwang"
_RECEIVE_BYTES = 1 << 18
_MOST_TEXT = 1 << 16  # of an answer
_MOST_NONSENSE = 1000  # times that bytes came which mean nothing
_MOST_ANSWERS = 200  # that may come before the one that was asked for
_KINDS = {"H264": ("h264", add_h264), "H265": ("hevc", add_h265)}
_RATE = 90_000


class NotHere(Exception):
    """The camera speaks, but not what this module understands."""


@dataclass(frozen=True)
class Media:
    """The video of a session's description."""

    payload_type: int
    encoding: str  # H264, H265
    parameters: dict[str, str]
    control: str
    frames_per_s: float | None

    @property
    def coding(self) -> Coding:
        codec, _ = _KINDS[self.encoding]
        return Coding(codec, _extradata(self.parameters), self.frames_per_s)


@dataclass
class _Login:
    user: str
    password: str
    challenge: dict[str, str] = field(default_factory=dict)
    scheme: str = ""

    def learn(self, challenges: list[str]) -> None:
        """Of several ways the safer one. Raises CameraRefused when there is none that we know."""
        for scheme in ("digest", "basic"):
            for text in challenges:
                name, _, rest = text.partition(" ")
                if name.lower() == scheme:
                    self.scheme = scheme
                    self.challenge = {k.lower(): v for k, v in re.findall(r'(\w+)="?([^",]*)"?', rest)}
                    return
        raise CameraRefused()

    def header(self, method: str, url: str) -> str | None:
        if not self.scheme:
            return None
        if self.scheme == "basic":
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
        asked = self.challenge
        realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
        algorithm = asked.get("algorithm", "MD5")
        name = "sha256" if algorithm.upper().startswith("SHA-256") else "md5"

        def digest(text: str) -> str:
            return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

        who, what = digest(f"{self.user}:{realm}:{self.password}"), digest(f"{method}:{url}")
        answer = f'Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{url}"'
        if "auth" in asked.get("qop", ""):
            count, own = "00000001", digest(f"{nonce}:{method}:{monotonic_s()}")[:16]
            response = digest(f"{who}:{nonce}:{count}:{own}:auth:{what}")
            answer += f', qop=auth, nc={count}, cnonce="{own}"'
        else:
            response = digest(f"{who}:{nonce}:{what}")
        answer += f', response="{response}"'
        if "algorithm" in asked:
            answer += f", algorithm={algorithm}"
        return answer + (f', opaque="{asked["opaque"]}"' if "opaque" in asked else "")


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, list[str]]  # names in small letters
    body: bytes

    def one(self, name: str) -> str:
        return self.headers.get(name, [""])[0]


class RtspSession:
    """Opening waits up to the time limit; afterwards `read` gives what has come and never waits."""

    coding: Coding

    def __init__(self, address: str, open_timeout_s: float = 5.0) -> None:
        parts = urlsplit(address)
        self._login = _Login(unquote(parts.username or ""), unquote(parts.password or ""))
        host = parts.hostname or ""
        self._peer = host, parts.port or 554
        shown = f"[{host}]" if ":" in host else host
        place = f"{shown}:{parts.port}" if parts.port else shown
        self._url = parts._replace(netloc=place, fragment="").geturl()
        self._open_timeout_s, self._deadline_s = open_timeout_s, 0.0
        self._number, self._session, self._alive_every_s = 0, "", 30.0
        self._buffer, self._filled = bytearray(_RECEIVE_BYTES), 0
        self._channel, self._next_alive_s = 0, 0.0
        self._timeline, self._nonsense = Timeline(), 0
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
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._set_up()
        except (CameraRefused, CameraSilent, NotHere):
            self.close()
            raise
        self._socket.setblocking(False)
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
        room = memoryview(self._buffer)[self._filled :]
        try:
            received = self._connected().recv_into(room)
        except BlockingIOError:
            return []
        except OSError:
            received = 0
        if not received:
            raise CameraSilent()
        self._filled += received
        return self._take(monotonic_s())

    def keep_alive(self, now_s: float) -> None:
        """Many cameras hang up on a client that says nothing for a minute."""
        if now_s < self._next_alive_s:
            return
        self._next_alive_s = now_s + self._alive_every_s
        try:
            self._connected().send(self._request("GET_PARAMETER", self._url))
        except BlockingIOError:
            pass  # the line is full; the next time will do
        except OSError:
            raise CameraSilent() from None

    def _take(self, arrived_s: float) -> list[Packet]:
        packets, at, end = [], 0, self._filled
        view = memoryview(self._buffer)
        while end - at >= 4:
            if view[at] == 0x24:  # "$": a packet of a channel, and its length
                length = 4 + (view[at + 2] << 8 | view[at + 3])
                if end - at < length:
                    break
                if view[at + 1] == self._channel:
                    picture = self._pictures.take(view[at + 4 : at + length])
                    if picture is not None:
                        packets.append(self._packet(picture, arrived_s))
            elif view[at : at + 1].tobytes().isalpha():
                length = self._text_length(bytes(view[at:end]))
                if not length:
                    break
            else:
                length = self._nonsense_length(bytes(view[at:end]))
            at += length
        rest = end - at
        view[:rest] = view[at:end]
        self._filled = rest
        return packets

    def _text_length(self, data: bytes) -> int:
        """Of the answer or request that begins here; 0 when more of it must come. Raises CameraSilent."""
        head, mark, _ = data.partition(b"\r\n\r\n")
        if (
            not head[:1].isalpha()
            or len(head) > _MOST_TEXT
            or not re.match(rb"[A-Z_]+[ /]|[A-Z_]*$", head[:20])
        ):
            raise CameraSilent()
        if not mark:
            return 0
        found = re.search(rb"(?i)\r\ncontent-length:\s*(\d{1,6})", head)
        length = len(head) + 4 + (int(found[1]) if found else 0)
        return length if len(data) >= length else 0

    def _nonsense_length(self, data: bytes) -> int:
        """Up to where packets go on. Raises CameraSilent when there is no end to it."""
        self._pictures.lose()
        self._nonsense += 1
        if self._nonsense > _MOST_NONSENSE:
            raise CameraSilent()
        found = data.find(bytes((0x24, self._channel)), 1)
        return found if found > 0 else len(data)

    def _packet(self, picture: Picture, arrived_s: float) -> Packet:
        jumps = self._timeline.jumps
        pts_s = self._timeline.repair(picture.timestamp / _RATE, arrived_s)
        raw = av.Packet(picture.data)
        raw.pts, raw.time_base = round(pts_s / CLOCK), CLOCK
        jumped = self._timeline.jumps > jumps
        return Packet(raw, picture.key, pts_s, raw.size, arrived_s, jumped, picture.incomplete)

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._peer, self._left_s())
        except OSError:
            pass
        raise CameraUnreachable()  # outside `except`, so that no context holds the address

    def _set_up(self) -> None:
        described = self._ask("DESCRIBE", self._url, Accept="application/sdp")
        base = described.one("content-base") or described.one("content-location") or self._url
        media = video_of(described.body.decode("utf-8", "replace"))
        control = _join(base, media.control)
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        answer = self._ask("SETUP", control, Transport=transport)
        given = re.search(r"interleaved=(\d{1,3})", answer.one("transport"))
        self._channel = int(given[1]) if given else 0
        name, _, options = answer.one("session").partition(";")
        self._session = name.strip()
        timeout = re.search(r"timeout=(\d{1,5})", options)
        self._alive_every_s = max(2.0, int(timeout[1]) / 2) if timeout else 30.0
        self.coding = media.coding
        self._pictures = Pictures(_KINDS[media.encoding][1], media.payload_type)
        self._ask("PLAY", base, Range="npt=0.000-")

    def _ask(self, method: str, url: str, **headers: str) -> _Answer:
        """Raises CameraRefused, CameraSilent or NotHere."""
        answer = self._said(method, url, headers)
        if answer.status == 401 and self._login.user:
            self._login.learn(answer.headers.get("www-authenticate", []))
            answer = self._said(method, url, headers)
        if answer.status in (401, 403):
            raise CameraRefused()
        if answer.status == 461:  # no RTP over TCP
            raise NotHere()
        if answer.status != 200:
            raise CameraSilent()
        return answer

    def _said(self, method: str, url: str, headers: dict[str, str]) -> _Answer:
        try:
            connection = self._connected()
            connection.settimeout(self._left_s())
            connection.sendall(self._request(method, url, **headers))
            for _ in range(_MOST_ANSWERS):
                answer = self._next_answer()
                if answer is not None and answer.one("cseq") in ("", str(self._number)):
                    return answer
        except OSError:
            pass
        raise CameraSilent()

    def _next_answer(self) -> _Answer | None:
        """The next text on the line; None for packets between. Raises OSError, CameraSilent."""
        while True:
            data = bytes(self._buffer[: self._filled])
            if data[:1] == b"$":
                length = 4 + int.from_bytes(data[2:4]) if len(data) >= 4 else 0
                if length and len(data) >= length:
                    self._drop(length)
                    return None
            elif data and (length := self._text_length(data)):
                self._drop(length)
                return _answer(data[:length])
            self._connected().settimeout(self._left_s())
            received = self._connected().recv_into(memoryview(self._buffer)[self._filled :])
            if not received:
                raise CameraSilent()
            self._filled += received

    def _drop(self, length: int) -> None:
        rest = self._buffer[length : self._filled]
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)

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


def video_of(description: str) -> Media:
    """The video that a session description (RFC 8866) offers. Raises NotHere when we cannot read it."""
    lines = [line.strip() for line in description.splitlines()]
    begins = [n for n, line in enumerate(lines) if line.startswith("m=")]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        offer = lines[begin].split()
        if offer[0] == "m=video" and len(offer) >= 4 and offer[3].isdigit():
            return _media(int(offer[3]), lines[begin:end])
    raise NotHere()


def _media(payload_type: int, lines: list[str]) -> Media:
    said: dict[str, str] = {}
    for line in lines:
        name, _, value = line.removeprefix("a=").partition(":")
        first, _, rest = value.partition(" ")
        said.setdefault(f"{name} {first}" if name in ("rtpmap", "fmtp") else name, rest if rest else value)
    encoding = said.get(f"rtpmap {payload_type}", "").partition("/")[0].upper()
    if encoding not in _KINDS:
        raise NotHere()
    pairs = (part.strip().partition("=") for part in said.get(f"fmtp {payload_type}", "").split(";"))
    parameters = {name.lower(): value for name, _, value in pairs}
    if parameters.get("sprop-max-don-diff", "0") != "0" or parameters.get("packetization-mode") == "2":
        raise NotHere()  # pictures whose parts come out of order
    rate = re.fullmatch(r"\d{1,3}(\.\d+)?", said.get("framerate", ""))
    return Media(
        payload_type, encoding, parameters, said.get("control", ""), float(rate[0]) if rate else None
    )


def _extradata(parameters: dict[str, str]) -> bytes | None:
    """The parameter sets that the description carries, in Annex B form."""
    texts = [parameters.get(name, "") for name in ("sprop-vps", "sprop-sps", "sprop-pps")]
    units = []
    for text in ",".join([*texts, parameters.get("sprop-parameter-sets", "")]).split(","):
        try:
            units.append(b64decode(text, validate=True))
        except NoBase64:
            continue  # cameras write all kinds of things here, and send the sets with the pictures too
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units if unit) or None


def _join(base: str, control: str) -> str:
    if control in ("", "*"):
        return base
    if control.lower().startswith("rtsp://"):
        return control
    return (
        urljoin(base if base.endswith("/") else base + "/", control)
        if "?" not in base
        else f"{base}/{control}"
    )


def _answer(data: bytes) -> _Answer | None:
    """None for a request of the camera's own."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first.startswith("RTSP/"):
        return None
    words = first.split()
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return _Answer(int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, headers, body)
