"""When was this resident last seen, and when does silence need a person? (wellness.md W1-W6)

Silence is a due time in a row: due = last evidence of life + agreed hours + blind time since then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class PresenceState(StrEnum):
    NOT_STARTED = "not_started"  # enrolled, never seen yet: listed, never alarmed
    SEEN = "seen"
    UNSEEN = "unseen"  # an alert is open
    BLIND = "blind"  # cannot tell: no identifying camera works
    WITHDRAWN = "withdrawn"


class Step(IntEnum):
    """How far an unseen resident has come. Higher is more urgent."""

    PHONE = 1
    VISIT = 2
    URGENT = 3


@dataclass(frozen=True)
class Steps:
    """The agreed hours. Each must be longer than the one before."""

    phone: timedelta = timedelta(hours=24)
    visit: timedelta = timedelta(hours=48)
    urgent: timedelta = timedelta(hours=72)

    def hours_of(self, step: Step) -> timedelta:
        return {Step.PHONE: self.phone, Step.VISIT: self.visit, Step.URGENT: self.urgent}[step]


@dataclass(frozen=True)
class Assessment:
    """What is true of a resident now and when to look again."""

    state: PresenceState
    step: Step | None
    due_at: datetime | None
    unseen_for: timedelta  # blind time subtracted


LOOK_AGAIN_WHEN_BLIND = timedelta(minutes=5)


def assess(
    last_evidence_at: datetime, now: datetime, blind: timedelta, blind_now: bool, steps: Steps
) -> Assessment:
    """`blind` is the time since the last evidence in which nobody could have been identified."""
    unseen_for = now - last_evidence_at - blind
    reached = [step for step in Step if unseen_for >= steps.hours_of(step)]
    ahead = [step for step in Step if step not in reached]
    due_at = last_evidence_at + steps.hours_of(ahead[0]) + blind if ahead else None
    if reached:
        return Assessment(PresenceState.UNSEEN, reached[-1], due_at, unseen_for)
    if blind_now:
        return Assessment(PresenceState.BLIND, None, now + LOOK_AGAIN_WHEN_BLIND, unseen_for)
    return Assessment(PresenceState.SEEN, None, due_at, unseen_for)
