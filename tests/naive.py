"""What the watch should say, counted minute by minute and as simply as can be, from the words of the specification.

It knows nothing of the services: it takes a history (tests/histories.py) and a minute, and looks only at what had arrived.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor
from zoneinfo import ZoneInfo

from histories import (
    BUTTON,
    DOOR,
    DOUBT,
    IDENTIFYING,
    LENGTH,
    LOOK_AGAIN,
    NOT_BACK,
    PHONE,
    URGENT,
    VISIT,
    Away,
    Closing,
    History,
    moment,
)

ZONE = ZoneInfo("Asia/Shanghai")
IN, BOTH, OUT = 2, 1, 0  # who is seen in two ways at once is inside
WAYS = {
    "gate-in": IN,
    "gate-out": OUT,
    "lift": BOTH,
    "seen": BOTH,
    "phoned": BOTH,
    "visited": BOTH,
    BUTTON: BOTH,
}
BACK = ("gate-in", "visited")
WEIGHTS = {DOUBT: 0.3, DOOR: 0.7}
ONE_DOUBT = 10
PUT_OFF = 1.5
NEARLY = 1e-6  # minutes: a length that is reached by so little may or may not be
STEPS = ("phone", "visit", "urgent")


@dataclass(frozen=True)
class Due:
    """An alert that must be out; `surely` but for the last digit of a number."""

    cause: str
    step: str
    surely: bool = True


class Naive:
    """What is known in one minute."""

    def __init__(self, history: History, minute: int, closed: Sequence[Closing]) -> None:
        self._history, self._minute = history, minute
        self._known = [proof for proof in history.proofs if proof.arrives <= minute]
        self._closed = [closing for closing in closed if closing.at <= minute]
        dark = [
            {m for o in history.outages if o.camera == c for m in range(o.start, o.end)} for c in IDENTIFYING
        ]
        blind = set.intersection(*dark)
        self._seen_until = [0]
        for each in range(2 * LENGTH):
            self._seen_until.append(self._seen_until[-1] + (each not in blind))

    def accepted(self) -> tuple[int, int] | None:
        """When she was alive last, and which way she went."""
        found = [(proof.at, WAYS[proof.kind]) for proof in self._known if proof.kind in WAYS]
        found += [(closing.at, BOTH) for closing in self._closed if closing.well]
        return max(found, default=None)

    def since(self) -> int | None:
        last = self.accepted()
        if last is None:
            return None
        ends = [end for away, end in self._away() if away.start < end <= self._minute]
        return max([last[0], *ends])

    def is_away(self) -> bool:
        return any(away.start <= self._minute < end for away, end in self._away())

    def is_watched(self) -> bool:
        return self._minute < self._history.consent_until

    def unseen_minutes(self) -> int | None:
        """Of the silence by accepted evidence, without time in which nobody could have been seen."""
        since = self.since()
        return None if since is None else self._seen_between(since, self._minute)

    def phone_after(self) -> int:
        return min(PHONE, NOT_BACK) if self._cause() == "not_back" else PHONE

    def doubted(self) -> bool:
        since = self.since()
        return since is not None and bool(self._doubts(since))

    def due(self) -> Due | None:
        """The highest step that must be out by now."""
        if not self.is_watched() or self.is_away() or self.since() is None:
            return None
        lengths = {"phone": self.phone_after(), "visit": VISIT, "urgent": URGENT}
        for step in reversed(STEPS):
            for surely in (True, False):
                if self._is_out(step, lengths[step], NEARLY if surely else -NEARLY):
                    return Due(self._cause(), step, surely)
        return None

    def _is_out(self, step: str, length: float, more: float) -> bool:
        reached = self._reached(length, more)
        if reached is None:
            return False
        if step != "urgent" and self._is_quiet(floor(reached)):
            reached = floor(reached)
            while self._is_quiet(int(reached)):
                reached += 1
        return max(reached, self._not_before()) <= self._minute

    def _reached(self, length: float, more: float) -> float | None:
        """When the silence came to this length: in a minute, or somewhere between two."""
        since = self.since()
        assert since is not None
        doubts = self._doubts(since)
        for minute in range(since, self._minute + 1):
            before = [doubt for doubt in doubts if doubt[0] < minute]
            if self._expected(since, before, minute) > length + NEARLY:
                return minute - 0.5
            until = [doubt for doubt in doubts if doubt[0] <= minute]
            enough = self._seen_between(since, minute) >= length * PUT_OFF
            if enough or self._expected(since, until, minute) >= length + more:
                return minute
        return None

    def _expected(self, since: int, doubts: Sequence[tuple[int, float]], minute: int) -> float:
        """U(t) of the specification: the newest doubt first."""
        left, total = 1.0, 0.0
        for at, weight in sorted(doubts, reverse=True):
            total += left * weight * self._seen_between(at, minute)
            left *= 1 - weight
        return total + left * self._seen_between(since, minute)

    def _doubts(self, since: int) -> list[tuple[int, float]]:
        """What follows within ten minutes of another is one, and as much as the best of them."""
        found: list[tuple[int, float]] = []
        for at, weight in sorted(
            (p.at, WEIGHTS[p.kind]) for p in self._known if p.kind in WEIGHTS and p.at > since
        ):
            if found and at - found[-1][0] < ONE_DOUBT:
                found[-1] = (at, max(weight, found[-1][1]))
            else:
                found.append((at, weight))
        return found

    def _seen_between(self, start: int, end: int) -> int:
        return self._seen_until[end] - self._seen_until[start]

    def _cause(self) -> str:
        last = self.accepted()
        return "not_back" if last is not None and last[1] == OUT and self.since() == last[0] else "unseen"

    def _not_before(self) -> int:
        """Staff who found out nothing are not sent again at once."""
        last = self.accepted()
        vain = max((closing.at for closing in self._closed if not closing.well), default=None)
        return 0 if vain is None or (last is not None and vain <= last[0]) else vain + LOOK_AGAIN

    def _is_quiet(self, minute: int) -> bool:
        hour = moment(minute).astimezone(ZONE).hour
        return self._history.quiet and (hour >= 22 or hour < 7)

    def _away(self) -> Iterator[tuple[Away, int]]:
        """Each absence that was entered, and its end: by staff, by being seen coming in after that, or as planned."""
        for away in self._history.away:
            if away.entered > self._minute:
                continue
            ends = [away.end]
            if away.staff_end is not None and away.staff_end <= self._minute:
                ends.append(max(away.staff_end, away.start))
            ends += [
                p.at
                for p in self._known
                if p.kind in BACK and p.at > away.entered and away.start <= p.at < away.end
            ]
            yield away, min(ends)
