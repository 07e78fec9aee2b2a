"""When a silence goes out to staff: the rules of the watch itself, each alone, as a replay looks at them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.core.agreement import Agreement, Cause, Step
from monitor.core.passes import Record
from monitor.core.sighting import Direction
from monitor.core.silence import Silence


class Rule(Protocol):
    @property
    def soonest(self) -> timedelta:
        """No silence goes out sooner, so a shorter one need not be looked at."""

    def goes_out(self, silence: Silence) -> datetime | None:
        """When staff are told of this silence if it goes on; None: never."""


@dataclass(frozen=True)
class Fixed:
    """At home, not seen for so long. As long as the urgent step or longer it waits for no morning (W8)."""

    length: timedelta
    agreed: Agreement
    zone: ZoneInfo

    @property
    def soonest(self) -> timedelta:
        return self.length

    def goes_out(self, silence: Silence) -> datetime:
        step = Step.URGENT if self.length >= self.agreed.urgent else Step.PHONE
        return self.agreed.goes_out(step, silence.reaches(self.length), self.zone)


@dataclass(frozen=True)
class NotBack:
    """Went out, and has not been seen again for so long (W3)."""

    agreed: Agreement
    zone: ZoneInfo
    record: Record

    @property
    def soonest(self) -> timedelta:
        return self.agreed.until(Step.PHONE, Cause.NOT_BACK)

    def goes_out(self, silence: Silence) -> datetime | None:
        number = self.record.last(silence.since)
        if number is None or self.record.accepted[number].direction is not Direction.OUT:
            return None
        falls_due = silence.reaches(self.soonest)
        return self.agreed.goes_out(Step.PHONE, falls_due, self.zone)
