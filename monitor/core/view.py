"""Stand-in."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class View(StrEnum):
    FINE = "fine"
    BLACK = "black"


@dataclass(frozen=True)
class ViewState:
    view: View
    since_s: float


class ViewWatch:
    def __init__(self) -> None:
        self.state = ViewState(View.FINE, 0.0)

    def update(self, gray: NDArray[np.uint8], at_s: float) -> ViewState:
        return self.state
