"""The enrolled templates, searched exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embedding, Embeddings, unit
from monitor.core.subject import Subject


@dataclass(frozen=True)
class Thresholds:
    """From which likeness (cosine) a face may get a name, and the people for whom more is asked."""

    resident_at: float
    stricter: Mapping[Subject, float] = field(default_factory=dict)

    def of(self, subject: Subject | None) -> float:
        return max(self.resident_at, self.stricter.get(subject, -1.0)) if subject else self.resident_at


UNCALIBRATED = Thresholds(0.50)


@dataclass(frozen=True)
class Match:
    """The best enrolled person for a probe and how far the next one is behind."""

    subject: Subject | None  # None: nobody is enrolled
    score: float  # cosine to the best of the person's templates
    margin: float  # score minus the best score of any other person


@dataclass(frozen=True, eq=False)
class Gallery:
    """T templates of P people. A person may have several; the best one counts.

    Likeness is measured around `centre`, what the faces of this place have in common: without it everybody is a little
    alike, and the tail of strangers' scores is longer.
    """

    templates: Embeddings  # (T, D) around the centre, unit length
    owners: NDArray[np.intp]  # (T,) index into people
    people: tuple[Subject, ...]
    centre: Embedding | None = None
    thresholds: Thresholds = UNCALIBRATED
    in_doubt: "Gallery | None" = None  # the same people as two engines see them, for a second opinion

    @staticmethod
    def empty() -> "Gallery":
        return Gallery.of([])

    @staticmethod
    def of(templates: Sequence[tuple[Subject, Embedding]]) -> "Gallery":
        people = tuple(sorted({subject for subject, _ in templates}))
        place = {subject: index for index, subject in enumerate(people)}
        stacked = np.stack([e for _, e in templates]) if templates else np.zeros((0, 0), np.float32)
        return Gallery(stacked, np.array([place[subject] for subject, _ in templates], np.intp), people)

    def around(self, centre: Embedding) -> "Gallery":
        """The same people, compared around a centre. For a gallery that has none yet."""
        return replace(self, templates=_around(self.templates, centre), centre=centre)

    def first_engine(self, dimensions: int) -> "Gallery":
        """Of joined templates the part that the first engine made. For a gallery without a centre."""
        return replace(self, templates=unit(self.templates[:, :dimensions]))

    def mean(self) -> Embedding | None:
        """The mean of the people's mean templates (D,), not of unit length; None when nobody is enrolled."""
        if not self.people:
            return None
        total = np.zeros((len(self.people), self.templates.shape[1]), np.float64)
        np.add.at(total, self.owners, self.templates)
        return np.asarray((total / np.bincount(self.owners)[:, None]).mean(axis=0), np.float32)

    def with_thresholds(self, thresholds: Thresholds) -> "Gallery":
        return replace(self, thresholds=thresholds)

    def scores(self, probes: Embeddings) -> NDArray[np.float32]:
        """Likeness of every probe to every person: (N, D) -> (N, P)."""
        likeness = _around(probes, self.centre) @ self.templates.T if self.people else None
        best = np.full((len(self.people), len(probes)), -1.0, np.float32)
        if likeness is not None:
            np.maximum.at(best, self.owners, likeness.T)
        return best.T

    def nearest(self, probes: Embeddings) -> list[tuple[Subject | None, float]]:
        """The best person for each of the probes (N, D), and the score."""
        if not self.people:
            return [(None, -1.0)] * len(probes)
        scores = _around(probes, self.centre) @ self.templates.T
        best = scores.argmax(axis=1)
        return [
            (self.people[self.owners[template]], float(scores[row, template]))
            for row, template in enumerate(best)
        ]

    def likeness(self, probe: Embedding, subject: Subject) -> float:
        """How like one person a probe is; -1 when they are not enrolled any more."""
        if subject not in self.people:
            return -1.0
        own = self.owners == self.people.index(subject)
        return float((self.templates[own] @ _around(probe, self.centre)).max())

    def search(self, probe: Embedding) -> Match:
        """Exact 1:N search by cosine."""
        if not self.people:
            return Match(None, -1.0, 2.0)
        scores = self.templates @ _around(probe, self.centre)
        best = int(np.argmax(scores))
        owner, score = self.owners[best], float(scores[best])
        scores[self.owners == owner] = -1.0
        return Match(self.people[owner], score, score - float(scores.max()))


def _around(embeddings: NDArray[np.float32], centre: Embedding | None) -> NDArray[np.float32]:
    return embeddings if centre is None or not embeddings.size else unit(embeddings - centre)
