"""Enrolment judges every photo; erasure leaves nothing; pictures are for who may see them."""

from base64 import b64decode
from datetime import datetime
from typing import Any

import httpx
import people
import pytest
from faces import ADA, portrait_path
from fakes import FakePhotoReader, client
from fastapi import FastAPI

from api.photos import Photos
from api.rest import create_api
from monitor.bootstrap import Runtime
from monitor.core.subject import Subject
from monitor.services import enrolment, snapshots

V1 = "/api/v1"
Files = list[tuple[str, tuple[str, bytes]]]


def files(*photos: bytes) -> Files:
    return [("photos", (f"photo-{number}.jpg", photo)) for number, photo in enumerate(photos, start=1)]


def enrol(client: httpx.Client, *photos: bytes, **fields: str) -> httpx.Response:
    return client.post(f"{V1}/residents", data={"name": "Dora", **fields}, files=files(*photos))


def test_every_photo_is_kept_or_refused_by_itself(anna: httpx.Client) -> None:
    answer = enrol(anna, b"face of Dora", b"small face of Dora", b"nobody", b"two people", flat="1-101")
    assert answer.status_code == 201
    enrolled = answer.json()
    assert enrolled["templates"] == 2
    assert [(p["verdict"], p["advice"], p["key"]) for p in enrolled["photos"]] == [
        ("kept", [], None),
        ("kept", ["small"], None),
        ("refused", [], "no_face"),
        ("refused", [], "two_faces"),
    ]
    dora = anna.get(f"{V1}/residents/{enrolled['resident_id']}").json()
    assert (dora["name"], dora["flat"], dora["watched"], dora["templates"]) == ("Dora", "1-101", False, 2)


def test_a_watched_resident_waits_for_the_first_sighting(anna: httpx.Client) -> None:
    enrol(anna, b"face of Dora", watched="true")
    (dora,) = anna.get(f"{V1}/residents", params={"watched": True}).json()
    assert (dora["state"], dora["due_at"]) == ("not_started", None)


@pytest.mark.parametrize("photo", [b"Dear estate, here is my photo", b"nobody", b"two people", b""])
def test_nothing_is_kept_when_no_photo_can_be_used(photo: bytes, anna: httpx.Client) -> None:
    answer = enrol(anna, photo)
    assert answer.status_code == 422
    (verdict,) = answer.json()["photos"]
    assert verdict["verdict"] == "refused" and verdict["reason"]
    assert anna.get(f"{V1}/residents").json() == []


def test_a_face_that_is_enrolled_already_needs_a_confirmation(anna: httpx.Client, scene: Any) -> None:
    refused = enrol(anna, b"face of Ada")
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"] == "urn:shouwang:problem:already-enrolled"
    assert (problem["resident_id"], round(problem["score"], 3)) == (scene.ada, 1.0)
    assert [person["name"] for person in anna.get(f"{V1}/residents").json()] == ["Ada"]
    confirmed = enrol(anna, b"face of Ada", allow_duplicate="true")
    assert confirmed.status_code == 201
    assert confirmed.json()["looks_like"] == {"resident_id": scene.ada, "name": "Ada", "score": 1.0}
    assert enrol(anna, b"face of Dora").json()["looks_like"] is None


def test_pictures_of_what_was_found_come_only_where_they_are_asked_for(anna: httpx.Client) -> None:
    photos = files(b"face of Dora", b"two people", b"nobody")
    for pictures, expected in (("false", [None] * 3), ("true", [b"picture", b"both boxes", None])):
        answer = anna.post(
            f"{V1}/residents",
            params={"pictures": pictures},
            data={"name": "Dora", "allow_duplicate": "true"},
            files=photos,
        )
        found = [photo["picture"] for photo in answer.json()["photos"]]
        assert [picture and b64decode(picture) for picture in found] == expected
    refused = anna.post(
        f"{V1}/residents", params={"pictures": "true"}, data={"name": "Eva"}, files=files(b"two people")
    )
    assert refused.status_code == 422
    assert b64decode(refused.json()["photos"][0]["picture"]) == b"both boxes"


