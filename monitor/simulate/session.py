"""One client of a simulated camera: its RTSP requests (RFC 2326) and the answers, over TCP only."""

import asyncio
import hashlib
import re
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit

from monitor.simulate.playback import Camera, Playback

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
TIMEOUT_S = 60
REALM = "camera"
_TRACK = "/track0"
_PARAMETERS = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]*))')


@dataclass(frozen=True)
class Request:
    method: str
    address: str
    headers: dict[str, str]  # names in small letters


@dataclass(frozen=True)
class Password:
    """Who may see a camera, and how the client may say so: Digest, Basic or both."""

    user: str
    password: str
    schemes: tuple[str, ...] = ("Digest", "Basic")
    nonce: str = secrets.token_hex(16)

    def challenges(self) -> list[str]:
        more = {"Digest": f', nonce="{self.nonce}"'}
        return [f'{scheme} realm="{REALM}"{more.get(scheme, "")}' for scheme in self.schemes]

    def fits(self, request: Request) -> bool:
        scheme, _, said = request.headers.get("authorization", "").partition(" ")
        if scheme not in self.schemes:
            return False
        return self._basic(said) if scheme == "Basic" else self._digest(said, request.method)

    def _basic(self, said: str) -> bool:
        try:
            return b64decode(said, validate=True) == f"{self.user}:{self.password}".encode()
        except NotBase64:
            return False

    def _digest(self, said: str, method: str) -> bool:
        given = {name: quoted or plain for name, quoted, plain in _PARAMETERS.findall(said)}
        who = _md5(f"{self.user}:{REALM}:{self.password}")
        what = _md5(f"{method}:{given.get('uri', '')}")
        return (
            given.get("username") == self.user
            and given.get("nonce") == self.nonce
            and given.get("response") == _md5(f"{who}:{self.nonce}:{what}")
        )


class Cameras(Protocol):
    """What a session needs of its server."""

    password: Password | None
    from_start: bool

    async def camera(self, name: str) -> Camera | None:
        """The camera of this name, if there is one."""


class Session:
    """One connection, from its first request to the hang-up."""

    def __init__(self, cameras: Cameras, writer: asyncio.StreamWriter) -> None:
        self.transport = writer.transport
        self.playback: Playback | None = None
        self._cameras = cameras
        self._id = secrets.token_hex(4)
        self._channel: int | None = None  # agreed with SETUP
        self._answers: dict[str, Callable[[Request], Awaitable[bytes]]] = {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "GET_PARAMETER": self._ok,
            "SET_PARAMETER": self._ok,
            "TEARDOWN": self._ok,
        }

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer until the client goes."""
        try:
            async for request in requests(reader):
                self.transport.write(await self.answer(request))
                if request.method == "TEARDOWN":
                    break
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        if self.playback is not None:
            self.playback.stop()
        self.transport.close()

    async def answer(self, request: Request) -> bytes:
        known = self._answers.get(request.method)
        if known is None:
            return reply(request, "501 Not Implemented", f"Public: {METHODS}")
        password = self._cameras.password
        if password is not None and request.method != "OPTIONS" and not password.fits(request):
            return unauthorized(request, password)
        return await known(request)

    async def _options(self, request: Request) -> bytes:
        return reply(request, "200 OK", f"Public: {METHODS}")

    async def _describe(self, request: Request) -> bytes:
        camera = await self._cameras.camera(name_of(request.address))
        if camera is None:
            return reply(request, "404 Not Found")
        base = f"Content-Base: {request.address}/"
        return reply(request, "200 OK", base, "Content-Type: application/sdp", body=camera.clip.sdp)

    async def _setup(self, request: Request) -> bytes:
        wanted = request.headers.get("transport", "")
        if not any(offer.strip().startswith("RTP/AVP/TCP") for offer in wanted.split(",")):
            return reply(request, "461 Unsupported Transport")
        if await self._cameras.camera(name_of(request.address)) is None:
            return reply(request, "404 Not Found")
        asked = re.search(r"interleaved=(\d{1,2})\b", wanted)
        self._channel = int(asked[1]) if asked else 0
        agreed = f"RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
        return reply(request, "200 OK", f"Transport: {agreed}", self._session())

    async def _play(self, request: Request) -> bytes:
        camera = await self._cameras.camera(name_of(request.address))
        if camera is None or self._channel is None:
            return reply(request, "455 Method Not Valid in This State")
        if self.playback is not None:
            return reply(request, "200 OK", self._session())
        self.playback = Playback(
            camera,
            self.transport,
            self._channel,
            once=not plays_for_ever(request.address),
            from_start=self._cameras.from_start,
            offset_s=offset_s(request.address),
        )
        # What it sends comes after this answer: it waits for the loop's next turn.
        sequence, time = self.playback.start()
        info = f"RTP-Info: url={request.address.rstrip('/')}{_TRACK};seq={sequence};rtptime={time}"
        return reply(request, "200 OK", self._session(), info)

    async def _ok(self, request: Request) -> bytes:
        return reply(request, "200 OK", self._session())

    def _session(self) -> str:
        return f"Session: {self._id};timeout={TIMEOUT_S}"


async def requests(reader: asyncio.StreamReader) -> AsyncIterator[Request]:
    """What the client asks; its own RTCP packets are left out. Ends when it hangs up or talks nonsense."""
    try:
        while True:
            begin = await reader.readexactly(1)
            if begin == b"$":
                _, high, low = await reader.readexactly(3)
                await reader.readexactly(high * 256 + low)
            elif begin not in b"\r\n":
                request = _parsed(begin + await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(int(request.headers.get("content-length", 0)))
                yield request
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):
        return


def _parsed(head: bytes) -> Request:
    """Raises ValueError when it is no request."""
    first, *rest = head.decode().strip().split("\r\n")
    method, address, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in rest)
    return Request(method, address, {name.strip().lower(): value.strip() for name, _, value in pairs})


def reply(request: Request, status: str, *headers: str, body: str = "") -> bytes:
    lines = [f"RTSP/1.0 {status}", f"CSeq: {request.headers.get('cseq', '0')}", *headers]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join([*lines, "", body]).encode()


def unauthorized(request: Request, password: Password) -> bytes:
    challenges = (f"WWW-Authenticate: {challenge}" for challenge in password.challenges())
    return reply(request, "401 Unauthorized", *challenges)


def name_of(address: str) -> str:
    """`clip.mp4` of rtsp://host/clip.mp4, .../clip.mp4/play_count_0, .../clip.mp4?play_count=0 and their tracks."""
    path = unquote(urlsplit(address).path).strip("/")
    return re.sub(r"(/play_count_\d+)?(/track0)?$", "", path)


def plays_for_ever(address: str) -> bool:
    return re.search(r"[/?&]play_count[_=]0(?=[/?&]|$)", address) is not None


def offset_s(address: str) -> float:
    """How far a camera is ahead of the others who show the same loop: `?offset=12.5`."""
    given = re.search(r"[?&]offset=(\d+(?:\.\d+)?)", address)
    return float(given[1]) if given else 0.0


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
