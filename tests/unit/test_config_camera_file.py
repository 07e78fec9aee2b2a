"""Editing cameras.yaml from a program: only what was asked for changes, and no password gets into it."""

import json
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.config import passwords
from monitor.config.camera_file import CameraFile
from monitor.errors import CameraFileFixed, CameraMistakes, ConfigError, Conflict, NotFound

CANARY = "kanarien/vogel@1 #"
ENVIRONMENT = {"SHOUWANG_CAMERA_USER": "ada", "SHOUWANG_CAMERA_PASSWORD": "shared"}
SAMPLE = Path(__file__).parents[2] / "cameras.yaml"
TEXT = """\
# 头注释
estate: {id: heping-li, name: 和平里, time_zone: Asia/Shanghai} # the estate

visit_alerts:
  - {name: 夜间, places: [gate], from: "22:00", to: "06:00"}

cameras:
  # The gate.
  - id: gate-1 # unique
    name: 东门一号 # what people read
    place: gate
    direction: in
    main: rtsp://${SHOUWANG_CAMERA_USER}:${SHOUWANG_CAMERA_PASSWORD}@127.0.0.1:8554/1 # sharp
    sub: rtsp://${SHOUWANG_CAMERA_USER}:${SHOUWANG_CAMERA_PASSWORD}@127.0.0.1:8554/1s
    position: [0, 0]
    heading_deg: 90 # east
    field_of_view_deg: 80
    range_m: 12

  # Served by a machine of its own.
  - {id: lift-1, name: "Lift", place: lift, direction: both, main: "rtsp://127.0.0.2/2", position: [20, 5],
     heading_deg: 0, field_of_view_deg: 90, range_m: 4}
  # The end.
"""
NEW: dict[str, Any] = {
    "id": "gate-2", "name": "Gate: 2", "place": "gate", "direction": "out", "main": "rtsp://127.0.0.1:554/h264?ch=2",
    "position": (3.5, 4.0), "heading_deg": 270.0, "field_of_view_deg": 80.0, "range_m": 12.0,
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def file(path: Path, tmp_path: Path) -> CameraFile:
    return CameraFile(path, tmp_path / "data" / passwords.FILE, ENVIRONMENT)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def kept(path: Path) -> dict[str, str]:
    """The passwords beside the camera file."""
    found: dict[str, str] = json.loads((path.parent / "data" / passwords.FILE).read_text())
    return found


def differing(path: Path) -> tuple[list[str], list[str]]:
    """Lines that went, and lines that came."""
    old, new = TEXT.splitlines(), lines(path)
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_a_new_camera_comes_behind_the_last_and_nothing_else_moves(file: CameraFile, path: Path) -> None:
    estate = file.add(NEW)
    assert [camera.id for camera in estate.cameras] == ["gate-1", "lift-1", "gate-2"]
    assert estate == file.load()
    assert differing(path) == (
        [],
        [
            "  - id: gate-2",
            '    name: "Gate: 2"',
            "    direction: out",
            "    identifies: true",
            "    main: rtsp://127.0.0.1:554/h264?ch=2",
            "    position: [3.5, 4]",
            "    heading_deg: 270",
        ],
    )
    assert lines(path)[-1] == "  # The end."


def test_the_sample_estate_takes_a_camera_a_change_and_a_removal(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    shutil.copy(SAMPLE, path)
    before = lines(path)
    file = CameraFile(path, tmp_path / passwords.FILE, ENVIRONMENT)
    file.add(NEW)
    file.change("gate-2", {"name": "Gate 2", "enabled": False})
    assert file.load().cameras[-1].name == "Gate 2" and not file.load().cameras[-1].enabled
    file.remove("gate-2")
    assert lines(path) == before


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        (
            {"name": "West gate"},
            "    name: 东门一号 # what people read",
            "    name: West gate # what people read",
        ),
        ({"heading_deg": 92.5}, "    heading_deg: 90 # east", "    heading_deg: 92.5 # east"),
        ({"position": (1.0, -2.5)}, "    position: [0, 0]", "    position: [1, -2.5]"),
    ],
)
def test_a_change_touches_one_value(
    file: CameraFile, path: Path, changes: dict[str, object], old: str, new: str
) -> None:
    assert file.change("gate-1", changes) == file.load()
    assert differing(path) == ([old], [new])


