"""A face picture is worth less for every flaw, and nothing when one is too bad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.quality import Flaw, assess, frontality


def face(nose_x: float) -> np.ndarray:
    return np.array([[30, 50], [70, 50], [nose_x, 70], [35, 90], [65, 90]], np.float32)


FRONT = face(50)
GOOD = {"width_px": 100.0, "landmarks_xy": FRONT, "sharpness": 200.0, "brightness": 130.0}


def test_a_good_picture_has_full_score_and_no_flaw() -> None:
    quality = assess(**GOOD)
    assert (quality.score, quality.flaws) == (pytest.approx(1), ())


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"width_px": 50.0}, Flaw.SMALL),
        ({"sharpness": 40.0}, Flaw.BLURRED),
        ({"landmarks_xy": face(64)}, Flaw.TURNED),
        ({"brightness": 30.0}, Flaw.DARK),
        ({"brightness": 230.0}, Flaw.BRIGHT),
    ],
)
def test_a_flaw_is_named_and_costs_score(change: dict[str, object], flaw: Flaw) -> None:
    quality = assess(**(GOOD | change))
    assert quality.flaws == (flaw,)
    assert 0 < quality.score < 1


@pytest.mark.parametrize(
    "change",
    [
        {"width_px": 32.0},
        {"sharpness": 12.0},
        {"landmarks_xy": face(90)},
        {"brightness": 15.0},
        {"brightness": 245.0},
    ],
)
def test_one_flaw_that_is_too_bad_makes_the_picture_useless(change: dict[str, object]) -> None:
    assert assess(**(GOOD | change)).score == 0


@pytest.mark.parametrize(
    ("nose_x", "front"), [(50, 1.0), (40, 0.5), (60, 0.5), (30, 0.0), (70, 0.0), (20, 0.0), (90, 0.0)]
)
def test_frontality_falls_as_the_nose_leaves_the_middle(nose_x: float, front: float) -> None:
    assert frontality(face(nose_x)) == pytest.approx(front)


def test_eyes_in_one_place_are_no_front_view() -> None:
    assert frontality(np.zeros((5, 2), np.float32)) == 0


@given(st.floats(0, 2000), st.floats(0, 100), st.floats(0, 5000), st.floats(0, 255))
def test_the_score_is_a_share(width_px: float, nose_x: float, sharpness: float, brightness: float) -> None:
    assert 0 <= assess(width_px, face(nose_x), sharpness, brightness).score <= 1
