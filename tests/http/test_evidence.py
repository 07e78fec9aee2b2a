"""Evidence of life by staff and by sensors, and the sensors that may give it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import people
import pytest
from fakes import client
from fastapi import FastAPI
from sqlalchemy import select

from api import policies
from models import EvidenceRow
from monitor.bootstrap import Runtime
from monitor.core.access import Action, Role
from monitor.services import accounts, sensor_broker
from monitor.services.sensor_broker import News

V1 = "/api/v1"
HOUR = timedelta(hours=1)
DOOR = "door-3-502"


@pytest.fixture
def gateway(app: FastAPI, runtime: Runtime, now: datetime) -> Iterator[httpx.Client]:
    """A program that reports what sensors notice."""
    with runtime.database.writer() as session:
        token = accounts.create_token(session, runtime.estate.id, "gateway", Role.SENSOR, now)
    with client(app, token) as found:
        yield found


def say(who: httpx.Client, **said: object) -> httpx.Response:
    return who.post(f"{V1}/evidence", json=said)


def recorded(runtime: Runtime) -> list[EvidenceRow]:
    """Without the doubtful face of the scene."""
    with runtime.database.reader() as session:
        return list(session.scalars(select(EvidenceRow).where(EvidenceRow.unclear_face_id.is_(None))))


def timeline(who: httpx.Client, resident_id: int) -> list[tuple[str, str | None]]:
    entries = who.get(f"{V1}/residents/{resident_id}/timeline").json()
    return [(entry["text"], entry["person"]) for entry in entries if entry["kind"] == "evidence"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_what_staff_say_moves_the_clock_and_is_in_the_history(
    sam: httpx.Client, scene: Any, now: datetime
) -> None:
    """Ada, not seen for 25 hours, has an alert; it stays until staff close it."""
    at = now - HOUR
    answer = say(sam, resident_id=scene.ada, source="phoned", at=at.isoformat(), note="well")
    assert answer.status_code == 201
    assert (answer.json()["source"], answer.json()["weight"]) == ("phoned", 1.0)
    ada = sam.get(f"{V1}/residents/{scene.ada}").json()
    assert instant(ada["due_at"]) == at + people.AGREED.phone
    assert ("evidence_phoned", "Sam") in timeline(sam, scene.ada)
    alert = sam.get(f"{V1}/alerts/{scene.wellness_alert}").json()
    assert alert["state"] == "open"
    assert (instant(alert["why"]["seen_again_at"]), alert["why"]["seen_again_by"]) == (at, "staff")


def test_without_a_time_it_was_now(sam: httpx.Client, scene: Any, now: datetime) -> None:
    answer = say(sam, resident_id=scene.ada, source="seen").json()
    assert now <= instant(answer["at"]) <= now + HOUR


def test_a_sensor_counts_by_its_weight_and_closes_nothing(
    gateway: httpx.Client, sam: httpx.Client, scene: Any, runtime: Runtime
) -> None:
    before = sam.get(f"{V1}/alerts/{scene.wellness_alert}").json()
    answer = say(gateway, sensor=DOOR, direction="out")
    assert answer.status_code == 201
    assert (answer.json()["source"], answer.json()["weight"]) == ("door_contact", 0.7)
    assert timeline(sam, scene.ada) == [("evidence_door_contact", "gateway")]
    assert sam.get(f"{V1}/alerts/{scene.wellness_alert}").json() == before
    (row,) = recorded(runtime)
    assert (row.direction, row.by) == ("out", "gateway")


def test_a_key_that_came_before_changes_nothing(gateway: httpx.Client, scene: Any, runtime: Runtime) -> None:
    first = say(gateway, sensor=DOOR, key="door-3-502/118")
    second = say(gateway, sensor=DOOR, key="door-3-502/118")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "repeated": True}
    assert len(recorded(runtime)) == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"sensor": "no-such-door"}, 404),
        ({"sensor": DOOR, "at": "2999-01-01T00:00:00Z"}, 422),
        ({"sensor": DOOR, "at": "2026-11-25T08:00:00"}, 422),
        ({"sensor": DOOR, "source": "seen"}, 422),
        ({"sensor": DOOR, "resident_id": 1}, 422),
        ({"sensor": DOOR, "weight": 1.0}, 422),
        ({"sensor": DOOR, "key": ""}, 422),
        ({"sensor": DOOR, "key": "k" * 101}, 422),
        ({"sensor": DOOR, "note": "n" * 501}, 422),
        ({"sensor": DOOR, "direction": "up"}, 422),
        ({"resident_id": 1}, 422),
        ({"resident_id": 1, "source": "camera"}, 422),
        ({"resident_id": 1, "source": "named"}, 422),
        ({"resident_id": 1, "source": "door_contact"}, 422),
        ({"resident_id": 99, "source": "seen"}, 404),
        ({}, 422),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    sam: httpx.Client, scene: Any, runtime: Runtime, said: dict[str, object], status: int
) -> None:
    assert say(sam, **said).status_code == status
    assert recorded(runtime) == []


def test_the_future_is_told_to_be_a_wrong_clock(sam: httpx.Client, scene: Any, now: datetime) -> None:
    answer = say(sam, sensor=DOOR, at=(now + HOUR).isoformat())
    assert answer.status_code == 422 and "set the sender's clock" in answer.json()["detail"]


def test_nothing_is_recorded_of_a_resident_without_consent(
    sam: httpx.Client, runtime: Runtime, scene: Any, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.withdraw(session, scene.ada, now)
    for said in ({"sensor": DOOR}, {"resident_id": scene.ada, "source": "seen"}):
        answer = say(sam, **said)
        assert answer.status_code == 422 and "not watched" in answer.json()["detail"]
    assert recorded(runtime) == []


def test_a_program_of_sensors_reports_sensors_and_nothing_else(
    gateway: httpx.Client, app: FastAPI, scene: Any
) -> None:
    assert say(gateway, sensor=DOOR).status_code == 201
    answer = say(gateway, resident_id=scene.ada, source="seen")
    assert answer.status_code == 403 and "speak for staff" in answer.json()["detail"]
    for route, action in policies.table(app.routes).items():
        method, path = route.split()
        if action is not None and action is not Action.REPORT_EVIDENCE:
            filled = path.replace("{", "").replace("}", "")
            assert gateway.request(method, filled).status_code == 403, route


def test_a_sensor_is_believed_as_its_kind_unless_staff_say_otherwise(anna: httpx.Client, scene: Any) -> None:
    water = {"id": "water-3-502", "kind": "water_meter", "resident_id": scene.ada}
    added = anna.post(f"{V1}/sensors", json=water)
    assert added.status_code == 201
    assert (added.json()["slug"], added.json()["weight"], added.json()["added_by"]) == (
        "water-3-502",
        0.8,
        "Anna",
    )
    anna.post(f"{V1}/sensors", json={**water, "id": "water-kitchen", "weight": 0.2})
    listed = {sensor["slug"]: sensor["weight"] for sensor in anna.get(f"{V1}/sensors").json()}
    assert listed == {DOOR: 0.7, "water-3-502": 0.8, "water-kitchen": 0.2}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"id": DOOR}, 409),
        ({"id": "Door"}, 422),
        ({"id": "-door"}, 422),
        ({"id": "door/1"}, 422),
        ({"id": ""}, 422),
        ({"id": "d" * 61}, 422),
        ({"kind": "camera"}, 422),
        ({"kind": "phoned"}, 422),
        ({"resident_id": 99}, 404),
        ({"weight": 0}, 422),
        ({"weight": 1.1}, 422),
        ({"colour": "red"}, 422),
    ],
)
def test_a_sensor_that_cannot_be_is_not_added(
    anna: httpx.Client, scene: Any, wrong: dict[str, object], status: int
) -> None:
    new = {"id": "button-1", "kind": "call_button", "resident_id": scene.ada, **wrong}
    assert anna.post(f"{V1}/sensors", json=new).status_code == status
    assert [sensor["slug"] for sensor in anna.get(f"{V1}/sensors").json()] == [DOOR]


def test_what_a_removed_sensor_noticed_stays_and_it_reports_no_more(
    anna: httpx.Client, gateway: httpx.Client, scene: Any
) -> None:
    say(gateway, sensor=DOOR)
    assert [anna.delete(f"{V1}/sensors/{DOOR}").status_code for _ in range(2)] == [204, 404]
    assert anna.get(f"{V1}/sensors").json() == []
    assert say(gateway, sensor=DOOR).status_code == 404
    assert timeline(anna, scene.ada) == [("evidence_door_contact", "gateway")]


def test_the_status_tells_how_it_stands_with_the_sensors_broker(
    olga: httpx.Client, runtime: Runtime, now: datetime
) -> None:
    assert olga.get(f"{V1}/status").json()["sensor_broker"] is None
    assert "sensor_broker" not in olga.get("/metrics").text
    with runtime.database.writer() as session:
        news = News(connected=True, refused=3, first_refused=[("window", "unknown_sensor")])
        sensor_broker.tell(session, runtime.estate.id, news, now)
    found = olga.get(f"{V1}/status").json()["sensor_broker"]
    assert (found["connected"], found["refused"], instant(found["refused_at"])) == (True, 3, now)
    measures = olga.get("/metrics").text
    assert "shouwang_sensor_broker_connected 1.0" in measures
    assert "shouwang_sensor_messages_refused 3.0" in measures