def test_a_photo_of_somebody_else_is_refused_and_few_photos_are_warned_about(anna: httpx.Client) -> None:
    answer = enrol(anna, b"face of Dora", b"face of Ben", b"face of Dora").json()
    assert [photo["key"] for photo in answer["photos"]] == [None, "not_same_person", None]
    assert answer["advice"] == ["two_photos", "same_picture"]
    assert enrol(anna, b"face of Eva").json()["advice"] == ["one_photo"]
    disagreeing = enrol(anna, b"face of Fay", b"face of Gus")
    assert disagreeing.status_code == 422
    assert {photo["key"] for photo in disagreeing.json()["photos"]} == {"photos_disagree"}


def add(client: httpx.Client, resident_id: int, *photos: bytes, **fields: str) -> httpx.Response:
    return client.post(f"{V1}/residents/{resident_id}/photos", data=fields, files=files(*photos))


def test_photos_are_added_to_a_resident(anna: httpx.Client, scene: Any) -> None:
    answer = add(anna, scene.ada, b"face of Ada", b"face of Ben", b"nobody")
    assert answer.status_code == 201
    assert (answer.json()["resident_id"], answer.json()["templates"]) == (scene.ada, 1)
    assert [photo["key"] for photo in answer.json()["photos"]] == [None, "not_same_person", "no_face"]
    assert anna.get(f"{V1}/residents/{scene.ada}").json()["templates"] == 2


def test_photos_that_do_not_show_the_resident_are_not_added(anna: httpx.Client, scene: Any) -> None:
    answer = add(anna, scene.ada, b"face of Ben")
    assert answer.status_code == 422
    assert [photo["key"] for photo in answer.json()["photos"]] == ["not_same_person"]
    assert add(anna, scene.ada, *[b"face of Ada"] * 11).status_code == 422
    assert add(anna, 999, b"face of Ada").status_code == 404


