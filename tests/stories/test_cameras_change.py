"""Cameras come, change and go while the whole service runs; the others notice nothing."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rtsp
from faults.camera import FaultyCameras
from service import Service, camera_file
from sqlalchemy import select
from stories.sample import database

from models import BlindTimeRow, CameraRow
from monitor.clock import utc_now
from monitor.core.camera import CameraState
from monitor.services import events

OTHERS = ("gate", "lift", "yard")
NEW, FIRST, SECOND = (
    "hall",
    "first",
    "second",
)  # a camera that comes and goes, and the two streams it may have
WORKERS = 2
WITHIN_S = 60.0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyCameras]:
    folder = tmp_path_factory.mktemp("clips")
    random = np.random.default_rng(1)
    place = np.kron(random.integers(0, 255, (11, 20, 3)), np.ones((16, 16, 1)))
    noisy = [np.clip(place + random.normal(0, 4, place.shape), 0, 255).astype(np.uint8) for _ in range(10)]
    rtsp.write_walk(folder / "clip.mp4", noisy)
    with FaultyCameras(folder, dict.fromkeys((*OTHERS, FIRST, SECOND), "clip.mp4")) as seen:
        yield seen


@pytest.fixture(scope="module")
def file(seen: FaultyCameras, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return camera_file(tmp_path_factory.mktemp("estate"), {name: seen.address(name) for name in OTHERS})


@pytest.fixture(scope="module")
def service(file: Path) -> Iterator[Service]:
    with Service(file.parent, file, cameras_per_worker=-(-len(OTHERS) // WORKERS)) as running:
        running.wait_for(lambda: all(lives(running, name) for name in OTHERS), WITHIN_S, "all to be live")
        yield running


def listed(service: Service) -> dict[str, dict[str, Any]]:
    return {camera["slug"]: camera for camera in service.get("cameras")}


def lives(service: Service, name: str, after: datetime | None = None) -> bool:
    """Whether it is live, with a picture that is newer than that."""
    camera = listed(service).get(name)
    if camera is None or camera["state"] != CameraState.LIVE:
        return False
    return after is None or datetime.fromisoformat(camera["last_frame_at"]) > after


def taken_over(service: Service) -> int:
    """How often a worker has told that it follows another camera file."""
    return (
        (service.folder / "service.log")
        .read_text(encoding="utf-8")
        .count("monitor.workers.ingest: cameras: ")
    )


class Others:
    """How the cameras are that nobody touches, from now on."""

    def __init__(self, service: Service, seen: FaultyCameras) -> None:
        self._service, self._seen = service, seen
        self._connections, self._blind = self.connections(), self.blind_times()
        with database(service) as opened, opened.reader() as session:
            self._last_event = events.newest_id(session, "test")

    def connections(self) -> dict[str, tuple[int, int]]:
        """Ever, and now."""
        return {name: (self._seen[name].connections, self._seen[name].playing) for name in OTHERS}

    def blind_times(self) -> list[tuple[datetime, datetime | None]]:
        """All but those of the camera that comes and goes."""
        rows = select(BlindTimeRow).join(CameraRow, BlindTimeRow.camera_id == CameraRow.id)
        rows = rows.where(CameraRow.slug.in_(OTHERS)).order_by(BlindTimeRow.id)
        with database(self._service) as opened, opened.reader() as session:
            return [(row.started_at, row.ended_at) for row in session.scalars(rows)]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The facts of the events of a kind since then."""
        with database(self._service) as opened, opened.reader() as session:
            found = events.after(session, "test", self._last_event)
        return [event.facts for event in found if event.kind == kind]

    def assert_untouched(self) -> None:
        """Each still has its first connection, has been live all the time, and sends."""
        now = utc_now()
        self._service.wait_for(
            lambda: all(lives(self._service, name, now) for name in OTHERS), WITHIN_S, "new pictures of all"
        )
        assert self.connections() == self._connections
        assert [facts for facts in self.told("camera.state") if facts["camera"] in OTHERS] == []
        assert self.blind_times() == self._blind
        assert all(end is not None for _, end in self._blind)


@pytest.fixture
def others(service: Service, seen: FaultyCameras) -> Others:
    return Others(service, seen)


