"""RTSP sessions with cameras that answer as real ones do, on real sockets."""

import hashlib
import logging
import re
import select
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import rtsp
from faults.camera import FaultyCameras

from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable, ShouwangError
from monitor.simulate.session import Password
from monitor.vision.packet import Packet
from monitor.vision.rtsp import NotHere, RtspSession

SECRET = "kanarienvogel"
WITHIN_S = 15.0
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\na=control:*\r\n"
    "m=audio 0 RTP/AVP 8\r\na=control:track2\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
)
PICTURE = b"\x80\xe0\x00\x01" + bytes(8) + b"\x65\x88\x84"


@dataclass
class Asked:
    method: str
    url: str
    headers: dict[str, str]


@dataclass
class Script:
    """A camera that keeps what it is asked. `answers` may reply in place of the usual; None: as usual."""

    answers: Callable[["Script", Asked], str | bytes | None] = lambda script, asked: None
    asked: list[Asked] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)
    timeout: str = ""
    description: str = SDP
    after_play: bytes = b""
    port: int = 0

    def talk(self, line: socket.socket) -> None:
        buffer = b""
        while chunk := line.recv(4096):
            buffer += chunk
            while b"\r\n\r\n" in buffer:
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                first, *lines = head.decode().split("\r\n")
                pairs = (each.partition(":") for each in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                asked = Asked(*first.split()[:2], headers)
                with self.heard:
                    self.asked.append(asked)
                    self.heard.notify_all()
                answer = self.answers(self, asked)
                answer = self.usual(asked) if answer is None else answer
                if isinstance(answer, bytes):
                    line.sendall(answer)
                    continue
                status, _, rest = answer.partition("\r\n")
                line.sendall(f"RTSP/1.0 {status}\r\nCSeq: {headers['cseq']}\r\n{rest}".encode())

    def usual(self, asked: Asked) -> str | bytes:
        extra, body = "", ""
        if asked.method == "DESCRIBE":
            extra, body = f"Content-Length: {len(self.description)}\r\n", self.description
        if asked.method == "SETUP":
            extra = f"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 77{self.timeout}\r\n"
        answer = f"200 OK\r\n{extra}\r\n{body}"
        if asked.method == "PLAY":
            head = f"RTSP/1.0 200 OK\r\nCSeq: {asked.headers['cseq']}\r\n\r\n"
            return head.encode() + self.after_play
        return answer

    def until(self, method: str, count: int = 1) -> list[Asked]:
        """Every request of this kind, as soon as there are so many."""
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.of(method)) >= count, WITHIN_S), self.asked
        return self.of(method)

    def of(self, method: str) -> list[Asked]:
        return [each for each in self.asked if each.method == method]


@contextmanager
def camera(script: Script) -> Iterator[str]:
    with rtsp.answering(script.talk) as port:
        script.port = port
        yield f"rtsp://ada:{SECRET}@127.0.0.1:{port}/live?channel=1&subtype=0"


@contextmanager
def opened(address: str, within_s: float = 3.0) -> Iterator[RtspSession]:
    session = RtspSession(address, within_s).open()
    try:
        yield session
    finally:
        session.close()


def packets_of(session: RtspSession, count: int) -> list[Packet]:
    packets: list[Packet] = []
    while len(packets) < count:
        ready, _, _ = select.select([session], [], [], WITHIN_S)
        assert ready
        packets += session.read()
    return packets


def refusal(*challenges: str) -> str:
    return "401 Unauthorized\r\n" + "".join(f"WWW-Authenticate: {each}\r\n" for each in challenges) + "\r\n"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def proof(asked: Asked) -> dict[str, str]:
    text = asked.headers.get("authorization", "")
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,]*))', text)}


def digest_with_qop(asked: Asked, nonce: str) -> bool:
    given = proof(asked)
    who, what = md5(f"ada:cam:{SECRET}"), md5(f"{asked.method}:{given.get('uri')}")
    wanted = md5(f"{who}:{nonce}:{given.get('nc')}:{given.get('cnonce')}:auth:{what}")
    return given.get("response") == wanted and given["uri"] == asked.url


# Opening


@pytest.mark.parametrize("schemes", [("Digest",), ("Basic",), ("Basic", "Digest")])
def test_a_password_opens_a_camera_and_its_pictures_come(tmp_path: Path, schemes: tuple[str, ...]) -> None:
    rtsp.write_clip(tmp_path / "clip.mp4")
    password = Password("ada", "p@/:%#", schemes)
    with FaultyCameras(tmp_path, {"gate": "clip.mp4"}, password) as cameras:
        address = cameras.address("gate").replace("p@/:%#", "p%40%2F%3A%25%23")
        with opened(address) as session:
            packets = packets_of(session, 12)
    assert session.coding.codec == "h264" and session.coding.extradata
    assert packets[0].key and not any(packet.incomplete for packet in packets)


