"""Evaluates engines on a folder of photographs, by the path that enrolment photos take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.bootstrap import embedder
from monitor.clock import monotonic_s
from monitor.core.detection import Detections
from monitor.core.ports import Embedder, Image
from monitor.evaluate.figures import Figures, figures
from monitor.evaluate.protocol import Picture, Split, read, split
from monitor.vision import weights
from monitor.vision.detector import YuNetDetector
from monitor.vision.general import general
from monitor.vision.landmarks import FineLandmarks

Progress = Callable[[str], None]
ENROLLED = (1, 3)
LEAST_SCORE = 0.5  # a doubtful find is confirmed by the second look


@dataclass(frozen=True, eq=False)
class Embedded:
    """Every picture as a probe and, where it is enrolled somewhere, as a template; zeros where no face was found."""

    probes: NDArray[np.float32]  # (pictures, D)
    templates: NDArray[np.float32]
    ms_per_image: float  # of a probe: detect, align, embed


def evaluate(
    folder: Path, engines: Sequence[str], data_dir: Path, wanted_fpir: float, progress: Progress
) -> tuple[list[Picture], list[Figures]]:
    """The figures of every engine with one and with three enrolled pictures. Raises ConfigError."""
    pictures = read(folder)
    splits = [s for s in (split(pictures, n) for n in ENROLLED) if s.gallery and s.mated and s.strangers]
    found = []
    for name in engines:
        engine = embedder(name, data_dir)
        made = _embed(
            engine, pictures, splits, YuNetDetector(weights.yunet(data_dir), min_score=LEAST_SCORE), progress
        )
        for one in splits:
            found.append(
                figures(
                    name,
                    pictures,
                    one,
                    made.templates,
                    made.probes,
                    general(engine.name),
                    wanted_fpir,
                    made.ms_per_image,
                )
            )
    return pictures, found


def _embed(
    engine: Embedder,
    pictures: Sequence[Picture],
    splits: Sequence[Split],
    detector: YuNetDetector,
    progress: Progress,
) -> Embedded:
    landmarks = FineLandmarks(detector)
    enrolled = {i for one in splits for i in one.gallery}
    asked = {i for one in splits for i in (*one.mated, *one.strangers)}
    probes: dict[int, NDArray[np.float32]] = {}
    templates: dict[int, NDArray[np.float32]] = {}
    spent_s = 0.0
    for i, picture in enumerate(pictures):
        if i % 250 == 0:
            progress(f"{engine.name}: {i} of {len(pictures)} pictures")
        image = cv2.imread(str(picture.path))
        if image is None:
            continue
        frame = np.asarray(image, np.uint8)
        if i in asked:
            begun_s = monotonic_s()
            points = _points(detector, landmarks, frame)
            if points is not None:
                probes[i] = engine.embed(frame, points[None])[0]
            spent_s += monotonic_s() - begun_s
        if i in enrolled:
            points = _points(detector, landmarks, frame)
            if points is not None:
                templates[i] = engine.template(frame, points[None])[0]
    width = len(next(iter(templates.values()))) if templates else 0
    return Embedded(
        _table(probes, len(pictures), width),
        _table(templates, len(pictures), width),
        1000 * spent_s / max(len(asked), 1),
    )


def _points(detector: YuNetDetector, landmarks: FineLandmarks, image: Image) -> NDArray[np.float32] | None:
    found = detector.detect(image)
    return landmarks.find(image, found.landmarks_xy[_middle(found, image)]) if len(found) else None


def _middle(found: Detections, image: Image) -> int:
    """The face that the picture is about: large and in the middle."""
    height, width = image.shape[:2]
    centres_xy = (found.boxes_xyxy[:, :2] + found.boxes_xyxy[:, 2:]) / 2
    away_px = np.hypot(centres_xy[:, 0] - width / 2, centres_xy[:, 1] - height / 2)
    return int(np.argmax(found.boxes_xyxy[:, 2] - found.boxes_xyxy[:, 0] - away_px))


def _table(rows: dict[int, NDArray[np.float32]], count: int, width: int) -> NDArray[np.float32]:
    table = np.zeros((count, width), np.float32)
    for i, row in rows.items():
        table[i] = row
    return table
