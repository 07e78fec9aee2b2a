"""Passwords of cameras, and of the sensors' broker, get to them and to nobody else."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import av
import numpy as np
import psutil
import pytest
import rtsp
from service import Service, camera_file

# A password that has to be encoded in an address. Its middle stays the same in every spelling.
MIDDLE = "kanarienvogel"
WORDS = {name: f"p@/{MIDDLE}-{name}:%#" for name in ("dead", "shut", "good")}
BROKER = f"p@/{MIDDLE}-broker:%#"  # of other sensors; nobody answers there
EXPECTED = {"dead": "unreachable", "shut": "refused", "good": "live"}
PATHS = (
    "/api/v1/cameras",
    "/api/v1/cameras/dead",
    "/api/v1/cameras/shut",
    "/api/v1/cameras/nothing",
    "/api/v1/status",
    "/api/v1/alerts",
    "/metrics",
    "/readyz",
    "/api/v1/openapi.json",
)


def spellings() -> list[bytes]:
    """As it is, percent-encoded (both hold the middle), and as a camera is told it."""
    basic = [base64.b64encode(f"ada:{word}".encode()) for word in WORDS.values()]
    return [MIDDLE.encode(), *basic]


def clip(folder: Path) -> None:
    with av.open(folder / "clip.mp4", "w") as container:
        video = container.add_stream("libx264", rate=5, options={"g": "5"})
        video.width, video.height, video.pix_fmt, video.max_b_frames = 320, 176, "yuv420p", 0
        for number in range(10):
            picture = np.full((176, 320, 3), 30 + 15 * number, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(video.encode(None))


@contextmanager
def three_cameras(folder: Path) -> Iterator[Service]:
    """A running service with a dead, a refusing and a good camera, each with a password of its own."""
    clip(folder)
    variables = {f"camera_{name}_password": word for name, word in WORDS.items()}
    with rtsp.serve(folder) as good, rtsp.answering(rtsp.refusing) as shut:
        ports = {"dead": rtsp.free_port(), "shut": shut, "good": good}
        addresses = {
            name: f"rtsp://ada:${{SHOUWANG_CAMERA_{name.upper()}_PASSWORD}}"
            f"@127.0.0.1:{port}/clip.mp4/play_count_0"
            for name, port in ports.items()
        }
        broker = f"mqtt://ada:{quote(BROKER, safe='')}@127.0.0.1:{rtsp.free_port()}"
        settings = {"log_level": "DEBUG", "mqtt_url": broker, **variables}
        with Service(folder, camera_file(folder, addresses), **settings) as service:
            service.wait_for(lambda: states(service) == EXPECTED, 60, f"cameras that are {EXPECTED}")
            service.wait_for(lambda: "refuses its password" in service.tail(), 30, "the last wrong password")
            service.wait_for(
                lambda: service.get("status")["sensor_broker"], 30, "word of the sensors' broker"
            )
            yield service


def states(service: Service) -> dict[str, Any]:
    return {camera["slug"]: camera["state"] for camera in service.get("cameras")}


def command_lines() -> bytes:
    """Of every process on this machine."""
    lines = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            lines.append(" ".join(process.cmdline()))
    assert any("monitor.cli ingest" in line for line in lines)
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Everything that the service shows or keeps, by where it was found."""
    folder = tmp_path_factory.mktemp("secrets")
    with three_cameras(folder) as service:
        found = {path: service.client.get(path).content for path in PATHS}
        found["without a token"] = service.client.get(
            "/api/v1/cameras", headers={"Authorization": ""}
        ).content
        found["command lines"] = command_lines()
        found |= files(folder / "data", "while it runs")
    found |= files(folder / "data", "after it ended")
    found["log"] = (folder / "service.log").read_bytes()
    return found


def files(folder: Path, when: str) -> dict[str, bytes]:
    """Everything in the data folder except the networks."""
    paths = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "weights"]
    found = {}
    for path in paths:
        with suppress(FileNotFoundError):  # the write-ahead log comes and goes
            found[f"{path.name} {when}"] = path.read_bytes()
    return found


def test_no_answer_log_file_or_command_line_holds_a_camera_password(said: dict[str, bytes]) -> None:
    leaks = [name for name, content in said.items() for word in spellings() if word in content]
    assert leaks == []


def test_the_search_looked_where_a_password_could_have_been(said: dict[str, bytes]) -> None:
    assert b"refuses its password" in said["log"] and b"the sensors' broker" in said["log"]
    assert b'"dead"' in said["/api/v1/cameras"] and b"openapi" in said["/api/v1/openapi.json"]
    assert {"shouwang.db while it runs", "shouwang.db-wal while it runs"} <= said.keys()
    assert b"unreachable" in said["shouwang.db while it runs"] + said["shouwang.db-wal while it runs"]
    assert said["/metrics"] and said["/readyz"] and said["/api/v1/status"]


@pytest.mark.parametrize(
    "address",
    [
        f"rtsp://ada:{MIDDLE}@10.0.0.5:port/1",
        f"rtsp://ada:{MIDDLE}@10.0.0.5:99999/1",
        f"rtsp://ada:{MIDDLE}/@10.0.0.5/1",
        f"rtsp://ada:{MIDDLE}@@10.0.0.5:0/1",
        f"gopher://ada:{MIDDLE}@10.0.0.5/1",
        f"rtsp://10.0.0.5:port/user=ada&password={MIDDLE}",
    ],
)
def test_check_tells_of_a_bad_address_without_its_password(tmp_path: Path, address: str) -> None:
    cameras = camera_file(tmp_path, {"gate": address})
    with pytest.raises(AssertionError) as refused:  # `run` puts the command's whole output into its error
        Service(tmp_path, cameras).run("check", str(cameras))
    told = str(refused.value)
    assert f"{cameras}:4: cameras[0].main: " in told
    assert MIDDLE not in told
