"""What a pipeline said, held against what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.pipelines.cost import Cost
from bench.pipelines.passes import LATE_S, Shown


@dataclass(frozen=True)
class Said:
    """A pipeline reports somebody on a camera. `at_s` is monotonic; `who` is a portrait's key when it gives a name."""

    camera: str
    at_s: float
    who: str | None
    answer: bool = True  # false: a face was found, but not yet compared with the enrolled ones


@dataclass(frozen=True)
class Outcome:
    """One pipeline's run."""

    pipeline: str
    estate: int  # cameras of the estate that the figures are for
    cameras: int  # cameras it really ran on
    cost: Cost
    fixed_mb: float  # memory that does not grow with the cameras
    server: Cost
    elsewhere_cores: float  # what other work on the machine took meanwhile
    shown: tuple[Shown, ...]
    delays_s: tuple[float, ...]  # from the first clear face to the event, of the passes found
    named: int  # passes in which the right name was said
    note: str

    @property
    def scale(self) -> float:
        return self.estate / self.cameras

    @property
    def cpu_s_per_camera_minute(self) -> float:
        return self.cost.cores * 60 / self.cameras

    @property
    def cores(self) -> float:
        return self.cost.cores * self.scale

    @property
    def rss_mb(self) -> float:
        return self.fixed_mb + (self.cost.rss_mb - self.fixed_mb) * self.scale

    def delay_s(self, percent: float) -> float | None:
        return float(np.percentile(self.delays_s, percent)) if self.delays_s else None


def judge(shown: Sequence[Shown], said: Sequence[Said]) -> tuple[tuple[float, ...], int]:
    """(delays of the passes found, how many got the right name).

    A pass is found when something is said of its camera from its start until LATE_S after its end. A delay is that of
    the first answer, and below zero when it came before the face was clear.
    """
    delays, named = [], 0
    for one in shown:
        about = [s for s in said if s.camera == one.camera and one.start_s <= s.at_s <= one.end_s + LATE_S]
        if about:
            answers = [s for s in about if s.answer] or about
            delays.append(min(s.at_s for s in answers) - one.clear_s)
            named += any(s.who == one.key for s in about)
    return tuple(delays), named
