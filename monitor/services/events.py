"""The event log: everything that a desk or a program may want to follow. Facts are ids, never names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import EventRow
from monitor.store import events as queries
from monitor.store.bulk import insert_rows


@dataclass(frozen=True)
class Event:
    id: int
    at: datetime
    kind: str
    facts: dict[str, Any]


def append(session: Session, estate_id: str, kind: str, now: datetime, **facts: Any) -> None:
    """Write an event in the caller's transaction."""
    queries.lock_order(session)
    session.add(EventRow(estate_id=estate_id, at=now, kind=kind, facts=facts))


def append_all(
    session: Session, estate_id: str, kind: str, now: datetime, facts: Sequence[dict[str, Any]]
) -> None:
    """Many of one kind, in order."""
    if facts:
        queries.lock_order(session)
        rows = [{"estate_id": estate_id, "at": now, "kind": kind, "facts": each} for each in facts]
        insert_rows(session, EventRow, rows)


def after(session: Session, estate_id: str, event_id: int, limit: int = 500) -> list[Event]:
    return [
        Event(row.id, row.at, row.kind, row.facts)
        for row in queries.after(session, estate_id, event_id, limit)
    ]


def newest_id(session: Session, estate_id: str) -> int:
    return queries.newest_id(session, estate_id)


def of_alert(session: Session, estate_id: str, alert_id: int, since: datetime) -> list[Event]:
    """What happened to one alert, the oldest first. `since` is when it was opened."""
    return [
        Event(row.id, row.at, row.kind, row.facts)
        for row in queries.of_alert(session, estate_id, alert_id, since)
    ]
