"""The whole service on drawn cameras and sample portraits: residents are named, strangers never, the missing missed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from service import Service
from stories.sample import (
    DAY_GATE,
    HALL,
    LOOP_S,
    MISSING,
    MISSING_LATER,
    NAMES,
    NIGHT_GATE,
    OTHER_HALL,
    PLACES,
    Sample,
)

from monitor.core.sighting import same_pass

SEEN = {DAY_GATE: {NAMES["055m"]}, HALL: {NAMES["000m"], NAMES["003f"]}}
LOOPS_WAITED_FOR = 5
Row = dict[str, Any]


@pytest.fixture(scope="module")
def service(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with sample.running(tmp_path_factory.mktemp("people")) as running:
        yield running


def lasted(row: Row) -> timedelta:
    return datetime.fromisoformat(row["ended_at"]) - datetime.fromisoformat(row["started_at"])


def passes(service: Service) -> list[Row]:
    """Sightings by cameras, without the old one that the story begins with."""
    return [row for row in service.get("sightings") if row["resident_name"] != NAMES[MISSING]]


@pytest.fixture(scope="module")
def sightings(service: Service) -> list[Row]:
    """Once everybody of the story has come by a second time."""
    everybody = {(camera, name) for camera, names in SEEN.items() for name in names}
    again = timedelta(seconds=LOOP_S - 2)

    def all_came_again() -> bool:
        seen = {(row["camera"], row["resident_name"]) for row in passes(service) if lasted(row) > again}
        visited = {row["last_camera"] for row in service.get("visits") if lasted(row) > again}
        return everybody <= seen and {NIGHT_GATE, OTHER_HALL} <= visited

    service.wait_for(all_came_again, LOOPS_WAITED_FOR * LOOP_S, "everybody to come by twice")
    return passes(service)


def test_a_resident_unseen_for_49_hours_is_an_alert_with_the_first_tick(service: Service) -> None:
    def missed() -> list[Row]:
        return [alert for alert in service.get("alerts") if alert["resident_name"] == NAMES[MISSING]]

    (alert,) = service.wait_for(missed, 10, "the wellness alert")
    assert alert["kind"] == "wellness"
    assert alert["step"] == "visit"
    assert alert["why"]["unseen_hours"] == pytest.approx(49, abs=0.1)


def test_who_is_enrolled_and_was_never_seen_is_not_alarmed_about(
    service: Service, sightings: list[Row]
) -> None:
    assert NAMES[MISSING_LATER] not in {alert["resident_name"] for alert in service.get("alerts")}


def test_every_resident_is_seen_under_the_right_name_on_the_right_camera_and_nobody_else_is(
    sightings: list[Row],
) -> None:
    named: dict[str, set[str]] = {}
    for row in sightings:
        named.setdefault(row["camera"], set()).add(row["resident_name"])
    assert named == SEEN


def test_both_faces_of_two_at_once_are_seen(sightings: list[Row]) -> None:
    first, second = (row for row in sightings if row["camera"] == HALL)
    assert first["resident_id"] != second["resident_id"]
    assert first["started_at"] < second["ended_at"]
    assert second["started_at"] < first["ended_at"]


def test_nobody_is_called_twice_within_one_pass(sightings: list[Row]) -> None:
    for one, other in combinations(sightings, 2):
        if (one["camera"], one["resident_id"]) == (other["camera"], other["resident_id"]):
            times = [
                datetime.fromisoformat(row[end]) for row in (one, other) for end in ("started_at", "ended_at")
            ]
            assert not same_pass(*times), (one, other)


def test_each_stranger_is_one_visit_and_never_a_name(service: Service, sightings: list[Row]) -> None:
    assert sorted(visit["first_camera_name"] for visit in service.get("visits")) == [NIGHT_GATE, OTHER_HALL]
    assert not [row for row in sightings if row["camera"] in (NIGHT_GATE, OTHER_HALL)]


def test_the_stranger_at_the_night_gate_is_exactly_one_alert_and_the_one_by_day_is_none(
    service: Service, sightings: list[Row]
) -> None:
    (alert,) = [alert for alert in service.get("alerts") if alert["kind"] == "visitor"]
    assert alert["camera"] == NIGHT_GATE
    assert alert["place"] == PLACES[NIGHT_GATE]
    assert alert["why"]["verdict"] == "stranger"
