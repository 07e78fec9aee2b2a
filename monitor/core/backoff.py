"""How long to wait before trying again."""

from collections.abc import Callable


def full_jitter_s(attempt: int, first_s: float, longest_s: float, random: Callable[[], float]) -> float:
    """Exponential backoff with full jitter: uniform in 0..min(longest, first * 2^attempt), attempt from 0."""
    return random() * min(longest_s, first_s * 2.0 ** min(attempt, 16))
