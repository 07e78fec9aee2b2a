"""Wellness checks, agreements, absences, contacts and accounting, as programs see them."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import people
import pytest
from sqlalchemy import select

from models import EventRow
from monitor.bootstrap import Runtime

V1 = "/api/v1"
DAUGHTER = {"name": "Lin Mei", "relation": "daughter", "phone": "138 0000 0000", "has_key": True}


def test_a_check_goes_from_taken_over_tried_to_found(
    sam: httpx.Client, anna: httpx.Client, scene: Any
) -> None:
    path = f"{V1}/wellness-checks/{scene.check}"
    taken = sam.post(f"{path}/take").json()
    assert (taken["taken_by"], taken["cause"], taken["step"]) == (people.SAM, "unseen", "phone")
    assert taken["lapses_at"] is not None and taken["why"]["after_hours"] == 24.0
    assert anna.post(f"{path}/take").status_code == 409
    tried = sam.post(
        f"{path}/attempts", json={"kind": "phone", "result": "no_answer", "note": "rang long"}
    ).json()
    assert [(one["kind"], one["by"], one["note"]) for one in tried["attempts"]] == [
        ("phone", people.SAM, "rang long")
    ]
    found = sam.post(
        f"{path}/outcome", json={"outcome": "needed_help", "help_given": "120 called 9:10, came 9:25"}
    ).json()
    assert (found["closed_by"], found["help_given"]) == (people.SAM, "120 called 9:10, came 9:25")
    assert sam.post(f"{path}/attempts", json={"kind": "door", "result": "reached"}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "phone", "result": "contact_knows"},
        {"kind": "contact", "result": "reached"},
        {"kind": "letter", "result": "no_answer"},
        {"kind": "phone"},
        {"kind": "phone", "result": "no_answer", "note": "x" * 501},
    ],
)
def test_an_attempt_that_makes_no_sense_is_refused(
    sam: httpx.Client, scene: Any, body: dict[str, str]
) -> None:
    assert sam.post(f"{V1}/wellness-checks/{scene.check}/attempts", json=body).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"outcome": "needed_help"},
        {"outcome": "well_at_home", "away_until": "2999-01-01T00:00:00Z"},
        {"outcome": "hospital", "away_until": "2020-01-01T00:00:00Z"},
        {"outcome": "hospital", "away_until": "2998-01-01T00:00:00Z"},
        {"outcome": "sent_away"},
    ],
)
def test_an_outcome_needs_what_belongs_to_it_and_nothing_is_half_written(
    sam: httpx.Client, scene: Any, body: dict[str, str]
) -> None:
    path = f"{V1}/wellness-checks/{scene.check}"
    assert sam.post(f"{path}/outcome", json=body).status_code == 422
    assert sam.get(path).json()["closed_at"] is None


def test_whoever_has_the_check_sees_whom_to_call(sam: httpx.Client, anna: httpx.Client, scene: Any) -> None:
    assert sam.put(f"{V1}/residents/{scene.ada}/contacts", json={"contacts": [DAUGHTER]}).status_code == 204
    path = f"{V1}/wellness-checks/{scene.check}"
    sam.post(f"{path}/take")
    assert sam.get(f"{path}/contacts").json() == [DAUGHTER]
    assert anna.get(f"{path}/contacts").status_code == 403


def test_others_say_why_they_look_and_that_is_written_down(
    anna: httpx.Client, sam: httpx.Client, scene: Any, runtime: Runtime
) -> None:
    path = f"{V1}/residents/{scene.ada}/contacts"
    sam.put(path, json={"contacts": [DAUGHTER]})
    assert anna.get(path).status_code == 422
    assert anna.get(path, params={"reason": "new number"}).json() == [DAUGHTER]
    with runtime.database.reader() as session:
        (seen,) = session.scalars(select(EventRow.facts).where(EventRow.kind == "contacts.viewed"))
    assert seen == {"resident_id": scene.ada, "by": people.ANNA, "reason": "new number"}


def test_hours_are_agreed_with_a_reason_and_kept_in_versions(sam: httpx.Client, scene: Any) -> None:
    path = f"{V1}/residents/{scene.ada}"
    said = {"phone_hours": 18, "visit_hours": 30, "urgent_hours": 50, "quiet_from": None, "quiet_until": None}
    done = sam.put(f"{path}/agreement", json={**said, "reason": "She asked."}).json()
    assert (done["version"], done["agreed_by"], done["quiet_from"]) == (2, people.SAM, None)
    assert [one["version"] for one in sam.get(f"{path}/agreements").json()] == [2, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"phone_hours": 1},
        {"phone_hours": 50},
        {"urgent_hours": 1e300},
        {"urgent_hours": "nan"},
        {"not_back_hours": 0},
        {"quiet_from": None},
        {"quiet_from": "08:00", "quiet_until": "08:00"},
        {"frail": True},
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_reason(
    sam: httpx.Client, scene: Any, change: dict[str, Any]
) -> None:
    body = {"phone_hours": 24, "visit_hours": 48, "urgent_hours": 72, "reason": "She asked.", **change}
    answer = sam.put(f"{V1}/residents/{scene.ada}/agreement", json=body)
    assert answer.status_code == 422 and answer.json()["detail"]


def test_an_absence_is_entered_asked_about_and_ended(sam: httpx.Client, scene: Any, now: datetime) -> None:
    (ahead,) = sam.get(f"{V1}/absences").json()
    assert (ahead["id"], ahead["told_by"], ahead["end"]) == (scene.absence, "her daughter", None)
    body = {"resident_id": scene.ada, "told_by": "herself", "call": "her son"}
    twice = {**body, "ends_at": (now + timedelta(days=11)).isoformat()}
    assert sam.post(f"{V1}/absences", json=twice).status_code == 409
    ends = (now + timedelta(days=3)).isoformat()
    entered = sam.post(f"{V1}/absences", json={**body, "ends_at": ends}).json()
    assert sam.post(f"{V1}/absences/{entered['id']}/keep").status_code == 200
    ended = sam.post(f"{V1}/absences/{entered['id']}/end").json()
    assert (ended["end"], ended["ended_by"]) == ("staff", people.SAM)
    assert sam.post(f"{V1}/absences/{entered['id']}/end").status_code == 409
    listed = sam.get(f"{V1}/absences", params={"resident_id": scene.ada, "ended": True}).json()
    assert {one["id"] for one in listed} == {scene.absence, entered["id"]}


def test_no_absence_without_an_end(sam: httpx.Client, scene: Any, now: datetime) -> None:
    body = {"resident_id": scene.ada, "told_by": "herself", "call": "her son"}
    assert sam.post(f"{V1}/absences", json=body).status_code == 422
    for days in (-1, 31):
        late = {**body, "ends_at": (now + timedelta(days=days)).isoformat()}
        answer = sam.post(f"{V1}/absences", json=late)
        assert answer.status_code == 422 and "ends_at" in answer.json()["detail"]


def test_everybody_stands_somewhere_and_the_parts_add_up(
    olga: httpx.Client, sam: httpx.Client, scene: Any
) -> None:
    said = sam.get(f"{V1}/standing").json()
    (ada,) = said["residents"]
    assert (ada["state"], ada["step"], ada["alert_id"]) == ("unseen", "phone", scene.wellness_alert)
    assert (said["everybody"], said["accounted"]["unseen"], said["accounted"]["watched"]) == (False, 1, 1)
    assert ada["last_seen_place"] == "Gate"
    (hidden,) = olga.get(f"{V1}/standing").json()["residents"]
    assert hidden["last_seen_place"] is None and hidden["state"] == "unseen"


def test_the_digest_of_a_morning(olga: httpx.Client, scene: Any) -> None:
    (digest,) = olga.get(f"{V1}/digests").json()
    assert (digest["accounted"]["unseen"], digest["residents"]["unseen"]) == (1, [scene.ada])
    assert olga.get(f"{V1}/digests/{digest['day']}").json() == digest
    assert olga.get(f"{V1}/digests/2020-01-01").status_code == 404
    assert olga.get(f"{V1}/digests/today").status_code == 422


def test_who_leaves_the_list_is_not_watched_from_then_on(sam: httpx.Client, scene: Any) -> None:
    path = f"{V1}/residents/{scene.ada}"
    assert sam.post(f"{path}/withdrawal", json={"by_resident": False}).status_code == 409
    assert sam.post(f"{path}/withdrawal", json={"by_resident": True}).status_code == 204
    assert sam.get(path).json()["state"] == "withdrawn"
    assert sam.get(f"{V1}/standing").json()["residents"] == []
    assert sam.get(f"{V1}/wellness-checks").json() == []
    assert sam.post(f"{path}/withdrawal", json={"by_resident": True}).status_code == 404
