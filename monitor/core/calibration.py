"""Thresholds from data: how alike are people who are not the same, here and in general?

A stranger is compared with everybody who is enrolled, so the threshold rises with the gallery. What is asked for is a
share of strangers who get any name (FPIR, ISO/IEC 19795-1); it is far out in the tail of the likeness of two different
people, beyond most pairs that a place has. The tail is therefore fitted: exceedances over a high likeness follow a
generalised Pareto distribution (J. Pickands, Annals of Statistics 3(1), 1975). Its shape is held at 0, the exponential:
measured shapes are slightly below (a shorter tail), but with few people the estimate scatters on both sides, and a tail
that is taken for too short names strangers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embedding
from monitor.core.gallery import Gallery, Thresholds
from monitor.core.subject import Subject

TAIL_SHARE, TAIL_LEAST = 0.003, 50  # the part of the pairs that the tail is fitted to, and at least how many
GENERAL_PAIRS = 5000  # how many pairs of the place weigh as much as the general statistic
GENERAL_PEOPLE = 50  # how many enrolled people weigh as much as the general centre
# Below so many people the threshold is that of so many: people before one camera share its light and lens and are more
# alike than portraits from everywhere. Of five people in one room strangers reached 0.37 (docs/recognition.md).
LEAST_PEOPLE = 200
BLOCK = 1024  # templates that are compared with all others at once
LOOKALIKE_MARGIN = 0.05  # a resident who resembles another must be this much more alike than the other is
COUNTER_MARGIN = 0.02  # a face that staff rejected must not pass again, nor one a little more alike


@dataclass(frozen=True)
class Tail:
    """P(likeness of two different people > t) = share * exp(-(t - start) / scale) for t >= start."""

    start: float
    share: float
    scale: float
    pairs: int

    def beyond(self, likeness: float) -> float:
        return self.share * math.exp(-max(0.0, likeness - self.start) / self.scale)


@dataclass(frozen=True)
class General:
    """What an engine's likenesses are in general, made from people who are enrolled nowhere; nobody's face is in it.

    Two enrolled people more alike than `same_person_at` are one person, or twins, and not part of the place's statistic.
    """

    engine: str
    centre: Embedding
    tail: Tail
    same_person_at: float


@dataclass(frozen=True)
class Lookalike:
    """Two enrolled people who are close; `a` sorts before `b`."""

    a: Subject
    b: Subject
    score: float
    same_person: bool  # or twins


@dataclass(frozen=True)
class Calibration:
    """The thresholds of a gallery and what they were made from."""

    thresholds: Thresholds
    people: int
    wanted_fpir: float
    site: Tail | None  # None: too few people for a statistic of their own
    general: Tail
    lookalikes: tuple[Lookalike, ...]

    def threshold_for(self, people: int) -> float:
        """The threshold that a gallery of so many people would get."""
        return threshold(people, self.wanted_fpir, self.site, self.general)

    def __str__(self) -> str:
        at, wanted = self.thresholds.resident_at, self.wanted_fpir
        return f"{self.people} people, threshold {at:.3f} for {wanted:.2%} of strangers named at most"

    def fpir(self, people: int, at: float) -> float:
        """The share of strangers who would get a name in a gallery of so many people at this threshold."""
        return 1.0 - (1.0 - _pooled(self.site, self.general, at)) ** people


def centred(gallery: Gallery, general: General) -> Gallery:
    """A gallery without a centre -> the same around what all faces have in common: the place's own mean, held to the
    general one while few are enrolled.
    """
    mean, people = gallery.mean(), len(gallery.people)
    if mean is None:
        return gallery.around(general.centre)
    own = people / (people + GENERAL_PEOPLE)
    return gallery.around(np.asarray(own * mean + (1 - own) * general.centre, np.float32))


def fit(likenesses: NDArray[np.floating], share: float = TAIL_SHARE) -> Tail | None:
    """The tail of the likenesses (n,) of different people; None when there are too few."""
    count = max(TAIL_LEAST, round(share * len(likenesses)))
    if len(likenesses) < 4 * TAIL_LEAST:
        return None
    top = np.partition(likenesses, len(likenesses) - count - 1)[-count - 1 :]
    start = float(top.min())
    scale = max(float((top - start).sum()) / count, 1e-4)
    return Tail(start, count / len(likenesses), scale, len(likenesses))


def threshold(people: int, wanted_fpir: float, site: Tail | None, general: Tail) -> float:
    """The likeness that a stranger reaches with probability `wanted_fpir` for any of so many people."""
    wanted = 1.0 - (1.0 - wanted_fpir) ** (1.0 / max(people, LEAST_PEOPLE))
    low, high = -1.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _pooled(site, general, middle) > wanted:
            low = middle
        else:
            high = middle
    return high


def calibrate(
    gallery: Gallery,
    general: General,
    wanted_fpir: float,
    counter_examples: Mapping[Subject, float] | None = None,
) -> Calibration:
    """Thresholds for a centred gallery; `counter_examples` are the highest likenesses of faces that staff rejected."""
    alike = _between_people(gallery)
    pairs = alike[np.triu_indices(len(gallery.people), 1)]
    site = fit(pairs[pairs < general.same_person_at])
    at = threshold(len(gallery.people), wanted_fpir, site, general.tail)
    lookalikes = _lookalikes(gallery, alike, at, general.same_person_at)
    stricter = _of_lookalikes(lookalikes, at)
    for subject, score in (counter_examples or {}).items():
        stricter[subject] = max(stricter.get(subject, at), score + COUNTER_MARGIN)
    return Calibration(
        Thresholds(at, {subject: score for subject, score in stricter.items() if score > at}),
        len(gallery.people),
        wanted_fpir,
        site,
        general.tail,
        lookalikes,
    )


def _pooled(site: Tail | None, general: Tail, likeness: float) -> float:
    """The place's own statistic counts more the more pairs it has."""
    if site is None:
        return general.beyond(likeness)
    own = site.pairs / (site.pairs + GENERAL_PAIRS)
    return own * site.beyond(likeness) + (1 - own) * general.beyond(likeness)


