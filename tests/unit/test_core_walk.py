"""The pictures of a walk: the best ones, apart in time, from different sides."""

import numpy as np
import pytest

from monitor.core.walk import Glimpse, choose, is_full, turn_of


def test_the_best_pictures_are_taken_in_order_of_time() -> None:
    walk = [Glimpse(n, quality, 0.0) for n, quality in enumerate((0.4, 0.9, 0.5, 0.8, 0.6, 0.7, 0.3))]
    assert choose(walk) == [1, 2, 3, 4, 5]


def test_pictures_of_the_same_moment_count_once() -> None:
    walk = [Glimpse(0.2 * n, 0.5 + 0.1 * (n == 3), 0.0) for n in range(6)]
    assert choose(walk) == [0, 3]


def test_another_pose_is_worth_a_little_quality() -> None:
    front, same, turned, poor = (
        Glimpse(0, 0.9, 0.0),
        Glimpse(1, 0.72, 0.0),
        Glimpse(2, 0.7, 0.2),
        Glimpse(3, 0.3, 0.4),
    )
    assert choose([front, same, turned, poor][:3]) == [0, 1, 2]
    five = [Glimpse(n, 0.9 - n / 100, 0.0) for n in range(4)]
    assert choose([*five, Glimpse(4, 0.72, 0.0), Glimpse(5, 0.7, 0.3)]) == [0, 1, 2, 3, 5]


def test_a_walk_is_full_with_five_good_pictures() -> None:
    good = [Glimpse(n, 0.85, 0.0) for n in range(5)]
    assert is_full(good)
    assert not is_full(good[:4])
    assert not is_full([*good[:4], Glimpse(9, 0.6, 0.0)])


def test_nothing_seen_gives_nothing() -> None:
    assert choose([]) == []


@pytest.mark.parametrize(("nose_x", "turn"), [(10, -0.5), (20, 0.0), (25, 0.25), (90, 0.5)])
def test_the_turn_is_where_the_nose_stands_between_the_eyes(nose_x: float, turn: float) -> None:
    points = np.array([[10, 0], [30, 0], [nose_x, 10], [12, 20], [28, 20]], np.float32)
    assert turn_of(points) == pytest.approx(turn, abs=1e-5)


def test_eyes_in_one_place_are_no_reason_to_fail() -> None:
    assert turn_of(np.zeros((5, 2), np.float32)) == -0.5
