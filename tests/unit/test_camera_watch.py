"""Following cameras.yaml while the service runs."""

import logging
from pathlib import Path

import pytest

from monitor.config import passwords
from monitor.config.camera_file import CameraFile
from monitor.config.cameras import EstateConfig
from monitor.workers.camera_watch import CameraFileWatch

CANARY = "kanarienvogel"


@pytest.fixture
def file(cameras_file: Path, tmp_path: Path) -> CameraFile:
    return CameraFile(cameras_file, tmp_path / passwords.FILE, {})


@pytest.fixture
def watch(file: CameraFile, estate: EstateConfig) -> CameraFileWatch:
    return CameraFileWatch(file, estate)


def looks(watch: CameraFileWatch, times: int = 3) -> list[EstateConfig]:
    """What so many looks found."""
    return [found for _ in range(times) if (found := watch.look()) is not None]


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_file_that_stays_is_no_news(watch: CameraFileWatch) -> None:
    assert looks(watch) == []


def test_a_changed_file_is_news_once(watch: CameraFileWatch, cameras_file: Path) -> None:
    looks(watch)
    put(cameras_file, "name: Gate", "name: West gate")
    (found,) = looks(watch)
    assert found.cameras[0].name == "West gate" and watch.estate is found
    assert looks(watch) == []


def test_what_changed_before_the_first_look_is_not_missed(watch: CameraFileWatch, cameras_file: Path) -> None:
    put(cameras_file, "name: Gate", "name: West gate")
    assert len(looks(watch)) == 1


def test_a_file_that_is_still_being_written_is_waited_for(watch: CameraFileWatch, cameras_file: Path) -> None:
    looks(watch)
    whole = cameras_file.read_text(encoding="utf-8")
    cameras_file.write_text(whole[: whole.index("  - {id: lift-1")], encoding="utf-8")
    assert watch.look() is None
    cameras_file.write_text(whole + "# more\n", encoding="utf-8")
    assert looks(watch) == [] and len(watch.estate.cameras) == 3


def test_a_touched_file_is_no_news(watch: CameraFileWatch, cameras_file: Path) -> None:
    looks(watch)
    put(cameras_file, "cameras:", "cameras: # mine")
    assert looks(watch) == [] and watch.problems == ()


def test_a_new_password_is_news(watch: CameraFileWatch, file: CameraFile) -> None:
    for password in ("one", "two"):
        file.change("gate-1", {"user": "eve", "password": password})
        (found,) = looks(watch)
        assert found.cameras[0].main.reveal() == f"rtsp://eve:{password}@127.0.0.1/1"


def test_a_file_with_mistakes_is_told_once_and_what_runs_goes_on(
    watch: CameraFileWatch, cameras_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looks(watch)
    before = watch.estate
    put(cameras_file, '"rtsp://127.0.0.1/1"', f'"rtsp://eve:{CANARY}@@127.0.0.1/1"')
    with caplog.at_level(logging.ERROR):
        assert looks(watch) == []
        put(cameras_file, "cameras:", "cameras: # the same mistake")
        assert looks(watch) == []
    assert watch.estate is before
    assert [problem.key for problem in watch.problems] == ["cameras[0].main"]
    assert len(caplog.records) == 1 and CANARY not in caplog.text
    put(cameras_file, f"eve:{CANARY}@@", "")
    assert looks(watch) == [] and watch.problems == ()


def test_a_file_that_is_gone_changes_nothing(watch: CameraFileWatch, cameras_file: Path) -> None:
    looks(watch)
    cameras_file.unlink()
    assert looks(watch) == []
    assert "there is no such file" in str(watch.problems[0]) and len(watch.estate.cameras) == 3


def test_another_estate_needs_another_start(watch: CameraFileWatch, cameras_file: Path) -> None:
    looks(watch)
    put(cameras_file, "id: heping-li", "id: elsewhere")
    assert looks(watch) == []
    assert "start it again" in str(watch.problems[0])
