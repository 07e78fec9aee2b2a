"""Delivering what alerts and digests owe: claim with a lease, send outside the transaction, record the receipt.

A crash between sending and recording sends again with the same key; nothing is marked as done before it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import OutboxRow, ReceiverRow
from monitor.core.backoff import full_jitter_s
from monitor.core.ports import Message
from monitor.services import events, messages
from monitor.services.telling import DESK
from monitor.store import alerts as queries

LEASE = timedelta(seconds=30)
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
GIVEN_UP = timedelta(hours=1)  # a message that the channel will never take: looked at again, never dropped


@dataclass(frozen=True)
class Delivery:
    """A claimed message. `fence` must still be the row's when the result is recorded."""

    id: int
    fence: int
    channel: str
    message: Message


def claim(session: Session, channels: Sequence[str], public_url: str, now: datetime) -> Delivery | None:
    """Take the oldest message that is due for `LEASE`."""
    row = queries.claimable(session, channels, now)
    if row is None:
        return None
    row.lease_until, row.fence, row.attempts = now + LEASE, row.fence + 1, row.attempts + 1
    return Delivery(row.id, row.fence, row.channel, messages.compose(session, row, public_url))


def record_sent(session: Session, delivery: Delivery, receipt: str, now: datetime) -> bool:
    """Done, with the channel's receipt. False when the lease has passed to another sender.

    The receiver's other channels, which would have been tried later, are not needed any more.
    """
    if not _record(session, delivery, {"sent_at": now, "receipt": receipt[:200], "lease_until": None}):
        return False
    row = session.get_one(OutboxRow, delivery.id)
    if row.receiver_id is not None:
        session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.alert_id == row.alert_id,
                OutboxRow.round == row.round,
                OutboxRow.receiver_id == row.receiver_id,
                OutboxRow.rank > row.rank,
                OutboxRow.sent_at.is_(None),
            )
            .values(sent_at=now, receipt=f"not needed: {row.channel} took it", lease_until=None)
        )
    return True


def back(session: Session, channel: str, now: datetime) -> None:
    """The channel works again: what waits for its next try is tried at once."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.channel == channel, OutboxRow.sent_at.is_(None), OutboxRow.attempts > 0)
        .values(next_try_at=now)
    )


def record_failure(
    session: Session,
    delivery: Delivery,
    error: str,
    permanent: bool,
    random: Callable[[], float],
    now: datetime,
) -> bool:
    """Try again later, for ever; a permanent refusal waits an hour, for somebody to mend the channel."""
    row = session.get_one(OutboxRow, delivery.id)
    wait = timedelta(seconds=full_jitter_s(row.attempts, FIRST_RETRY_S, LONGEST_RETRY_S, random))
    return _record(
        session,
        delivery,
        {
            "next_try_at": now + (GIVEN_UP if permanent else wait),
            "last_error": error[:300],
            "lease_until": None,
        },
    )


def shown_on_desk(session: Session, estate_id: str, alert_ids: Sequence[int], now: datetime) -> None:
    """The desk's receipt: these alerts stood on a signed-in person's screen."""
    shown = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.estate_id == estate_id,
            OutboxRow.channel == DESK,
            OutboxRow.alert_id.in_(alert_ids),
            OutboxRow.sent_at.is_(None),
        )
        .values(sent_at=now, receipt="shown")
        .returning(OutboxRow.alert_id)
    )
    for alert_id in shown.scalars().all():
        events.append(session, estate_id, "alert.shown", now, alert_id=alert_id)


def desk_owes(session: Session, estate_id: str) -> bool:
    """Whether some alert has not been on anybody's screen yet."""
    return (
        session.scalar(
            select(OutboxRow.id)
            .where(OutboxRow.estate_id == estate_id, OutboxRow.channel == DESK, OutboxRow.sent_at.is_(None))
            .limit(1)
        )
        is not None
    )


def unsent(session: Session, estate_id: str) -> dict[str, int]:
    return queries.unsent(session, estate_id)


@dataclass(frozen=True)
class Owed:
    """One message of an alert, to whom it goes, and whether its channel took it."""

    receiver: str | None  # None: everybody whom the channel reaches
    channel: str
    round: str  # why they were told
    created_at: datetime
    sent_at: datetime | None
    receipt: str | None
    attempts: int
    last_error: str | None


def of_alert(session: Session, estate_id: str, alert_id: int) -> list[Owed]:
    """Who was told of an alert, in the order of asking."""
    rows = session.execute(
        select(OutboxRow, ReceiverRow.name)
        .outerjoin(ReceiverRow, ReceiverRow.id == OutboxRow.receiver_id)
        .where(OutboxRow.estate_id == estate_id, OutboxRow.alert_id == alert_id)
        .order_by(OutboxRow.id)
    )
    return [
        Owed(
            name,
            row.channel,
            row.round,
            row.created_at,
            row.sent_at,
            row.receipt,
            row.attempts,
            row.last_error,
        )
        for row, name in rows
    ]


def _record(session: Session, delivery: Delivery, values: dict[str, object]) -> bool:
    changed = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == delivery.id, OutboxRow.fence == delivery.fence, OutboxRow.sent_at.is_(None))
        .values(values)
        .returning(OutboxRow.id)
    )
    return changed.scalar_one_or_none() is not None
