"""Is everybody accounted for? Every watched resident stands in exactly one place, and the places add up (W18)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from types import MappingProxyType

from monitor.core.presence import PresenceState

# Where somebody is known to be well or away by their own word; the others ask for something.
ACCOUNTED_FOR = frozenset({PresenceState.SEEN, PresenceState.PAUSED})

RECENT_DAYS, BEFORE_DAYS = 7, 21
LEAST_BEFORE, LEAST_RECENT = 7, 3  # passes; with fewer nothing can be said
BY_CHANCE = 0.01  # how rarely so few passes may come by chance
NEAR_THRESHOLD, NEAR_SHARE = 0.03, 0.5


@dataclass(frozen=True)
class Count:
    """Everybody who is watched, once. `parts` adds up to `watched`."""

    parts: Mapping[PresenceState, int]

    @staticmethod
    def of(states: Iterable[PresenceState]) -> "Count":
        """Who has withdrawn is watched no longer."""
        found: dict[PresenceState, int] = {
            state: 0 for state in PresenceState if state is not PresenceState.WITHDRAWN
        }
        for state in states:
            if state in found:
                found[state] += 1
        return Count(MappingProxyType(found))

    @property
    def watched(self) -> int:
        return sum(self.parts.values())

    @property
    def accounted_for(self) -> int:
        return sum(n for state, n in self.parts.items() if state in ACCOUNTED_FOR)

    @property
    def everybody(self) -> bool:
        return self.accounted_for == self.watched


@dataclass(frozen=True)
class Recognition:
    """How often cameras have recognised somebody of late, in passes, and how well."""

    recent: int  # the last 7 days
    before: int  # the 21 days before those
    could_be_seen: float = 1.0  # share of the recent time that was neither blind nor a planned absence
    near_threshold: float = 0.0  # share of the recent sightings that only just counted


def fades(found: Recognition) -> bool:
    """Whether somebody is recognised less than before: photos no longer match, or their life has changed.

    Few passes are told from chance by a Poisson test against the days before, in as far as they could be seen.
    """
    if found.before < LEAST_BEFORE:
        return False
    usual = found.before * RECENT_DAYS / BEFORE_DAYS * found.could_be_seen
    return _at_most(found.recent, usual) < BY_CHANCE


def only_just(found: Recognition) -> bool:
    """Whether most of what was recognised lay near the threshold: the next time may lie below."""
    return found.recent >= LEAST_RECENT and found.near_threshold >= NEAR_SHARE


def _at_most(n: int, mean: float) -> float:
    """P(X <= n) of a Poisson count."""
    term = total = exp(-mean)
    for k in range(1, n + 1):
        term *= mean / k
        total += term
    return total
