"""How it stands with the broker of other sensors: the watch tells, everybody else reads it here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import SensorBrokerRow
from monitor.services import events

# The watch tells at least every half minute; what it said longer ago is not known any more.
SAID_LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class SensorBroker:
    connected: bool
    since: datetime
    refused: int
    refused_at: datetime | None


@dataclass(frozen=True)
class News:
    """Since the last time."""

    connected: bool
    refused: int = 0
    first_refused: Collection[tuple[str, str]] = ()  # sensor and cause, those that were not told yet


def get(session: Session, estate_id: str, now: datetime) -> SensorBroker | None:
    """None: none is configured."""
    row = session.get(SensorBrokerRow, estate_id)
    if row is None:
        return None
    silent = row.connected and now - row.told_at > SAID_LATE
    return SensorBroker(
        row.connected and not silent, row.told_at if silent else row.since, row.refused, row.refused_at
    )


def tell(session: Session, estate_id: str, news: News, now: datetime) -> None:
    row = session.get(SensorBrokerRow, estate_id)
    changed = row is None or row.connected is not news.connected
    if row is None:
        row = SensorBrokerRow(estate_id=estate_id, refused=0)
        session.add(row)
    row.told_at = now
    if changed:
        row.connected, row.since = news.connected, now
    if news.refused:
        row.refused, row.refused_at = row.refused + news.refused, now
    if changed:
        events.append(session, estate_id, "sensor.broker", now, connected=news.connected)
    for sensor, cause in news.first_refused:
        events.append(session, estate_id, "sensor.refused", now, sensor=sensor, reason=cause)


def forget(session: Session, estate_id: str) -> None:
    """There is none any more."""
    row = session.get(SensorBrokerRow, estate_id)
    if row is not None:
        session.delete(row)
