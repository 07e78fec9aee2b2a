"""Which photos of one person fit together, and what the set still lacks."""

import numpy as np
import people
import pytest

from monitor.core.embedding import Embedding, Embeddings, unit
from monitor.core.engine import DLIB, SFACE
from monitor.core.enrolment import Refusal, SetFlaw, advise, is_close, is_same


def photo(name: str, number: int, likeness: float = 0.7) -> Embedding:
    """One of several photos of somebody; two of them have about this likeness."""
    own = people.face(f"{name} {number}")
    return unit(np.sqrt(likeness) * people.face(name) + np.sqrt(1 - likeness) * own)


def photos(*shown: tuple[str, int]) -> Embeddings:
    return np.stack([photo(name, number) for name, number in shown])


def test_three_different_photos_of_one_person_need_no_advice() -> None:
    advice = advise(photos(("Ada", 1), ("Ada", 2), ("Ada", 3)))
    assert (advice.refusals, advice.flaws) == ((None, None, None), ())


def test_one_and_two_photos_are_few() -> None:
    assert advise(photos(("Ada", 1))).flaws == (SetFlaw.ONE_PHOTO,)
    assert advise(photos(("Ada", 1), ("Ada", 2))).flaws == (SetFlaw.TWO_PHOTOS,)


def test_the_same_picture_again_adds_nothing() -> None:
    assert advise(photos(*[("Ada", 1)] * 4)).flaws == (SetFlaw.SAME_PICTURE,)
    assert advise(photos(*[("Ada", 1)] * 2)).flaws == (SetFlaw.TWO_PHOTOS, SetFlaw.SAME_PICTURE)
    assert advise(photos(("Ada", 1), ("Ada", 1), ("Ada", 2))).flaws == ()


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_a_photo_of_somebody_else_is_refused_when_the_rest_agree(wrong: int) -> None:
    shown = [("Ada", 1), ("Ada", 2), ("Ada", 3)]
    shown.insert(wrong, ("Ben", 1))
    advice = advise(photos(*shown))
    assert [n for n, refusal in enumerate(advice.refusals) if refusal is Refusal.NOT_SAME_PERSON] == [wrong]
    assert advice.flaws == ()


def test_a_wrong_photo_does_not_pull_down_two_that_are_only_a_little_alike() -> None:
    pair = [photo("Ada", 1, 0.4), photo("Ada", 2, 0.4)]
    assert advise(np.stack([*pair, -people.face("Ada")])).refusals == (None, None, Refusal.NOT_SAME_PERSON)


@pytest.mark.parametrize("shown", [("Ada", "Ben"), ("Ada", "Ada", "Ben", "Ben"), ("Ada", "Ben", "Cleo")])
def test_without_a_majority_no_photo_is_taken(shown: tuple[str, ...]) -> None:
    advice = advise(photos(*[(name, number) for number, name in enumerate(shown)]))
    assert (set(advice.refusals), advice.flaws) == ({Refusal.PHOTOS_DISAGREE}, ())


def test_new_photos_are_measured_by_those_that_are_enrolled() -> None:
    enrolled = photos(("Ada", 1), ("Ada", 2))
    advice = advise(photos(("Ada", 3), ("Ben", 1), ("Ben", 2), ("Ben", 3)), enrolled)
    assert advice.refusals == (None, *[Refusal.NOT_SAME_PERSON] * 3)
    assert advice.flaws == ()


def test_the_flaws_are_those_of_the_whole_set() -> None:
    assert advise(photos(("Ada", 2)), photos(("Ada", 1))).flaws == (SetFlaw.TWO_PHOTOS,)
    nothing = np.zeros((0, 128), np.float32)
    assert advise(photos(("Ada", 2)), nothing).flaws == (SetFlaw.ONE_PHOTO,)


def test_a_likeness_means_nothing_then_a_look_alike_then_the_same_person() -> None:
    assert [(is_close(score, SFACE), is_same(score, SFACE)) for score in (0.39, 0.41, 0.61)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_to_dlib_everybody_is_more_alike() -> None:
    assert [(is_close(score, DLIB), is_same(score, DLIB)) for score in (0.61, 0.75, 0.91)] == [
        (False, False),
        (True, False),
        (True, True),
    ]