def test_a_camera_is_disabled_and_enabled_again(file: CameraFile, path: Path) -> None:
    for slug in ("gate-1", "lift-1"):
        assert not next(c for c in file.change(slug, {"enabled": False}).cameras if c.id == slug).enabled
        assert next(c for c in file.change(slug, {"enabled": True}).cameras if c.id == slug).enabled


def test_a_camera_written_on_one_line_is_changed_there(file: CameraFile, path: Path) -> None:
    estate = file.change("lift-1", {"sub": "rtsp://127.0.0.2/2s", "identifies": False})
    assert (estate.cameras[1].identifies, str(estate.cameras[1].sub)) == (False, "rtsp://127.0.0.2/2s")
    (now,) = differing(path)[1][:1]
    assert 'main: "rtsp://127.0.0.2/2", sub: "rtsp://127.0.0.2/2s", position' in now


def test_a_small_stream_is_taken_out(file: CameraFile, path: Path) -> None:
    assert file.change("gate-1", {"sub": None}).cameras[0].sub is None
    assert [line.strip()[:4] for line in differing(path)[0]] == ["sub:"] and differing(path)[1] == []


def test_a_camera_goes_and_the_comments_between_cameras_stay(file: CameraFile, path: Path) -> None:
    file.add(NEW)
    file.remove("gate-1")
    assert [camera.id for camera in file.load().cameras] == ["lift-1", "gate-2"]
    assert "  # Served by a machine of its own." in lines(path) and "  # The gate." in lines(path)
    file.remove("lift-1")
    assert [camera.id for camera in file.load().cameras] == ["gate-2"]


def test_a_typed_password_stands_beside_the_file_and_not_in_it(file: CameraFile, path: Path) -> None:
    camera = file.add({**NEW, "sub": "rtsp://127.0.0.1:554/s", "user": "ad min", "password": CANARY}).cameras[
        -1
    ]
    assert camera.main.reveal() == "rtsp://ad%20min:kanarien%2Fvogel%401%20%23@127.0.0.1:554/h264?ch=2"
    assert camera.sub is not None and "kanarien" in camera.sub.reveal()
    assert "    sub: rtsp://ad%20min:${SHOUWANG_GATE_2_PASSWORD}@127.0.0.1:554/s" in lines(path)
    assert "kanarien" not in path.read_text()
    assert kept(path) == {"SHOUWANG_GATE_2_PASSWORD": CANARY}
    assert stat.S_IMODE((path.parent / "data" / passwords.FILE).stat().st_mode) == 0o600


def test_a_password_typed_into_the_address_is_taken_out_of_it(file: CameraFile, path: Path) -> None:
    for slug, main in {
        "a-1": "rtsp://eve:p%40ss@127.0.0.1/1",
        "a-2": "rtsp://127.0.0.1/user=eve&password=p%40ss&channel=1",
    }.items():
        assert file.add({**NEW, "id": slug, "main": main}).cameras[-1].main.reveal() == main
    assert "p%40ss" not in path.read_text() and "p@ss" not in path.read_text()
    assert kept(path) == {"SHOUWANG_A_1_PASSWORD": "p@ss", "SHOUWANG_A_2_PASSWORD_MAIN_1": "p@ss"}


def test_another_path_on_the_same_machine_keeps_user_and_password(file: CameraFile, path: Path) -> None:
    file.change("gate-1", {"main": "rtsp://127.0.0.1:8554/one"})
    changed = "rtsp://${SHOUWANG_CAMERA_USER}:${SHOUWANG_CAMERA_PASSWORD}@127.0.0.1:8554/one # sharp"
    assert differing(path)[1] == [f"    main: {changed}"]


