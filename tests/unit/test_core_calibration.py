"""Thresholds follow from the people who are enrolled and from a general statistic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import calibration
from monitor.core.calibration import (
    COUNTER_MARGIN,
    LEAST_PEOPLE,
    LOOKALIKE_MARGIN,
    Calibration,
    General,
    Tail,
    calibrate,
    centred,
    fit,
    threshold,
)
from monitor.core.embedding import unit
from monitor.core.gallery import Gallery
from monitor.core.subject import Subject

DIMENSIONS = 64
GENERAL = General("fake", np.zeros(DIMENSIONS, np.float32), Tail(0.2, 0.02, 0.04, 10_000), 0.6)
ADA, BEN = Subject.resident(0), Subject.resident(1)


def crowd(people: int, seed: int = 0) -> Gallery:
    """People who have nothing in common."""
    faces = unit(np.random.default_rng(seed).normal(size=(people, DIMENSIONS)))
    return Gallery.of([(Subject.resident(number), face) for number, face in enumerate(faces)])


def made(gallery: Gallery, **options: object) -> Calibration:
    return calibrate(centred(gallery, GENERAL), GENERAL, 0.003, **options)  # type: ignore[arg-type]


def test_the_tail_of_an_exponential_is_found() -> None:
    likenesses = np.random.default_rng(1).exponential(0.03, 200_000)
    tail = fit(likenesses)
    assert tail is not None
    assert tail.scale == pytest.approx(0.03, rel=0.15)
    assert tail.beyond(0.3) == pytest.approx(np.exp(-10), rel=0.8)


def test_a_few_likenesses_are_no_statistic() -> None:
    assert fit(np.linspace(0, 0.3, 199)) is None
    assert made(crowd(10)).site is None


def test_likenesses_that_are_all_the_same_have_a_tail_without_length() -> None:
    tail = fit(np.full(1000, 0.2))
    assert tail is not None and tail.beyond(0.25) < 1e-9


@given(st.integers(1, 5000), st.floats(1e-4, 0.1))
def test_the_threshold_keeps_the_wanted_share(people: int, wanted: float) -> None:
    at = threshold(people, wanted, None, GENERAL.tail)
    named = 1 - (1 - GENERAL.tail.beyond(at)) ** people
    assert named <= wanted * 1.001
    slightly_lower = 1 - (1 - GENERAL.tail.beyond(at - 1e-3)) ** max(people, LEAST_PEOPLE)
    assert slightly_lower > wanted * 0.999 or at <= GENERAL.tail.start + 1e-3


def test_few_people_get_the_threshold_of_many() -> None:
    assert threshold(3, 0.003, None, GENERAL.tail) == threshold(LEAST_PEOPLE, 0.003, None, GENERAL.tail)


def test_the_threshold_rises_with_the_gallery() -> None:
    many = made(crowd(200))
    assert many.threshold_for(LEAST_PEOPLE) <= many.threshold_for(400) < many.threshold_for(1000)
    assert many.threshold_for(5000) > many.thresholds.resident_at
    assert many.fpir(200, many.thresholds.resident_at) == pytest.approx(0.003, rel=1e-3)


def test_people_who_look_more_alike_than_others_raise_the_threshold() -> None:
    shared = np.zeros(DIMENSIONS)
    chance = np.random.default_rng(2)
    families = chance.normal(size=(10, DIMENSIONS))
    faces = unit(
        np.array([families[n % 10] + 1.3 * chance.normal(size=DIMENSIONS) + shared for n in range(150)])
    )
    related = Gallery.of([(Subject.resident(n), face) for n, face in enumerate(faces)])
    assert made(related).thresholds.resident_at > made(crowd(150)).thresholds.resident_at + 0.05


def twins(likeness: float) -> Gallery:
    """Ada and Ben are this much alike, before anything is centred; the others have nothing in common."""
    others = crowd(30, seed=3)
    ada = np.zeros(DIMENSIONS, np.float32)
    ada[0] = 1.0
    ben = np.zeros(DIMENSIONS, np.float32)
    ben[:2] = likeness, np.sqrt(1 - likeness**2)
    rest = [(Subject.resident(number + 2), face) for number, face in enumerate(others.templates)]
    return Gallery.of([(ADA, ada), (BEN, ben), *rest])


def test_more_is_asked_of_two_who_look_alike() -> None:
    found = made(twins(0.55))
    (pair,) = found.lookalikes
    assert (pair.a, pair.b, pair.same_person) == (ADA, BEN, False)
    assert found.thresholds.of(ADA) == pytest.approx(pair.score + LOOKALIKE_MARGIN)
    assert found.thresholds.of(BEN) == found.thresholds.of(ADA)
    assert found.thresholds.of(Subject.resident(5)) == found.thresholds.resident_at


def test_one_person_enrolled_twice_is_said_and_raises_nothing() -> None:
    found = made(twins(0.9))
    assert [pair.same_person for pair in found.lookalikes] == [True]
    assert not found.thresholds.stricter


def test_a_face_that_staff_rejected_does_not_pass_again() -> None:
    found = made(crowd(30), counter_examples={ADA: 0.6, BEN: 0.1})
    assert found.thresholds.of(ADA) == pytest.approx(0.6 + COUNTER_MARGIN)
    assert BEN not in found.thresholds.stricter


def test_nobody_enrolled_still_gives_a_threshold() -> None:
    found = made(Gallery.empty())
    assert (found.people, found.site, found.lookalikes) == (0, None, ())
    assert -1 < found.thresholds.resident_at < 1


def test_several_templates_of_one_person_are_no_impostors() -> None:
    face = unit(np.random.default_rng(4).normal(size=DIMENSIONS))
    gallery = Gallery.of([(ADA, face), (ADA, face), (BEN, unit(np.roll(face, 7)))])
    assert made(gallery).lookalikes == ()


def test_the_centre_of_few_people_is_held_to_the_general_one() -> None:
    general = General("fake", np.eye(DIMENSIONS, dtype=np.float32)[0], GENERAL.tail, 0.6)
    one, many = centred(crowd(1), general).centre, centred(crowd(500), general).centre
    assert one is not None and many is not None
    assert np.linalg.norm(one - general.centre) < 0.05 < np.linalg.norm(many - general.centre)


def test_it_says_what_it_found() -> None:
    assert "30 people, threshold 0." in str(made(crowd(30)))


def test_a_gallery_that_is_compared_in_blocks_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = unit(np.random.default_rng(5).normal(size=(60, 4)))
    chance = np.random.default_rng(6)
    gallery = Gallery.of([(Subject.resident(int(chance.integers(20))), face) for face in faces])
    whole = made_of_four_dimensions(gallery)
    monkeypatch.setattr(calibration, "BLOCK", 7)
    assert made_of_four_dimensions(gallery).lookalikes == whole.lookalikes != ()
    pair = whole.lookalikes[0]
    centred_gallery = centred(gallery, FOUR)
    own = [
        centred_gallery.templates[centred_gallery.owners == gallery.people.index(who)]
        for who in (pair.a, pair.b)
    ]
    assert pair.score == pytest.approx(float((own[0] @ own[1].T).max()), abs=1e-6)


FOUR = General("fake", np.zeros(4, np.float32), GENERAL.tail, 1.1)


def made_of_four_dimensions(gallery: Gallery) -> Calibration:
    return calibrate(centred(gallery, FOUR), FOUR, 0.003)
