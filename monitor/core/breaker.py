"""A circuit breaker: a channel that fails again and again is left alone, and asked with one message whether it is back."""

from dataclasses import dataclass

FAILURES = 5
PAUSE_S = 15.0


@dataclass
class Breaker:
    """Times are monotonic seconds."""

    failures: int = 0
    rests_until_s: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.failures >= FAILURES

    def may_try(self, now_s: float) -> bool:
        return not self.is_open or now_s >= self.rests_until_s

    def failed(self, now_s: float) -> None:
        self.failures += 1
        self.rests_until_s = now_s + PAUSE_S

    def worked(self) -> bool:
        """True when the channel was thought to be down until now."""
        was_open, self.failures = self.is_open, 0
        return was_open