def test_a_password_is_not_sent_to_another_machine(file: CameraFile, path: Path) -> None:
    for changes in (
        {"main": "rtsp://127.0.0.9/1"},
        {"sub": "rtsp://127.0.0.9/1"},
        {"main": "rtsp://127.0.0.9/1", "user": "x"},
    ):
        with pytest.raises(CameraMistakes, match="password: type user and password again"):
            file.change("gate-1", changes)
    file.change("gate-1", {"main": "rtsp://127.0.0.9/1", "user": "eve", "password": "new"})
    assert file.load().cameras[0].main.reveal() == "rtsp://eve:new@127.0.0.9/1"
    assert lines(path) != TEXT.splitlines() and "new@" not in path.read_text()


def test_user_and_password_change_apart_and_go_together(file: CameraFile) -> None:
    assert file.change("gate-1", {"password": "b"}).cameras[0].main.reveal().startswith("rtsp://ada:b@")
    assert file.change("gate-1", {"user": "eve"}).cameras[0].main.reveal().startswith("rtsp://eve:b@")
    assert (
        file.change("gate-1", {"user": "", "password": ""}).cameras[0].main.reveal()
        == "rtsp://127.0.0.1:8554/1"
    )
    with pytest.raises(CameraMistakes, match="user: is missing"):
        file.change("gate-1", {"password": "b"})


def test_a_removed_camera_leaves_no_password_behind(file: CameraFile, path: Path) -> None:
    file.add({**NEW, "user": "eve", "password": "one"})
    file.add({**NEW, "id": "gate-22", "user": "eve", "password": "two"})
    file.remove("gate-2")
    assert kept(path) == {"SHOUWANG_GATE_22_PASSWORD": "two"}


def test_a_password_that_the_environment_overrules_is_refused(path: Path, tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "SHOUWANG_GATE_2_PASSWORD": "of the environment"}
    file = CameraFile(path, tmp_path / passwords.FILE, environment)
    with pytest.raises(CameraMistakes, match="SHOUWANG_GATE_2_PASSWORD is set"):
        file.add({**NEW, "user": "eve", "password": "typed"})
    assert not (tmp_path / passwords.FILE).exists()


@pytest.mark.parametrize(
    ("wrong", "field", "part"),
    [
        ({"id": "Gate 2"}, "id", "small letters"),
        ({"id": ""}, "id", "is missing"),
        ({"name": " "}, "name", "must not be empty"),
        ({"main": "ftp://127.0.0.1/"}, "main", "rtsp://, rtsps://"),
        ({"main": ""}, "main", "is missing"),
        ({"main": "rtsp://127.0.0.1/${HOME}"}, "main", "percent-encoded"),
        ({"main": "rtsp://127.0.0.1/?password=***"}, "main", "write it in full"),
        ({"main": "rtsp://***@127.0.0.1/"}, "main", "write them in full"),
        ({"sub": "file:///etc/passwd"}, "sub", "rtsp://, rtsps://"),
        ({"sub": "file:///films/gate.mp4"}, "sub", "in the camera file only"),
        ({"direction": "up"}, "direction", "'in', 'out' or 'both'"),
        ({"heading_deg": 361.0}, "heading_deg", "at most 360"),
        ({"position": (0.0, float("inf"))}, "position", "not infinite"),
        ({"password": CANARY}, "user", "is missing"),
        ({"range_m": None}, "range_m", "has no value"),
        ({"colour": "red"}, "colour", "not permitted"),
    ],
)
def test_a_wrong_camera_is_told_by_field_and_changes_nothing(
    file: CameraFile, path: Path, wrong: dict[str, object], field: str, part: str
) -> None:
    with pytest.raises(CameraMistakes) as refused:
        file.add({**NEW, **wrong})
    assert [name for name, _ in refused.value.mistakes] == [field]
    assert part in str(refused.value) and CANARY not in str(refused.value)
    assert path.read_text() == TEXT and not (path.parent / "data").exists()


def test_several_mistakes_are_told_at_once(file: CameraFile) -> None:
    with pytest.raises(CameraMistakes) as refused:
        file.change("gate-1", {"range_m": -1.0, "main": "x"})
    assert {name for name, _ in refused.value.mistakes} == {"main", "range_m"}


