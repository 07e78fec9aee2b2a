"""What cameras write: descriptions, addresses, challenges, and texts between packets."""

import re
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import CameraRefused, CameraSilent
from monitor.vision.rtsp_description import NotHere, join, video_of
from monitor.vision.rtsp_login import Login
from monitor.vision.rtsp_wire import Answer, Wire

VIDEO = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
SOUND = "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:track2\r\n"
START = b"\0\0\0\1"


def sdp(*parts: str, session: str = "") -> str:
    return f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Media\r\nt=0 0\r\n{session}" + "".join(parts)


# Descriptions


def test_sound_that_is_named_first_is_passed_over() -> None:
    media = video_of(sdp(SOUND, VIDEO + "a=control:track1\r\n"))
    assert (media.payload_type, media.encoding, media.control) == (96, "H264", "track1")


def test_of_several_videos_the_first_that_can_be_read_is_taken() -> None:
    jpeg = "m=video 0 RTP/AVP 26\r\na=control:track0\r\n"
    media = video_of(sdp(jpeg, VIDEO + "a=control:track1\r\n", VIDEO + "a=control:track9\r\n"))
    assert media.control == "track1"


def test_parameter_sets_come_from_the_description() -> None:
    h264 = video_of(
        sdp(VIDEO, "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0IAHg==,aM44gA==;x\r\n")
    )
    assert h264.coding.extradata == START + b"\x67\x42\x00\x1e" + START + b"\x68\xce\x38\x80"
    h265 = video_of(
        sdp(
            "m=video 0 RTP/AVP 98\r\na=rtpmap:98 h265/90000\r\n"
            "a=fmtp:98 sprop-vps=QAE=;sprop-sps=QgE=;sprop-pps=RAE=\r\n"
        )
    )
    assert (h265.coding.codec, h265.coding.extradata) == (
        "hevc",
        START + b"\x40\x01" + START + b"\x42\x01" + START + b"\x44\x01",
    )


@pytest.mark.parametrize("sets", ["", "=,=", "%%%", "Z0I", "é中", ","])
def test_parameter_sets_that_are_none_are_left_to_the_stream(sets: str) -> None:
    media = video_of(sdp(VIDEO, f"a=fmtp:96 sprop-parameter-sets={sets}\r\n"))
    assert media.coding.extradata is None


def test_the_attributes_of_another_payload_type_or_track_do_not_count() -> None:
    other = "a=rtpmap:97 JPEG/90000\r\na=fmtp:97 packetization-mode=2\r\n"
    media = video_of(sdp(other.join(["m=video 0 RTP/AVP 96\r\n", "a=rtpmap: 96 H264/90000\r\n"]), SOUND))
    assert (media.encoding, media.control) == ("H264", "")


@pytest.mark.parametrize(
    ("said", "rate"),
    [("25", 25.0), ("12.500000", 12.5), ("0", None), ("²", None), ("fast", None), ("", None)],
)
def test_the_announced_rate_is_taken_when_it_is_one(said: str, rate: float | None) -> None:
    assert video_of(sdp(VIDEO, f"a=framerate:{said}\r\n")).frames_per_s == rate


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m=",
        "m=video",
        "m=video 0 RTP/AVP ²",
        sdp(SOUND),
        "m=video 0 RTP/AVP 26",
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000",
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/1000",
        "m=video 0 RTP/SAVP 96\r\na=rtpmap:96 H264/90000",
        sdp(VIDEO, "a=fmtp:96 packetization-mode=2\r\n"),
        sdp(VIDEO.replace("H264", "H265"), "a=fmtp:96 sprop-max-don-diff=3\r\n"),
    ],
)
def test_what_is_not_read_here_is_left_to_another(text: str) -> None:
    with pytest.raises(NotHere):
        video_of(text)


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_description_raises_another_error(text: str, more: str) -> None:
    for description in (text, sdp(VIDEO, f"a=fmtp:96 sprop-parameter-sets={more}\r\na=framerate:{text}\r\n")):
        try:
            _ = video_of(description).coding
        except NotHere:
            continue


# Addresses


@pytest.mark.parametrize(
    ("base", "control", "address"),
    [
        ("rtsp://h/a/", "track1", "rtsp://h/a/track1"),
        ("rtsp://h/a", "track1", "rtsp://h/a/track1"),
        ("rtsp://h/a", "", "rtsp://h/a"),
        ("rtsp://h/a/", "*", "rtsp://h/a/"),
        ("rtsp://h/a/", "RTSP://h:554/b/track1", "RTSP://h:554/b/track1"),
        ("rtsp://h/a", "/track1", "rtsp://h/a/track1"),
        ("rtsp://h/cam?channel=1&subtype=0/", "trackID=0", "rtsp://h/cam?channel=1&subtype=0/trackID=0"),
        ("rtsp://h/cam?channel=1&subtype=0", "trackID=0", "rtsp://h/cam?channel=1&subtype=0/trackID=0"),
        ("rtsp://[::1]:8554/a", "x/trackID=1", "rtsp://[::1]:8554/a/x/trackID=1"),
    ],
)
def test_the_address_of_a_track(base: str, control: str, address: str) -> None:
    assert join(base, control) == address


