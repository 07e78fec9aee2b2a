"""What a camera saw is counted by the hour, judged, and decides whether its sightings say anything about life."""

from datetime import UTC, datetime, timedelta

import people
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CameraHourRow, CameraRow, EventRow, PresenceRow, SightingRow
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.alert import AlertKind
from monitor.core.camera import CameraState
from monitor.core.identifiability import CameraVerdict, Light, PassLook
from monitor.core.presence import PresenceState
from monitor.core.quality import Flaw
from monitor.errors import NotFound
from monitor.services import (
    alerts,
    cameras,
    corrections,
    housekeeping,
    identifiability,
    standing,
)
from monitor.services import tick as ticks
from monitor.services.cameras import Report
from monitor.services.identifiability import Identifiability
from monitor.services.proofs import Proofs
from monitor.workers.scheduler import Housekeeping

STEPS = people.AGREED
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 12:30 at the estate
TERMS = housekeeping.Terms(DAY, DAY, DAY)


@pytest.fixture
def now() -> datetime:
    return NOON


def pass_by(
    runtime: Runtime,
    times: int,
    *,
    at: datetime,
    camera: str = "gate-1",
    good: bool = False,
    width_px: float = 38,
) -> None:
    look = PassLook(camera, at, width_px, 0.7 if good else 0.1, () if good else (Flaw.SMALL,))
    with runtime.database.writer() as session:
        identifiability.count(session, runtime.estate.id, [look] * times)


def judge(runtime: Runtime, at: datetime) -> int:
    with runtime.database.writer() as session:
        return identifiability.judge(session, runtime.estate.id, at)


def known(runtime: Runtime, camera: str, at: datetime) -> Identifiability:
    with runtime.database.reader() as session:
        return identifiability.get(session, runtime.estate.id, camera, at)


def pronounce(session: Session, verdict: CameraVerdict, *slugs: str) -> None:
    for row in session.scalars(select(CameraRow).where(CameraRow.slug.in_(slugs))):
        row.verdict = verdict


