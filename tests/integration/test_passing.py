"""What ingest workers write of strangers, of expected visitors, and of strangers who turn out to be none."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

import people
import pytest
from locks import until_somebody_waits
from passing import Passer, ingest
from sqlalchemy import select

from models import Base, EventRow
from monitor.bootstrap import Runtime
from monitor.core.alert import AlertState, Outcome
from monitor.core.embedding import Embedding, to_bytes, unit
from monitor.core.schedule import DailyWindow
from monitor.core.visit import VisitRule
from monitor.services import alerts, expected_visitors, sightings, visits
from monitor.services.alerts import Alert
from monitor.services.seen import Seen
from monitor.services.visits import Visit
from monitor.workers import findings, visit_book
from monitor.workers import ingest as ingest_worker
from monitor.workers.visit_book import VisitBookServer

HOUR = timedelta(hours=1)
CLEO, ADA, LI = people.face(people.CLEO), people.face(people.ADA), people.face("Li")


@pytest.fixture(autouse=True)
def alarmed_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger is alarmed about at every hour and place."""
    always = VisitRule("always", frozenset(), DailyWindow(datetime.min.time(), datetime.min.time()))
    plain = Runtime.visit_policy.fget
    assert plain is not None

    def policy(runtime: Runtime) -> visits.VisitPolicy:
        settled = plain(runtime)
        return visits.VisitPolicy(settled.gap, (always,), settled.snapshot_days, settled.channels)

    monkeypatch.setattr(Runtime, "visit_policy", property(policy))


@pytest.fixture
def book(runtime: Runtime) -> Iterator[None]:
    stop = Event()
    server = VisitBookServer(visit_book.address(runtime.settings.data_dir), runtime.visit_policy.gap)
    answering = server.start(stop)
    assert answering is not None
    yield
    stop.set()
    answering.join(10)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[list[datetime]]:
    """The workers' wall clock: put another moment into it."""
    moment = [now]
    for module in (ingest_worker, findings):
        monkeypatch.setattr(module, "utc_now", lambda: moment[0])
    yield moment


def poor(face: Embedding) -> Embedding:
    """A view in which this face is like nobody's."""
    return unit(0.3 * face + people.face("a poor view"))


def visits_of(runtime: Runtime, now: datetime) -> list[Visit]:
    with runtime.database.reader() as session:
        return visits.listing(session, runtime.estate.id, runtime.visit_policy.gap, now)


def alerts_of(runtime: Runtime, *states: AlertState) -> list[Alert]:
    with runtime.database.reader() as session:
        return alerts.listing(session, runtime.estate.id, states or tuple(AlertState))


def kinds(runtime: Runtime) -> list[str]:
    with runtime.database.reader() as session:
        return [event.kind for event in session.scalars(select(EventRow).order_by(EventRow.id))]


def expect_li(runtime: Runtime, now: datetime, starts: timedelta = -HOUR, ends: timedelta = HOUR) -> int:
    with runtime.database.writer() as session:
        return people.expect(
            session, runtime.estate.id, "Li", now, starts_at=now + starts, ends_at=now + ends
        )


def test_a_stranger_on_cameras_of_two_workers_is_one_visit_and_one_alert(
    runtime: Runtime, book: None, now: datetime
) -> None:
    workers = [ingest(runtime), ingest(runtime)]
    for worker in workers:
        worker._book.keep_in_step(now)
    for worker, camera in zip(workers, ("gate-1", "lift-1"), strict=True):
        Passer(worker, camera).shows(CLEO)
    (visit,) = visits_of(runtime, now)
    assert (visit.first_camera_name, visit.last_camera_name) == ("Gate", "Lift")
    assert len(alerts_of(runtime)) == 1


def test_a_worker_that_loses_the_race_for_a_new_visit_writes_again(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_book, "uuid4", lambda: UUID(int=7))
    slower = ingest(runtime)
    passing = threading.Thread(target=lambda: Passer(slower, "lift-1").shows(CLEO))
    with runtime.database.writer() as session:
        seen = Seen("gate-1", now - HOUR, now - HOUR, {})
        visits.record(session, runtime.estate.id, UUID(int=7).hex, seen, runtime.visit_policy, now)
        passing.start()
        until_somebody_waits(runtime.database)
    passing.join(10)
    slower.findings.write_all()
    (visit,) = visits_of(runtime, now)
    assert (visit.first_camera_name, visit.last_camera_name) == ("Gate", "Lift")
    assert len(alerts_of(runtime)) == 1


