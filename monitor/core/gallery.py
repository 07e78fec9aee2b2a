"""The enrolled templates, searched exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embedding, Embeddings


@dataclass(frozen=True)
class Match:
    """The best enrolled resident for a probe and how far the next one is behind."""

    resident_id: int | None  # None: nobody is enrolled
    score: float  # cosine to the best of the resident's templates
    margin: float  # score minus the best score of any other resident


@dataclass(frozen=True)
class Gallery:
    """T templates of R residents. A resident may have several; the best one counts."""

    templates: Embeddings  # (T, D)
    resident_ids: NDArray[np.int64]  # (T,)

    @staticmethod
    def empty() -> "Gallery":
        return Gallery(np.zeros((0, 0), np.float32), np.zeros(0, np.int64))

    @staticmethod
    def of(templates: list[tuple[int, Embedding]]) -> "Gallery":
        if not templates:
            return Gallery.empty()
        return Gallery(
            np.stack([embedding for _, embedding in templates]),
            np.array([resident_id for resident_id, _ in templates], np.int64),
        )

    def search(self, probe: Embedding) -> Match:
        """Exact 1:N search by cosine."""
        if not len(self.resident_ids):
            return Match(None, -1.0, 2.0)
        scores = self.templates @ probe
        best = int(np.argmax(scores))
        others = scores[self.resident_ids != self.resident_ids[best]]
        runner_up = float(others.max()) if len(others) else -1.0
        return Match(int(self.resident_ids[best]), float(scores[best]), float(scores[best]) - runner_up)