def _between_people(gallery: Gallery) -> NDArray[np.float32]:
    """The greatest likeness of any two templates of each two people: (P, P). In blocks, for memory's sake."""
    people = len(gallery.people)
    order = np.argsort(gallery.owners, kind="stable")
    templates, owners = gallery.templates[order], gallery.owners[order]
    starts = np.searchsorted(owners, np.arange(people))
    best = np.full((people, people), -1.0, np.float32)
    for begin in range(0, len(owners), BLOCK):
        block = slice(begin, begin + BLOCK)
        to_people = np.maximum.reduceat(templates[block] @ templates.T, starts, axis=1)
        who, firsts = np.unique(owners[block], return_index=True)
        best[who] = np.maximum(best[who], np.maximum.reduceat(to_people, firsts, axis=0))
    return best


def _lookalikes(
    gallery: Gallery, alike: NDArray[np.float32], at: float, same_person_at: float
) -> tuple[Lookalike, ...]:
    close = []
    for a, b in zip(*np.nonzero(np.triu(alike, 1) > at - LOOKALIKE_MARGIN), strict=True):
        score = float(alike[a, b])
        close.append(Lookalike(gallery.people[a], gallery.people[b], score, score >= same_person_at))
    return tuple(sorted(close, key=lambda pair: pair.score, reverse=True))


def _of_lookalikes(lookalikes: tuple[Lookalike, ...], at: float) -> dict[Subject, float]:
    """More is asked of who resembles another: being taken for each other must be harder than being oneself."""
    stricter: dict[Subject, float] = {}
    for pair in lookalikes:
        for subject in () if pair.same_person else (pair.a, pair.b):
            stricter[subject] = max(stricter.get(subject, at), pair.score + LOOKALIKE_MARGIN)
    return stricter
