"""Who is told of an alert: everybody on duty in the links of the chain that it has reached, and always the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models import OutboxRow
from monitor.core.agreement import Step
from monitor.core.escalation import Policy, Rung, climb, enter
from monitor.core.roster import SECOND_CHANNEL_AFTER, Link, Receiver
from monitor.services import roster
from monitor.store.bulk import insert_rows

DESK = "desk"  # the duty desk confirms by showing the alert


@dataclass(frozen=True)
class Telling:
    """One alert that these links are told of. The round is why, and comes once for an alert."""

    alert_id: int
    round: str
    links: tuple[Link, ...]
    building: str | None


class Present:
    """Whoever can be told at one moment."""

    def __init__(self, session: Session, estate_id: str, channels: Sequence[str], now: datetime) -> None:
        """`channels`: every one that is set up, the desk among them."""
        self._session, self._estate_id, self._channels, self._now = session, estate_id, channels, now
        present, self.entered = roster.present(session, estate_id, now)
        self._receivers = [each for each in (_reachable(each, channels) for each in present) if each.channels]

    def enter(
        self, policy: Policy, step: Step | None, building: str | None, reached: Link | None = None
    ) -> Rung:
        return enter(policy, step, self._staffed(building), reached)

    def climb(self, policy: Policy, link: Link, building: str | None) -> Rung:
        return climb(policy, link, self._staffed(building))

    def tell(self, tellings: Sequence[Telling]) -> None:
        """Owe the messages; whoever has a second channel is told by it when the first takes nothing in time."""
        rows = [row for telling in tellings for row in self._rows(telling)]
        insert_rows(self._session, OutboxRow, rows)

    def _staffed(self, building: str | None) -> set[Link]:
        """Links with somebody for this building; the fallback always, once anybody is entered."""
        found = {each.link for each in self._receivers if each.answers_for(building)}
        return found | {Link.FALLBACK} if self.entered else set()

    def _rows(self, telling: Telling) -> list[dict[str, object]]:
        told = [
            each
            for each in self._receivers
            if each.link in telling.links and each.answers_for(telling.building)
        ]
        no_fallback = not any(each.link is Link.FALLBACK for each in self._receivers)
        if not told or (Link.FALLBACK in telling.links and no_fallback):
            # Too many rather than nobody: what is for a fallback that is not there goes everywhere.
            return [self._row(telling, channel) for channel in self._channels]
        by_receivers = [
            self._row(telling, channel, receiver, rank)
            for receiver in told
            for rank, channel in enumerate(receiver.channels)
        ]
        return [self._row(telling, DESK), *by_receivers]

    def _row(
        self, telling: Telling, channel: str, receiver: Receiver | None = None, rank: int = 0
    ) -> dict[str, object]:
        to = f"-{receiver.id}" if receiver else ""
        return {
            "estate_id": self._estate_id,
            "alert_id": telling.alert_id,
            "round": telling.round,
            "receiver_id": receiver and receiver.id,
            "rank": rank,
            "channel": channel,
            "key": f"alert-{telling.alert_id}-{telling.round}{to}-{channel}",
            "created_at": self._now,
            "next_try_at": self._now + rank * SECOND_CHANNEL_AFTER,
        }


def _reachable(receiver: Receiver, channels: Sequence[str]) -> Receiver:
    """Without channels that have been taken out of the settings since; nobody would send what they owe."""
    return replace(receiver, channels=tuple(each for each in receiver.channels if each in channels))
