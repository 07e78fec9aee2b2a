"""What a rule would have meant for somebody whose passes are known: false alarms, and delay if there had been trouble.

The method of wellness.md section 4. A clock goes through the record in ticks from its first pass; the first days only
warm up. A silence that goes out at any tick before the next pass is a false alarm. Somebody who becomes helpless at home
passes no more: the delay lasts from then until the first tick at which the silence is out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.passes import Pass, Record
from monitor.core.presence import PHONE_WHEN_BLIND_FOR
from monitor.core.rules import Rule
from monitor.core.sighting import Direction
from monitor.core.silence import ZERO, Silence
from monitor.errors import InvalidInput

TICK = timedelta(minutes=30)
WARM_UP = timedelta(days=42)
TRIED_EVERY = timedelta(hours=3.5)
LEFT_OUT = timedelta(days=8)  # at the end: nobody becomes helpless there
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@dataclass(frozen=True)
class SimulatedClock:
    """The clock of a replay. What comes before `judged_from` only warms up."""

    first: datetime
    judged_from: datetime
    last: datetime
    tick: timedelta = TICK

    @classmethod
    def over(
        cls, passes: Sequence[Pass], warm_up: timedelta = WARM_UP, tick: timedelta = TICK
    ) -> "SimulatedClock":
        """From the first pass to the last. Raises InvalidInput when nothing is left after the warm-up."""
        spans = passes[-1].at - passes[0].at if passes else ZERO
        if spans <= warm_up:
            reason = f"they span {spans / timedelta(days=1):.1f} days, and the first {warm_up / timedelta(days=1):g} only warm up"
            raise InvalidInput(field="passes", reason=f"{reason}; give more passes or a shorter --warm-up")
        first = passes[0].at
        return cls(first, first + warm_up, passes[-1].at, tick)

    @property
    def weeks(self) -> float:
        return (self.last - self.judged_from) / WEEK

    def look(self, moment: datetime) -> datetime:
        """The first tick at this moment or after it."""
        return self.first - (self.first - moment) // self.tick * self.tick

    def tried(self, passes: Sequence[Pass]) -> list[datetime]:
        """Moments at which somebody who was at home could have become helpless; `passes` are the true ones, in order.

        Where no pass says which way it led, all time counts as time at home.
        """
        truth = Record(tuple(one for one in passes if one.accepted))
        told = any(one.direction is not Direction.BOTH for one in truth.accepted)
        found, moment = [], self.judged_from
        while moment <= self.last - LEFT_OUT:
            number = truth.last(moment)
            if number is not None and (not told or truth.accepted[number].direction is Direction.IN):
                found.append(moment)
            moment += TRIED_EVERY
        return found


@dataclass(frozen=True)
class Replayed:
    """What came of one rule."""

    false_alarms: int
    delays_h: tuple[float, ...]  # of every moment that was tried


def replay(
    clock: SimulatedClock, record: Record, rules: Sequence[Rule], tried: Sequence[datetime]
) -> list[Replayed]:
    """Looks at each silence once instead of at each tick; the same by construction, and by test."""
    known = [
        _Tried(moment, silence) for moment in tried if (silence := record.silence_at(moment)) is not None
    ]
    return [
        Replayed(
            sum(_is_false_alarm(clock, record, rule, number) for number in range(len(record.accepted) - 1)),
            _delays_h(clock, rule, known),
        )
        for rule in rules
    ]


def phone_rounds(clock: SimulatedClock, record: Record) -> int:
    """How often staff would have phoned because nobody could have seen them for too long (W4). No false alarms."""
    rounds = 0
    for blind in record.blind:
        number = record.last(blind.start)
        if number is None:
            continue
        silence = record.silence(number, blind.start)
        phone_at = blind.start + max(PHONE_WHEN_BLIND_FOR - silence.blind_for(blind.start), ZERO)
        look = clock.look(max(phone_at, clock.judged_from))
        rounds += look < blind.end and look <= clock.last
    return rounds


def _is_false_alarm(clock: SimulatedClock, record: Record, rule: Rule, number: int) -> bool:
    """A pass at a tick counts at that tick: it ends the silence before anybody looks."""
    since, end = record.accepted[number].at, record.accepted[number + 1].at
    if end - since <= rule.soonest:
        return False
    out = rule.goes_out(record.silence(number, end))
    return out is not None and clock.look(max(out, clock.judged_from)) < end


@dataclass(frozen=True)
class _Tried:
    """A moment that is tried and the silence in which it lies. Nobody is alarmed about who was never seen."""

    moment: datetime
    silence: Silence


def _delays_h(clock: SimulatedClock, rule: Rule, tried: Sequence[_Tried]) -> tuple[float, ...]:
    delays, known = list[float](), dict[tuple[datetime, int], datetime | None]()
    for one in tried:
        key = (one.silence.since, len(one.silence.doubts))
        if key not in known:
            known[key] = rule.goes_out(one.silence)
        out = known[key]
        if out is not None:
            delays.append((clock.look(max(out, one.moment)) - one.moment) / HOUR)
    return tuple(delays)
