"""F11 on the whole service: kill any one process with -9, and it is back in 15 s with nothing lost or doubled."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from service import Service
from stories.sample import ESTATE, LOOP_S, MISSING, MISSING_LATER, NAMES, NIGHT_GATE, PLACES, Sample, database

from api.audience import may_hear
from monitor.clock import monotonic_s, utc_now
from monitor.core.access import Role
from monitor.core.camera import CameraState
from monitor.services import events

BACK_WITHIN_S = 15.0
IN_VIEW = timedelta(seconds=4.5)  # a running visit is written every four seconds
GIVE_UP_S = 60.0
Row = dict[str, Any]


@dataclass(frozen=True)
class Alarmed:
    """What stood there before anything was killed."""

    visitor_id: int
    wellness_id: int


@pytest.fixture(scope="module")
def service(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with sample.running(tmp_path_factory.mktemp("kill")) as running:
        yield running


@pytest.fixture(scope="module")
def alarmed(service: Service) -> Alarmed:
    """Everybody has been there; the visitor is untaken, the missing resident is somebody's."""
    service.wait_for(lambda: len(service.get("visits")) == 2, 3 * LOOP_S, "the visits of both strangers")
    service.wait_for(lambda: len(walked(service)) == 3, 3 * LOOP_S, "the sightings of all residents")
    (visitor,) = alerts_of(service, "visitor")
    (wellness,) = missed(service, MISSING)
    service.client.post(f"/api/v1/alerts/{wellness['id']}/acknowledge").raise_for_status()
    return Alarmed(visitor["id"], wellness["id"])


def alerts_of(service: Service, kind: str) -> list[Row]:
    return [alert for alert in service.get("alerts") if alert["kind"] == kind]


def missed(service: Service, key: str) -> list[Row]:
    return [a for a in alerts_of(service, "wellness") if a["resident_name"] == NAMES[key]]


def walked(service: Service) -> list[tuple[str, str]]:
    """Camera and name of every sighting of who is in the story."""
    rows = [(row["camera"], row["resident_name"]) for row in service.get("sightings")]
    return [row for row in rows if row[1] not in (NAMES[MISSING], NAMES[MISSING_LATER])]


def stranger_seen_after(service: Service, at: datetime) -> bool:
    (visit,) = [v for v in service.get("visits") if v["last_camera"] == NIGHT_GATE]
    return datetime.fromisoformat(visit["ended_at"]) > at


def heard(service: Service, after: int, up_to: int) -> list[int]:
    """Event ids as a program hears them that comes again with the last id it has."""
    ids: list[int] = []
    if up_to <= after:
        return ids
    with service.client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": str(after)}) as answer:
        for line in answer.iter_lines():
            if line.startswith("id:"):
                ids.append(int(line.removeprefix("id:")))
            if max([after, *ids]) >= up_to:
                break
    return ids


def logged(service: Service) -> list[int]:
    with database(service) as opened, opened.reader() as session:
        log = events.after(session, ESTATE, 0, limit=10_000)
    return [event.id for event in log if may_hear(Role.ADMIN, event.kind)]


def cameras_live(service: Service, killed_at: datetime) -> bool:
    cameras = service.get("cameras")
    return len(cameras) == len(PLACES) and all(
        camera["state"] == CameraState.LIVE and datetime.fromisoformat(camera["last_frame_at"]) > killed_at
        for camera in cameras
    )


def watches(service: Service, _killed_at: datetime) -> bool:
    """The new watch has found the resident who is missing since the old one was killed."""
    return bool(missed(service, MISSING_LATER)) and service.client.get("/readyz").is_success


def answers(service: Service, _killed_at: datetime) -> bool:
    return service.client.get("/healthz").is_success and service.client.get("/readyz").is_success


WORKS: dict[str, Callable[[Service, datetime], bool]] = {
    "ingest-1": cameras_live,
    "watch": watches,
    "api": answers,
}


@pytest.mark.parametrize("role", WORKS)
def test_a_killed_process_is_back_in_15_s_and_nothing_is_lost_or_doubled(
    service: Service, sample: Sample, alarmed: Alarmed, role: str
) -> None:
    def at_the_gate() -> bool:
        return stranger_seen_after(service, utc_now() - IN_VIEW)

    service.wait_for(at_the_gate, 3 * LOOP_S, "the stranger to stand at the gate")
    before = heard(service, 0, logged(service)[-1])
    killed = service.processes()[role]
    killed_at, began_s = utc_now(), monotonic_s()
    killed.kill()
    if role == "watch":
        with database(service) as opened, opened.writer() as session:
            sample.seen_long_ago(session, MISSING_LATER)

    def back() -> bool:
        process = service.processes().get(role)
        try:
            return process is not None and process.pid != killed.pid and WORKS[role](service, killed_at)
        except httpx.TransportError:
            return False

    service.wait_for(back, GIVE_UP_S, f"{role} to work again")
    took_s = monotonic_s() - began_s
    sys.stdout.write(f"{role} works again {took_s:.1f} s after kill -9\n")
    assert took_s <= BACK_WITHIN_S

    service.wait_for(
        lambda: stranger_seen_after(service, killed_at), 3 * LOOP_S, "the stranger to be seen again"
    )
    assert [alert["id"] for alert in alerts_of(service, "visitor")] == [alarmed.visitor_id]
    (wellness,) = missed(service, MISSING)
    assert (wellness["id"], wellness["state"]) == (alarmed.wellness_id, "acknowledged")
    assert wellness["acknowledged_by"] is not None
    assert len(service.get("visits")) == 2
    assert (
        Counter(walked(service)).most_common(1)[0][1] == 1
    )  # a loop is shorter than what one pass may be apart
    log = logged(service)
    all_heard = before + heard(service, before[-1], log[-1])
    assert all_heard[: len(log)] == log
    assert all_heard == sorted(set(all_heard))
