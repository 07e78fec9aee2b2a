"""F11: a camera whose pictures end the worker is left alone, and the worker's other cameras are watched."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import rtsp
from faults.camera import FaultyCameras
from service import camera_file
from sqlalchemy import select

from models import BlindTimeRow, CameraRow
from monitor import bootstrap
from monitor.bootstrap import Runtime
from monitor.core.camera import CameraState
from monitor.core.quarantine import STRIKES, Crash
from monitor.services import cameras as camera_services
from monitor.services.cameras import Camera
from monitor.workers import black_box
from monitor.workers.black_box import BlackBox
from monitor.workers.pool import Child, ProcessPool
from monitor.workers.watched_camera import CRASHES_READER

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
NAMES = ("gate", "lift", "yard")
POISON = "lift"
POLL_S, WITHIN_S = 0.1, 90.0
LEFT_ALONE_FOR_S = 6
# The worker as it is, but pictures of one camera end it as a fault in a decoder would, as long as there is a file.
WORKER = f"""
import os, pathlib, sys
from datetime import timedelta
from monitor import cli
from monitor.core import quarantine
from monitor.workers.camera_reader import CameraReader
quarantine.FIRST = timedelta(seconds={LEFT_ALONE_FOR_S})
watch, poison = CameraReader.watch, pathlib.Path(sys.argv[1])
def poisoned(reader, budget):
    if reader.camera.id == {POISON!r} and reader.health().last_frame_at is not None and poison.exists():
        os._exit(139)
    return watch(reader, budget)
CameraReader.watch = poisoned
cli.app(["ingest"])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return black_box.path(tmp_path, 1)


def test_a_worker_that_ended_while_it_worked_on_a_camera_has_crashed_there(path: Path) -> None:
    BlackBox(path, NOW).working_on("gate")
    later = NOW + timedelta(seconds=5)
    assert BlackBox(path, later).crashes == [Crash(later, "gate")]


def test_a_worker_that_ended_between_cameras_has_crashed_in_none(path: Path) -> None:
    box = BlackBox(path, NOW)
    box.working_on("a" * black_box.CAMERA_BYTES)
    box.between_cameras()
    assert BlackBox(path, NOW).crashes == [Crash(NOW, None)]


def test_a_worker_that_was_asked_to_stop_has_not_crashed(path: Path) -> None:
    box = BlackBox(path, NOW)
    box.working_on("gate")
    box.close()
    assert BlackBox(path, NOW).crashes == []


def test_crashes_are_kept_over_a_good_stop_and_only_so_many(path: Path) -> None:
    for number in range(black_box.MOST_CRASHES + 2):
        BlackBox(path, NOW + number * timedelta(seconds=1)).working_on("gate")
    BlackBox(path, NOW).close()
    crashes = BlackBox(path, NOW).crashes
    assert len(crashes) == black_box.MOST_CRASHES


def test_a_camera_that_was_changed_begins_anew(path: Path) -> None:
    for name in ("gate", "lift"):
        BlackBox(path, NOW).working_on(name)
    box = BlackBox(path, NOW)
    box.forgive(["lift"])
    box.close()
    assert [crash.camera for crash in BlackBox(path, NOW).crashes] == ["gate"]


def test_only_the_user_of_the_service_may_read_it(path: Path) -> None:
    BlackBox(path, NOW)
    BlackBox(path, NOW)
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        "ingest-1.black-box": 0o600,
        "ingest-1.crashes": 0o600,
    }


@pytest.mark.parametrize("rubbish", ["", "{", "[1]", '[{"at": "now", "camera": "gate"}]', "[{}]"])
def test_a_damaged_list_of_crashes_is_begun_anew(path: Path, rubbish: str) -> None:
    BlackBox(path, NOW).working_on("gate")
    path.with_suffix(".crashes").write_text(rubbish)
    assert BlackBox(path, NOW).crashes == [Crash(NOW, "gate")]


def test_a_worker_runs_where_nothing_can_be_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "run").write_text("a file")
    with caplog.at_level(logging.WARNING):
        box = BlackBox(black_box.path(tmp_path, 1), NOW)
    box.working_on("gate")
    box.close()
    assert box.crashes == [] and "will not be known" in caplog.text


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[FaultyCameras]:
    rtsp.write_clip(tmp_path / "clip.mp4")
    with FaultyCameras(tmp_path, dict.fromkeys(NAMES, "clip.mp4")) as seen:
        yield seen


@pytest.fixture
def runtime_of_three(
    seen: FaultyCameras, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runtime]:
    file = camera_file(tmp_path, {name: seen.address(name) for name in NAMES})
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SHOUWANG_CAMERAS_FILE", str(file))
    runtime = bootstrap.start(upgrade=True)
    yield runtime
    runtime.database.dispose()


@contextmanager
def running(child: Child) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=ProcessPool([child]).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def wait_for(question: Callable[[], T | None], what: str) -> T:
    pause = threading.Event()
    for _ in range(round(WITHIN_S / POLL_S)):
        if answer := question():
            return answer
        pause.wait(POLL_S)
    raise AssertionError(f"waited in vain for {what}")


def states(runtime: Runtime) -> dict[str, Camera]:
    with runtime.database.reader() as session:
        return {camera.slug: camera for camera in camera_services.listing(session, runtime.estate.id)}


def open_blind_times(runtime: Runtime) -> list[str]:
    """The cameras that are blind."""
    rows = select(CameraRow.slug).join(BlindTimeRow, BlindTimeRow.camera_id == CameraRow.id)
    with runtime.database.reader() as session:
        return list(session.scalars(rows.where(BlindTimeRow.ended_at.is_(None))))


def test_a_camera_that_ends_its_worker_is_left_alone_and_tried_again(
    seen: FaultyCameras, runtime_of_three: Runtime, tmp_path: Path
) -> None:
    runtime, poison = runtime_of_three, tmp_path / "poison"
    poison.touch()

    def are(state: CameraState, *names: str) -> bool:
        return all(states(runtime)[name].state is state for name in names)

    with running(Child("ingest-1", [sys.executable, "-c", WORKER, str(poison)])):
        wait_for(lambda: are(CameraState.STALLED, POISON), "the camera to be left alone")
        assert states(runtime)[POISON].state_reason == CRASHES_READER
        wait_for(lambda: are(CameraState.LIVE, "gate", "yard"), "the others to be live")
        assert open_blind_times(runtime) == [POISON]
        box = black_box.path(runtime.settings.data_dir, 1)
        assert len(black_box._load(box.with_suffix(".crashes"))) == STRIKES
        assert seen[POISON].playing == 0
        poison.unlink()
        wait_for(lambda: are(CameraState.LIVE, *NAMES), "all to be live")
        wait_for(lambda: not open_blind_times(runtime), "the blind time to end")
