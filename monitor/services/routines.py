"""What is learnt of each watched resident: the cameras on their usual ways, and how long they are not seen between passes.

Made again and again from the sightings that are kept; only the gaps outlive them, without place and picture.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models import CameraRow, GapRow, PresenceRow, SightingRow, UsualWayRow
from monitor.core.presence import PresenceState
from monitor.core.sighting import NO_EVIDENCE, Direction
from monitor.core.ways import LOOKED_BACK, ONE_PASS, Seen, usual_ways

GAPS_KEPT = timedelta(days=56)
SETTLED = timedelta(hours=1)  # a pass that is older is over, and so are reports about it that come late
AT_ONCE = 500


def learn(session: Session, estate_id: str, now: datetime) -> int:
    """Usual ways and gaps of everybody who is watched; returns how many residents it looked at."""
    session.execute(delete(GapRow).where(GapRow.estate_id == estate_id, GapRow.at <= now - GAPS_KEPT))
    watched = session.scalars(
        select(PresenceRow.resident_id).where(
            PresenceRow.estate_id == estate_id, PresenceRow.state != PresenceState.WITHDRAWN
        )
    ).all()
    for start in range(0, len(watched), AT_ONCE):
        some = watched[start : start + AT_ONCE]
        seen = _seen(session, some, now)
        _learn_ways(session, estate_id, seen)
        _learn_gaps(session, estate_id, some, seen, now)
    return len(watched)


def _seen(
    session: Session, residents: Sequence[int], now: datetime
) -> dict[int, list[tuple[Seen, Direction]]]:
    """Evidence of life by cameras, in order."""
    found: dict[int, list[tuple[Seen, Direction]]] = defaultdict(list)
    for id, at, camera_id, direction in session.execute(
        select(SightingRow.resident_id, SightingRow.ended_at, SightingRow.camera_id, SightingRow.direction)
        .join(CameraRow, CameraRow.id == SightingRow.camera_id)
        .where(
            SightingRow.resident_id.in_(residents),
            SightingRow.ended_at > now - LOOKED_BACK,
            SightingRow.rejected_at.is_(None),
            SightingRow.why[NO_EVIDENCE].as_string().is_(None),
            CameraRow.identifies,
        )
        .order_by(SightingRow.ended_at)
    ):
        found[id].append((Seen(at, camera_id), direction))
    return found


def _learn_ways(session: Session, estate_id: str, seen: dict[int, list[tuple[Seen, Direction]]]) -> None:
    """Whoever passed too seldom keeps the ways that were known."""
    ways = {id: usual_ways([one for one, _ in passed]) for id, passed in seen.items()}
    learnt = {id: cameras for id, cameras in ways.items() if cameras is not None}
    if not learnt:
        return
    session.execute(delete(UsualWayRow).where(UsualWayRow.resident_id.in_(learnt)))
    session.execute(
        insert(UsualWayRow),
        [
            {"estate_id": estate_id, "resident_id": id, "camera_id": camera}
            for id, cameras in learnt.items()
            for camera in sorted(cameras)
        ],
    )


def _learn_gaps(
    session: Session,
    estate_id: str,
    residents: Sequence[int],
    seen: dict[int, list[tuple[Seen, Direction]]],
    now: datetime,
) -> None:
    """The gaps since the last one that is known."""
    known = {
        id: at
        for id, at in session.execute(
            select(GapRow.resident_id, func.max(GapRow.at))
            .where(GapRow.resident_id.in_(residents))
            .group_by(GapRow.resident_id)
        )
    }
    rows = []
    for id, passed in seen.items():
        since = known.get(id)
        ends = _passes([(one.at, way) for one, way in passed if one.at <= now - SETTLED])
        for (before, _), (at, way) in pairwise(ends):
            if since is None or at > since:
                length_s = (at - before).total_seconds()
                rows.append(
                    {
                        "estate_id": estate_id,
                        "resident_id": id,
                        "at": at,
                        "length_s": length_s,
                        "direction": way,
                    }
                )
    if rows:
        session.execute(insert(GapRow), rows)


def _passes(seen: Sequence[tuple[datetime, Direction]]) -> list[tuple[datetime, Direction]]:
    """The end of each pass, and which way it led: as the last camera says that knows."""
    found: list[tuple[datetime, Direction]] = []
    for at, way in seen:
        if found and at - found[-1][0] <= ONE_PASS:
            found[-1] = (at, way if way is not Direction.BOTH else found[-1][1])
        else:
            found.append((at, way))
    return found
