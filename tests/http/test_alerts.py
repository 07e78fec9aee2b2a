"""Alerts and wellness checks: taken by one person, closed with an outcome that fits, seen by who needs to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import people

from monitor.bootstrap import Runtime

V1 = "/api/v1"


def test_taking_an_alert_twice_changes_nothing(olga: httpx.Client, scene: Any) -> None:
    first = olga.post(f"{V1}/alerts/{scene.visitor_alert}/acknowledge").json()
    second = olga.post(f"{V1}/alerts/{scene.visitor_alert}/acknowledge").json()
    assert first == second
    assert (second["state"], second["acknowledged_by"]) == ("acknowledged", "Olga")


def test_taking_somebody_elses_alert_is_a_conflict_that_names_them(
    olga: httpx.Client, sam: httpx.Client, scene: Any
) -> None:
    olga.post(f"{V1}/alerts/{scene.visitor_alert}/acknowledge")
    answer = sam.post(f"{V1}/alerts/{scene.visitor_alert}/acknowledge")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:shouwang:problem:conflict" and "taken by Olga" in problem["detail"]


def test_an_outcome_of_another_kind_is_refused_with_those_that_fit(olga: httpx.Client, scene: Any) -> None:
    answer = olga.post(f"{V1}/alerts/{scene.visitor_alert}/resolve", json={"outcome": "hospital"})
    assert answer.status_code == 422 and "sent_away" in answer.json()["detail"]
    assert olga.get(f"{V1}/alerts/{scene.visitor_alert}").json()["state"] == "open"


def test_an_outcome_that_does_not_exist_is_refused(olga: httpx.Client, scene: Any) -> None:
    answer = olga.post(f"{V1}/alerts/{scene.visitor_alert}/resolve", json={"outcome": "went home"})
    assert answer.status_code == 422
    assert answer.json()["mistakes"][0]["field"] == "body.outcome"


def test_a_resolved_alert_cannot_be_resolved_again(olga: httpx.Client, scene: Any) -> None:
    path = f"{V1}/alerts/{scene.visitor_alert}/resolve"
    assert (
        olga.post(path, json={"outcome": "known_visitor", "note": "the plumber"}).json()["note"]
        == "the plumber"
    )
    assert olga.post(path, json={"outcome": "sent_away"}).status_code == 409


def test_without_a_filter_unresolved_alerts_are_listed(olga: httpx.Client, scene: Any) -> None:
    olga.post(f"{V1}/alerts/{scene.visitor_alert}/resolve", json={"outcome": "sent_away"})
    assert [a["id"] for a in olga.get(f"{V1}/alerts").json()] == [scene.wellness_alert]
    resolved = olga.get(f"{V1}/alerts", params={"state": "resolved"}).json()
    assert [a["id"] for a in resolved] == [scene.visitor_alert]
    older = olga.get(f"{V1}/alerts", params={"state": "resolved", "before_id": scene.visitor_alert}).json()
    assert older == []


def test_duty_takes_a_wellness_alert_but_does_not_close_it(olga: httpx.Client, scene: Any) -> None:
    path = f"{V1}/alerts/{scene.wellness_alert}"
    assert olga.post(f"{path}/acknowledge").status_code == 200
    assert olga.post(f"{path}/resolve", json={"outcome": "well_at_home"}).status_code == 403
    assert olga.get(path).json()["state"] == "acknowledged"


def test_resolving_a_wellness_alert_closes_its_check_and_restarts_the_clock(
    sam: httpx.Client, scene: Any, now: datetime
) -> None:
    answer = sam.post(f"{V1}/alerts/{scene.wellness_alert}/resolve", json={"outcome": "well_at_home"})
    assert answer.json()["state"] == "resolved"
    check = sam.get(f"{V1}/wellness-checks/{scene.check}").json()
    assert (check["outcome"], check["closed_by"]) == ("well_at_home", "Sam")
    ada = sam.get(f"{V1}/residents/{scene.ada}").json()
    assert ada["state"] == "seen" and datetime.fromisoformat(ada["due_at"]) > now


def test_recording_a_check_closes_its_alert_and_restarts_the_clock(
    sam: httpx.Client, scene: Any, now: datetime
) -> None:
    found = {"outcome": "out_with_family", "note": "Back on Sunday."}
    check = sam.post(f"{V1}/wellness-checks/{scene.check}/outcome", json=found).json()
    assert (check["taken_by"], check["outcome"], check["note"]) == (
        "Sam",
        "out_with_family",
        "Back on Sunday.",
    )
    assert sam.get(f"{V1}/alerts/{scene.wellness_alert}").json()["outcome"] == "out_with_family"
    ada = sam.get(f"{V1}/residents/{scene.ada}").json()
    assert ada["state"] == "seen" and datetime.fromisoformat(ada["due_at"]) > now
    assert sam.get(f"{V1}/wellness-checks", params={"open_only": True}).json() == []


def test_a_check_is_recorded_once(sam: httpx.Client, anna: httpx.Client, scene: Any) -> None:
    path = f"{V1}/wellness-checks/{scene.check}/outcome"
    assert sam.post(path, json={"outcome": "trip"}).status_code == 200
    assert anna.post(path, json={"outcome": "hospital"}).status_code == 409


def test_where_a_resident_was_last_seen_is_hidden_from_duty(
    olga: httpx.Client, sam: httpx.Client, scene: Any
) -> None:
    path = f"{V1}/alerts/{scene.wellness_alert}"
    assert sam.get(path).json()["camera"] == "gate-1"
    shown = olga.get(path).json()
    assert (shown["camera"], shown["camera_name"], shown["place"]) == (None, None, None)
    assert shown["since"] and shown["step"] == "phone" and shown["resident_name"] == "Ada"


def test_it_is_shown_to_the_duty_officer_who_takes_the_alert(olga: httpx.Client, scene: Any) -> None:
    assert olga.get(f"{V1}/residents/{scene.ada}/timeline").status_code == 403
    taken = olga.post(f"{V1}/alerts/{scene.wellness_alert}/acknowledge").json()
    assert taken["camera"] == "gate-1"
    assert olga.get(f"{V1}/residents/{scene.ada}/timeline").status_code == 200
    assert olga.get(f"{V1}/residents/{scene.ada}").json()["last_seen_place"] == "Gate"


def test_many_may_change_something_at_once(
    address: str, sam: httpx.Client, runtime: Runtime, now: datetime
) -> None:
    with runtime.database.writer() as session:
        for _ in range(40):
            people.stranger(session, runtime.estate.id, now)
    with (
        httpx.Client(base_url=address, headers=sam.headers, timeout=30) as client,
        ThreadPoolExecutor(40) as pool,
    ):
        taken = pool.map(lambda n: client.post(f"{V1}/alerts/{n}/acknowledge").status_code, range(1, 41))
        assert set(taken) == {200}
        read = pool.map(lambda _: client.get(f"{V1}/status").status_code, range(40))
        assert set(read) == {200}
