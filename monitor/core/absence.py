"""A planned absence: it has an end, and it ends by itself when somebody comes back (W9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.evidence import Evidence, EvidenceSource
from monitor.core.sighting import Direction
from monitor.errors import InvalidInput

LONGEST = timedelta(days=30)


class AbsenceEnd(StrEnum):
    OVER = "over"  # its planned end has come
    BACK = "back"  # seen coming in, or visited at home
    STAFF = "staff"  # staff ended it


class Sign(StrEnum):
    """What evidence during an absence says."""

    BACK = "back"
    PERHAPS_BACK = "perhaps_back"  # staff should ask
    NOTHING = "nothing"  # leaving, or on the phone from elsewhere


@dataclass(frozen=True)
class Absence:
    starts_at: datetime
    ends_at: datetime  # as planned
    ended_at: datetime | None = None  # sooner, by coming back or by staff

    @property
    def end(self) -> datetime:
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now < self.end


def plan(starts_at: datetime, ends_at: datetime, now: datetime, longest: timedelta = LONGEST) -> Absence:
    """A new one. Raises InvalidInput when it has no end ahead or is too long."""
    if ends_at <= max(starts_at, now):
        raise InvalidInput(field="ends_at", reason="must lie ahead and after the start")
    if ends_at - max(starts_at, now) > longest:
        raise InvalidInput(
            field="ends_at", reason=f"at most {longest.days} days; it can be renewed when it ends"
        )
    return Absence(starts_at, ends_at)


def sign(evidence: Evidence) -> Sign:
    """A door that opens at home may be a neighbour's who waters the flowers: only who is seen coming in is back."""
    if evidence.source is EvidenceSource.VISITED:
        return Sign.BACK
    if evidence.source is EvidenceSource.PHONED:
        return Sign.NOTHING
    if evidence.direction is Direction.OUT:
        return Sign.NOTHING
    if evidence.direction is Direction.IN and evidence.accepted:
        return Sign.BACK
    return Sign.PERHAPS_BACK
