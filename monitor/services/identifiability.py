"""Whether each camera can identify: counting what it saw, judging it, and what follows for evidence."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import CameraHourRow, CameraRow
from monitor.core.identifiability import (
    NEEDED_PASSES,
    WINDOW,
    CameraVerdict,
    Figures,
    Hour,
    Light,
    PassLook,
    Tally,
    identifies_at,
)
from monitor.core.identifiability import judge as judge_camera
from monitor.core.quality import NEEDED_PX, Flaw
from monitor.errors import NotFound
from monitor.services import events
from monitor.store import camera_hours as queries
from monitor.store import cameras as camera_queries

KEPT = timedelta(days=60)
WIDTH_STEP_PX = 10
OPERATOR_SAYS_NO, MEASURED_NO = "camera_not_for_identifying", "camera_cannot_identify"


@dataclass(frozen=True)
class HourOfDay:
    hour: int  # at the estate
    passes: int
    good: int


@dataclass(frozen=True)
class Width:
    from_px: int
    passes: int


@dataclass(frozen=True)
class Identifiability:
    """What is known of a camera's ability to identify, with the figures of the last days."""

    camera: str
    identifies: bool  # the operator's word
    verdict: CameraVerdict
    since: datetime | None
    days: int
    passes: int
    needed_passes: int  # in one light, before anything is said
    needed_px: int
    lights: Mapping[Light, Figures]
    hours: tuple[HourOfDay, ...]  # all 24
    widths: tuple[Width, ...]  # in steps of ten pixels, without gaps


def count(session: Session, estate_id: str, looks: Sequence[PassLook]) -> None:
    """Add people who have passed to their cameras' hours."""
    cameras = queries.lock_cameras(session, estate_id, sorted({look.camera for look in looks}))
    by_hour: dict[tuple[str, datetime], list[PassLook]] = defaultdict(list)
    for look in looks:
        by_hour[look.camera, _hour(look.ended_at)].append(look)
    for (slug, hour), passed in by_hour.items():
        if slug not in cameras:
            raise NotFound(what="camera", key=slug)
        row, tally = queries.at(session, cameras[slug].id, hour), Tally.of(passed)
        if row is None:
            row = CameraHourRow(estate_id=estate_id, camera_id=cameras[slug].id, hour=hour)
            session.add(row)
        else:
            tally = Tally.sum([_tally(row), tally])
        row.passes, row.good = tally.passes, tally.good
        row.widths = {str(width_px): passes for width_px, passes in sorted(tally.widths.items())}
        row.flaws = {flaw.value: passes for flaw, passes in sorted(tally.flaws.items())}


def judge(session: Session, estate_id: str, now: datetime) -> int:
    """Judge every camera by its last days. A change is an event; returns how many changed."""
    zone, changed = camera_queries.zone(session, estate_id), 0
    for row in camera_queries.of_estate(session, estate_id):
        found = judge_camera(_hours(session, row.id, now), zone, now, row.verdict)
        if found.verdict is row.verdict:
            continue
        facts = {"camera": row.slug, "verdict": found.verdict.value, "before": row.verdict.value}
        row.verdict, row.verdict_at = found.verdict, now
        events.append(session, estate_id, "camera.verdict", now, **facts)
        changed += 1
    return changed


def forget(session: Session, estate_id: str, now: datetime) -> None:
    """Counts are kept for a while longer than they are judged by, so that a change can be looked into."""
    queries.forget(session, estate_id, now - KEPT)


def no_evidence(session: Session, camera: CameraRow, at: datetime) -> str | None:
    """Why what a camera says of this moment is no evidence of life, as a text key; None when it is."""
    if not camera.identifies:
        return OPERATOR_SAYS_NO
    hour = at.astimezone(camera_queries.zone(session, camera.estate_id)).hour
    return None if identifies_at(camera.verdict, hour) else MEASURED_NO


def get(session: Session, estate_id: str, slug: str, now: datetime) -> Identifiability:
    row = camera_queries.by_slug(session, estate_id, slug)
    if row is None:
        raise NotFound(what="camera", key=slug)
    zone, hours = camera_queries.zone(session, estate_id), _hours(session, row.id, now)
    return Identifiability(
        camera=row.slug,
        identifies=row.identifies,
        verdict=row.verdict,
        since=row.verdict_at,
        days=WINDOW.days,
        passes=sum(h.tally.passes for h in hours),
        needed_passes=NEEDED_PASSES,
        needed_px=int(NEEDED_PX),
        lights=judge_camera(hours, zone, now, row.verdict).lights,
        hours=_by_hour_of_day(hours, zone),
        widths=_by_width(hours),
    )


def _by_hour_of_day(hours: Sequence[Hour], zone: ZoneInfo) -> tuple[HourOfDay, ...]:
    passes, good = [0] * 24, [0] * 24
    for hour in hours:
        number = hour.start.astimezone(zone).hour
        passes[number] += hour.tally.passes
        good[number] += hour.tally.good
    return tuple(HourOfDay(number, passes[number], good[number]) for number in range(24))


def _by_width(hours: Sequence[Hour]) -> tuple[Width, ...]:
    steps: Counter[int] = Counter()
    for hour in hours:
        for width_px, passes in hour.tally.widths.items():
            steps[width_px // WIDTH_STEP_PX] += passes
    return tuple(Width(step * WIDTH_STEP_PX, steps[step]) for step in range(max(steps, default=-1) + 1))


def _hours(session: Session, camera_id: int, now: datetime) -> list[Hour]:
    return [Hour(row.hour, _tally(row)) for row in queries.since(session, camera_id, now - WINDOW)]


def _tally(row: CameraHourRow) -> Tally:
    return Tally(
        row.passes,
        row.good,
        {int(width_px): passes for width_px, passes in row.widths.items()},
        {Flaw(flaw): passes for flaw, passes in row.flaws.items()},
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
