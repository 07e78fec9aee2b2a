"""Camera addresses are checked once and never show their password."""

import copy
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from monitor.config.address import StreamAddress, redact

CANARY = "kanarienvogel"
FULL = f"rtsp://ada:{CANARY}@10.0.0.5:554/path"
PASSWORDS = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1)


class Holder(BaseModel):
    address: StreamAddress


def test_text_forms_hide_user_and_password() -> None:
    address = StreamAddress(FULL)
    assert str(address) == "rtsp://***@10.0.0.5:554/path"
    assert repr(address) == "StreamAddress('rtsp://***@10.0.0.5:554/path')"
    assert f"{address} {address!r} %s" % address == f"{address} {address!r} {address}"


def test_pydantic_never_shows_the_password() -> None:
    holder = Holder(address=FULL)  # type: ignore[arg-type]
    assert CANARY not in f"{holder} {holder!r} {holder.model_dump_json()} {holder.model_dump(mode='json')}"
    assert holder.model_dump(mode="json") == {"address": "rtsp://***@10.0.0.5:554/path"}
    assert Holder(address=holder.address).address is holder.address
    assert Holder.model_json_schema()["properties"]["address"]["type"] == "string"


def test_reveal_gives_the_full_address() -> None:
    assert StreamAddress(FULL).reveal() == FULL


def test_an_address_survives_pickle_and_copy() -> None:
    address = StreamAddress(FULL)
    for again in (pickle.loads(pickle.dumps(address)), copy.copy(address), copy.deepcopy(address)):
        assert again == address
        assert hash(again) == hash(address)
        assert again.reveal() == FULL


def test_an_address_is_a_value_that_does_not_change() -> None:
    assert StreamAddress(FULL) != StreamAddress("rtsp://10.0.0.5:554/path")
    assert StreamAddress(FULL) != FULL
    with pytest.raises(AttributeError):
        StreamAddress(FULL).host = "10.0.0.6"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("rtsp://10.0.0.5/path", "10.0.0.5", 554),
        ("rtsps://cam-1.example.cn/path", "cam-1.example.cn", 322),
        ("RTSP://ada@cam:8554", "cam", 8554),
        ("rtsp://[fd00::1]:8554/x", "fd00::1", 8554),
        (f"rtsp://ada:{CANARY}@[fd00::1]/x", "fd00::1", 554),
        (f"rtsp://ada:{CANARY}%40%3A%2F@cam:65535/x?channel=1&subtype=0", "cam", 65535),
    ],
)
def test_host_and_port_are_read(text: str, host: str, port: int) -> None:
    address = StreamAddress(text)
    assert (address.host, address.port) == (host, port)
    assert CANARY not in str(address)


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://cam/x?user=ada&password={}&channel=1",
        "rtsp://cam/x?access_token={}",
        "rtsp://cam/user=ada_password={}_channel=1_stream=0.sdp",
    ],
)
def test_secret_values_are_hidden(text: str) -> None:
    address = StreamAddress(text.format(CANARY))
    assert CANARY not in str(address)
    assert CANARY in address.reveal()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exec:/bin/sh",
        "exec:ffmpeg -i rtsp://cam/x",
        "file:/etc/passwd",
        "file:///etc/passwd",
        "concat:rtsp://a/x|rtsp://b/x",
        "pipe:0",
        "file:///etc/shadow?x=.mp4",
        "file://ada:{}@host/film.mp4",
        "file:film.mp4",
        "http://ada:{}@/x",
        "gopher://cam/x",
        "/dev/video0",
        "rtsp:/cam/x",
        "rtsp://",
        "rtsp:///path",
        "rtsp://ada:{}@/path",
        "rtsp://ada:{}@:554/path",
        "rtsp://ada:{}@cam:abc/x",
        "rtsp://ada:{}@cam:0/x",
        "rtsp://ada:{}@cam:65536/x",
        "rtsp://ada:{}@cam:-1/x",
        "rtsp://ada:{} @cam/x",
        "rtsp://ada:{}@cam/x\n",
        "rtsp://ada:{}@cam/x\t",
        "rtsp://ada:{}\u00a0@cam/x",
        "rtsp://ada:{}@[fd00::1/x",
        "rtsp://ada:{}@[zz]/x",
        "rtsp://ada:{}@cam%20/x",
        "rtsp://ada:{}@-cam/x",
        "rtsp://ada:p@{}@cam/x",
        "rtsp://ada:12/{}@cam/x",
        "rtsp://ada:12?{}@cam/x",
        "rtsp://ada:12#{}@cam/x",
        "rtsp://ada:{}%zz@cam/x",
        "rtsp://ada:{}\\@cam/x",
        "rtsp://***@cam/x",
    ],
)
def test_everything_else_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError) as error:
        StreamAddress(text.format(CANARY))
    assert CANARY not in str(error.value)


def test_only_text_can_be_an_address() -> None:
    with pytest.raises(ValueError, match="must be a text"):
        Holder(address=5)  # type: ignore[arg-type]


@given(PASSWORDS)
def test_any_encoded_password_is_accepted_and_hidden(password: str) -> None:
    address = StreamAddress(f"rtsp://ada:{quote(password, safe='')}@cam:554/x")
    assert (address.host, str(address)) == ("cam", "rtsp://***@cam:554/x")


@given(
    st.sampled_from(["rtsp", "rtsps", "http", "https", "postgresql+psycopg"]),
    PASSWORDS,
    st.sampled_from(["10.0.0.5", "[fd00::1]:554", "cam.example:8554"]),
    st.text(),
)
def test_redact_hides_any_password_raw_or_encoded(scheme: str, password: str, host: str, around: str) -> None:
    for secret in (password, quote(password, safe="")):
        text = f"{around} cannot open '{scheme}://ada:{secret}@{host}/x': refused"
        assert redact(text).endswith(f" cannot open '{scheme}://***@{host}/x': refused")


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_redact_leaves_harmless_text_alone() -> None:
    text = "camera gate-1 (rtsp://10.0.0.5:554/x?channel=1) is back; write to desk@example.cn"
    assert redact(text) == text


def test_redact_hides_secret_values_of_web_addresses() -> None:
    assert redact("POST https://hook.example/send?key=abc&x=1 failed") == (
        "POST https://hook.example/send?key=***&x=1 failed"
    )


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("http://ada:x@cam/video.mjpg", "cam", 80),
        ("https://cam:8443/video.mjpg", "cam", 8443),
    ],
)
def test_a_camera_may_send_mjpeg_over_http(text: str, host: str, port: int) -> None:
    address = StreamAddress(text)
    assert (address.host, address.port) == (host, port)


def test_a_film_on_this_machine_has_no_host() -> None:
    address = StreamAddress("file:///films/gate.mp4")
    assert (address.host, str(address)) == ("", "file:///films/gate.mp4")
