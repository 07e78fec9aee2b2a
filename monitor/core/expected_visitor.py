"""An expected visitor: a named pass with an end."""

from datetime import datetime, timedelta
from enum import StrEnum

from monitor.errors import InvalidInput

LONGEST_PASS = timedelta(days=90)


class PassState(StrEnum):
    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"


def pass_state(starts_at: datetime, ends_at: datetime, now: datetime) -> PassState:
    """A pass holds from its start up to, but not including, its end."""
    if now >= ends_at:
        return PassState.ENDED
    return PassState.RUNNING if now >= starts_at else PassState.COMING


def check_pass(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises InvalidInput when the pass would have no end in sight, or none of it is to come."""
    if ends_at <= starts_at:
        raise InvalidInput(field="ends_at", reason="the end must be after the start")
    if ends_at <= now:
        raise InvalidInput(field="ends_at", reason="the end must be in the future")
    if ends_at > now + LONGEST_PASS:
        raise InvalidInput(field="ends_at", reason=f"at most {LONGEST_PASS.days} days from today")
