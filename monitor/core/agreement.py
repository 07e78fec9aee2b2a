"""What is agreed with a resident: after how many unseen hours somebody does what, and when nobody is disturbed (W6, W8).

The hours are agreed with the resident and say nothing about why: no word about health stands beside face data.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from monitor.core.schedule import DailyWindow
from monitor.errors import InvalidInput

SHORTEST, LONGEST = timedelta(hours=4), timedelta(days=14)
LONGEST_QUIET = timedelta(hours=12)
NIGHT = DailyWindow(time(22), time(7))


class Step(IntEnum):
    """How far an unseen resident has come. Higher is more urgent."""

    PHONE = 1
    VISIT = 2
    URGENT = 3


class Cause(StrEnum):
    """Why nobody has seen them: staff look into each in another way (W3, W4)."""

    UNSEEN = "unseen"  # at home as far as anybody knows
    NOT_BACK = "not_back"  # went out, and has not come back
    CANNOT_TELL = "cannot_tell"  # for so long nobody could have seen them that somebody should phone


@dataclass(frozen=True)
class Agreement:
    """The agreed hours and quiet hours of one resident. Raises InvalidInput for hours that make no sense."""

    phone: timedelta = timedelta(hours=24)
    visit: timedelta = timedelta(hours=48)
    urgent: timedelta = timedelta(hours=72)
    not_back: timedelta = timedelta(hours=12)
    quiet: DailyWindow | None = NIGHT  # None: steps go out at any hour

    def __post_init__(self) -> None:
        if not SHORTEST <= self.phone < self.visit < self.urgent <= LONGEST:
            raise InvalidInput(
                field="hours",
                reason=f"phone, visit and urgent must rise and lie between {hours(SHORTEST):g} and {hours(LONGEST):g}",
            )
        if not SHORTEST <= self.not_back <= LONGEST:
            raise InvalidInput(
                field="not_back_hours",
                reason=f"must lie between {hours(SHORTEST):g} and {hours(LONGEST):g}",
            )
        if self.quiet is not None and not timedelta(0) < self.quiet.length <= LONGEST_QUIET:
            raise InvalidInput(
                field="quiet", reason=f"must begin and end apart, {hours(LONGEST_QUIET):g} hours at most"
            )

    def changed(self, step: Step, length: timedelta) -> "Agreement":
        """With other hours for one step. Raises InvalidInput when they do not rise any more."""
        if step is Step.PHONE:
            return replace(self, phone=length)
        return replace(self, visit=length) if step is Step.VISIT else replace(self, urgent=length)

    def until(self, step: Step, cause: Cause) -> timedelta:
        """How long the silence may last before this step. Who went out is phoned sooner, never later."""
        if step is Step.PHONE:
            return min(self.phone, self.not_back) if cause is Cause.NOT_BACK else self.phone
        return self.visit if step is Step.VISIT else self.urgent

    def goes_out(self, step: Step, falls_due: datetime, zone: ZoneInfo) -> datetime:
        """A step that falls due in the quiet hours waits for their end; an urgent one waits for nothing."""
        if self.quiet is None or step is Step.URGENT:
            return falls_due
        return self.quiet.end_after(falls_due, zone)


DEFAULT = Agreement()


def hours(length: timedelta) -> float:
    return length / timedelta(hours=1)
