"""What a camera usually looks at: edges on a coarse grid, which light, rain and people change little.

Measured: docs/decisions/0015-no-useful-view.md.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

Edges = NDArray[np.complex64]  # (ROWS, COLUMNS): direction of the slope, 0..1 by its strength

ROWS, COLUMNS = 16, 30
SOFT = 6.0  # grey levels: slopes below it count less
ALIKE = 0.5  # the same view beyond doubt
MARGIN = 0.02  # by which the reference must fit better here than shifted elsewhere
LEARNED_AFTER_S = 60.0
FOLLOWS_IN_S = 900.0  # daylight, parked cars
NEW_LIGHT_AFTER_S = 600.0  # the same view under a light that is not known yet: night, snow
MOST_REFERENCES = 4
_DOWN, _ACROSS = 6, 8  # how far the reference is shifted, in cells
_GRID = (2 * ROWS, 2 * COLUMNS)
_STEPS_DOWN, _STEPS_ACROSS = np.mgrid[-_DOWN : _DOWN + 1, -_ACROSS : _ACROSS + 1]
_HERE = (abs(_STEPS_DOWN) <= 1) & (abs(_STEPS_ACROSS) <= 1)  # a pole sways
_ELSEWHERE = (abs(_STEPS_DOWN) > 2) | (abs(_STEPS_ACROSS) > 2)


def edges_of(cells: NDArray[np.float32]) -> Edges:
    """Of mean grey levels on a grid of (ROWS + 2, COLUMNS + 2) cells."""
    across, down = cells[1:-1, 2:] - cells[1:-1, :-2], cells[2:, 1:-1] - cells[:-2, 1:-1]
    strength = np.sqrt(across * across + down * down) + np.float32(SOFT)
    edges = np.empty((ROWS, COLUMNS), np.complex64)
    np.divide(across, strength, out=edges.real)
    np.divide(down, strength, out=edges.imag)
    return edges


@dataclass(frozen=True, eq=False)
class Reference:
    """The edges of a view in one light."""

    edges: Edges

    @cached_property
    def _size(self) -> float:
        return _size(self.edges)

    @cached_property
    def _spectrum(self) -> NDArray[np.complex64]:
        return np.fft.fft2(self.edges, _GRID).conj().astype(np.complex64)

    def likeness(self, edges: Edges) -> float:
        """-1..1"""
        return float(np.vdot(self.edges, edges).real) / self._size / _size(edges)

    def fits(self, edges: Edges) -> bool:
        """Whether this is the same view, if perhaps in another light: it fits here and not better elsewhere."""
        shifted = np.fft.ifft2(np.fft.fft2(edges, _GRID) * self._spectrum).real
        window = shifted[_STEPS_DOWN, _STEPS_ACROSS] / (self._size * _size(edges))
        here = float(window[_HERE].max())
        return here >= ALIKE or here - float(window[_ELSEWHERE].max()) >= MARGIN

    def nearer(self, edges: Edges, part: float) -> "Reference":
        return Reference(self.edges + np.float32(part) * (edges - self.edges))


def _size(edges: Edges) -> float:
    return float(np.sqrt(np.vdot(edges, edges).real)) + 1e-6


class Scenery:
    """The references of one camera, learned from what it sees: by day, by night. The last one that fitted is first."""

    def __init__(self) -> None:
        self._references: list[Reference] = []
        self._sum: Edges | None = None  # of looks that no reference describes well
        self._looks, self._learning_s = 0, 0.0

    def turned(self, edges: Edges) -> bool:
        """Whether this has nothing to do with anything that the camera used to look at."""
        if not self._references or any(r.likeness(edges) >= ALIKE for r in self._references):
            return False
        return not any(r.fits(edges) for r in self._references)

    def learn(self, edges: Edges, seconds: float) -> None:
        """A look at the right view, which stands for so many seconds."""
        likeness = [r.likeness(edges) for r in self._references]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= ALIKE:
            reference = self._references.pop(best).nearer(edges, min(1.0, seconds / FOLLOWS_IN_S))
            self._references.insert(0, reference)
            self._sum = None
            return
        if self._sum is None:
            self._sum, self._looks, self._learning_s = np.zeros_like(edges), 0, 0.0
        self._sum += edges
        self._looks += 1
        self._learning_s += seconds
        if self._learning_s >= (NEW_LIGHT_AFTER_S if self._references else LEARNED_AFTER_S):
            learned = Reference((self._sum / self._looks).astype(np.complex64))
            self._references = [learned, *self._references][:MOST_REFERENCES]
            self._sum = None

    def export(self) -> bytes:
        """One byte for each number."""
        parts = [part for r in self._references for part in (r.edges.real, r.edges.imag)]
        return np.round(np.array(parts) * 127).astype(np.int8).tobytes()

    @classmethod
    def restore(cls, kept: bytes) -> Self:
        """Of what `export` gave: a multiple of `REFERENCE_BYTES`."""
        scenery = cls()
        parts = np.frombuffer(kept, np.int8).reshape(-1, 2, ROWS, COLUMNS).astype(np.float32) / 127
        scenery._references = [Reference((p[0] + 1j * p[1]).astype(np.complex64)) for p in parts]
        return scenery


REFERENCE_BYTES = 2 * ROWS * COLUMNS