def test_a_camera_is_added_readdressed_and_removed_through_the_api(
    service: Service, seen: FaultyCameras, others: Others
) -> None:
    new = {
        "id": NEW, "name": "Hall", "place": "hall", "direction": "both", "main": seen.address(FIRST),
        "position": [1, 2], "heading_deg": 90, "field_of_view_deg": 80, "range_m": 9,
    }  # fmt: skip
    assert service.client.post("/api/v1/cameras", json=new).status_code == 201
    service.wait_for(lambda: lives(service, NEW), WITHIN_S, "the new camera to be live")
    assert seen[FIRST].playing == 1

    changed = service.client.patch(f"/api/v1/cameras/{NEW}", json={"main": seen.address(SECOND)})
    assert changed.status_code == 200
    service.wait_for(lambda: seen[SECOND].playing == 1, WITHIN_S, "the other stream to be read")
    moved = utc_now()
    service.wait_for(lambda: lives(service, NEW, moved), WITHIN_S, "the camera to be live again")
    service.wait_for(lambda: seen[FIRST].playing == 0, WITHIN_S, "the first stream to be let go")

    assert service.client.delete(f"/api/v1/cameras/{NEW}").status_code == 204
    service.wait_for(lambda: seen[SECOND].playing == 0, WITHIN_S, "the second stream to be let go")
    assert set(listed(service)) == set(OTHERS)
    others.assert_untouched()


def test_a_camera_is_added_readdressed_and_removed_in_the_file(
    service: Service, seen: FaultyCameras, file: Path, others: Others
) -> None:
    before = file.read_text(encoding="utf-8")
    line = next(line for line in before.splitlines() if "id: yard" in line).replace("yard", NEW)
    with_new = (
        f"{before.rstrip()}\n{line.replace(seen.address('yard').replace('yard', NEW), seen.address(FIRST))}\n"
    )
    file.write_text(with_new, encoding="utf-8")
    service.wait_for(lambda: lives(service, NEW), WITHIN_S, "the new camera to be live")
    assert seen[FIRST].playing == 1

    file.write_text(with_new.replace(seen.address(FIRST), seen.address(SECOND)), encoding="utf-8")
    service.wait_for(lambda: seen[SECOND].playing == 1, WITHIN_S, "the other stream to be read")
    moved = utc_now()
    service.wait_for(lambda: lives(service, NEW, moved), WITHIN_S, "the camera to be live again")
    service.wait_for(lambda: seen[FIRST].playing == 0, WITHIN_S, "the first stream to be let go")

    file.write_text(before, encoding="utf-8")
    service.wait_for(lambda: NEW not in listed(service), WITHIN_S, "the camera to be gone")
    service.wait_for(lambda: seen[SECOND].playing == 0, WITHIN_S, "the second stream to be let go")
    assert set(listed(service)) == set(OTHERS)
    others.assert_untouched()


def test_a_file_with_mistakes_changes_nothing(service: Service, file: Path, others: Others) -> None:
    before = file.read_text(encoding="utf-8")
    broken = before.replace("id: lift, name: lift", "id: lift, name: Lift", 1).replace(
        "range_m: 10", "range_m: far", 1
    )
    file.write_text(broken, encoding="utf-8")
    service.wait_for(lambda: others.told("cameras.file_refused"), WITHIN_S, "the mistake to be told")
    others.assert_untouched()
    assert {camera["name"] for camera in listed(service).values()} == set(OTHERS)

    followed = taken_over(service) + WORKERS
    file.write_text(before.replace("name: lift", "name: Lift 2"), encoding="utf-8")
    service.wait_for(
        lambda: listed(service)["lift"]["name"] == "Lift 2", WITHIN_S, "the mended file to be used"
    )
    service.wait_for(lambda: taken_over(service) == followed, WITHIN_S, "the workers to follow")
    others.assert_untouched()


def test_a_camera_that_gets_another_name_and_heading_is_read_on(service: Service, others: Others) -> None:
    followed = taken_over(service) + WORKERS
    change = {"name": "East gate", "heading_deg": 120}
    assert service.client.patch("/api/v1/cameras/gate", json=change).status_code == 200
    service.wait_for(lambda: taken_over(service) == followed, WITHIN_S, "the workers to follow")
    others.assert_untouched()