def live(session: Session, runtime: Runtime, at: datetime, *slugs: str) -> None:
    reports = [Report(slug, CameraState.LIVE, "", at, at, 0.1, 5.0, None) for slug in slugs]
    cameras.report(session, runtime.estate.id, reports, at)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen just now, with both identifying cameras live."""
    with runtime.database.writer() as session:
        live(session, runtime, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


def test_passes_add_up_in_the_hour_in_which_they_ended(runtime: Runtime, now: datetime) -> None:
    for at, good in ((now, True), (now + timedelta(minutes=29), False), (now + HOUR, False)):
        pass_by(runtime, 2, at=at, good=good)
    with runtime.database.reader() as session:
        rows = session.scalars(select(CameraHourRow).order_by(CameraHourRow.hour)).all()
        first, second = [(row.hour, row.passes, row.good, row.widths, row.flaws) for row in rows]
    assert first == (now.replace(minute=0), 4, 2, {"38": 4}, {"small": 2})
    assert second == (now.replace(minute=0) + HOUR, 2, 0, {"38": 2}, {"small": 2})


def test_people_before_a_camera_that_is_not_there_are_refused(runtime: Runtime, now: datetime) -> None:
    with pytest.raises(NotFound):
        pass_by(runtime, 1, at=now, camera="gate-9")


def test_a_camera_whose_faces_are_always_small_cannot_and_that_is_told_once(
    runtime: Runtime, now: datetime
) -> None:
    pass_by(runtime, 12, at=now - DAY, width_px=20)
    pass_by(runtime, 12, at=now, width_px=20)
    pass_by(runtime, 40, at=now, camera="lift-1", good=True, width_px=90)
    assert judge(runtime, now + HOUR) == 2
    assert judge(runtime, now + 2 * HOUR) == 0
    with runtime.database.reader() as session:
        said = {row.slug: row.verdict for row in session.scalars(select(CameraRow))}
        told = [
            row.facts for row in session.scalars(select(EventRow).where(EventRow.kind == "camera.verdict"))
        ]
    cannot, can, unknown = CameraVerdict.CANNOT, CameraVerdict.CAN, CameraVerdict.NOT_YET_KNOWN
    assert said == {"gate-1": cannot, "lift-1": can, "yard-1": unknown}
    assert told[0] == {"camera": "gate-1", "verdict": "cannot", "before": "not_yet_known"}
    gate = known(runtime, "gate-1", now + 2 * HOUR)
    figures = gate.lights[Light.DAY]
    assert (figures.median_px, figures.advice[0].factor, gate.since) == (20, 3.0, now + HOUR)
    assert (gate.hours[12].passes, gate.hours[12].good, gate.passes) == (24, 0, 24)
    assert [(width.from_px, width.passes) for width in gate.widths] == [(0, 0), (10, 0), (20, 24)]


def test_housekeeping_judges_the_cameras(runtime: Runtime) -> None:
    now = utc_now()
    pass_by(runtime, 20, at=now)
    Housekeeping(runtime.estate.id, runtime.database, runtime.files, TERMS).judge_cameras()
    assert known(runtime, "gate-1", now).verdict in (CameraVerdict.CANNOT, CameraVerdict.NOT_AT_NIGHT)


def test_too_few_passes_leave_the_operators_word(runtime: Runtime, now: datetime) -> None:
    pass_by(runtime, 19, at=now)
    assert judge(runtime, now) == 0
    assert known(runtime, "gate-1", now).verdict is CameraVerdict.NOT_YET_KNOWN


def test_counts_are_forgotten_after_sixty_days(runtime: Runtime, now: datetime) -> None:
    pass_by(runtime, 1, at=now - identifiability.KEPT - HOUR)
    pass_by(runtime, 1, at=now - identifiability.KEPT + HOUR)
    with runtime.database.writer() as session:
        housekeeping.purge(session, runtime.estate.id, TERMS, now)
        assert session.scalar(select(func.count()).select_from(CameraHourRow)) == 1


def test_a_sighting_on_a_camera_that_cannot_identify_is_kept_and_is_no_evidence(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.CANNOT, "lift-1")
        people.seen(session, runtime.estate.id, ada, now + 20 * HOUR, camera="lift-1")
        assert session.get_one(PresenceRow, ada).last_evidence_at == now
        latest = session.scalars(select(SightingRow).order_by(SightingRow.id.desc())).first()
        assert latest is not None and latest.why["no_evidence"] == identifiability.MEASURED_NO
        ticks.tick(session, runtime.estate.id, ["desk"], now + STEPS.phone)
        assert len(alerts.listing(session, runtime.estate.id)) == 1


def test_a_camera_that_was_never_meant_to_says_so_too(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now + HOUR, camera="yard-1")
        latest = session.scalars(select(SightingRow).order_by(SightingRow.id.desc())).first()
        assert latest is not None and latest.why["no_evidence"] == identifiability.OPERATOR_SAYS_NO


@pytest.mark.parametrize(("hours", "counts"), [(6, True), (7, False), (17, False), (18, True)])
def test_a_camera_that_cannot_at_night_gives_evidence_by_day(
    runtime: Runtime, ada: int, now: datetime, hours: int, counts: bool
) -> None:
    at = now + hours * HOUR  # 12:30 and so many hours, at the estate
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.NOT_AT_NIGHT, "gate-1")
        people.seen(session, runtime.estate.id, ada, at)
        assert session.get_one(PresenceRow, ada).last_evidence_at == (at if counts else now)


def test_a_pass_that_goes_on_after_dawn_becomes_evidence(runtime: Runtime, ada: int, now: datetime) -> None:
    dawn = now + 17.5 * HOUR
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.NOT_AT_NIGHT, "gate-1")
        for seconds in (-10, 10):
            people.seen(session, runtime.estate.id, ada, dawn + timedelta(seconds=seconds))
        assert session.get_one(PresenceRow, ada).last_evidence_at == dawn + timedelta(seconds=10)
        proof = Proofs.of(session, ada).last
        assert proof is not None and proof.at == dawn + timedelta(seconds=10)


def test_what_was_no_evidence_is_none_after_a_correction_either(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.CANNOT, "lift-1")
        people.seen(session, runtime.estate.id, ada, now + 2 * HOUR, camera="lift-1")
        people.seen(session, runtime.estate.id, ada, now + 3 * HOUR)
        wrong = session.scalars(select(SightingRow.id).order_by(SightingRow.id.desc())).first()
        assert wrong is not None
        pronounce(session, CameraVerdict.CAN, "lift-1")
        corrections.reject(session, runtime.estate.id, wrong, "", people.SAM, 7, now + 4 * HOUR)
        assert session.get_one(PresenceRow, ada).last_evidence_at == now


def test_a_camera_that_cannot_identify_covers_nobody_while_the_others_are_dark(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.CANNOT, "gate-1")
        dark = Report("lift-1", CameraState.UNREACHABLE, "no_answer", None, None, None, None, None)
        cameras.report(session, runtime.estate.id, [dark], now + HOUR)
        ticks.tick(session, runtime.estate.id, ["desk"], now + 12 * HOUR)
        assert alerts.listing(session, runtime.estate.id) == []
        ticks.tick(session, runtime.estate.id, ["desk"], now + 30 * HOUR)
        (alert,) = alerts.listing(session, runtime.estate.id)
        assert alert.kind is AlertKind.CANNOT_TELL
        assert session.get_one(PresenceRow, ada).state is PresenceState.BLIND


def test_nights_do_not_count_where_no_camera_can_identify_at_night(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.NOT_AT_NIGHT, "gate-1", "lift-1")
        midnight, noon = now + 12 * HOUR, now + DAY
        assert standing.count(session, runtime.estate.id, midnight).parts[PresenceState.BLIND] == 1
        assert standing.count(session, runtime.estate.id, noon).parts[PresenceState.BLIND] == 0
        ticks.tick(session, runtime.estate.id, ["desk"], noon)
        assert alerts.listing(session, runtime.estate.id) == []
        # Seen at 12:30: 6.5 hours until dusk, 13 of the next day, and 4.5 of the day after.
        due = now + 2 * DAY - 2 * HOUR
        assert session.get_one(PresenceRow, ada).due_at == now + DAY + 11 * HOUR
        ticks.tick(session, runtime.estate.id, ["desk"], due - timedelta(seconds=1))
        assert alerts.listing(session, runtime.estate.id) == []
        ticks.tick(session, runtime.estate.id, ["desk"], due)
        (alert,) = alerts.listing(session, runtime.estate.id)
    assert (alert.why["unseen_hours"], alert.why["blind_hours"]) == (24.0, 22.0)


def test_silence_still_alarms_where_no_camera_can_identify_at_all(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        pronounce(session, CameraVerdict.CANNOT, "gate-1", "lift-1")
        assert standing.count(session, runtime.estate.id, now + HOUR).parts[PresenceState.BLIND] == 1
        ticks.tick(session, runtime.estate.id, ["desk"], now + STEPS.phone)
        assert len(alerts.listing(session, runtime.estate.id)) == 1
