"""Does a camera that gives pictures show anything by which somebody could be identified?

Measured: docs/decisions/0015-no-useful-view.md.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from monitor.core.scenery import COLUMNS, REFERENCE_BYTES, ROWS, Edges, Scenery, edges_of
from monitor.core.stillness import Stillness


class View(StrEnum):
    FINE = "fine"
    BLACK = "black"
    OVER_EXPOSED = "over_exposed"
    COVERED = "covered"  # or out of focus, or in thick fog
    FROZEN = "frozen"
    TURNED = "turned"


@dataclass(frozen=True)
class ViewState:
    view: View
    since_s: float | None = None  # since when nobody could have been identified; None while FINE


WIDTH, HEIGHT = 160, 90
BAD_AFTER_S = 60.0
GOOD_LOOKS = 3
FRESH_CHANGES = 2  # after a frozen picture: one change may be another frozen picture
LOOK_EVERY_S, LEARN_EVERY_S = 0.9, 5.0
GAP_S = 30.0  # without looks: what was between them is not known
SATURATED, MOST_SATURATED = 250, 0.7
DARK = 40.0  # below it a soft picture need not be covered, nor one of other edges turned
NO_STRUCTURE, TURNED_STRUCTURE = 0.02, 0.10  # share of the cells that stand out from their neighbours
BLURRED, BLURRED_SHARE = 3.0, 0.2  # grey levels; of the usual sharpness
USUAL_IN_S = 1800.0
_STANDS_OUT = 8.0  # grey levels
_SHARPEST = 0.02  # share of the pixels that tell the sharpness
_CELL = 5  # pixels
_MEANS = np.repeat(np.eye(COLUMNS + 2, dtype=np.float32), _CELL, axis=0) / np.float32(_CELL * _CELL)
_HEAD = struct.Struct("<5sBf")
_MARK = b"view1"


class _Look(NamedTuple):
    """What is measured on one picture."""

    light: float  # mean grey level
    saturated: float  # share of the pixels
    structure: float  # share of the cells
    sharpness: float  # grey levels between neighbours at the sharpest edges
    edges: Edges


def _look(gray: NDArray[np.uint8]) -> _Look:
    cells = _cells(gray)
    bump = 4 * cells[1:-1, 1:-1]
    for neighbour in (cells[:-2, 1:-1], cells[2:, 1:-1], cells[1:-1, :-2], cells[1:-1, 2:]):
        bump -= neighbour
    return _Look(
        float(np.add.reduce(cells, axis=None)) / cells.size,
        np.count_nonzero(gray >= SATURATED) / gray.size,
        np.count_nonzero(np.abs(bump) > _STANDS_OUT) / bump.size,
        _sharpness(gray),
        edges_of(cells),
    )


def _cells(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean grey levels of (ROWS + 2, COLUMNS + 2) cells of 5x5 pixels."""
    rows = np.add.reduce(gray.reshape(ROWS + 2, -1, WIDTH), axis=1, dtype=np.float32)
    return np.asarray(rows @ _MEANS, np.float32)


def _sharpness(gray: NDArray[np.uint8]) -> float:
    """By every fifth row."""
    left, right = gray[::5, :-1], gray[::5, 1:]
    steps = (np.maximum(left, right) - np.minimum(left, right)).ravel()
    return float(np.bincount(steps).cumsum().searchsorted((1 - _SHARPEST) * steps.size))


