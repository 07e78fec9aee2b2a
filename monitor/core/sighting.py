"""A resident on a camera, from-to."""

from datetime import datetime, timedelta
from enum import StrEnum


class Direction(StrEnum):
    """Which way people go who walk towards a camera."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


# A person who turns round or is hidden for a moment is still on the same pass.
SAME_PASS = timedelta(seconds=45)


def continues(ended_at: datetime, seen_at: datetime) -> bool:
    """Whether being seen now goes on with the sighting that ended then."""
    return seen_at - ended_at <= SAME_PASS
