"""Asking ONVIF devices: a real virtual camera, and hosts that are none."""

import ipaddress
import socket
import time
from datetime import timedelta

import pytest
import rtsp
from ipycam.onvif import ONVIFService
from virtual_camera import PASSWORD, USER, Service, virtual_camera, wrong_clock

from monitor.onvif import device as devices
from monitor.onvif.device import Device, Login, Trouble, ask_all, clock_off_s, without_secrets
from monitor.onvif.discovery import Endpoint, find

LOGIN = Login(USER, PASSWORD)
LOOPBACK = ipaddress.IPv4Address("127.0.0.1")


def ask(port: int, login: Login = LOGIN) -> Device:
    (device,) = ask_all([Endpoint("127.0.0.1", port)], login)
    return device


def test_a_camera_tells_what_it_is_and_where_its_two_streams_are() -> None:
    with virtual_camera(main_fps=15, sub_fps=5) as config:
        device = ask(config.onvif_port)
    assert (device.name, device.maker, device.model) == ("East gate", "PythonCam", "VirtualCam-1")
    assert device.trouble is None
    (offer,) = device.offers
    assert (offer.choice.main.size_wh, offer.choice.main.rate) == ((1920, 1080), 15)
    assert offer.choice.sub is not None
    assert (offer.choice.sub.size_wh, offer.choice.sub.rate) == ((640, 360), 5)
    assert offer.main is not None and offer.main.reveal() == "rtsp://127.0.0.1:8554/video_main"
    assert offer.sub is not None and offer.sub.reveal() == "rtsp://127.0.0.1:8554/video_sub"


def test_a_camera_on_this_network_is_found_by_asking_everybody() -> None:
    with virtual_camera(announced=True) as config:
        assert Endpoint("127.0.0.1", config.onvif_port) in find(2.0, LOOPBACK)


def test_what_answers_but_is_no_camera_is_not_found() -> None:
    class Printer(Service):
        def create_probe_match(self, relates_to: str) -> str:
            answer = super().create_probe_match(relates_to)
            return answer.replace("dn:NetworkVideoTransmitter", "dn:Printer").replace("onvif://", "print://")

    with virtual_camera(Printer, announced=True) as config:
        assert Endpoint("127.0.0.1", config.onvif_port) not in find(1.0, LOOPBACK)


def test_of_several_addresses_the_one_that_can_be_reached_is_taken() -> None:
    class ManyAddresses(Service):
        def create_probe_match(self, relates_to: str) -> str:
            answer = super().create_probe_match(relates_to)
            others = "http://[fe80::1]/onvif http://169.254.1.2/onvif nonsense"
            return answer.replace("<d:XAddrs>", f"<d:XAddrs>{others} ")

    with virtual_camera(ManyAddresses, announced=True) as config:
        assert Endpoint("127.0.0.1", config.onvif_port) in find(2.0, LOOPBACK)


def test_a_wrong_password_is_told_and_tried_twice_at_most() -> None:
    tried = []

    class Counting(Service):
        def verify_usernametoken(self, soap_body: str) -> bool:
            if "UsernameToken" in soap_body:
                tried.append(soap_body)
            return bool(super().verify_usernametoken(soap_body))

    with virtual_camera(Counting) as config:
        device = ask(config.onvif_port, Login(USER, "wrong-" + PASSWORD))
    assert device.trouble is Trouble.REFUSED
    assert 1 <= len(tried) <= 2


def test_a_host_that_says_nothing_is_silent_after_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "TIME_LIMIT_S", 0.5)
    with rtsp.answering(rtsp.mute) as port:
        began = time.monotonic()
        device = ask(port)
    assert device.trouble is Trouble.SILENT
    assert time.monotonic() - began < 10


def test_a_host_where_nobody_listens_is_silent() -> None:
    assert ask(rtsp.free_port()).trouble is Trouble.SILENT


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found",
        b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    ],
)
def test_a_host_that_is_no_onvif_device_is_told_to_be_none(answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with rtsp.answering(talk) as port:
        assert ask(port).trouble is Trouble.NO_ONVIF


def test_one_bad_host_does_not_keep_the_others_from_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "TIME_LIMIT_S", 3.0)
    with virtual_camera() as config, rtsp.answering(rtsp.mute) as mute:
        ports = (mute, config.onvif_port, rtsp.free_port())
        found = ask_all([Endpoint("127.0.0.1", port) for port in ports], LOGIN)
    assert [device.trouble for device in found] == [Trouble.SILENT, None, Trouble.SILENT]


