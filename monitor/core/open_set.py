"""Open-set identification in figures, as ISO/IEC 19795-1 has them.

FNIR: share of mated probes whose own subject is not returned above the threshold. FPIR: share of probes of people who
are not enrolled that get any name.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959964


@dataclass(frozen=True)
class Share:
    """A counted share with its 95 % interval after E. B. Wilson, JASA 22, 1927."""

    count: int
    of: int

    @property
    def value(self) -> float:
        return self.count / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return math.nan, math.nan
        n, p = self.of, self.value
        middle = (p + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
        half = Z_95 / (1 + Z_95**2 / n) * math.sqrt(p * (1 - p) / n + Z_95**2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, eq=False)
class Trial:
    """What a gallery said of every probe."""

    mated: NDArray[np.float64]  # (M,) score of the best candidate where that is the right person, else -1
    strangers: NDArray[np.float64]  # (S,) score of the best candidate

    def threshold(self, fpir: float) -> float:
        """The lowest threshold at which at most this share of the strangers is above it."""
        allowed = math.floor(fpir * len(self.strangers) + 1e-9)
        return float(np.sort(self.strangers)[::-1][allowed]) if allowed < len(self.strangers) else -1.0

    def fnir_at(self, threshold: float) -> Share:
        """A probe must be above the threshold."""
        return Share(int((self.mated <= threshold).sum()), len(self.mated))

    def fpir_at(self, threshold: float) -> Share:
        return Share(int((self.strangers > threshold).sum()), len(self.strangers))

    def fnir(self, fpir: float) -> Share:
        return self.fnir_at(self.threshold(fpir))

    def det(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The DET curve: FPIR and FNIR at every threshold that makes a difference, (K,) each, FPIR falling."""
        at = np.unique(np.concatenate([self.strangers, [-1.0]]))
        above = np.array([(self.strangers > t).mean() for t in at])
        missed = np.array([(self.mated <= t).mean() for t in at])
        return above, missed
