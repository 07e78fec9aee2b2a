"""The one place that reads a clock. Rules take `now` as an argument."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The wall clock, for what people read and what is stored. Aware, UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that never run backwards, for stalls, leases, backoff and frame ages."""
    return time.monotonic()
