"""Whether a picture is whole: rules on numbers that the decoder and monitor.vision.damage measure.

A decoder hands over a picture even where half of it is guessed. A guessed face may look like somebody else, so what
is damaged, or has just changed altogether, is evidence for nobody.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Condition(StrEnum):
    """What a frame may be used for."""

    WHOLE = "whole"
    DAMAGED = "damaged"  # for nothing
    UNSETTLED = "unsettled"  # to watch by, not to decide by: the scene has just changed at once


@dataclass(frozen=True)
class Marks:
    """Traces of damage around one face."""

    torn: float  # 0..1: share of the block edges with a step that the picture does not have elsewhere
    filled: float  # 0..1: share of the blocks in the one colour of a picture that is missing


MOST_TORN, MOST_FILLED = 0.10, 0.06


def is_damaged(marks: Marks) -> bool:
    """Measured: docs/decisions/0010-damaged-pictures.md."""
    return marks.torn > MOST_TORN or marks.filled > MOST_FILLED


class Groups:
    """Which pictures are suspect: after an error everything up to the next key frame. Times are those of the camera.

    Decoders show pictures later than they were sent, so groups are told apart by time and not by what came last.
    """

    _KEPT = 4

    def __init__(self) -> None:
        self._starts_s: list[float] = []
        self._damaged: list[bool] = []

    def begin(self, at_s: float) -> None:
        """A key frame of this time follows."""
        self._starts_s = [*self._starts_s, at_s][-self._KEPT :]
        self._damaged = [*self._damaged, False][-self._KEPT :]

    def damage(self, at_s: float) -> bool:
        """Something of this time is broken; returns whether its group was whole so far."""
        index = self._of(at_s)
        if index is None or self._damaged[index]:
            return False
        self._damaged[index] = True
        return True

    def whole(self, at_s: float) -> bool:
        index = self._of(at_s)
        return index is not None and not self._damaged[index]

    def _of(self, at_s: float) -> int | None:
        begun = [n for n, start_s in enumerate(self._starts_s) if start_s <= at_s]
        return begun[-1] if begun else None


class Steadiness:
    """Notices that a scene has become another one: another camera, day to night, the light switched on.

    Takes small luma pictures (height, width) uint8 of one stream in a row; what lies further apart than `WITHIN_S` is
    not compared, because daylight has changed meanwhile. Another stream that is whole begins with a key frame: there
    a smaller change is enough, when it is out of all proportion to how the pictures before moved.
    """

    MIN_STEP = 28  # grey levels by which a place differs
    MIN_SHARE = 0.5  # of the places, anywhere: nobody covers half of the picture from one frame to the next
    KEY_SHARE, KEY_RATIO = 0.03, 3.5  # at a key frame
    SETTLE_FRAMES = 3
    WITHIN_S = 2.0
    _AT_REST = 0.002  # the change that noise alone makes

    def __init__(self) -> None:
        self._last: NDArray[np.int16] | None = None
        self._last_s = 0.0
        self._recent: deque[float] = deque(maxlen=4)  # how much the pictures before changed
        self._unsettled_for = 0

    def jumped(self, luma: NDArray[np.uint8], at_s: float, key: bool) -> bool:
        """Whether this picture has little to do with the one before."""
        now, last, gap_s = luma.astype(np.int16), self._last, at_s - self._last_s
        self._last, self._last_s = now, at_s
        if last is None or gap_s > self.WITHIN_S:
            self._unsettled_for = 0
            self._recent.clear()
            return False
        share = float((np.abs(now - last) > self.MIN_STEP).mean())
        jumped = share >= self.MIN_SHARE or (key and self._out_of_proportion(share))
        self._recent.append(share)
        self._unsettled_for = self.SETTLE_FRAMES if jumped else max(0, self._unsettled_for - 1)
        return jumped

    def skip(self) -> None:
        """Pictures are left out here: how much the next one changes says less."""
        self._recent.clear()

    def _out_of_proportion(self, share: float) -> bool:
        before = max(self._recent, default=1.0)
        return share >= self.KEY_SHARE and share >= self.KEY_RATIO * max(before, self._AT_REST)

    @property
    def settled(self) -> bool:
        """Whether the scene has been the same for some pictures; true for a first one."""
        return self._unsettled_for == 0
