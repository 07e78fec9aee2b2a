"""The duty roster: who can be told, who is on duty when, what one shift hands over to the next, and the gaps ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import ReceiverRow, ShiftRow
from monitor.core.interval import Interval
from monitor.core.roster import LOOK_AHEAD, Language, Link, Receiver, Shift, gaps, on_duty
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import events
from monitor.store import roster as queries

NAME_LIMIT, NOTE_LIMIT = 100, 1000


@dataclass(frozen=True)
class NewReceiver:
    name: str
    link: Link
    channels: tuple[str, ...]
    buildings: frozenset[str] = frozenset()
    language: Language = Language.CHINESE


@dataclass(frozen=True)
class NewShift:
    receiver_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class ShiftView:
    id: int
    receiver_id: int
    receiver_name: str
    link: Link
    starts_at: datetime
    ends_at: datetime
    note: str
    noted_by: str | None


@dataclass(frozen=True)
class Gap:
    """Nobody of this link is on duty: alerts go to the fallback at once."""

    link: Link
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Roster:
    """A week ahead. Without receivers every alert goes to every channel, and there are no gaps to speak of."""

    receivers: tuple[Receiver, ...]
    on_duty: tuple[Receiver, ...]
    shifts: tuple[ShiftView, ...]
    gaps: tuple[Gap, ...]
    without_fallback: bool = False


def get(session: Session, estate_id: str, now: datetime) -> Roster:
    rows = queries.receivers(session, estate_id)
    if not rows:
        return Roster((), (), (), ())
    receivers = [receiver(row) for row in rows]
    ahead = Interval(now, now + LOOK_AHEAD)
    shifts = queries.shifts(session, estate_id, ahead.start, ahead.end)
    of = {each.id: each for each in receivers}
    fallback = any(each.link is Link.FALLBACK for each in receivers)
    return Roster(
        receivers=tuple(receivers),
        on_duty=tuple(on_duty(receivers, [_shift(row) for row in shifts], now)),
        shifts=tuple(_view(row, of[row.receiver_id]) for row in shifts),
        gaps=tuple(_gaps(of, shifts, ahead)),
        without_fallback=not fallback,
    )


def enter_receiver(
    session: Session, estate_id: str, new: NewReceiver, channels: Sequence[str], now: datetime
) -> int:
    """Raises InvalidInput for a channel that is not set up, Conflict for a name that is there."""
    _require(new, channels)
    if any(row.name == new.name.strip() for row in queries.receivers(session, estate_id)):
        raise Conflict(what="receiver", state="there")
    row = ReceiverRow(
        estate_id=estate_id,
        name=new.name.strip(),
        link=new.link,
        language=new.language,
        reached=_reached(new),
    )
    session.add(row)
    session.flush()
    events.append(session, estate_id, "receiver.entered", now, receiver_id=row.id)
    return row.id


def remove_receiver(session: Session, estate_id: str, receiver_id: int, now: datetime) -> None:
    """Their shifts go too. What they are still owed is delivered. Raises NotFound."""
    session.delete(_receiver(session, estate_id, receiver_id))
    events.append(session, estate_id, "receiver.removed", now, receiver_id=receiver_id)


def enter_shift(session: Session, estate_id: str, new: NewShift, by: str, now: datetime) -> int:
    """Raises NotFound, InvalidInput, Conflict when they are on duty then already."""
    found = _receiver(session, estate_id, new.receiver_id)
    if found.link is Link.FALLBACK:
        raise InvalidInput(field="receiver_id", reason="a fallback is always there and has no shifts")
    Shift(new.receiver_id, Interval(new.starts_at, new.ends_at))
    if new.ends_at <= now:
        raise InvalidInput(field="ends_at", reason="must lie ahead")
    if any(
        row.receiver_id == new.receiver_id and row.starts_at < new.ends_at
        for row in queries.shifts(session, estate_id, new.starts_at, new.ends_at)
    ):
        raise Conflict(what="shift", state="entered for that time")
    row = ShiftRow(
        estate_id=estate_id,
        receiver_id=new.receiver_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        entered_at=now,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    events.append(session, estate_id, "shift.entered", now, shift_id=row.id)
    return row.id


def remove_shift(session: Session, estate_id: str, shift_id: int, now: datetime) -> None:
    """Raises NotFound."""
    session.delete(_load(session, estate_id, shift_id))
    events.append(session, estate_id, "shift.removed", now, shift_id=shift_id)


def hand_over(session: Session, estate_id: str, shift_id: int, note: str, by: str, now: datetime) -> None:
    """What whoever comes next should know. Raises NotFound, InvalidInput."""
    if len(note) > NOTE_LIMIT:
        raise InvalidInput(field="note", reason=f"at most {NOTE_LIMIT} characters")
    row = _load(session, estate_id, shift_id)
    row.note, row.noted_by = note.strip(), by
    events.append(session, estate_id, "shift.noted", now, shift_id=shift_id)


def receiver(row: ReceiverRow) -> Receiver:
    return Receiver(
        id=row.id,
        name=row.name,
        link=row.link,
        channels=tuple(row.reached["channels"]),
        buildings=frozenset(row.reached["buildings"]),
        language=row.language,
    )


def present(session: Session, estate_id: str, now: datetime) -> tuple[list[Receiver], bool]:
    """Who can be told at this moment, and whether anybody is entered at all."""
    receivers = [receiver(row) for row in queries.receivers(session, estate_id)]
    if not receivers:
        return [], False
    shifts = [_shift(row) for row in queries.shifts(session, estate_id, now, now)]
    return on_duty(receivers, shifts, now), True


def nobody_on_duty(session: Session, estate_id: str, now: datetime) -> bool:
    """Whether there is a roster, and no duty officer in it right now."""
    receivers, entered = present(session, estate_id, now)
    return entered and not any(each.link is Link.DUTY for each in receivers)


def _gaps(of: dict[int, Receiver], shifts: Sequence[ShiftRow], ahead: Interval) -> list[Gap]:
    """Of the links in which somebody stands; a duty officer there must always be."""
    links: list[Link] = [link for link in Link if link is not Link.FALLBACK]
    wanted = [link for link in links if link is Link.DUTY or any(each.link is link for each in of.values())]
    return sorted(
        (
            Gap(link, free.start, free.end)
            for link in wanted
            for free in gaps((_shift(row).time for row in shifts if of[row.receiver_id].link is link), ahead)
        ),
        key=lambda gap: (gap.starts_at, links.index(gap.link)),
    )


def _require(new: NewReceiver, channels: Sequence[str]) -> None:
    if not 0 < len(new.name.strip()) <= NAME_LIMIT:
        raise InvalidInput(field="name", reason=f"needs 1 to {NAME_LIMIT} characters")
    if not new.channels:
        raise InvalidInput(field="channels", reason="needs one at least")
    for channel in new.channels:
        if channel not in channels:
            raise InvalidInput(
                field="channels",
                reason=f"{channel} is not set up in SHOUWANG_NOTIFY; there are {', '.join(channels)}",
            )


def _reached(new: NewReceiver) -> dict[str, list[str]]:
    return {"channels": list(dict.fromkeys(new.channels)), "buildings": sorted(new.buildings)}


def _receiver(session: Session, estate_id: str, receiver_id: int) -> ReceiverRow:
    row = session.get(ReceiverRow, receiver_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="receiver", key=receiver_id)
    return row


def _load(session: Session, estate_id: str, shift_id: int) -> ShiftRow:
    row = session.get(ShiftRow, shift_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="shift", key=shift_id)
    return row


def _shift(row: ShiftRow) -> Shift:
    return Shift(row.receiver_id, Interval(row.starts_at, row.ends_at))


def _view(row: ShiftRow, of: Receiver) -> ShiftView:
    return ShiftView(
        row.id, row.receiver_id, of.name, of.link, row.starts_at, row.ends_at, row.note, row.noted_by
    )
