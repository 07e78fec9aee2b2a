"""The general statistic of an engine, as it is shipped: numbers only, made by bench/general.py."""

import json
from importlib.resources import files
from typing import Any

import numpy as np

from monitor.core.calibration import General, Tail
from monitor.core.embedding import Embedding
from monitor.core.engine import DLIB


def general(engine: str) -> General:
    """Raises FileNotFoundError for an engine without a statistic."""
    told = _told(engine)
    centre = np.array(told["centre"], np.float32)
    return General(told["engine"], centre, Tail(**told["tail"]), told["same_person_at"])


def dlib_mean() -> Embedding:
    """What all faces have in common as dlib sees them (128,): two strangers have a cosine of 0.9 before it is taken away."""
    return np.array(_told(DLIB)["mean"], np.float32)


def _told(engine: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (files("monitor.vision") / "statistics" / f"{engine}.json").read_text("utf-8")
    )
    return found