def test_digest_with_qop_counts_its_requests() -> None:
    def answers(script: Script, asked: Asked) -> str | None:
        return None if digest_with_qop(asked, "n1") else refusal('Digest realm="cam", qop="auth", nonce="n1"')

    script = Script(answers)
    with camera(script) as address, opened(address):
        pass
    counts = [proof(each)["nc"] for each in script.asked if "authorization" in each.headers]
    assert counts[:3] == ["00000001", "00000002", "00000003"]


def test_every_request_goes_where_the_description_says() -> None:
    script = Script()
    with camera(script) as address, opened(address):
        base = f"rtsp://127.0.0.1:{script.port}/live?channel=1&subtype=0"
    script.until("TEARDOWN")
    assert [(each.method, each.url) for each in script.asked] == [
        ("DESCRIBE", base),
        ("SETUP", f"{base}/track1"),
        ("PLAY", base),
        ("TEARDOWN", base),
    ]
    assert script.asked[-1].headers["session"] == "77"
    assert all(SECRET not in f"{each.url}{each.headers}" for each in script.asked)


def test_a_number_that_is_too_old_is_not_a_wrong_password() -> None:
    numbers = iter(f"n{n}" for n in range(100))
    now = [next(numbers)]

    def answers(script: Script, asked: Asked) -> str | None:
        """Every number is good for one request."""
        good = digest_with_qop(asked, now[0])
        now[0] = next(numbers)
        return None if good else refusal(f'Digest realm="cam", qop="auth", nonce="{now[0]}", stale=true')

    script = Script(answers)
    with camera(script) as address, opened(address):
        assert script.until("PLAY")


def test_a_wrong_password_is_tried_once() -> None:
    script = Script(lambda script, asked: refusal('Digest realm="cam", nonce="n"', 'Basic realm="cam"'))
    with camera(script) as address, pytest.raises(CameraRefused):
        RtspSession(address).open()
    assert len([each for each in script.asked if "authorization" in each.headers]) == 1


def test_without_a_password_nothing_is_tried() -> None:
    script = Script(lambda script, asked: refusal('Basic realm="cam"'))
    with camera(script) as address, pytest.raises(CameraRefused):
        RtspSession(address.replace(f"ada:{SECRET}@", "")).open()
    assert len(script.asked) == 1


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found"])
def test_a_camera_that_has_moved_is_followed(status: str) -> None:
    there = Script()

    def answers(script: Script, asked: Asked) -> str:
        return f"{status}\r\nLocation: rtsp://127.0.0.1:{there.port}/other\r\n\r\n"

    with camera(there), camera(Script(answers)) as address, opened(address):
        assert there.until("PLAY")[0].url == f"rtsp://127.0.0.1:{there.port}/other"


@pytest.mark.parametrize(
    "location",
    ["rtsp://127.0.0.2/x", "http://127.0.0.1/x", "rtsp://[127.0.0.1/x", "rtsp://127.0.0.1:x/", "", "self"],
)
def test_no_camera_leads_us_elsewhere_or_round_in_circles(location: str) -> None:
    def answers(script: Script, asked: Asked) -> str:
        to = f"rtsp://127.0.0.1:{script.port}/again" if location == "self" else location
        return f"302 Found\r\nLocation: {to}\r\n\r\n"

    script = Script(answers)
    with camera(script) as address, pytest.raises(CameraSilent):
        RtspSession(address).open()
    assert len(script.asked) <= 2


@pytest.mark.parametrize(
    ("method", "status", "error"),
    [
        ("SETUP", "461 Unsupported Transport", NotHere),
        ("DESCRIBE", "404 Not Found", CameraSilent),
        ("PLAY", "454 Session Not Found", CameraSilent),
        ("DESCRIBE", "403 Forbidden", CameraRefused),
        ("DESCRIBE", "200 OK", NotHere),  # with nothing in it
    ],
)
def test_what_an_answer_means(method: str, status: str, error: type[Exception]) -> None:
    script = Script(lambda script, asked: f"{status}\r\n\r\n" if asked.method == method else None)
    with camera(script) as address, pytest.raises(error):
        RtspSession(address).open()


def test_pictures_that_come_before_the_answer_to_play_are_kept() -> None:
    framed = b"$\0" + len(PICTURE).to_bytes(2) + PICTURE

    def answers(script: Script, asked: Asked) -> bytes | None:
        if asked.method != "PLAY":
            return None
        answer = f"RTSP/1.0 200 OK\r\nCSeq: {asked.headers['cseq']}\r\n\r\n".encode()
        return framed * 300 + answer + framed

    with camera(Script(answers)) as address, opened(address) as session:
        session.keep_alive(time.monotonic() + 31)  # its answer is something to read
        assert len(packets_of(session, 301)) == 301


