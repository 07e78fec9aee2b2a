"""What is damaged, or has just become another scene, is told apart from what is whole."""

import numpy as np
import pytest

from monitor.core.damage import MOST_FILLED, MOST_TORN, Groups, Marks, Steadiness, is_damaged

HALL = np.random.default_rng(2).integers(40, 120, (45, 80)).astype(np.uint8)


@pytest.mark.parametrize(
    ("marks", "damaged"),
    [
        (Marks(0.0, 0.0), False),
        (Marks(MOST_TORN, MOST_FILLED), False),
        (Marks(MOST_TORN + 0.01, 0.0), True),
        (Marks(0.0, MOST_FILLED + 0.01), True),
    ],
)
def test_either_trace_alone_is_damage_when_there_is_too_much_of_it(marks: Marks, damaged: bool) -> None:
    assert is_damaged(marks) is damaged


def test_after_an_error_everything_up_to_the_next_key_frame_is_suspect() -> None:
    groups = Groups()
    groups.begin(10.0)
    assert groups.whole(10.4)
    assert groups.damage(10.4)
    assert not groups.whole(10.5) and not groups.whole(10.1)
    groups.begin(11.0)
    assert groups.whole(11.0) and not groups.whole(10.9)


def test_only_the_first_error_of_a_group_is_news() -> None:
    groups = Groups()
    groups.begin(10.0)
    assert [groups.damage(10.1), groups.damage(10.2)] == [True, False]


def test_a_picture_of_no_known_group_is_not_whole() -> None:
    groups = Groups()
    assert not groups.whole(3.0) and not groups.damage(3.0)
    for start_s in range(9):
        groups.begin(float(start_s))
    assert not groups.whole(1.0) and groups.whole(8.5)


def after_calm() -> Steadiness:
    """Somebody moves a little."""
    steadiness = Steadiness()
    for n in range(6):
        picture = HALL.copy()
        picture[10:20, 10 + n : 20 + n] = 240
        steadiness.jumped(picture, n / 10, key=False)
    return steadiness


def somebody_else() -> np.ndarray:
    picture = HALL.copy()
    picture[10:30, 20:40] = 240
    return picture


def test_the_same_scene_with_somebody_walking_through_it_is_settled() -> None:
    steadiness = Steadiness()
    for n in range(20):
        picture = HALL.copy()
        picture[:, 2 * n : 2 * n + 25] = 240
        assert not steadiness.jumped(picture, n / 10, key=n % 5 == 0) and steadiness.settled


def test_another_scene_has_to_stay_for_three_pictures() -> None:
    steadiness = Steadiness()
    steadiness.jumped(HALL, 0.0, key=True)
    assert steadiness.jumped(HALL + 100, 0.1, key=False)
    settled = []
    for n in range(3):
        settled.append(steadiness.settled)
        assert not steadiness.jumped(HALL + 100, 0.2 + n / 10, key=False)
    assert settled == [False, False, False] and steadiness.settled


def test_somebody_else_at_the_same_place_all_at_once_is_noticed_at_a_key_frame() -> None:
    assert after_calm().jumped(somebody_else(), 0.7, key=True)
    assert not after_calm().jumped(somebody_else(), 0.7, key=False)


def test_without_pictures_before_a_small_change_is_no_other_scene() -> None:
    steadiness = Steadiness()
    steadiness.jumped(HALL, 0.0, key=True)
    assert not steadiness.jumped(somebody_else(), 0.1, key=True)


def test_after_pictures_were_left_out_only_a_change_at_large_is_another_scene() -> None:
    calm = after_calm()
    calm.skip()
    assert not calm.jumped(somebody_else(), 0.7, key=True)
    calm.skip()
    assert calm.jumped(HALL + 100, 0.8, key=True)


def test_pictures_far_apart_in_time_are_not_compared() -> None:
    steadiness = after_calm()
    assert not steadiness.jumped(HALL + 100, 60.0, key=True) and steadiness.settled
