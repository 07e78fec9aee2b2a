"""Admins give passes, everybody signed in knows who is expected now."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import people
import pytest

from monitor.bootstrap import Runtime
from monitor.services import visits
from monitor.services.seen import Seen

V1 = "/api/v1"


def give(client: httpx.Client, now: datetime, *photos: bytes, **fields: str) -> httpx.Response:
    data = {
        "name": "Li",
        "reason": "nurse",
        "ends_at": (now + timedelta(days=1)).isoformat(),
        "consent": "true",
        **fields,
    }
    files = [("photos", (f"{number}.jpg", photo)) for number, photo in enumerate(photos or (b"face of Li",))]
    return client.post(f"{V1}/expected-visitors", data=data, files=files)


def test_a_pass_holds_from_now_when_nothing_else_is_said(
    anna: httpx.Client, olga: httpx.Client, now: datetime
) -> None:
    answer = give(anna, now, b"face of Li", b"nobody")
    assert answer.status_code == 201
    assert [photo["verdict"] for photo in answer.json()["photos"]] == ["kept", "refused"]
    (shown,) = olga.get(f"{V1}/expected-visitors").json()
    assert (shown["id"], shown["name"], shown["reason"]) == (answer.json()["visitor_id"], "Li", "nurse")
    assert (shown["state"], shown["recorded_by"]) == ("running", "Anna")


def test_a_pass_to_come_is_shown_to_who_enrols_only(
    anna: httpx.Client, sam: httpx.Client, now: datetime
) -> None:
    give(anna, now, starts_at=(now + timedelta(hours=2)).isoformat())
    assert [visitor["state"] for visitor in anna.get(f"{V1}/expected-visitors").json()] == ["coming"]
    assert sam.get(f"{V1}/expected-visitors").json() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("consent", "false"),
        ("name", " "),
        ("reason", " "),
        ("ends_at", "2020-01-01T00:00:00Z"),
        ("ends_at", "2900-01-01T00:00:00Z"),
        ("ends_at", "2026-01-01T00:00:00"),
        ("starts_at", "2900-01-01T00:00:00Z"),
    ],
)
def test_a_pass_that_cannot_be_is_refused(anna: httpx.Client, now: datetime, field: str, value: str) -> None:
    assert give(anna, now, **{field: value}).status_code == 422
    assert anna.get(f"{V1}/expected-visitors").json() == []


def test_without_a_usable_photo_nothing_is_kept_and_the_reasons_are_told(
    anna: httpx.Client, now: datetime
) -> None:
    answer = give(anna, now, b"nobody", b"two people")
    assert answer.status_code == 422
    assert [photo["key"] for photo in answer.json()["photos"]] == ["no_face", "two_faces"]
    assert give(anna, now, *[b"face of Li"] * 11).status_code == 422
    assert anna.get(f"{V1}/expected-visitors").json() == []


def test_an_ended_pass_cannot_be_ended_again(anna: httpx.Client, now: datetime) -> None:
    visitor_id = give(anna, now).json()["visitor_id"]
    answers = [anna.delete(f"{V1}/expected-visitors/{visitor_id}").status_code for _ in range(2)]
    assert answers == [204, 409]
    (shown,) = anna.get(f"{V1}/expected-visitors").json()
    assert shown["state"] == "ended"


def test_a_visit_has_the_name_of_who_is_expected_and_none_of_a_stranger(
    anna: httpx.Client, olga: httpx.Client, runtime: Runtime, scene: Any, now: datetime
) -> None:
    visitor_id = give(anna, now).json()["visitor_id"]
    seen = Seen("gate-1", now + timedelta(seconds=1), now + timedelta(seconds=9), people.WHY)
    with runtime.database.writer() as session:
        visits.record_expected(
            session, runtime.estate.id, visitor_id, seen, runtime.visit_policy, now + timedelta(seconds=9)
        )
    names = {visit["id"]: visit["visitor_name"] for visit in olga.get(f"{V1}/visits").json()}
    assert names.pop(scene.visit) is None
    assert list(names.values()) == ["Li"]


def test_a_visitor_who_looks_like_a_resident_is_warned_about(
    anna: httpx.Client, scene: Any, now: datetime
) -> None:
    warning = give(anna, now, b"face of Ada").json()["looks_like"]
    assert warning == {"resident_id": scene.ada, "name": "Ada", "score": 1.0}
    assert give(anna, now, b"face of Dora").json()["looks_like"] is None


def test_a_new_resident_is_not_taken_for_the_resident_with_the_number_of_a_pass(
    anna: httpx.Client, scene: Any, now: datetime
) -> None:
    assert scene.visitor == scene.ada
    answer = anna.post(f"{V1}/residents", data={"name": "Li"}, files=[("photos", ("li.jpg", b"face of Li"))])
    assert answer.json()["looks_like"] is None
