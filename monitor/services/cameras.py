"""How the cameras are, and since when one could not have identified anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import BlindTimeRow, CameraRow
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.camera import BLIND, REMOVED, SEEING, CameraState
from monitor.core.identifiability import CameraVerdict
from monitor.core.interval import Interval
from monitor.core.sighting import Direction
from monitor.errors import NotFound
from monitor.services import alerts, events
from monitor.store import alerts as alert_queries
from monitor.store import cameras as queries
from monitor.store.cameras import LEFT_OUT

# A worker reports every two seconds; one that is silent this long has lost its cameras.
SILENT_AFTER = timedelta(seconds=10)
WORKER_SILENT = "worker_silent"
# Longer than this without a packet nobody can say that nobody came by.
LONGEST_GAP = timedelta(seconds=4)


@dataclass(frozen=True)
class Report:
    """What a worker says of one camera."""

    slug: str
    state: CameraState
    reason: str  # text key
    last_frame_at: datetime | None
    live_since: datetime | None  # when the first picture after the last gap came
    frame_age_s: float | None
    frames_per_s: float | None
    picture_at: datetime | None
    blind_since: datetime | None = None  # when it saw last, if it sees nothing now
    left_out_per_s: float | None = None  # looks that there was no time for


@dataclass(frozen=True)
class Camera:
    slug: str
    name: str
    place: str
    direction: Direction
    identifies: bool
    x_m: float
    y_m: float
    heading_deg: float
    field_of_view_deg: float
    range_m: float
    state: CameraState
    state_since: datetime
    state_reason: str
    last_frame_at: datetime | None
    frame_age_s: float | None
    frames_per_s: float | None
    left_out_per_s: float | None
    picture_at: datetime | None
    verdict: CameraVerdict


def listing(session: Session, estate_id: str) -> list[Camera]:
    return [_view(row) for row in queries.of_estate(session, estate_id) if row.state_reason != REMOVED]


def get(session: Session, estate_id: str, slug: str) -> Camera:
    row = queries.by_slug(session, estate_id, slug)
    if row is None or row.state_reason == REMOVED:
        raise NotFound(what="camera", key=slug)
    return _view(row)


def report(session: Session, estate_id: str, reports: Sequence[Report], now: datetime) -> None:
    """Take a worker's reports. A change of state is an event; blind time opens and closes with it.

    A worker may know of a camera a moment sooner, or of its end a moment later, than the database.
    """
    rows = {row.slug: row for row in queries.named(session, estate_id, [said.slug for said in reports])}
    blind = queries.open_blind_times_of(session, [row.id for row in rows.values()])
    for said in reports:
        row = rows.get(said.slug)
        if row is None or not row.enabled:
            continue
        _note_unseen_gap(session, row, blind.get(row.id), said)
        _change(session, row, blind.get(row.id), _Change.of(said), now)
        if said.last_frame_at is not None:
            row.last_frame_at = max(said.last_frame_at, row.last_frame_at or said.last_frame_at)
        row.frame_age_s, row.frames_per_s = said.frame_age_s, said.frames_per_s
        row.left_out_per_s = said.left_out_per_s
        row.picture_at = said.picture_at or row.picture_at


def accept_view(session: Session, estate_id: str, slug: str, by: str, now: datetime) -> None:
    """What the camera shows now is what it should show: it was turned on purpose."""
    row = queries.by_slug(session, estate_id, slug)
    if row is None or row.state_reason == REMOVED:
        raise NotFound(what="camera", key=slug)
    row.view_accepted_at = now
    events.append(session, estate_id, "camera.view_accepted", now, camera=slug, by=by)


def views_accepted(session: Session, estate_id: str) -> dict[str, datetime]:
    """When staff last said so, by camera."""
    rows = queries.of_estate(session, estate_id)
    return {row.slug: row.view_accepted_at for row in rows if row.view_accepted_at is not None}


def miss_silent_workers(session: Session, estate_id: str, now: datetime) -> int:
    """Cameras that are said to be live by nobody any more become unreachable; returns how many."""
    silent = 0
    for row in queries.of_estate(session, estate_id):
        if row.state not in SEEING:
            continue
        if row.last_frame_at is None or now - row.last_frame_at > SILENT_AFTER:
            blind = queries.open_blind_times_of(session, [row.id]).get(row.id)
            _change(session, row, blind, _Change(CameraState.UNREACHABLE, WORKER_SILENT), now)
            silent += 1
    return silent


def leave_out(session: Session, estate_id: str, span: Interval) -> None:
    """This time was left out by the clock: nobody was seen in it, and no camera is to blame."""
    rows = queries.of_estate(session, estate_id)
    blind = queries.open_blind_times_of(session, [row.id for row in rows])
    for row in rows:
        if row.id not in blind:
            _add_blind_time(session, row, span.start, LEFT_OUT, span.end)
        if row.state in SEEING and row.last_frame_at is not None and row.last_frame_at <= span.start:
            row.last_frame_at += span.length  # or its worker would be thought silent


def raise_offline_alerts(
    session: Session, estate_id: str, hold_off: timedelta, channels: Sequence[str], now: datetime
) -> int:
    """One alert for every camera that has been blind for longer than the hold-off; returns how many are new."""
    opened = 0
    for blind, camera in queries.all_open_blind_times(session, estate_id):
        if not camera.enabled or now - blind.started_at < hold_off:
            continue
        new = alerts.NewAlert(
            kind=AlertKind.CAMERA_OFFLINE,
            severity=Severity.WARNING,
            subject=f"camera:{camera.id}",
            episode=f"camera:{camera.id}:{blind.id}",
            since=blind.started_at,
            why={"state": camera.state.value, "reason": camera.state_reason},
            camera_id=camera.id,
        )
        if alerts.raise_alert(session, estate_id, new, channels, now) is not None:
            opened += 1
    return opened


@dataclass(frozen=True)
class _Change:
    state: CameraState
    reason: str
    live_since: datetime | None = None
    blind_since: datetime | None = None

    @staticmethod
    def of(said: Report) -> "_Change":
        return _Change(said.state, said.reason, said.live_since, said.blind_since)


def _note_unseen_gap(session: Session, row: CameraRow, blind: BlindTimeRow | None, said: Report) -> None:
    """A worker that was away for a while may say "live" at once: the time before was blind all the same."""
    if blind is not None or said.live_since is None or row.last_frame_at is None:
        return
    if said.live_since - row.last_frame_at > LONGEST_GAP and row.state is not CameraState.DISABLED:
        _add_blind_time(session, row, row.last_frame_at, "not_watched", said.live_since)


def _change(
    session: Session, row: CameraRow, blind: BlindTimeRow | None, change: _Change, now: datetime
) -> None:
    if change.state in BLIND and blind is None:
        _add_blind_time(session, row, change.blind_since or row.last_frame_at or now, change.reason)
    if change.state not in BLIND and blind is not None:
        blind.ended_at = max(change.live_since or now, blind.started_at)
        _close_offline_alert(session, row, now)
    if row.state is change.state and row.state_reason == change.reason:
        return
    if row.state is not change.state:
        row.state_since = change.blind_since or now
    row.state, row.state_reason = change.state, change.reason
    events.append(
        session,
        row.estate_id,
        "camera.state",
        now,
        camera=row.slug,
        state=change.state.value,
        reason=change.reason,
    )


def _add_blind_time(
    session: Session, row: CameraRow, start: datetime, reason: str, end: datetime | None = None
) -> None:
    """Never before the last one ended: the same time is not blind twice."""
    before = queries.last_blind_end(session, row.id)
    start = start if before is None else max(start, before)
    if end is None or end > start:
        session.add(
            BlindTimeRow(
                estate_id=row.estate_id, camera_id=row.id, started_at=start, ended_at=end, reason=reason
            )
        )


def _close_offline_alert(session: Session, row: CameraRow, now: datetime) -> None:
    running = alert_queries.unresolved(session, row.estate_id, AlertKind.CAMERA_OFFLINE, f"camera:{row.id}")
    if running is not None and running.state is not AlertState.RESOLVED:
        alerts.resolve(session, row.estate_id, running.id, Outcome.RECOVERED, "", alerts.SYSTEM, now)


def _view(row: CameraRow) -> Camera:
    return Camera(**{name: getattr(row, name) for name in Camera.__dataclass_fields__})
