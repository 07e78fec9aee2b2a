"""Where a resident stands, and when to look again (wellness.md W1-W9).

Silence is a due time in a row: nothing here is remembered between two looks, everything follows from what is on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.core.absence import Absence
from monitor.core.agreement import Agreement, Cause, Step
from monitor.core.interval import Interval
from monitor.core.silence import Doubt, Silence, doubts


class PresenceState(StrEnum):
    NOT_STARTED = "not_started"  # agreed, never seen yet: listed, never alarmed
    SEEN = "seen"
    LATE = "late"  # a step is due and waits for the end of the quiet hours
    UNSEEN = "unseen"  # an alert is open
    PAUSED = "paused"  # a planned absence
    BLIND = "blind"  # cannot tell: all their usual ways are blind
    WITHDRAWN = "withdrawn"


# From so much blind time on a pause is no longer an answer: staff phone (W4).
PHONE_WHEN_BLIND_FOR = timedelta(hours=12)
LOOK_AGAIN_WHEN_BLIND = timedelta(minutes=5)


@dataclass(frozen=True)
class Alarm:
    """How far an open alert has come, and what was agreed when it began: it keeps that (W16)."""

    step: Step
    agreed: Agreement


@dataclass(frozen=True)
class Watched:
    """What is on record about a resident who is watched."""

    agreed: Agreement
    consent_until: datetime | None  # None: no consent in force
    last_evidence_at: datetime | None  # accepted evidence of life; None: never yet
    out: bool = False  # by that evidence: going out
    doubtful: Sequence[Doubt] = ()
    blind: Sequence[Interval] = ()  # in which all their usual ways were blind: no overlaps, in order
    blind_now: bool = False
    absences: Sequence[Absence] = ()
    alarms: Mapping[Cause, Alarm] = field(default_factory=lambda: MappingProxyType({}))
    not_before: datetime | None = None  # staff found out nothing a moment ago: no new alert before this

    @property
    def alerted(self) -> bool:
        """Whether an alert is open. One that only says that nobody can tell is no answer while that is so."""
        return any(cause is not Cause.CANNOT_TELL or not self.blind_now for cause in self.alarms)

    def away_until(self, now: datetime) -> datetime | None:
        """The end of the absence that holds now."""
        return max((a.end for a in self.absences if a.holds(now)), default=None)

    def next_absence(self, now: datetime) -> datetime | None:
        return min((a.starts_at for a in self.absences if now < a.starts_at < a.end), default=None)

    def silence(self, now: datetime) -> Silence | None:
        """From the last evidence, or anew from the end of an absence."""
        if self.last_evidence_at is None:
            return None
        ends = (a.end for a in self.absences if a.starts_at < a.end <= now)
        since = max([self.last_evidence_at, *ends])
        return Silence(since, doubts(self.doubtful, since), tuple(self.blind))


@dataclass(frozen=True)
class Assessment:
    """What is true of a resident now and when to look again."""

    state: PresenceState
    cause: Cause = Cause.UNSEEN
    step: Step | None = None  # the highest that this silence asks for
    due_at: datetime | None = None  # when to look again; None: nothing will change by itself
    since: datetime | None = None  # from when the clock counts
    unseen_for: timedelta = timedelta(0)  # blind time subtracted
    blind_for: timedelta = timedelta(0)
    waits_until: datetime | None = None  # when a step goes out that is due and held; of an absence: its end
    phone_blind: bool = False  # so long blind that staff should phone


def assess(watched: Watched, zone: ZoneInfo, now: datetime) -> Assessment:
    """The rule of the watch. An open alert stays open, through absences, blind time and the quiet hours (W5, W14)."""
    if watched.consent_until is None or watched.consent_until <= now:
        return Assessment(PresenceState.UNSEEN if watched.alarms else PresenceState.WITHDRAWN)
    away_until, next_absence = watched.away_until(now), watched.next_absence(now)
    ends = [watched.consent_until, *([next_absence] if next_absence else [])]
    if away_until is not None:
        state = PresenceState.UNSEEN if watched.alerted else PresenceState.PAUSED
        return Assessment(state, due_at=min(away_until, *ends), waits_until=away_until)
    silence = watched.silence(now)
    if silence is None:
        state = PresenceState.UNSEEN if watched.alerted else PresenceState.NOT_STARTED
        return Assessment(state, due_at=min(ends))
    return _silent(watched, silence, ends, zone, now)


def _silent(
    watched: Watched, silence: Silence, ends: list[datetime], zone: ZoneInfo, now: datetime
) -> Assessment:
    # Who comes back from an absence is not "out" any more.
    out = watched.out and silence.since == watched.last_evidence_at
    cause = Cause.NOT_BACK if out else Cause.UNSEEN
    running = watched.alarms.get(cause)
    agreed = running.agreed if running else watched.agreed
    reached: Step | None = None
    ahead, held = ends, list[datetime]()
    for step in Step:
        falls_due = silence.reaches(agreed.until(step, cause))
        goes_out = agreed.goes_out(step, falls_due, zone)
        if watched.not_before is not None:
            goes_out = max(goes_out, watched.not_before)
        if goes_out <= now:
            reached = step
        else:
            ahead.append(goes_out if falls_due <= now else falls_due)
            held += [goes_out] if falls_due <= now else []
    if watched.blind_now:
        ahead.append(now + LOOK_AGAIN_WHEN_BLIND)
    blind_for = silence.blind_for(now)
    return Assessment(
        _state(watched, reached, bool(held)),
        cause,
        reached,
        min(ahead),
        silence.since,
        silence.lasts(now),
        blind_for,
        min(held, default=None),
        watched.blind_now and blind_for >= PHONE_WHEN_BLIND_FOR,
    )


def _state(watched: Watched, reached: Step | None, held: bool) -> PresenceState:
    """Blindness hides neither an alert nor a step that is due (W5)."""
    if reached is not None or watched.alerted:
        return PresenceState.UNSEEN
    if held:
        return PresenceState.LATE
    return PresenceState.BLIND if watched.blind_now else PresenceState.SEEN
