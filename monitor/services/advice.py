"""Advice about agreed hours, from the gaps that are kept of each resident; and those gaps as passes, for a replay."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GapRow, PresenceRow
from monitor.core.advice import NEEDED, Advice, Sooner, advise, enough, sooner
from monitor.core.agreement import DEFAULT, Agreement
from monitor.core.interval import Interval
from monitor.core.passes import Pass
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction
from monitor.errors import NotFound
from monitor.services import events
from monitor.services.watched import Blindness
from monitor.store import cameras as camera_queries
from monitor.store import watched as queries


@dataclass(frozen=True)
class AdviceView:
    """What is known of one watched resident. Without enough data there is no advice, and says from when there may be."""

    resident_id: int
    agreed: Agreement
    since: datetime | None  # from when passes are known; None: none yet
    ready_at: (
        datetime | None
    )  # when there is enough of them, if they go on passing; None: now, or nobody can say
    advice: Advice | None
    usual_hours: tuple[Sooner, ...] = ()  # of one resident only: it takes a while


def of_resident(session: Session, estate_id: str, resident_id: int, now: datetime) -> AdviceView:
    """Raises NotFound for who is not watched."""
    row = session.get(PresenceRow, resident_id)
    if row is None or row.estate_id != estate_id or row.state is PresenceState.WITHDRAWN:
        raise NotFound(what="watched resident", key=resident_id)
    known = _Known(session, estate_id, [row], now)
    view = known.view(row)
    if view.advice is None:
        return view
    passes, blind = known.passes[resident_id], known.unseeable(row)
    found = sooner(passes, blind, view.agreed, known.zone, now)
    return AdviceView(resident_id, view.agreed, view.since, view.ready_at, view.advice, found)


def of_estate(session: Session, estate_id: str, now: datetime) -> list[AdviceView]:
    """Everybody who is watched, by number; without the usual hours."""
    rows = [row for row in queries.of_estate(session, estate_id) if row.state is not PresenceState.WITHDRAWN]
    known = _Known(session, estate_id, rows, now)
    return [known.view(row) for row in rows]


def export(
    session: Session, estate_id: str, resident_id: int | None, now: datetime
) -> tuple[dict[str, list[Pass]], ZoneInfo]:
    """The passes of one resident or of all, by number, and the estate's time zone. It is noted that they were taken.

    Raises NotFound when nothing is known of that resident.
    """
    found = _passes(session, estate_id, resident_id)
    if resident_id is not None and not found:
        raise NotFound(what="pass of resident", key=resident_id)
    events.append(session, estate_id, "passes.exported", now, resident_ids=sorted(found))
    people = {str(id): found[id] for id in sorted(found)}
    return people, camera_queries.zone(session, estate_id)


class _Known:
    """What is on record of several residents: one query a noun."""

    def __init__(self, session: Session, estate_id: str, rows: Sequence[PresenceRow], now: datetime) -> None:
        ids = [row.resident_id for row in rows]
        self.now, self.zone = now, camera_queries.zone(session, estate_id)
        self.passes = _passes(session, estate_id, ids[0] if len(ids) == 1 else None)
        self._agreed = queries.agreements(
            session, [row.agreement_id for row in rows if row.agreement_id is not None]
        )
        self._ways, self._absences = queries.usual_ways(session, ids), queries.absences(session, ids)
        first = min((passes[0].at for passes in self.passes.values()), default=now)
        within = Interval(min(first, now), now)
        self._blindness = Blindness(
            camera_queries.blind_intervals(session, estate_id, within.start, now), within
        )

    def view(self, row: PresenceRow) -> AdviceView:
        passes = self.passes.get(row.resident_id, [])
        agreed = self._agreed.get(row.agreement_id or 0, DEFAULT)
        since = passes[0].at if passes else None
        if not enough(passes, self.now):
            ready_at = since + NEEDED if since is not None and since + NEEDED > self.now else None
            return AdviceView(row.resident_id, agreed, since, ready_at, None)
        found = advise(passes, self.unseeable(row), agreed, self.zone, self.now)
        return AdviceView(row.resident_id, agreed, since, None, found)

    def unseeable(self, row: PresenceRow) -> list[Interval]:
        """When all their usual ways were blind, and when they were away as planned: the clock stood."""
        id = row.resident_id
        away = [Interval(a.starts_at, min(a.end, self.now)) for a in self._absences.get(id, ())]
        return [*self._blindness.of(self._ways.get(id, frozenset())), *away]


def _passes(session: Session, estate_id: str, resident_id: int | None) -> dict[int, list[Pass]]:
    """In order. Each gap ends with a pass; of the one before the first gap nobody noted which way it led."""
    asked = select(GapRow.resident_id, GapRow.at, GapRow.length_s, GapRow.direction).where(
        GapRow.estate_id == estate_id
    )
    if resident_id is not None:
        asked = asked.where(GapRow.resident_id == resident_id)
    found = defaultdict[int, list[Pass]](list)
    for id, at, length_s, direction in session.execute(asked.order_by(GapRow.resident_id, GapRow.at)):
        if not found[id]:
            found[id].append(Pass(at - timedelta(seconds=length_s), Direction.BOTH))
        found[id].append(Pass(at, direction))
    return dict(found)