def test_a_strangers_face_is_in_no_table_and_in_no_file(runtime: Runtime, book: None, now: datetime) -> None:
    worker = ingest(runtime)
    worker._book.keep_in_step(now)
    with runtime.database.writer() as session:
        people.enrol(session, runtime.estate.id, people.ADA, now)
    Passer(worker).shows(CLEO).shows(CLEO)
    assert worker._book.shared and len(visits_of(runtime, now)) == 1
    assert places_of(CLEO, runtime) == []
    assert places_of(ADA, runtime) != []  # an enrolled face is found by the same search


def places_of(face: Embedding, runtime: Runtime) -> list[str]:
    """Every file of the data folder and every table that holds the first numbers of this face."""
    sought = to_bytes(face)[:32]
    files = [path for path in Path(runtime.settings.data_dir).rglob("*") if path.is_file()]
    found = [str(path) for path in files if sought in path.read_bytes()]
    with runtime.database.reader() as session:
        for name, table in Base.metadata.tables.items():
            values = [value for row in session.execute(select(table)) for value in row]
            if any(isinstance(value, bytes) and sought in value for value in values):
                found.append(name)
            if any(str(float(face[0])) in str(value) for value in values):
                found.append(name)
    return found


def test_a_resident_taken_for_a_stranger_at_first_leaves_a_sighting_only(
    runtime: Runtime, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.enrol(session, runtime.estate.id, people.ADA, now)
    passer = Passer(ingest(runtime)).shows(poor(ADA))
    assert len(alerts_of(runtime, AlertState.OPEN)) == 1
    passer.shows(ADA)
    assert visits_of(runtime, now) == []
    (alert,) = alerts_of(runtime)
    assert (alert.outcome, alert.why["turned_out"]) == (Outcome.WRONG_ALARM, "resident")
    with runtime.database.reader() as session:
        (sighting,) = sightings.listing(session, runtime.estate.id)
    assert sighting.resident_name == "Ada" and sighting.snapshot_id is not None


def test_an_expected_visitor_raises_no_alert_and_is_greeted_once(runtime: Runtime, now: datetime) -> None:
    visitor_id = expect_li(runtime, now)
    for camera in ("gate-1", "lift-1"):
        Passer(ingest(runtime), camera).shows(LI).shows(LI)
    (visit,) = visits_of(runtime, now)
    assert (visit.visitor_name, visit.visitor_reason) == ("Li", "nurse")
    assert (visit.first_camera_name, visit.last_camera_name) == ("Gate", "Lift")
    assert alerts_of(runtime) == []
    assert kinds(runtime).count("visit.expected") == 1 and "visit.started" not in kinds(runtime)
    with runtime.database.reader() as session:
        (greeted,) = session.scalars(select(EventRow).where(EventRow.kind == "visit.expected"))
    assert greeted.facts == {"visit_id": visit.id, "visitor_id": visitor_id, "camera": "gate-1"}


def test_an_expected_visitor_taken_for_a_stranger_at_first_is_greeted_in_the_end(
    runtime: Runtime, now: datetime
) -> None:
    expect_li(runtime, now)
    Passer(ingest(runtime)).shows(poor(LI)).shows(LI)
    (visit,) = visits_of(runtime, now)
    assert visit.visitor_name == "Li"
    (alert,) = alerts_of(runtime)
    assert (alert.state, alert.outcome) == (AlertState.RESOLVED, Outcome.KNOWN_VISITOR)


def test_a_pass_begins_and_ends_by_itself(runtime: Runtime, now: datetime, later: list[datetime]) -> None:
    expect_li(runtime, now, starts=HOUR, ends=2 * HOUR)
    worker = ingest(runtime)
    for hours, alarms in ((0.0, 1), (1.5, 1), (2.5, 2)):
        later[0] = now + hours * HOUR
        worker.report()
        Passer(worker).shows(LI)
        assert len(alerts_of(runtime)) == alarms, hours


def test_whose_pass_ends_while_they_stand_there_is_a_stranger_from_then_on(
    runtime: Runtime, now: datetime
) -> None:
    visitor_id = expect_li(runtime, now)
    worker = ingest(runtime)
    passer = Passer(worker).shows(LI)
    with runtime.database.writer() as session:
        expected_visitors.end(session, runtime.estate.id, visitor_id, now)
    passer.shows(LI)  # nothing is written under a name that holds no more
    worker.report()
    passer.shows(LI)
    assert len(alerts_of(runtime, AlertState.OPEN)) == 1
    assert {visit.visitor_name for visit in visits_of(runtime, now)} == {None, "Li"}


def test_a_strangers_visit_is_never_joined_with_an_expected_visitors(
    runtime: Runtime, book: None, now: datetime
) -> None:
    expect_li(runtime, now)
    worker = ingest(runtime)
    worker._book.keep_in_step(now)
    Passer(worker).shows(LI)
    Passer(worker).shows(unit(0.45 * LI + people.face("a poor view")))
    assert len(alerts_of(runtime)) == 1
