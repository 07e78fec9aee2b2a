"""`shouwang cameras`: what people and programs read, and that no password is in it."""

import json
import logging
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import rtsp
from click.testing import Result
from PIL import Image as Pictures
from typer.testing import CliRunner
from virtual_camera import PASSWORD, USER, virtual_camera, wrong_clock

from monitor.cli import app
from monitor.config.cameras import load_estate

ENVIRONMENT = {"COLUMNS": "80", "CAMERA_PASSWORD": PASSWORD, "TERM": "dumb"}
ESTATE = """\
estate: {id: test, name: Test, time_zone: Asia/Shanghai}
"""
ENTRY = """\
cameras:
  - id: gate-1
    name: Gate
    place: gate
    direction: in
    main: rtsp://ada:kanarienvogel@127.0.0.1:PORT/clip.mp4/play_count_0
    sub: rtsp://ada:kanarienvogel@127.0.0.1:PORT/clip.mp4/play_count_0
    position: [0, 0]
    heading_deg: 0
    field_of_view_deg: 80
    range_m: 10
"""


def cameras(*arguments: object, **options: str) -> Result:
    """A command in this process. What it does not handle itself fails the test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        return CliRunner(env=ENVIRONMENT).invoke(
            app, ["cameras", *(str(a) for a in arguments)], catch_exceptions=False, **options
        )
    finally:
        root.handlers = handlers
        root.setLevel(level)


def told(result: Result) -> str:
    """Without the table's lines, so that a sentence that was wrapped can be found."""
    words = "".join(" " if sign in "│┃\n" else sign for sign in result.output).split()
    return " ".join(words)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("clips")
    rtsp.write_clip(folder / "clip.mp4")
    with rtsp.serve(folder) as port:
        yield port


@pytest.fixture
def file(tmp_path: Path, port: int) -> Path:
    path = tmp_path / "cameras.yaml"
    path.write_text(ESTATE + ENTRY.replace("PORT", str(port)))
    return path


def login(port: int) -> tuple[object, ...]:
    return ("--host", f"127.0.0.1:{port}", "--user", USER, "--password-env", "CAMERA_PASSWORD")


def test_discover_shows_what_a_camera_offers_in_80_columns() -> None:
    with virtual_camera(main_fps=15, sub_fps=5) as config:
        result = cameras("discover", *login(config.onvif_port))
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    for part in (
        "East gate",
        "PythonCam",
        f"127.0.0.1:{config.onvif_port}",
        "1920x1080",
        "15 /s",
        "640x360",
        "5 /s",
    ):
        assert part in told(result)
    assert PASSWORD not in result.output


def test_discover_asks_for_the_password_and_shows_it_nowhere() -> None:
    with virtual_camera() as config:
        result = cameras(
            "discover", "--host", f"127.0.0.1:{config.onvif_port}", "--user", USER, input=f"{PASSWORD}\n"
        )
    assert result.exit_code == 0
    assert f"Password of {USER}" in result.stderr
    assert PASSWORD not in result.output


def test_discover_says_what_is_wrong_with_each_device_and_what_to_do() -> None:
    with (
        virtual_camera(wrong_clock(timedelta(hours=-8)), main_width=704, main_height=576) as late,
        virtual_camera(password="other") as refuses,
    ):
        both = (*login(late.onvif_port), "--host", f"127.0.0.1:{refuses.onvif_port}")
        result = cameras("discover", *both, "--host", f"127.0.0.1:{rtsp.free_port()}")
    assert result.exit_code == 0
    text = told(result)
    for sentence in (
        "-8.0 h",
        "set its time by NTP",
        "only 704 x 576",
        "refused user name",
        "does not answer",
    ):
        assert sentence in text


def test_discover_ends_with_1_when_no_device_offers_video() -> None:
    result = cameras("discover", *login(rtsp.free_port()))
    assert result.exit_code == 1
    assert "It does not answer" in told(result)


def test_discover_prints_entries_that_the_camera_file_takes_and_that_hold_no_secret(tmp_path: Path) -> None:
    with virtual_camera(name='Gate: "east" #1') as config:
        result = cameras(
            "discover", *login(config.onvif_port), "--host", f"127.0.0.1:{rtsp.free_port()}", "--yaml"
        )
    assert result.exit_code == 0
    assert PASSWORD not in result.output and USER not in result.output
    assert "does not answer" in result.stdout
    file = tmp_path / "cameras.yaml"
    file.write_text(ESTATE + result.stdout)
    environment = {"SHOUWANG_CAMERA_USER": "ada", "SHOUWANG_CAMERA_PASSWORD": "a/b"}
    (camera,) = load_estate(file, environment).cameras
    assert camera.name == 'Gate: "east" #1'
    assert camera.main.reveal() == "rtsp://ada:a%2Fb@127.0.0.1:8554/video_main"
    assert camera.sub is not None and camera.sub.reveal() == "rtsp://ada:a%2Fb@127.0.0.1:8554/video_sub"


