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
NO_EVIDENCE = (
    "no_evidence"  # in a sighting's `why`: the reason, a text key, for which it says nothing about life
)


def same_pass(a_from: datetime, a_to: datetime, b_from: datetime, b_to: datetime) -> bool:
    """Whether two stretches of being seen on a camera belong to one pass; they may come in any order."""
    return b_from - a_to <= SAME_PASS and a_from - b_to <= SAME_PASS
