"""Cameras are added, changed and removed through the API while the service runs."""

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from monitor.bootstrap import Runtime
from monitor.services import events

V1 = "/api/v1"
CANARY = "kanarien/vogel@1"
NEW: dict[str, Any] = {
    "id": "gate-2", "name": "Gate 2", "place": "gate", "direction": "out", "main": "rtsp://127.0.0.1:8554/4",
    "position": [1, 2.5], "heading_deg": 90, "field_of_view_deg": 80, "range_m": 9,
}  # fmt: skip


def told(runtime: Runtime) -> list[tuple[str, Any]]:
    with runtime.database.reader() as session:
        found = events.after(session, runtime.estate.id, 0)
    return [(event.kind, event.facts.get("camera")) for event in found if event.kind != "camera.state"]


def test_a_camera_is_added_changed_and_removed(
    anna: httpx.Client, olga: httpx.Client, runtime: Runtime, cameras_file: Path
) -> None:
    added = anna.post(f"{V1}/cameras", json=NEW)
    assert (added.status_code, added.json()["state"], added.json()["y_m"]) == (201, "starting", 2.5)
    assert "gate-2" in [camera["slug"] for camera in olga.get(f"{V1}/cameras").json()]
    changed = anna.patch(f"{V1}/cameras/gate-2", json={"name": "West gate", "enabled": False})
    assert (changed.json()["name"], changed.json()["state"]) == ("West gate", "disabled")
    assert "name: West gate" in cameras_file.read_text(encoding="utf-8")
    assert [camera.name for camera in runtime.estate.cameras][-1] == "West gate"
    assert anna.delete(f"{V1}/cameras/gate-2").status_code == 204
    assert olga.get(f"{V1}/cameras/gate-2").status_code == 404
    assert told(runtime) == [(f"camera.{verb}", "gate-2") for verb in ("added", "changed", "removed")]


def test_a_password_is_taken_and_never_told(
    anna: httpx.Client, runtime: Runtime, cameras_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [
        anna.post(f"{V1}/cameras", json={**NEW, "user": "eve", "password": CANARY}),
        anna.patch(f"{V1}/cameras/gate-2", json={"range_m": 12}),
        anna.get(f"{V1}/cameras/gate-2"),
        anna.post(f"{V1}/cameras", json={**NEW, "id": "gate-3", "password": CANARY}),
        anna.post(f"{V1}/cameras", json={**NEW, "id": "gate-3", "main": f"rtsp://eve:{CANARY}@@h/"}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 422, 422]
    everything = "".join(answer.text for answer in answers) + caplog.text + cameras_file.read_text("utf-8")
    assert "kanarien" not in everything and "eve" not in "".join(answer.text for answer in answers)
    camera = next(camera for camera in runtime.estate.cameras if camera.id == "gate-2")
    assert camera.main.reveal() == "rtsp://eve:kanarien%2Fvogel%401@127.0.0.1:8554/4"


def test_another_password_alone_is_told_as_a_change(anna: httpx.Client, runtime: Runtime) -> None:
    anna.patch(f"{V1}/cameras/gate-1", json={"user": "eve", "password": "one"})
    with runtime.database.reader() as session:
        (event,) = events.after(session, runtime.estate.id, 0)
    assert (event.kind, event.facts) == ("camera.changed", {"camera": "gate-1", "what": ["address"]})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "Gate 2"}, "id"),
        ({"main": "ftp://127.0.0.1/"}, "main"),
        ({"main": "file:///etc/passwd"}, "main"),
        ({"sub": "rtsp://127.0.0.1/${HOME}"}, "sub"),
        ({"place": "Gate"}, "place"),
        ({"heading_deg": 400}, "heading_deg"),
        ({"direction": "up"}, "body.direction"),
        ({"heading_deg": "90"}, "body.heading_deg"),
        ({"colour": "red"}, "body.colour"),
        ({"name": "a\nb"}, "body.name"),
        ({"position": [1]}, "body.position.1"),
    ],
)
def test_a_mistake_is_told_by_field(
    anna: httpx.Client, cameras_file: Path, wrong: dict[str, Any], field: str
) -> None:
    before = cameras_file.read_text(encoding="utf-8")
    answer = anna.post(f"{V1}/cameras", json={**NEW, **wrong})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:shouwang:problem:invalid-input")
    assert [mistake["field"] for mistake in answer.json()["mistakes"]] == [field]
    assert cameras_file.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "change", [{"name": None}, {"main": None}, {"id": "gate-9"}, {"main": ""}, {"range_m": 0}]
)
def test_a_change_that_cannot_be_is_refused(anna: httpx.Client, change: dict[str, Any]) -> None:
    assert anna.patch(f"{V1}/cameras/gate-1", json=change).status_code == 422


def test_an_id_in_use_is_a_conflict_and_an_unknown_one_is_not_found(anna: httpx.Client) -> None:
    assert anna.post(f"{V1}/cameras", json={**NEW, "id": "lift-1"}).status_code == 409
    assert anna.patch(f"{V1}/cameras/gate-9", json={"name": "x"}).status_code == 404
    assert anna.delete(f"{V1}/cameras/gate-9").status_code == 404


def test_a_rule_keeps_the_last_camera_of_its_place(anna: httpx.Client) -> None:
    answer = anna.delete(f"{V1}/cameras/gate-1")
    assert answer.status_code == 422 and "no camera is at `gate`" in answer.json()["detail"]


def test_a_file_with_mistakes_is_not_edited(anna: httpx.Client, cameras_file: Path) -> None:
    broken = cameras_file.read_text(encoding="utf-8").replace("range_m: 12", "range_m: far")
    cameras_file.write_text(broken, encoding="utf-8")
    answer = anna.post(f"{V1}/cameras", json=NEW)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:shouwang:problem:config-error")
    assert cameras_file.read_text(encoding="utf-8") == broken


def test_the_service_follows_what_others_write_into_the_file(
    address: str, app: FastAPI, runtime: Runtime, cameras_file: Path
) -> None:
    pause = threading.Event()
    text = cameras_file.read_text(encoding="utf-8")

    def wait_for(true: Any) -> None:
        for _ in range(1000):
            if true():
                return
            pause.wait(0.02)
        raise AssertionError("waited in vain")

    cameras_file.write_text(text.replace("name: Gate,", "name: West,"), encoding="utf-8")
    wait_for(lambda: runtime.estate.cameras[0].name == "West")
    cameras_file.write_text(text.replace("range_m: 12", "range_m: far"), encoding="utf-8")
    wait_for(lambda: app.state.camera_edits.problems)
    assert runtime.estate.cameras[0].name == "West"
