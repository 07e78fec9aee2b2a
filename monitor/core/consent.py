"""What a resident agreed to."""

from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    RECOGNITION = "recognition"
    WELLNESS = "wellness"
    KEEP_PHOTO = "keep_photo"  # keep the face pictures, so that a new engine needs no new photos


def in_force(given_at: datetime, until: datetime, withdrawn_at: datetime | None, now: datetime) -> bool:
    """Consent holds from its date to its end unless it was withdrawn. A consent without an end cannot exist."""
    return given_at <= now < until and (withdrawn_at is None or now < withdrawn_at)
