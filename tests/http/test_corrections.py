""" "This is not her" and "this is her" over the API."""

from datetime import datetime
from typing import Any

import httpx
import people
import pytest

from monitor.bootstrap import Runtime

V1 = "/api/v1"


def name(client: httpx.Client, face_id: int, **said: Any) -> httpx.Response:
    return client.post(f"{V1}/unclear-faces/{face_id}/name", json=said)


def test_a_rejected_sighting_no_longer_counts_and_says_who_rejected_it(sam: httpx.Client, scene: Any) -> None:
    answer = sam.post(f"{V1}/sightings/{scene.sighting}/rejection", json={"note": "Her sister."})
    assert (answer.status_code, answer.json()["rejected_by"]) == (200, people.SAM)
    ada = sam.get(f"{V1}/residents/{scene.ada}").json()
    assert (ada["state"], ada["last_seen_at"]) == (
        "unseen",
        None,
    )  # the alert is open until staff have looked
    assert sam.get(f"{V1}/sightings").json() == []
    (shown,) = sam.get(f"{V1}/sightings", params={"rejected": True}).json()
    assert shown == answer.json()
    entries = sam.get(f"{V1}/residents/{scene.ada}/timeline").json()
    (entry,) = [entry for entry in entries if entry["sighting_id"] == scene.sighting]
    assert entry["rejected_by"] == people.SAM and entry["rejected_at"]


def test_a_second_rejection_is_a_conflict_and_an_unknown_sighting_not_found(
    sam: httpx.Client, scene: Any
) -> None:
    assert sam.post(f"{V1}/sightings/{scene.sighting}/rejection").status_code == 200
    assert sam.post(f"{V1}/sightings/{scene.sighting}/rejection").status_code == 409
    assert sam.post(f"{V1}/sightings/9999/rejection").status_code == 404
    assert sam.post(f"{V1}/sightings/{scene.sighting}/rejection", json={"note": "x" * 501}).status_code == 422


def test_duty_may_neither_reject_nor_name(olga: httpx.Client, sam: httpx.Client, scene: Any) -> None:
    assert olga.post(f"{V1}/sightings/{scene.sighting}/rejection").status_code == 403
    assert name(olga, scene.unclear_face, resident_id=scene.ada).status_code == 403
    assert olga.get(f"{V1}/unclear-faces").status_code == 403
    assert len(sam.get(f"{V1}/sightings").json()) == 1


def test_duty_may_not_see_the_picture_of_an_unclear_face(
    olga: httpx.Client, sam: httpx.Client, scene: Any
) -> None:
    (face,) = sam.get(f"{V1}/unclear-faces").json()
    picture = f"{V1}/snapshots/{face['snapshot_id']}/face"
    assert (sam.get(picture).text, olga.get(picture).status_code) == ("face of Ada", 403)


def test_naming_adds_the_picture_when_it_can_be_used(sam: httpx.Client, scene: Any) -> None:
    answer = name(sam, scene.unclear_face, resident_id=scene.ada, add_template=True, note="By her coat.")
    assert answer.status_code == 200
    named = answer.json()
    assert (named["face"]["resident_name"], named["face"]["named_by"]) == ("Ada", people.SAM)
    assert (named["photo"]["verdict"], named["photo"]["key"]) == ("kept", None)
    assert sam.get(f"{V1}/residents/{scene.ada}").json()["templates"] == 2
    alert = sam.get(f"{V1}/alerts/{scene.wellness_alert}").json()
    assert (alert["state"], alert["why"]["seen_again_by"]) == ("open", "staff")


def test_a_picture_that_cannot_be_used_is_refused_with_the_reason_and_the_name_holds(
    sam: httpx.Client, runtime: Runtime, scene: Any
) -> None:
    (face,) = sam.get(f"{V1}/unclear-faces").json()
    runtime.files.save(face["snapshot_id"], b"nobody", b"scene")
    named = name(sam, scene.unclear_face, resident_id=scene.ada, add_template=True).json()
    assert (named["photo"]["verdict"], named["photo"]["key"]) == ("refused", "no_face")
    assert named["photo"]["reason"] and named["face"]["resident_id"] == scene.ada
    assert sam.get(f"{V1}/residents/{scene.ada}").json()["templates"] == 1


def test_a_picture_that_is_gone_is_refused_with_the_reason(
    sam: httpx.Client, runtime: Runtime, scene: Any
) -> None:
    (face,) = sam.get(f"{V1}/unclear-faces").json()
    runtime.files.delete(face["snapshot_id"])
    named = name(sam, scene.unclear_face, resident_id=scene.ada, add_template=True).json()
    assert named["photo"]["key"] == "no_picture"


@pytest.mark.parametrize("add_template", [False, True])
def test_a_resident_who_agreed_to_nothing_is_not_named(
    sam: httpx.Client, runtime: Runtime, scene: Any, now: datetime, add_template: bool
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.withdraw(session, ben, now)
    answer = name(sam, scene.unclear_face, resident_id=ben, add_template=add_template)
    assert answer.status_code == 422 and "no consent" in answer.json()["detail"]


@pytest.mark.parametrize("add_template", [False, True])
def test_what_is_not_there_cannot_be_named(sam: httpx.Client, scene: Any, add_template: bool) -> None:
    assert name(sam, 9999, resident_id=scene.ada, add_template=add_template).status_code == 404
    assert name(sam, scene.unclear_face, resident_id=9999, add_template=add_template).status_code == 404
    assert name(sam, scene.unclear_face, resident_id=scene.ada).status_code == 200
    again = name(sam, scene.unclear_face, resident_id=scene.ada, add_template=add_template)
    assert again.status_code == 409


def test_without_the_tick_no_picture_is_added(sam: httpx.Client, scene: Any) -> None:
    named = name(sam, scene.unclear_face, resident_id=scene.ada).json()
    assert named["photo"] is None
    assert sam.get(f"{V1}/residents/{scene.ada}").json()["templates"] == 1