def test_a_stream_address_with_a_secret_in_it_is_left_to_people() -> None:
    with virtual_camera(main_stream_name="user=ada&password=x") as config:
        result = cameras("discover", *login(config.onvif_port), "--yaml")
        shown = cameras("discover", *login(config.onvif_port))
    assert "by hand" in result.stdout and "password=x" not in result.output
    assert "by hand" in told(shown)


def test_mistakes_in_the_options_are_told_before_anything_is_asked() -> None:
    assert "192.168.1.20:8000" in cameras("discover", "--host", "rtsp://10.0.0.5").stderr
    assert "own" not in cameras("discover", "--network", "eth0").stdout
    assert "IPv4 address" in cameras("discover", "--network", "eth0").stderr
    unset = cameras("discover", "--host", "127.0.0.1", "--password-env", "NOT_SET")
    assert (unset.exit_code, "NOT_SET is not set" in unset.stderr) == (1, True)


def test_when_nothing_answers_the_search_it_says_what_to_do() -> None:
    result = cameras("discover", "--network", "127.0.0.1", "--seconds", 1)
    assert result.exit_code == 1
    assert "No ONVIF device answered" in result.stderr


def test_probe_measures_both_streams_of_a_camera(file: Path) -> None:
    result = cameras("probe", "gate-1", "--config", file, "--seconds", 2)
    assert result.exit_code == 0
    text = told(result)
    for part in (
        "main sub",
        "H.264 H.264",
        "320 x 176 320 x 176",
        "10.0 10.0",
        "0.5 s 0.5 s",
        "clock of the camera: not told",
    ):
        assert part in text
    assert "main: The main stream has only 320 x 176" in text
    assert "kanarienvogel" not in result.output


def test_probe_tells_programs_the_same(port: int) -> None:
    with virtual_camera(open_to_all=True) as config:
        result = cameras(
            "probe", f"rtsp://ada:kanarienvogel@127.0.0.1:{port}/clip.mp4/play_count_0",
            "--seconds", 2, "--sub", "--json", "--onvif-port", config.onvif_port,
        )  # fmt: skip
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    (stream,) = answer["streams"]
    assert abs(answer["clock_off_s"]) <= 3
    assert (stream["stream"], stream["figures"]["codec"], stream["advice"]) == ("sub", "h264", [])
    assert stream["figures"]["size_wh"] == [320, 176]
    assert "kanarienvogel" not in result.output


def test_probe_keeps_a_picture_only_where_it_is_told(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = f"rtsp://127.0.0.1:{port}/clip.mp4/play_count_0"
    cameras("probe", address, "--seconds", 2)
    assert list(tmp_path.iterdir()) == []
    result = cameras("probe", address, "--seconds", 2, "--picture", "gate.jpg")
    assert result.exit_code == 0
    with Pictures.open("gate.jpg") as saved:
        assert saved.size == (320, 176)
    assert stat.S_IMODE(os.stat("gate.jpg").st_mode) == 0o600


def test_probe_takes_user_and_password_apart_from_the_address() -> None:
    seen = []

    def talk(connection) -> None:  # type: ignore[no-untyped-def]
        seen.append(connection.recv(4096))

    with rtsp.answering(talk) as port:
        result = cameras(
            "probe", f"rtsp://127.0.0.1:{port}/x", "--user", "ada", "--password-env", "CAMERA_PASSWORD"
        )
    assert result.exit_code == 1
    assert seen and PASSWORD not in result.output


def test_probe_says_why_a_camera_cannot_be_read_and_ends_with_1(tmp_path: Path) -> None:
    file = tmp_path / "cameras.yaml"
    with rtsp.answering(rtsp.refusing) as port:
        file.write_text(ESTATE + ENTRY.replace("PORT", str(port)))
        result = cameras("probe", "gate-1", "--config", file)
    assert result.exit_code == 1
    assert told(result).count("refused user name or password") == 1  # the sub stream is not tried any more
    assert "kanarienvogel" not in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("gopher://10.0.0.5/x",), "must start with rtsp://"),
        (("nobody",), "There is no camera nobody"),
        (("rtsp://127.0.0.1/x", "--picture", "gate.png"), "name a .jpg file"),
        (("rtsp://127.0.0.1/x", "--picture", "no/such/folder/gate.jpg"), "name a .jpg file"),
    ],
)
def test_probe_tells_mistakes_before_it_opens_anything(
    file: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = cameras("probe", *arguments, "--config", file)
    assert result.exit_code == 1
    assert sentence in result.stderr