def test_nothing_is_added_without_a_consent_in_force(
    anna: httpx.Client, runtime: Runtime, scene: Any, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.withdraw(session, scene.ada, now)
    assert add(anna, scene.ada, b"face of Ada").status_code == 409


def test_who_is_unknown_to_the_engine_in_force_needs_photos(anna: httpx.Client, scene: Any) -> None:
    assert [person["needs_photos"] for person in anna.get(f"{V1}/residents").json()] == [True]
    assert anna.get(f"{V1}/residents/{scene.ada}").json()["needs_photos"] is True


def test_many_photos_may_be_sent_to_a_resident(anna: httpx.Client, scene: Any) -> None:
    answer = add(anna, scene.ada, b"face of Ada", bytes(2 * 1024 * 1024))
    assert answer.status_code == 201


def test_names_that_cannot_be_are_refused(anna: httpx.Client) -> None:
    for name, flat in (("", "1"), ("   ", "1"), ("x" * 101, "1"), ("a\x00b", "1"), ("Dora", "x" * 61)):
        assert enrol(anna, b"face of Dora", name=name, flat=flat).status_code == 422, (name, flat)


def test_more_than_ten_photos_are_refused(anna: httpx.Client) -> None:
    answer = enrol(anna, *[b"face of Dora"] * 11)
    assert answer.status_code == 422 and "at most 10" in answer.json()["detail"]


def test_photos_are_needed(anna: httpx.Client) -> None:
    answer = anna.post(f"{V1}/residents", data={"name": "Dora"})
    assert answer.status_code == 422 and answer.json()["mistakes"][0]["field"] == "body.photos"


def test_the_real_reader_judges_real_photos(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        token = people.token(session, runtime.estate.id, people.ANNA, now)
    with client(create_api(runtime), token) as anna:
        answer = enrol(anna, portrait_path(ADA).read_bytes(), b"Dear estate, here is my photo")
    assert answer.status_code == 201
    assert [photo["verdict"] for photo in answer.json()["photos"]] == ["kept", "refused"]


def test_the_reader_is_loaded_with_the_first_photo_and_once(anna: httpx.Client, app: FastAPI) -> None:
    loaded = []

    def load() -> FakePhotoReader:
        loaded.append(1)
        return FakePhotoReader()

    app.state.photos = Photos(load)
    assert not loaded
    enrol(anna, b"face of Dora")
    enrol(anna, b"face of Eva")
    assert len(loaded) == 1


def test_an_erased_resident_is_gone_with_everything(
    anna: httpx.Client, runtime: Runtime, scene: Any, now: datetime
) -> None:
    assert anna.delete(f"{V1}/residents/{scene.ada}").status_code == 204
    for path in ("", f"/{scene.ada}", f"/{scene.ada}/timeline"):
        assert "Ada" not in anna.get(f"{V1}/residents{path}").text
    assert anna.get(f"{V1}/sightings").json() == []
    assert anna.get(f"{V1}/snapshots/{scene.ada_picture}/face").status_code == 404
    assert anna.get(f"{V1}/alerts/{scene.wellness_alert}").status_code == 404
    with runtime.database.reader() as session:
        gallery = enrolment.gallery(session, runtime.estate.id, people.ENGINE, now)
        assert Subject.resident(scene.ada) not in gallery.people


def test_duty_sees_residents_but_not_when_or_where(olga: httpx.Client, sam: httpx.Client, scene: Any) -> None:
    (shown,) = olga.get(f"{V1}/residents").json()
    assert (shown["last_seen_at"], shown["last_seen_place"], shown["due_at"]) == (None, None, None)
    (shown,) = sam.get(f"{V1}/residents").json()
    assert shown["last_seen_place"] == "Gate" and shown["last_seen_at"]


def test_a_timeline_has_the_newest_first(sam: httpx.Client, scene: Any) -> None:
    entries = sam.get(f"{V1}/residents/{scene.ada}/timeline").json()
    assert [entry["kind"] for entry in entries][:1] == ["alert"]
    assert {entry["kind"] for entry in entries} == {"alert", "sighting", "consent"}
    assert len(sam.get(f"{V1}/residents/{scene.ada}/timeline", params={"limit": 1}).json()) == 1


def test_everybody_may_see_the_pictures_of_a_visit(olga: httpx.Client, scene: Any) -> None:
    for picture in ("face", "scene"):
        answer = olga.get(f"{V1}/snapshots/{scene.cleo_picture}/{picture}")
        assert answer.text == f"Cleo's {picture}"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_duty_may_not_see_the_pictures_of_a_residents_sighting(
    olga: httpx.Client, sam: httpx.Client, scene: Any
) -> None:
    for picture in ("face", "scene"):
        assert olga.get(f"{V1}/snapshots/{scene.ada_picture}/{picture}").status_code == 403
        assert sam.get(f"{V1}/snapshots/{scene.ada_picture}/{picture}").status_code == 200


def test_a_picture_that_does_not_exist_is_not_served(sam: httpx.Client, scene: Any) -> None:
    for path in ("0" * 32 + "/face", "..%2f..%2fshouwang.db/face", f"{scene.cleo_picture}/other", "x/face"):
        assert sam.get(f"{V1}/snapshots/{path}").status_code in (404, 422)


def test_a_picture_whose_file_is_gone_is_not_found(sam: httpx.Client, runtime: Runtime, scene: Any) -> None:
    runtime.files.delete(scene.cleo_picture)
    assert sam.get(f"{V1}/snapshots/{scene.cleo_picture}/face").status_code == 404


def test_sightings_come_page_by_page(sam: httpx.Client, runtime: Runtime, scene: Any, now: datetime) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.seen(session, runtime.estate.id, ben, now)
    newest, older = sam.get(f"{V1}/sightings").json()
    assert (newest["resident_name"], older["resident_name"]) == ("Ben", "Ada")
    page = sam.get(f"{V1}/sightings", params={"before": newest["started_at"], "limit": 1}).json()
    assert page == [older]
    assert sam.get(f"{V1}/sightings", params={"resident_id": ben}).json() == [newest]


def test_an_orphaned_picture_has_no_address(sam: httpx.Client, runtime: Runtime, now: datetime) -> None:
    orphan = snapshots.save(runtime.files, b"face", b"scene", now)
    assert sam.get(f"{V1}/snapshots/{orphan.id}/face").status_code == 404
