"""FNIR and FPIR as the standard counts them."""

import math

import numpy as np
import pytest

from monitor.core.open_set import Share, Trial

TRIAL = Trial(mated=np.array([0.9, 0.5, 0.3, -1.0]), strangers=np.array([0.1, 0.2, 0.3, 0.4]))


@pytest.mark.parametrize(
    ("fpir", "threshold", "missed"), [(0.0, 0.4, 2), (0.25, 0.3, 2), (0.5, 0.2, 1), (1.0, -1.0, 1)]
)
def test_a_probe_counts_when_it_is_above_what_the_allowed_strangers_reach(
    fpir: float, threshold: float, missed: int
) -> None:
    assert TRIAL.threshold(fpir) == threshold
    assert TRIAL.fnir(fpir) == Share(missed, 4)
    assert TRIAL.fpir_at(threshold).value <= fpir


def test_the_curve_falls_from_everybody_named_to_nobody() -> None:
    above, missed = TRIAL.det()
    assert above.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert missed.tolist() == [0.25, 0.25, 0.25, 0.5, 0.5]


def test_an_interval_holds_the_share_and_is_wider_for_fewer() -> None:
    low, high = Share(5, 100).interval
    assert (low, high) == (pytest.approx(0.0215, abs=1e-3), pytest.approx(0.1118, abs=1e-3))
    assert Share(0, 800).interval == (0.0, pytest.approx(0.0048, abs=1e-4))


def test_a_share_of_nothing_is_no_number() -> None:
    assert math.isnan(Share(0, 0).value)
    assert all(math.isnan(edge) for edge in Share(0, 0).interval)
