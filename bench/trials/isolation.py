"""Ten cameras behind a cut cable must not make the others' frames older.

The age of a frame runs from the moment in which the camera sends it to the moment in which the reader hands it out,
both on this machine's monotonic clock. With and without the ten alternate; how much the age differs between the
stretches without them says how much of a difference is chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from faults.reading import Reading, camera, is_live, reading

from bench.trials.cameras import Sent, faulty
from bench.trials.lines import Line, percentile
from monitor.core.budget import Budget
from monitor.vision.decoder import Frame

MOST_RATIO = 1.10
SETTLE_S = 4.0  # after the ten are added or taken away
GIVE_UP_S = 60.0


@dataclass(frozen=True)
class Ages:
    """Frame ages of one stretch, in seconds."""

    dead: int
    ages_s: list[float]


class Watch:
    """Notes the age of every frame that a reader hands out."""

    def __init__(self, one: Reading, sent: Sent) -> None:
        self.ages_s: list[float] = []
        self._frames, self._name, self._sent = one.reader.frames, one.reader.camera.id, sent
        one.reader.frames = self._noting

    def _noting(self, budget: Budget) -> Iterator[Frame]:
        for frame in self._frames(budget):
            sent_s = self._sent.take(self._name, frame.pts_s)
            if sent_s is not None:
                self.ages_s.append(monotonic() - sent_s)
            yield frame


def run(
    folder: Path, rounds: int = 3, cameras: int = 54, dead: int = 10, stretch_s: float = 20.0
) -> list[Ages]:
    with faulty(folder, cameras) as served:
        names = [each.name for each in served]
        for name in names[:dead]:
            served[name].black_hole()
        sent = Sent(served[name] for name in names[dead:])
        with reading(*[camera(served.address(name), name=name) for name in names]) as readings:
            lost, others = readings[:dead], readings[dead:]
            for one in lost:
                one.reader.stop()
            watches = [Watch(one, sent) for one in others]
            for one in others:
                one.always = True
            for one in others:
                one.until(is_live, GIVE_UP_S)
            found = []
            for _ in range(rounds):
                found.append(_stretch(watches, 0, stretch_s))
                for one in lost:
                    one.reader.start()
                found.append(_stretch(watches, dead, stretch_s))
                for one in lost:
                    one.reader.stop()
            found.append(_stretch(watches, 0, stretch_s))
            return found


def _stretch(watches: Sequence[Watch], dead: int, stretch_s: float) -> Ages:
    Event().wait(SETTLE_S)
    before = [len(watch.ages_s) for watch in watches]
    Event().wait(stretch_s)
    return Ages(
        dead, [age for watch, n in zip(watches, before, strict=True) for age in list(watch.ages_s)[n:]]
    )


def lines(stretches: Sequence[Ages]) -> list[Line]:
    without = [x for x in stretches if not x.dead]
    beside = [x for x in stretches if x.dead]
    p99_without = percentile([age for x in without for age in x.ages_s], 99)
    p99_beside = percentile([age for x in beside for age in x.ages_s], 99)
    alone = [percentile(x.ages_s, 99) for x in without]
    ratio, chance = p99_beside / p99_without, max(alone) / min(alone)
    return [
        Line(
            f"frame age p99 of the others with {beside[0].dead} black-holed cameras",
            "≤ 1.10 times",
            f"{ratio:.2f} times ({1000 * p99_without:.0f} ms → {1000 * p99_beside:.0f} ms; "
            f"stretches without differ by up to {chance:.2f} times)",
            ratio <= MOST_RATIO,
            {"ratio": ratio, "p99_without_s": p99_without, "p99_with_s": p99_beside, "chance": chance},
        )
    ]
