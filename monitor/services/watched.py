"""What is on record about watched residents, put together for the rule (core.presence)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.core.agreement import DEFAULT, Cause
from monitor.core.interval import Interval, all_at_once
from monitor.core.presence import Alarm, Watched
from monitor.core.sighting import Direction
from monitor.core.wellness import LOOK_AGAIN
from monitor.store import cameras as camera_queries
from monitor.store import watched as queries
from monitor.store.watched import Presence


class Blindness:
    """When all of somebody's usual ways were blind at once. Many residents share the same ways."""

    def __init__(self, by_camera: Mapping[int, Sequence[Interval]], within: Interval) -> None:
        """`by_camera`: every camera that can identify."""
        self._by_camera, self._within = by_camera, within
        self._found: dict[frozenset[int], list[Interval]] = {}

    @property
    def possible_to_see(self) -> bool:
        return bool(self._by_camera)

    def of(self, ways: frozenset[int]) -> list[Interval]:
        """In order, without overlaps. Whose ways are not known, or lead past no camera in use, may pass anywhere.

        Where no camera can identify at all there is nothing to wait for: the clock runs.
        """
        if not self._by_camera:
            return []
        known = frozenset(ways & self._by_camera.keys()) or frozenset(self._by_camera)
        if known not in self._found:
            self._found[known] = all_at_once((self._by_camera[id] for id in known), self._within)
        return self._found[known]


def gather(
    session: Session, estate_id: str, rows: Sequence[Presence], now: datetime
) -> tuple[dict[int, Watched], dict[int, dict[Cause, int]]]:
    """By resident: what the rule needs, and the alert of every open check."""
    ids = [row.resident_id for row in rows]
    since = min((row.last_evidence_at for row in rows if row.last_evidence_at), default=now)
    within = Interval(min(since, now), now)
    blindness = Blindness(camera_queries.blind_intervals(session, estate_id, within.start, now), within)
    checks = queries.open_checks(session, ids)
    agreed = queries.agreements(
        session,
        [row.agreement_id for row in rows if row.agreement_id is not None]
        + [agreement for found in checks.values() for _, _, agreement, _ in found if agreement is not None],
    )
    consents, absences = queries.consent_ends(session, ids, now), queries.absences(session, ids)
    doubts, tried = queries.doubts(session, ids), queries.nobody_found_at(session, ids)
    ways = queries.usual_ways(session, ids)
    found = {}
    for row in rows:
        id = row.resident_id
        own = agreed.get(row.agreement_id or 0, DEFAULT)
        blind = blindness.of(ways.get(id, frozenset()))
        found[id] = Watched(
            agreed=own,
            consent_until=consents.get(id),
            last_evidence_at=row.last_evidence_at,
            out=row.last_direction is Direction.OUT,
            doubtful=doubts.get(id, ()),
            blind=blind,
            blind_now=not blindness.possible_to_see or (bool(blind) and blind[-1].end >= now),
            absences=absences.get(id, ()),
            alarms={
                cause: Alarm(step, agreed.get(agreement or 0, own))
                for cause, step, agreement, _ in checks.get(id, ())
            },
            not_before=_not_before(tried.get(id), row.last_evidence_at),
        )
    alerts = {id: {cause: alert for cause, _, _, alert in each} for id, each in checks.items()}
    return found, alerts


def _not_before(nobody_found_at: datetime | None, last_evidence_at: datetime | None) -> datetime | None:
    """Evidence after a vain visit is a new silence."""
    if nobody_found_at is None or (last_evidence_at is not None and nobody_found_at <= last_evidence_at):
        return None
    return nobody_found_at + LOOK_AGAIN
