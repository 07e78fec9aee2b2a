"""The chain of an alert: where it is entered, and how it climbs while nobody takes the alert. The tick finds what is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow
from monitor.core.alert import AlertState
from monitor.core.escalation import POLICIES, Policy, Rung
from monitor.services import events
from monitor.services.telling import Present, Telling
from monitor.store import alerts as queries

AT_ONCE = 500


def standing(rung: Rung, now: datetime) -> dict[str, Any]:
    """Where a new alert stands."""
    return {"link": rung.link, "escalates_at": None if rung.wait is None else now + rung.wait}


def escalate(session: Session, estate_id: str, channels: Sequence[str], now: datetime) -> int:
    """Nobody has taken these in time: the next link of their chain is told. At most `AT_ONCE` in one go."""
    rows = queries.unanswered(session, estate_id, now, AT_ONCE)
    if not rows:
        return 0
    present = Present(session, estate_id, channels, now)
    buildings = queries.buildings(session, [row.resident_id for row in rows])
    tellings = []
    for row in rows:
        assert row.link is not None
        rung = present.climb(_policy(row), row.link, buildings.get(row.resident_id))
        row.calls += 1
        _stand(row, rung, now)
        facts = {"alert_id": row.id, "link": rung.link.value}
        events.append(session, estate_id, "alert.escalated", now, **facts)
        tellings.append(Telling(row.id, f"call{row.calls}", rung.told, buildings.get(row.resident_id)))
    present.tell(tellings)
    return len(rows)


def tell_again(
    session: Session,
    estate_id: str,
    rounds: Sequence[tuple[AlertRow, str]],
    channels: Sequence[str],
    now: datetime,
) -> None:
    """As far up their chain as they have climbed, or as their step says; what somebody has taken climbs no further.

    The round says why, and comes once for an alert.
    """
    if not rounds:
        return
    present = Present(session, estate_id, channels, now)
    buildings = queries.buildings(session, [row.resident_id for row, _ in rounds]) if present.entered else {}
    tellings = []
    for row, round_ in rounds:
        rung = present.enter(_policy(row), row.step, buildings.get(row.resident_id), row.link)
        _stand(row, rung, now)
        tellings.append(Telling(row.id, round_, rung.told, buildings.get(row.resident_id)))
    session.flush()
    present.tell(tellings)


def _policy(row: AlertRow) -> Policy:
    """The one that it began with (W16); alerts from before there were policies have none."""
    return Policy.restore(row.policy) if row.policy else POLICIES[row.kind]


def _stand(row: AlertRow, rung: Rung, now: datetime) -> None:
    row.link = rung.link
    row.escalates_at = now + rung.wait if rung.wait is not None and row.state is AlertState.OPEN else None