def test_an_id_comes_once_and_never_changes(file: CameraFile) -> None:
    with pytest.raises(Conflict):
        file.add({**NEW, "id": "lift-1"})
    with pytest.raises(CameraMistakes, match="never changes"):
        file.change("lift-1", {"id": "lift-2"})
    for edit in (lambda: file.change("nobody", {}), lambda: file.remove("nobody")):
        with pytest.raises(NotFound):
            edit()


def test_the_last_camera_of_the_file_and_of_a_place_with_a_rule_stay(file: CameraFile, path: Path) -> None:
    with pytest.raises(CameraMistakes, match="no camera is at `gate`"):
        file.remove("gate-1")
    with pytest.raises(CameraMistakes, match="no camera is at `gate`"):
        file.change("gate-1", {"place": "elsewhere"})
    assert path.read_text() == TEXT
    file.remove("lift-1")
    with pytest.raises(CameraMistakes, match="last camera"):
        file.remove("gate-1")


def test_a_file_with_mistakes_is_not_edited(file: CameraFile, path: Path) -> None:
    broken = TEXT.replace("range_m: 12", "range_m: far")
    path.write_text(broken)
    with pytest.raises(ConfigError, match="range_m: must be a number"):
        file.add(NEW)
    assert path.read_text() == broken


def test_a_layout_that_only_people_understand_is_left_alone(file: CameraFile, path: Path) -> None:
    lift = TEXT[TEXT.index("{id: lift-1") : TEXT.index("  # The end.")]
    path.write_text(TEXT[: TEXT.index("cameras:")].replace("gate", "lift") + f"cameras: [{lift}]\n")
    before = path.read_text()
    with pytest.raises(CameraFileFixed, match="only people"):
        file.add(NEW)
    assert path.read_text() == before
    path.write_text(TEXT.replace("name: 东门一号 # what people read", "name: |\n      东门\n      一号"))
    with pytest.raises(CameraFileFixed, match="only people"):
        file.change("gate-1", {"name": "x"})


def test_edits_at_the_same_time_all_arrive(file: CameraFile, path: Path) -> None:
    start, others = threading.Barrier(6), range(6)

    def add(number: int) -> None:
        start.wait(10)
        file.add({**NEW, "id": f"new-{number}", "user": "eve", "password": str(number)})

    threads = [threading.Thread(target=add, args=(number,)) for number in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {c.id for c in file.load().cameras} == {"gate-1", "lift-1", *(f"new-{n}" for n in others)}
    assert len(kept(path)) == 6
    assert sorted(p.name for p in path.parent.iterdir()) == ["cameras.yaml", "data"]


def test_the_files_mode_and_a_link_to_it_stay(file: CameraFile, path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    (tmp_path / "etc").mkdir()
    link = tmp_path / "etc" / "cameras.yaml"
    link.symlink_to(path)
    CameraFile(link, tmp_path / passwords.FILE, ENVIRONMENT).add(NEW)
    assert link.is_symlink() and len(file.load().cameras) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@contextmanager
def nobody() -> Iterator[None]:
    """As a user who owns nothing, when the tests run as root."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.parametrize("protected", ["folder", "file"])
def test_a_file_that_may_not_be_written_is_told_with_what_to_do(protected: str) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "cameras.yaml"
        path.write_text(TEXT, encoding="utf-8")
        path.chmod(0o444 if protected == "file" else 0o666)
        folder.chmod(0o777 if protected == "file" else 0o555)
        file = CameraFile(path, folder / passwords.FILE, ENVIRONMENT)
        with nobody(), pytest.raises(CameraFileFixed, match=r"may not write into .*Edit it by hand"):
            file.add(NEW)
        assert path.read_text(encoding="utf-8") == TEXT
        assert [p.name for p in folder.iterdir()] == ["cameras.yaml"]
    finally:
        folder.chmod(0o777)
        shutil.rmtree(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"A": 5}', '"' + CANARY])
def test_a_damaged_password_file_is_named_and_not_quoted(file: CameraFile, path: Path, text: str) -> None:
    (path.parent / "data").mkdir()
    (path.parent / "data" / passwords.FILE).write_text(text)
    with pytest.raises(ConfigError, match=passwords.FILE) as refused:
        file.load()
    assert CANARY not in str(refused.value)
