"""What a set of enrolment photos is worth, and whom it looks like: the gallery advice."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embeddings
from monitor.core.engine import DLIB

# Likeness is the cosine of two embeddings.
# From the first two people may be taken for each other; from the second it is one person, or they cannot be told apart.
LOOKS_LIKE, SAME_PERSON = 0.40, 0.60
DLIB_LOOKS_LIKE, DLIB_SAME_PERSON = 0.70, 0.90  # to dlib by itself, everybody is more alike
SAME_PICTURE = 0.98
UNLIKE = 0.30  # a photo less like the others than this shows somebody else
ENOUGH_PHOTOS = 3
NAME_LIMIT, FLAT_LIMIT, PHOTO_LIMIT = 100, 60, 10


class SetFlaw(StrEnum):
    """Why a set of photos is poor although each may be good; also the key of the sentence shown to people."""

    ONE_PHOTO = "one_photo"
    TWO_PHOTOS = "two_photos"
    SAME_PICTURE = "same_picture"


class Refusal(StrEnum):
    """Why a photo that is good by itself does not fit the others; text keys as well."""

    NOT_SAME_PERSON = "not_same_person"
    PHOTOS_DISAGREE = "photos_disagree"  # and nobody can tell which one is wrong


@dataclass(frozen=True)
class GalleryAdvice:
    """One answer for each photo, None where it fits; and what would make the set better."""

    refusals: tuple[Refusal | None, ...]
    flaws: tuple[SetFlaw, ...]


def advise(photos: Embeddings, enrolled: Embeddings | None = None) -> GalleryAdvice:
    """Judge the photos (N, D) of one person; with the templates (M, D) that this person has already, by those."""
    if enrolled is not None and len(enrolled):
        to_enrolled = (photos @ enrolled.T).mean(axis=1)
        fitting = [n for n in range(len(photos)) if to_enrolled[n] >= UNLIKE]
        kept = np.concatenate([photos[fitting], enrolled])
    else:
        fitting = _agreeing(photos @ photos.T)
        if 2 * len(fitting) <= len(photos):
            return GalleryAdvice((Refusal.PHOTOS_DISAGREE,) * len(photos), ())
        kept = photos[fitting]
    refusals = tuple(None if n in fitting else Refusal.NOT_SAME_PERSON for n in range(len(photos)))
    return GalleryAdvice(refusals, _flaws(kept))


def is_close(score: float, engine: str) -> bool:
    """Whether two people with this likeness may be taken for each other."""
    return score >= (DLIB_LOOKS_LIKE if engine == DLIB else LOOKS_LIKE)


def is_same(score: float, engine: str) -> bool:
    return score >= (DLIB_SAME_PERSON if engine == DLIB else SAME_PERSON)


def _agreeing(likeness: NDArray[np.float32]) -> list[int]:
    """Set the photo aside that is least like all others, again and again, as long as it is unlike them."""
    agreeing = list(range(len(likeness)))
    while len(agreeing) > 1:
        among = likeness[np.ix_(agreeing, agreeing)]
        to_others = (among.sum(axis=1) - among.diagonal()) / (len(agreeing) - 1)
        worst = int(np.argmin(to_others))
        if to_others[worst] >= UNLIKE:
            break
        del agreeing[worst]
    return agreeing


def _flaws(kept: Embeddings) -> tuple[SetFlaw, ...]:
    if len(kept) == 1:
        return (SetFlaw.ONE_PHOTO,)
    flaws = [SetFlaw.TWO_PHOTOS] if len(kept) < ENOUGH_PHOTOS else []
    if (kept @ kept.T).min() > SAME_PICTURE:
        flaws.append(SetFlaw.SAME_PICTURE)
    return tuple(flaws)
