"""Whose recognition should be looked at, before an alert is missed: no template, few photos, or recognised less and less."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SightingRow
from monitor.core import accounting
from monitor.core.accounting import BEFORE_DAYS, RECENT_DAYS, Recognition
from monitor.core.interval import Interval
from monitor.core.sighting import NO_EVIDENCE
from monitor.core.ways import Seen, passes
from monitor.services.watched import Blindness
from monitor.store import cameras as camera_queries
from monitor.store import residents as resident_queries
from monitor.store import watched as queries

RECENT, WINDOW = timedelta(days=RECENT_DAYS), timedelta(days=RECENT_DAYS + BEFORE_DAYS)


class Poorly(StrEnum):
    NO_TEMPLATE = "no_template"  # the engine in force does not know them
    ONE_PHOTO = "one_photo"
    FADES = "fades"  # recognised less than before
    ONLY_JUST = "only_just"  # most recent matches were near the threshold


def poorly(
    session: Session, estate_id: str, residents: Sequence[int], engine: str, now: datetime
) -> dict[int, tuple[Poorly, ...]]:
    known = resident_queries.recognised_by(session, estate_id, engine, now)
    photos = resident_queries.photo_counts(session, estate_id)
    recognised = _recognised(session, estate_id, residents, now)
    found = {}
    for id in residents:
        reasons = []
        if id not in known:
            reasons.append(Poorly.NO_TEMPLATE)
        elif photos.get(id, 0) < 2:
            reasons.append(Poorly.ONE_PHOTO)
        if accounting.fades(recognised[id]):
            reasons.append(Poorly.FADES)
        if accounting.only_just(recognised[id]):
            reasons.append(Poorly.ONLY_JUST)
        found[id] = tuple(reasons)
    return found


def _recognised(
    session: Session, estate_id: str, residents: Sequence[int], now: datetime
) -> dict[int, Recognition]:
    recent_from, before_from = now - RECENT, now - WINDOW
    seen: dict[int, list[tuple[Seen, Mapping[str, Any]]]] = defaultdict(list)
    for id, at, camera_id, why in session.execute(
        select(SightingRow.resident_id, SightingRow.ended_at, SightingRow.camera_id, SightingRow.why).where(
            SightingRow.resident_id.in_(residents),
            SightingRow.ended_at > before_from,
            SightingRow.rejected_at.is_(None),
            SightingRow.why[NO_EVIDENCE].as_string().is_(None),
        )
    ):
        seen[id].append((Seen(at, camera_id), why))
    away = _away(session, residents, recent_from, now)
    blind = Blindness(
        camera_queries.blind_intervals(session, estate_id, recent_from, now), Interval(recent_from, now)
    )
    ways = queries.usual_ways(session, residents)
    found = {}
    for id in residents:
        dark = sum((i.length for i in blind.of(ways.get(id, frozenset()))), timedelta(0))
        recent = [(one, why) for one, why in seen[id] if one.at > recent_from]
        before = [one for one, _ in seen[id] if one.at <= recent_from]
        near = [_only_just(why) for _, why in recent]
        found[id] = Recognition(
            recent=len(passes([one for one, _ in recent])),
            before=len(passes(before)),
            could_be_seen=max(0.0, 1 - (dark + away.get(id, timedelta(0))) / RECENT),
            near_threshold=sum(near) / len(near) if near else 0.0,
        )
    return found


def _only_just(why: Mapping[str, Any]) -> bool:
    score, needed = why.get("score"), why.get("resident_at")
    return score is not None and needed is not None and score - needed < accounting.NEAR_THRESHOLD


def _away(session: Session, residents: Sequence[int], since: datetime, now: datetime) -> dict[int, timedelta]:
    """How much of that time was a planned absence."""
    return {
        id: sum(
            (max(min(a.end, now) - max(a.starts_at, since), timedelta(0)) for a in absences), timedelta(0)
        )
        for id, absences in queries.absences(session, residents).items()
    }
