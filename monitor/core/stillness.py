"""Since when a picture has not changed, apart from a small area such as a clock."""

import numpy as np
from numpy.typing import NDArray

CELL_H, CELL_W = 5, 8  # pixels
MAY_CHANGE = 0.15  # of the cells: the clock, and what the encoder changes around it
_SAME = 1  # grey levels: an encoder never draws the same picture quite the same


class Stillness:
    """Takes pictures (height, width) uint8 of one size, in whole cells."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._changed_s = np.zeros((0, 0))  # when each cell changed last
        self.since_s = 0.0
        self.changes = 0  # how often since_s has moved on since `forget`

    def forget(self) -> None:
        """Begin anew with the next picture."""
        self._last, self.changes = None, 0

    def update(self, gray: NDArray[np.uint8], at_s: float) -> float:
        """Returns since when it has been the same picture."""
        last, self._last = self._last, gray
        if last is None:
            self._changed_s = np.full((gray.shape[0] // CELL_H, gray.shape[1] // CELL_W), at_s)
            self.since_s = at_s
            return at_s
        changed = _changed(last, gray)
        self._changed_s[changed] = at_s
        since_s, may_change = at_s, int(MAY_CHANGE * changed.size)
        if np.count_nonzero(changed) <= may_change:
            quiet = changed.size - may_change - 1
            since_s = float(np.partition(self._changed_s.ravel(), quiet)[quiet])
        self.changes += since_s > self.since_s
        self.since_s = since_s
        return since_s


def _changed(last: NDArray[np.uint8], gray: NDArray[np.uint8]) -> NDArray[np.bool_]:
    # Wraps around on purpose: what differs by at most one lies in 0..2. Eight pixels are looked at as one number.
    apart = (gray - last + np.uint8(_SAME) > 2 * _SAME).view(np.uint64)
    rows, columns = apart.shape
    cells = np.bitwise_or.reduce(apart.reshape(rows // CELL_H, CELL_H, columns), axis=1)
    return np.asarray(cells != 0, np.bool_)
