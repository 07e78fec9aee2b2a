"""A name is given only on clear evidence; everything else is a stranger or undecided."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.core.embedding import unit
from monitor.core.gallery import Gallery
from monitor.core.identification import Evidence, IdentificationPolicy, Shot, Verdict

ADA, BEN = 1, 2
POLICY = IdentificationPolicy()


def axis(number: int) -> np.ndarray:
    return np.eye(8, dtype=np.float32)[number]


GALLERY = Gallery.of([(ADA, axis(0)), (BEN, axis(1))])


def face(ada: float, ben: float = 0.0, other: int = 2) -> np.ndarray:
    """A face with these cosines to Ada and Ben; the rest of it looks like nobody."""
    rest = math.sqrt(max(0.0, 1 - ada**2 - ben**2))
    return (ada * axis(0) + ben * axis(1) + rest * axis(other)).astype(np.float32)


def evidence(*faces: np.ndarray, step_s: float = 0.5, policy: IdentificationPolicy = POLICY) -> Evidence:
    collected = Evidence(policy)
    for number, embedding in enumerate(faces):
        collected.add(Shot(embedding, 0.8, number * step_s))
    return collected


def decided(*faces: np.ndarray, step_s: float = 0.5) -> tuple[Verdict, str]:
    found = evidence(*faces, step_s=step_s).decide(GALLERY)
    return found.verdict, found.reason


def test_clear_pictures_give_a_name_and_say_why() -> None:
    found = evidence(*[face(0.7, 0.1)] * 3).decide(GALLERY)
    assert (found.verdict, found.resident_id) == (Verdict.RESIDENT, ADA)
    assert found.explain(POLICY) == {
        "verdict": "resident",
        "score": 0.7,
        "margin": 0.6,
        "shots": 3,
        "agreement": 1.0,
        "reason": "clear_match",
        "resident_at": POLICY.resident_at,
        "stranger_below": POLICY.stranger_below,
    }


def test_without_a_picture_nothing_is_said() -> None:
    found = Evidence(POLICY).decide(GALLERY)
    assert (found.verdict, found.resident_id, found.reason) == (Verdict.UNDECIDED, None, "no_clear_picture")
    with pytest.raises(ValueError, match="at least one picture"):
        Evidence(POLICY).probe()


def test_two_pictures_are_too_few() -> None:
    assert decided(*[face(0.9)] * 2, step_s=5) == (Verdict.UNDECIDED, "too_few_pictures")


@pytest.mark.parametrize(
    ("span_s", "verdict"), [(0.5, Verdict.UNDECIDED), (0.6, Verdict.RESIDENT), (0.7, Verdict.RESIDENT)]
)
def test_pictures_of_one_moment_are_too_few(span_s: float, verdict: Verdict) -> None:
    assert decided(*[face(0.9)] * 3, step_s=span_s / 2)[0] is verdict


@pytest.mark.parametrize(
    ("likeness", "verdict", "reason"),
    [
        (0.455, Verdict.STRANGER, "like_nobody_enrolled"),
        (0.465, Verdict.UNDECIDED, "between_thresholds"),
        (0.495, Verdict.UNDECIDED, "between_thresholds"),
        (0.505, Verdict.RESIDENT, "clear_match"),
    ],
)
def test_between_the_thresholds_nothing_is_said(likeness: float, verdict: Verdict, reason: str) -> None:
    assert decided(*[face(likeness)] * 3) == (verdict, reason)


@pytest.mark.parametrize(
    ("ben", "expected"),
    [
        (0.555, (Verdict.UNDECIDED, "two_residents_alike")),
        (0.545, (Verdict.UNDECIDED, "two_residents_alike")),
        (0.535, (Verdict.RESIDENT, "clear_match")),
    ],
)
def test_two_residents_who_look_alike_are_not_told_apart(ben: float, expected: tuple[Verdict, str]) -> None:
    assert decided(*[face(0.6, ben)] * 3) == expected


def test_pictures_that_name_different_people_give_no_name() -> None:
    ada, ben = face(0.95), face(0.45, 0.55)
    assert decided(ada, ada, ben, ben) == (Verdict.UNDECIDED, "pictures_disagree")
    assert decided(ada, ada, ada, ben, ben) == (Verdict.RESIDENT, "clear_match")


def test_pictures_of_nobody_count_against_a_name() -> None:
    ada, nobody = face(0.95), face(0.40)
    assert decided(ada, ada, nobody, nobody) == (Verdict.UNDECIDED, "pictures_disagree")


def test_with_nobody_enrolled_everybody_is_a_stranger() -> None:
    found = evidence(*[face(0.9)] * 3).decide(Gallery.empty())
    assert (found.verdict, found.resident_id) == (Verdict.STRANGER, None)


def test_a_good_picture_weighs_more_than_a_poor_one() -> None:
    collected = Evidence(POLICY)
    collected.add(Shot(axis(0), 0.9, 0.0))
    collected.add(Shot(axis(1), 0.3, 1.0))
    np.testing.assert_allclose(collected.probe(), unit(0.9 * axis(0) + 0.3 * axis(1)), rtol=1e-6)


@pytest.mark.parametrize(("quality", "kept"), [(0.14, 0), (0.15, 1), (0.16, 1)])
def test_a_picture_must_be_good_enough(quality: float, kept: int) -> None:
    collected = Evidence(POLICY)
    collected.add(Shot(axis(0), quality, 0.0))
    assert len(collected.shots) == kept


@given(st.lists(st.floats(0.15, 1), min_size=1, max_size=30))
def test_the_best_pictures_are_kept(qualities: list[float]) -> None:
    collected = Evidence(IdentificationPolicy(max_shots=4))
    for number, quality in enumerate(qualities):
        collected.add(Shot(axis(0), quality, float(number)))
    assert sorted(s.quality for s in collected.shots) == sorted(sorted(qualities)[-4:])


PICTURES = st.lists(
    st.tuples(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7), st.integers(2, 7), st.floats(0.15, 1)),
    min_size=1,
    max_size=20,
    unique_by=lambda p: p[3],  # of two equally good pictures, which one stays depends on the order
)


def shots(pictures: list[tuple[float, float, int, float]]) -> list[Shot]:
    return [Shot(face(a, b, other), quality, 0.3 * n) for n, (a, b, other, quality) in enumerate(pictures)]


def collect(taken: list[Shot]) -> Evidence:
    collected = Evidence(POLICY)
    for shot in taken:
        collected.add(shot)
    return collected


@given(PICTURES)
def test_whoever_is_below_the_threshold_is_never_named(
    pictures: list[tuple[float, float, int, float]],
) -> None:
    collected = collect(shots(pictures))
    found = collected.decide(GALLERY)
    likeness = float((GALLERY.templates @ collected.probe()).max())
    if likeness < POLICY.resident_at - 1e-6:
        assert found.verdict is not Verdict.RESIDENT
    if likeness < POLICY.stranger_below - 1e-6:
        assert found.verdict in (Verdict.STRANGER, Verdict.UNDECIDED)
    if found.verdict is Verdict.RESIDENT:
        assert found.shots >= POLICY.min_shots
        assert found.margin >= POLICY.margin
        assert found.agreement >= POLICY.min_agreement


@given(PICTURES, st.lists(st.tuples(st.integers(0, 7), st.floats(0, 0.1499)), max_size=10))
def test_poor_pictures_change_nothing(
    pictures: list[tuple[float, float, int, float]], poor: list[tuple[int, float]]
) -> None:
    good = shots(pictures)
    with_poor = collect([*good, *(Shot(axis(n), quality, 99.0) for n, quality in poor)])
    assert with_poor.decide(GALLERY) == collect(good).decide(GALLERY)


@given(PICTURES, st.randoms())
def test_the_order_of_the_pictures_does_not_matter(
    pictures: list[tuple[float, float, int, float]], chance: object
) -> None:
    taken = shots(pictures)
    before = collect(taken).decide(GALLERY)
    chance.shuffle(taken)  # type: ignore[attr-defined]
    after = collect(taken).decide(GALLERY)
    assert after.score == pytest.approx(before.score, abs=1e-5)
    assert after.shots == before.shots
    # Sums of float32 differ in the last digits, so a decision on the very edge may.
    edges = (
        before.score - POLICY.stranger_below,
        before.score - POLICY.resident_at,
        before.margin - POLICY.margin,
    )
    assume(all(abs(edge) > 1e-4 for edge in (*edges, before.margin)))
    assert (after.verdict, after.resident_id, after.reason) == (
        before.verdict,
        before.resident_id,
        before.reason,
    )


def test_an_embedding_that_is_not_a_number_is_left_out() -> None:
    broken = np.full_like(face(0.7, 0.1), np.nan)
    assert evidence(broken, broken, broken).shots == []