def test_a_slow_camera_is_waited_for() -> None:
    pause = threading.Event()

    def answers(script: Script, asked: Asked) -> None:
        pause.wait(0.3)

    script = Script(answers)
    with camera(script) as address, opened(address, 8.0):
        assert script.of("PLAY")


@pytest.mark.parametrize(
    "endless",
    [
        b"RTSP/1.0 200 OK\r\n" + b"X-More: of this\r\n" * 10_000,
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nCSeq: 999\r\n\r\n" * 3000,
        b"$\0\0\4abcd" * 100_000,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff" * 1_000_000,
        b"",
    ],
)
def test_an_answer_without_end_or_sense_is_given_up(endless: bytes) -> None:
    with camera(Script(lambda script, asked: endless)) as address:
        began_s = time.monotonic()
        with pytest.raises(CameraSilent):
            RtspSession(address, 1.0).open()
        assert time.monotonic() - began_s < 5.0


@pytest.mark.parametrize("host", ["a" * 70 + ".invalid", "[fe80::1]"])
def test_a_host_that_cannot_be_called_is_unreachable(host: str) -> None:
    with pytest.raises(CameraUnreachable):
        RtspSession(f"rtsp://{host}/x", 2.0).open()


@pytest.mark.parametrize(
    "answer", [refusal('Basic realm="cam"'), "404 Not Found\r\n\r\n", "461 No\r\n\r\n", "302 Found\r\n\r\n"]
)
def test_no_error_shows_the_password(answer: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with camera(Script(lambda script, asked: answer)) as address:
        session = RtspSession(address, 1.0)
        with pytest.raises((ShouwangError, NotHere)) as caught:
            session.open()
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(session)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert SECRET not in shown + caplog.text


# Staying


def test_the_camera_is_asked_within_half_of_its_time_limit() -> None:
    script = Script(timeout=" ; Timeout=20")
    with camera(script) as address, opened(address) as session:
        session.keep_alive(time.monotonic() + 9.0)
        session.keep_alive(time.monotonic() + 10.1)
        session.keep_alive(time.monotonic() + 10.2)
        (asked,) = script.until("GET_PARAMETER")
    assert asked.headers["session"] == "77"
    script.until("TEARDOWN")
    assert len(script.of("GET_PARAMETER")) == 1


@pytest.mark.parametrize(
    "status", ["501 Not Implemented", "551 Option not supported", "454 Session Not Found"]
)
def test_a_camera_that_does_not_know_the_question_is_asked_another(status: str) -> None:
    framed = b"$\0" + len(PICTURE).to_bytes(2) + PICTURE

    def answers(script: Script, asked: Asked) -> bytes | None:
        if asked.method != "GET_PARAMETER":
            return None
        return f"RTSP/1.0 {status}\r\nCSeq: {asked.headers['cseq']}\r\n\r\n".encode() + framed

    script = Script(answers)
    with camera(script) as address, opened(address) as session:
        session.keep_alive(time.monotonic() + 31)
        assert len(packets_of(session, 1)) == 1
        session.keep_alive(time.monotonic() + 62)
        script.until("OPTIONS")


def test_a_number_that_gets_too_old_does_not_end_a_session() -> None:
    framed = b"$\0" + len(PICTURE).to_bytes(2) + PICTURE
    now = ["n1"]

    def answers(script: Script, asked: Asked) -> str | bytes | None:
        if asked.method == "GET_PARAMETER" and len(script.of("GET_PARAMETER")) == 1:
            now[0] = "n2"
        if digest_with_qop(asked, now[0]):
            return framed if asked.method == "GET_PARAMETER" else None
        answer = refusal(f'Digest realm="cam", qop="auth", nonce="{now[0]}"')
        head = f"RTSP/1.0 401 Unauthorized\r\nCSeq: {asked.headers['cseq']}"
        if asked.method == "GET_PARAMETER":
            return head.encode() + answer.removeprefix("401 Unauthorized").encode() + framed
        return answer

    script = Script(answers)
    with camera(script) as address, opened(address) as session:
        later_s = time.monotonic() + 31
        session.keep_alive(later_s)
        packets_of(session, 1)
        session.keep_alive(later_s + 0.1)
        first, second = script.until("GET_PARAMETER", 2)
        assert (proof(first)["nonce"], proof(second)["nonce"]) == ("n1", "n2")
        packets_of(session, 1)