def test_a_wrong_clock_is_told_and_does_not_look_like_a_wrong_password() -> None:
    with virtual_camera(wrong_clock(timedelta(minutes=-10))) as config:
        device = ask(config.onvif_port)
        refused = ask(config.onvif_port, Login(USER, "wrong"))
        told_s = clock_off_s(Endpoint("127.0.0.1", config.onvif_port))
    assert device.trouble is None and device.offers
    assert refused.trouble is Trouble.REFUSED
    for off_s in (device.clock_off_s, refused.clock_off_s, told_s):
        assert off_s == pytest.approx(-600, abs=3)


def test_a_device_that_tells_nobody_the_time_has_no_known_clock() -> None:
    with virtual_camera() as config:
        assert clock_off_s(Endpoint("127.0.0.1", config.onvif_port)) is None
    assert clock_off_s(Endpoint("127.0.0.1", rtsp.free_port())) is None


def test_a_device_without_the_media_service_offers_no_video() -> None:
    class Bell(Service):
        def get_services(self) -> str:
            return str(super().get_services()).replace("ver10/media", "ver10/bell")

    with virtual_camera(Bell) as config:
        device = ask(config.onvif_port)
    assert (device.trouble, device.model) == (Trouble.NO_VIDEO, "VirtualCam-1")


def test_what_a_device_says_is_made_fit_for_a_terminal() -> None:
    # XML itself allows no escape sign; signs that turn the writing round it does.
    with virtual_camera(manufacturer="Evil\u202e\u009b31m" + "x" * 200) as config:
        device = ask(config.onvif_port)
    assert device.maker == "Evil31m" + "x" * 53


def test_a_recorder_offers_each_of_its_lenses() -> None:
    class Recorder(ONVIFService):
        def get_profiles(self) -> str:
            first: str = super().get_profiles()
            head, _, rest = first.partition("<trt:Profiles ")
            profiles, end = rest.rsplit("</trt:Profiles>", 1)
            profiles = f"<trt:Profiles {profiles}</trt:Profiles>"
            return head + profiles + profiles.replace("VS_1", "VS_2") + end

    with virtual_camera(Recorder) as config:
        device = ask(config.onvif_port)
    assert [offer.choice.main.source for offer in device.offers] == ["VS_1", "VS_2"]


@pytest.mark.parametrize(
    ("uri", "plain"),
    [
        ("rtsp://10.0.0.5:554/main", "rtsp://10.0.0.5:554/main"),
        ("rtsp://admin:geheim@10.0.0.5/main?x=1", "rtsp://10.0.0.5/main?x=1"),
        ("rtsp://10.0.0.5/user=admin&password=&channel=1", None),
        ("rtsp://10.0.0.5/kanarienvogel/main", None),
        ("rtsp://10.0.0.5/channels/kanarienvogel2", "rtsp://10.0.0.5/channels/kanarienvogel2"),
        ("rtsp://10.0.0.5/${HOME}", None),
        ("rtsp://10.0.0.5/a\n  - id: b", None),
        ("ftp://10.0.0.5/main", None),
        ("rtsp://[10.0.0.5/main", None),
        (None, None),
    ],
)
def test_a_stream_address_leaves_the_device_without_a_secret(uri: str | None, plain: str | None) -> None:
    address = without_secrets(uri, LOGIN)
    assert (address.reveal() if address else None) == plain


def test_an_endpoint_is_read_from_what_people_write() -> None:
    assert Endpoint.parse("192.168.1.20") == Endpoint("192.168.1.20", 80)
    assert Endpoint.parse("camera.local:8000") == Endpoint("camera.local", 8000)
    assert Endpoint.parse("https://10.0.0.5/onvif/device_service") == Endpoint("10.0.0.5", 443, "https")
    assert Endpoint.parse("[fd00::5]:81") == Endpoint("fd00::5", 81)
    assert [str(Endpoint.parse(text)) for text in ("10.0.0.5", "10.0.0.5:81", "[fd00::5]:81")] == [
        "10.0.0.5",
        "10.0.0.5:81",
        "[fd00::5]:81",
    ]
    for wrong in ("", "rtsp://10.0.0.5", "ada:geheim@10.0.0.5", "10.0.0.5:port", "10.0.0.5:99999"):
        with pytest.raises(ValueError):
            Endpoint.parse(wrong)