def test_the_session_says_where_everything_is_played() -> None:
    media = video_of(sdp(VIDEO, "a=control:track1\r\n", session="a=control:rtsp://h/s/\r\n"))
    assert (media.session_control, media.control) == ("rtsp://h/s/", "track1")


# Logins


def said(login: Login, method: str = "GET", uri: str = "/dir/index.html", own: str = "") -> dict[str, str]:
    header = login.header(method, uri, own)
    assert header is not None and header.startswith("Digest ")
    return {
        name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,]*))', header)
    }


def test_the_example_of_rfc_2069() -> None:
    login = Login("Mufasa", "CircleOfLife")
    login.learn(
        [
            'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
            'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
        ]
    )
    given = said(login)
    assert given["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert given["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"
    assert "qop" not in given and "cnonce" not in given and "algorithm" not in given


def test_the_example_of_rfc_2617() -> None:
    login = Login("Mufasa", "Circle Of Life")
    login.learn(
        [
            'Digest realm="testrealm@host.com", qop="auth,auth-int", '
            'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
        ]
    )
    given = said(login, own="0a4f113b")
    assert given["response"] == "6629fae49393a05397450978507c4ef1"
    assert (given["qop"], given["nc"], given["cnonce"]) == ("auth", "00000001", "0a4f113b")


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    login = Login("Mufasa", "Circle of Life")
    login.learn(
        [
            f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
            'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
            'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
        ]
    )
    given = said(login, own="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert (given["response"], given["algorithm"]) == (response, algorithm)


def test_requests_are_counted_and_a_new_number_begins_anew() -> None:
    login = Login("ada", "x")
    login.learn(['Digest realm="r", nonce="1", qop="auth"'])
    assert [said(login)["nc"] for _ in range(2)] == ["00000001", "00000002"]
    assert said(login)["cnonce"] != said(login)["cnonce"]
    login.learn(['Digest realm="r", nonce="2", qop="auth", stale=TRUE'])
    assert (said(login)["nc"], said(login)["nonce"], login.stale) == ("00000001", "2", True)


@pytest.mark.parametrize(
    "headers",
    [
        ['Basic realm="b"', 'Digest realm="d, Basic realm=e", nonce="n"'],
        ['Digest realm="d, Basic realm=e", nonce="n", Basic realm="b"'],
        ['Basic realm="b", digest nonce = "n",realm="d, Basic realm=e"'],
        ['Digest realm="x", nonce="y", algorithm=SHA-512-256', 'Digest realm="d, Basic realm=e", nonce="n"'],
    ],
)
def test_of_several_ways_the_safer_one_that_we_know_is_taken(headers: list[str]) -> None:
    login = Login("ada", "x")
    login.learn(headers)
    given = said(login)
    assert (given["realm"], given["nonce"]) == ("d, Basic realm=e", "n")


@pytest.mark.parametrize("header", ['Basic realm="b"', "Basic", 'Basic realm="Digest nonce=1"'])
def test_where_only_basic_is_offered_it_is_taken(header: str) -> None:
    login = Login("ada", "")
    login.learn([header])
    assert login.header("PLAY", "rtsp://h/") == "Basic YWRhOg=="


@pytest.mark.parametrize("headers", [[], [""], ["Negotiate"], ['Digest realm="x", algorithm=SHA-512-256']])
def test_without_a_way_that_we_know_we_are_refused(headers: list[str]) -> None:
    with pytest.raises(CameraRefused):
        Login("ada", "x").learn(headers)


def test_quotes_in_a_name_stay_in_their_place() -> None:
    login = Login('a"b', "x")
    login.learn([r'Digest realm="say \"r\"", nonce="n"'])
    header = login.header("PLAY", "rtsp://h/")
    assert header is not None
    assert r'username="a\"b", realm="say \"r\""' in header
    assert "'x'" not in repr(login)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_no_challenge_raises_another_error(headers: list[str]) -> None:
    login = Login("ada", "x")
    try:
        login.learn(headers)
    except CameraRefused:
        return
    assert login.header("PLAY", "rtsp://h/")


# The wire

RTP = b"\x80\x60" + bytes(10) + b"\x65\x88"


def framed(data: bytes, channel: int = 0) -> bytes:
    return b"$" + struct.pack("!BH", channel, len(data)) + data


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        yield ours, theirs


def items(
    ends: tuple[socket.socket, socket.socket], *sent: bytes, wire: Wire | None = None
) -> list[tuple[int, bytes] | Answer]:
    """What is read of each piece as it comes."""
    wire, found = wire or Wire(), list[tuple[int, bytes] | Answer]()
    for piece in sent:
        ends[1].sendall(piece)
        wire.receive(ends[0])
        while (item := wire.next()) is not None:
            found.append(item if isinstance(item, Answer) else (item[0], bytes(item[1])))
    return found


def test_answers_stand_between_packets(ends: tuple[socket.socket, socket.socket]) -> None:
    answer = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nContent-Length: 3\r\n\r\n$ab"
    found = items(ends, framed(RTP) + answer + framed(b"report", 1) + framed(RTP))
    assert found[0] == found[3] == (0, RTP)
    assert found[1] == Answer(200, {"cseq": ["7"], "content-length": ["3"]}, b"$ab")
    assert found[2] == (1, b"report")


def test_what_comes_byte_by_byte_is_the_same(ends: tuple[socket.socket, socket.socket]) -> None:
    talk = framed(RTP) + b"RTSP/1.0 551 Option not supported\r\nCSeq: 7\r\n\r\n\r\n" + framed(RTP)
    whole = items(ends, talk)
    assert items(ends, *(talk[at : at + 1] for at in range(len(talk)))) == whole
    assert [each if isinstance(each, tuple) else each.status for each in whole] == [(0, RTP), 551, (0, RTP)]


def test_a_request_of_the_camera_is_no_answer(ends: tuple[socket.socket, socket.socket]) -> None:
    found = items(ends, b"ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\n" + framed(RTP))
    assert isinstance(found[0], Answer) and found[0].status == 0
    assert found[1] == (0, RTP)


def test_a_line_too_many_is_no_damage(ends: tuple[socket.socket, socket.socket]) -> None:
    wire = Wire()
    assert items(ends, b"\r\n\r\n" + framed(RTP), wire=wire) == [(0, RTP)]
    assert not wire.torn


@pytest.mark.parametrize(
    "nonsense", [b"\x00\x01\x02\x03\x04", b"ABCDEFGHIJKLM", b"RTP!", b"$", b"x$\x00\x00"]
)
def test_after_nonsense_packets_are_found_again(
    ends: tuple[socket.socket, socket.socket], nonsense: bytes
) -> None:
    found = items(ends, nonsense + b"\xff" * 8 + framed(RTP) * 3, *[framed(RTP)] * 20)
    assert found.count((0, RTP)) >= 20


def test_packets_after_nonsense_are_told_from_those_without(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    wire = Wire()
    ends[1].sendall(b"\xff" * 9 + framed(RTP) * 2)
    wire.receive(ends[0])
    torn = []
    while wire.next() is not None:
        torn.append(wire.torn)
    assert torn == [True, False]


@pytest.mark.parametrize(
    "endless",
    [
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 20_000,
        b"RTSP/1.0 200 OK\r\nContent-Length: 999999\r\n\r\n",
        b"RTSP/1.0 " + b"a" * 100_000,
    ],
)
def test_a_text_without_end_is_given_up(ends: tuple[socket.socket, socket.socket], endless: bytes) -> None:
    wire = Wire()
    with pytest.raises(CameraSilent):
        for at in range(0, len(endless), 10_000):
            items(ends, endless[at : at + 10_000], wire=wire)


def test_nonsense_without_end_is_given_up(ends: tuple[socket.socket, socket.socket]) -> None:
    wire = Wire()
    with pytest.raises(CameraSilent):
        for _ in range(2000):
            items(ends, b"\xee" * 100, wire=wire)


def test_the_end_of_the_connection_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    with pytest.raises(CameraSilent):
        Wire().receive(ends[0])


@given(st.lists(st.binary(min_size=1, max_size=100), max_size=20))
def test_no_bytes_raise_another_error(pieces: list[bytes]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        try:
            items((ours, theirs), *pieces)
        except CameraSilent:
            return


@pytest.mark.parametrize("first", ["RTSP/1.0", "RTSP/1.0 ²00 OK", "RTSP/1.0 xx OK", "RTSP/1.0 2000 OK"])
def test_an_answer_without_a_number_is_none(ends: tuple[socket.socket, socket.socket], first: str) -> None:
    (answer,) = items(ends, f"{first}\r\nCSeq: 1\r\n\r\n".encode("latin-1"))
    assert isinstance(answer, Answer) and answer.status == 0
