"""The figures of one engine on one protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.calibration import Calibration, General, calibrate, centred
from monitor.core.gallery import Gallery
from monitor.core.identification import IdentificationPolicy
from monitor.core.open_set import Share, Trial
from monitor.core.subject import Subject
from monitor.evaluate.protocol import Picture, Split

FPIRS = (0.1, 0.01, 0.003)
SIZES = (50, 100, 200)  # smaller galleries, drawn from the whole
PREDICTED_SIZE = 5000
DRAWS = 20
WORST = 12


@dataclass(frozen=True)
class AtSize:
    """Strangers who get a name at the default settings with so many people enrolled. Nothing measured: predicted only."""

    gallery: int
    threshold: float
    predicted: float
    measured: float | None
    draws: int


@dataclass(frozen=True)
class Pair:
    """Two pictures that were taken for each other, or two of one person that were not."""

    probe: int  # indices of pictures
    enrolled: int
    score: float
    wrong_name: bool


@dataclass(frozen=True, eq=False)
class Figures:
    engine: str
    enrolled: int
    gallery: int
    trial: Trial
    fnir: dict[float, Share]
    threshold: float  # the one in force at the default settings
    named_strangers: Share  # at the default settings
    fnir_at_default: Share
    sizes: tuple[AtSize, ...]
    worst: tuple[Pair, ...]
    not_found: int  # pictures without a face
    ms_per_image: float


def figures(
    engine: str,
    pictures: Sequence[Picture],
    split: Split,
    templates: NDArray[np.float32],  # (pictures, D) as enrolled; rows of zeros where no face was found
    probes: NDArray[np.float32],  # (pictures, D) as asked about
    general: General,
    wanted_fpir: float,
    ms_per_image: float,
) -> Figures:
    names = sorted({pictures[i].subject for i in split.gallery})
    number = {name: index for index, name in enumerate(names)}
    gallery, calibration = _gallery(split.gallery, pictures, number, templates, general, wanted_fpir)
    subjects = {subject.id: column for column, subject in enumerate(gallery.people)}
    own = np.array([subjects.get(number[pictures[i].subject], -1) for i in split.mated])
    mated = _scores(gallery, probes, split.mated)
    strangers = _scores(gallery, probes, split.strangers)
    right = (mated.argmax(axis=1) == own) & (own >= 0)
    trial = Trial(
        np.where(right, mated.max(axis=1), -1.0).astype(np.float64), strangers.max(axis=1).astype(np.float64)
    )
    threshold = calibration.thresholds.resident_at
    return Figures(
        engine=engine,
        enrolled=split.enrolled,
        gallery=len(names),
        trial=trial,
        fnir={fpir: trial.fnir(fpir) for fpir in FPIRS},
        threshold=threshold,
        named_strangers=Share(int(_named(gallery, strangers).sum()), len(strangers)),
        fnir_at_default=Share(int((~(right & _named(gallery, mated))).sum()), len(mated)),
        sizes=_sizes(split, pictures, number, templates, probes, general, wanted_fpir, calibration),
        worst=_worst(split, pictures, gallery, mated, strangers, right, names, templates, threshold),
        not_found=sum(not probes[i].any() for i in (*split.mated, *split.strangers)),
        ms_per_image=ms_per_image,
    )


def _gallery(
    rows: Sequence[int],
    pictures: Sequence[Picture],
    number: dict[str, int],
    templates: NDArray[np.float32],
    general: General,
    wanted_fpir: float,
) -> tuple[Gallery, Calibration]:
    found = [i for i in rows if templates[i].any()]
    people = [(Subject.resident(number[pictures[i].subject]), templates[i]) for i in found]
    gallery = centred(Gallery.of(people), general)
    calibration = calibrate(gallery, general, wanted_fpir)
    return gallery.with_thresholds(calibration.thresholds), calibration


def _scores(gallery: Gallery, probes: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    """(rows, P); -1 where no face was found."""
    asked = probes[list(rows)]
    scores = gallery.scores(asked)
    scores[~asked.any(axis=1)] = -1.0
    return scores


def _named(gallery: Gallery, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which probes get a name at the default settings, from one picture: threshold and margin."""
    order = np.sort(scores, axis=1)
    runner_up = order[:, -2] if scores.shape[1] > 1 else np.full(len(scores), -1.0)
    needed = np.array([gallery.thresholds.of(gallery.people[best]) for best in scores.argmax(axis=1)])
    return (order[:, -1] >= needed) & (order[:, -1] - runner_up >= IdentificationPolicy().margin)


def _sizes(
    split: Split,
    pictures: Sequence[Picture],
    number: dict[str, int],
    templates: NDArray[np.float32],
    probes: NDArray[np.float32],
    general: General,
    wanted_fpir: float,
    whole: Calibration,
) -> tuple[AtSize, ...]:
    """Smaller galleries are drawn at random (seeded) and measured; a larger one can only be predicted."""
    chance, found = np.random.default_rng(0), []
    for size in (*[s for s in SIZES if s < len(number)], len(number)):
        draws = DRAWS if size < len(number) else 1
        shares, thresholds, predictions = [], [], []
        for _ in range(draws):
            drawn = set(chance.permutation(len(number))[:size].tolist())
            rows = [i for i in split.gallery if number[pictures[i].subject] in drawn]
            gallery, calibration = _gallery(rows, pictures, number, templates, general, wanted_fpir)
            named = _named(gallery, _scores(gallery, probes, split.strangers))
            shares.append(float(named.mean()) if len(named) else 0.0)
            thresholds.append(calibration.thresholds.resident_at)
            predictions.append(calibration.fpir(size, calibration.thresholds.resident_at))
        found.append(
            AtSize(
                size, float(np.mean(thresholds)), float(np.mean(predictions)), float(np.mean(shares)), draws
            )
        )
    large = whole.threshold_for(PREDICTED_SIZE)
    found.append(AtSize(PREDICTED_SIZE, large, whole.fpir(PREDICTED_SIZE, large), None, 0))
    return tuple(found)


def _worst(
    split: Split,
    pictures: Sequence[Picture],
    gallery: Gallery,
    mated: NDArray[np.float32],
    strangers: NDArray[np.float32],
    right: NDArray[np.bool_],
    names: Sequence[str],
    templates: NDArray[np.float32],
    threshold: float,
) -> tuple[Pair, ...]:
    """The strangers who come closest to a name, and the residents who are furthest from theirs."""
    first: dict[str, int] = {}
    for i in split.gallery:
        first.setdefault(pictures[i].subject, i)
    pairs = []
    for row, probe in enumerate(split.strangers):
        best = int(strangers[row].argmax())
        name = names[gallery.people[best].id]
        pairs.append(Pair(probe, first[name], float(strangers[row, best]), True))
    closest = sorted(pairs, key=lambda pair: -pair.score)[:WORST]
    missed = []
    for row, probe in enumerate(split.mated):
        score = float(mated[row].max()) if right[row] else -1.0
        if score < threshold:
            missed.append(Pair(probe, first[pictures[probe].subject], score, False))
    return (*closest, *sorted(missed, key=lambda pair: pair.score)[:WORST])
