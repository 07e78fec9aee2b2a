"""When there is too much to do, looks are made further apart; nothing is ever done late."""

import pytest

from monitor.core.budget import EASY_S, KEYS_ONLY_FROM, LATE_S, MOST_STRETCH, Budget, Priority


def heeding(*lags_s: float) -> Budget:
    budget = Budget()
    for lag_s in lags_s:
        budget.heed(lag_s)
    return budget


def test_with_time_enough_nothing_is_left_out() -> None:
    budget = heeding(0.1, LATE_S, 0.0)
    assert budget.stretch == 1.0
    assert budget.pause_s(0.3, Priority.PLACE) == 0.3


def test_late_pictures_stretch_the_pauses_and_never_without_end() -> None:
    assert heeding(*[LATE_S + 0.1] * 3).stretch > 1.0
    assert heeding(*[LATE_S + 0.1] * 100).stretch == MOST_STRETCH


def test_the_pauses_shrink_again_once_nothing_waits() -> None:
    assert heeding(*[LATE_S + 0.1] * 3, *[EASY_S / 2] * 50).stretch == 1.0


def test_between_early_and_late_the_pauses_stay() -> None:
    assert heeding(LATE_S + 0.1, (EASY_S + LATE_S) / 2) == heeding(LATE_S + 0.1)


def test_gates_keep_their_rate_longest() -> None:
    budget = Budget(stretch=4.0)
    assert budget.pause_s(1.0, Priority.GATE) == pytest.approx(2.0)
    assert budget.pause_s(1.0, Priority.PLACE) == pytest.approx(4.0)


def test_far_behind_a_camera_is_watched_by_key_frames_gates_last() -> None:
    budget = Budget(stretch=KEYS_ONLY_FROM)
    assert budget.keys_only(Priority.PLACE)
    assert not budget.keys_only(Priority.GATE)
    assert Budget(stretch=MOST_STRETCH * 2).keys_only(Priority.GATE)
