"""What staff say about an identification that was wrong or missing."""

from enum import StrEnum


class Correction(StrEnum):
    NOT_THEM = "not_them"  # "This is not her": the sighting is taken back
    IS_THEM = "is_them"  # "This is her": an unclear face was this resident


class PhotoSource(StrEnum):
    """Where an enrolled face came from."""

    PHOTO = "photo"
    WALK = "walk"  # a walk past a camera
    SIGHTING = "sighting"  # a face that staff confirmed