class ViewWatch:
    """Takes pictures of one camera, about one a second, and says whether it has a useful view.

    A view is bad only after it was so for `BAD_AFTER_S` without a break; then `since_s` is when that began. What the
    camera used to show is learned, from the first minute on; `export` and `restore` keep it over restarts.
    """

    def __init__(self) -> None:
        self._state = ViewState(View.FINE)
        self._scenery, self._stillness = Scenery(), Stillness()
        self._usual_sharpness: float | None = None
        self._last_s: float | None = None
        self._unlearned_s = 0.0
        self._bad_since_s: float | None = None  # not told yet
        self._good_looks = 0

    def update(self, gray: NDArray[np.uint8], at_s: float) -> ViewState:
        """Take a picture (HEIGHT, WIDTH) of monotonic time `at_s`; more than about one a second are ignored."""
        last_s = self._last_s
        if last_s is not None and at_s - last_s < LOOK_EVERY_S:
            return self._state
        if last_s is None or at_s - last_s > GAP_S:
            self._stillness.forget()
            self._bad_since_s, last_s = None, at_s
            if self._state == ViewState(self._state.view) != ViewState(View.FINE):
                self._state = ViewState(self._state.view, at_s)  # after a restart
        self._last_s = at_s
        gray = np.ascontiguousarray(gray)
        same_since_s = self._stillness.update(gray, at_s)
        look = _look(gray)
        bad = self._judge(look)
        if bad is None:
            self._bad_since_s = None
            self._learn(look, at_s - last_s)
        elif self._bad_since_s is None:
            self._bad_since_s = at_s
        self._state = self._next(bad, same_since_s, at_s)
        return self._state

    def accept(self) -> None:
        """Staff have turned the camera on purpose: what it shows now is right."""
        self._scenery, self._usual_sharpness = Scenery(), None

    def export(self) -> bytes:
        """What was learned, in at most 4 kB."""
        usual = -1.0 if self._usual_sharpness is None else self._usual_sharpness
        return _HEAD.pack(_MARK, list(View).index(self._state.view), usual) + self._scenery.export()

    @classmethod
    def restore(cls, kept: bytes) -> Self:
        """A watch that goes on with what was learned, and with its last word; a new one if it cannot be read."""
        watch = cls()
        body = kept[_HEAD.size :]
        if not kept.startswith(_MARK) or len(kept) < _HEAD.size or len(body) % REFERENCE_BYTES:
            return watch
        _, view, usual = _HEAD.unpack_from(kept)
        watch._state = ViewState(list(View)[view % len(View)])
        watch._usual_sharpness = usual if 0 <= usual <= 255 else None
        watch._scenery = Scenery.restore(body)
        return watch

    def _judge(self, look: _Look) -> View | None:
        """What is wrong with this look by itself."""
        if look.saturated >= MOST_SATURATED:
            return View.OVER_EXPOSED
        if look.light < DARK:
            return View.BLACK if look.structure < NO_STRUCTURE else None
        blurred = look.sharpness <= max(BLURRED, BLURRED_SHARE * (self._usual_sharpness or 0.0))
        if blurred or look.structure < NO_STRUCTURE:
            return View.COVERED
        if look.structure >= TURNED_STRUCTURE and self._scenery.turned(look.edges):
            return View.TURNED
        return None

    def _learn(self, look: _Look, seconds: float) -> None:
        self._unlearned_s += seconds
        if self._unlearned_s < LEARN_EVERY_S or look.structure < TURNED_STRUCTURE:
            return
        seconds, self._unlearned_s = min(self._unlearned_s, GAP_S), 0.0
        self._scenery.learn(look.edges, seconds)
        usual = look.sharpness if self._usual_sharpness is None else self._usual_sharpness
        self._usual_sharpness = usual + seconds / USUAL_IN_S * (look.sharpness - usual)

    def _next(self, bad: View | None, same_since_s: float, at_s: float) -> ViewState:
        before, bad_since_s = self._state, self._bad_since_s
        told = before.view is not View.FINE
        still = at_s - same_since_s >= BAD_AFTER_S
        if still:
            self._stillness.changes = 0
        if bad is not None and bad_since_s is not None and (told or at_s - bad_since_s >= BAD_AFTER_S):
            view, since_s = bad, bad_since_s
        elif still:
            view, since_s = View.FROZEN, same_since_s
        elif not told or self._is_good_again(before.view):
            return ViewState(View.FINE)
        else:
            return before
        self._good_looks = 0
        return ViewState(view, before.since_s if told else since_s)

    def _is_good_again(self, told: View) -> bool:
        if told is View.FROZEN and self._stillness.changes < FRESH_CHANGES:
            return False
        self._good_looks += 1
        return self._good_looks >= GOOD_LOOKS
