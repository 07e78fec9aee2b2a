"""A name is given only on clear evidence; everything else is a stranger or undecided."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.core.embedding import SECOND_WEIGHT, joined, unit
from monitor.core.gallery import UNCALIBRATED, Gallery, Thresholds
from monitor.core.identification import AWAITED, Evidence, IdentificationPolicy, Shot, Verdict
from monitor.core.subject import Subject

ADA, BEN = Subject.resident(1), Subject.resident(2)
POLICY = IdentificationPolicy()
RESIDENT_AT = UNCALIBRATED.resident_at
STRANGER_BELOW = RESIDENT_AT - POLICY.undecided_below


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
    assert (found.verdict, found.subject) == (Verdict.RESIDENT, ADA)
    assert found.explain() == {
        "verdict": "resident",
        "score": 0.7,
        "margin": 0.6,
        "shots": 3,
        "agreement": 1.0,
        "reason": "clear_match",
        "resident_at": RESIDENT_AT,
        "stranger_below": STRANGER_BELOW,
    }


def test_without_a_picture_nothing_is_said() -> None:
    found = Evidence(POLICY).decide(GALLERY)
    assert (found.verdict, found.subject, found.reason) == (Verdict.UNDECIDED, None, "no_clear_picture")
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
        (0.555, (Verdict.UNDECIDED, "two_people_alike")),
        (0.545, (Verdict.UNDECIDED, "two_people_alike")),
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
    assert (found.verdict, found.subject) == (Verdict.STRANGER, None)


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
    if likeness < RESIDENT_AT - 1e-6:
        assert found.verdict is not Verdict.RESIDENT
    if likeness < STRANGER_BELOW - 1e-6:
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
        before.score - STRANGER_BELOW,
        before.score - RESIDENT_AT,
        before.margin - POLICY.margin,
    )
    assume(all(abs(edge) > 1e-4 for edge in (*edges, before.margin)))
    assert (after.verdict, after.subject, after.reason) == (
        before.verdict,
        before.subject,
        before.reason,
    )


def test_an_embedding_that_is_not_a_number_is_left_out() -> None:
    broken = np.full_like(face(0.7, 0.1), np.nan)
    assert evidence(broken, broken, broken).shots == []


def test_an_expected_visitor_is_named_as_one() -> None:
    nurse = Subject.expected(1)
    gallery = Gallery.of([(ADA, axis(0)), (nurse, axis(1))])
    found = evidence(*[face(0.1, 0.7)] * 3).decide(gallery)
    assert (found.verdict, found.subject, found.named) == (Verdict.EXPECTED, nurse, True)


def test_more_likeness_is_asked_for_where_the_data_say_so() -> None:
    gallery = GALLERY.with_thresholds(Thresholds(0.5, {ADA: 0.65}))
    assert evidence(*[face(0.6)] * 3).decide(gallery).verdict is Verdict.STRANGER
    assert evidence(*[face(0.63)] * 3).decide(gallery).verdict is Verdict.UNDECIDED
    assert evidence(*[face(0.0, 0.6)] * 3).decide(gallery).subject == BEN


def with_second_engine(both_at: float = 0.5) -> Gallery:
    """Ada and Ben as two engines see them; the second engine's embeddings have four dimensions."""
    second = np.eye(4, dtype=np.float32)
    both = Gallery.of([(ADA, joined(axis(0), second[0])), (BEN, joined(axis(1), second[1]))])
    return replace(GALLERY, in_doubt=both.with_thresholds(Thresholds(both_at)))


def opinion(ada: float) -> np.ndarray:
    """What the second engine makes of a face that is this much like Ada."""
    return np.array([ada, 0, math.sqrt(1 - ada**2), 0], np.float32)


def doubtful(likeness: float) -> Evidence:
    collected = Evidence(POLICY)
    for number in range(4):
        picture = np.zeros((2, 2, 3), np.uint8)
        collected.add(Shot(face(likeness), 0.5 + number / 10, number * 0.5, picture=picture))
    return collected


def test_in_doubt_nothing_is_said_before_the_second_engine_was_heard() -> None:
    for likeness in (0.41, 0.55):
        found = doubtful(likeness).decide(with_second_engine())
        assert (found.verdict, found.reason) == (Verdict.UNDECIDED, AWAITED)


@pytest.mark.parametrize(("likeness", "verdict"), [(0.3, Verdict.STRANGER), (0.7, Verdict.RESIDENT)])
def test_without_doubt_the_second_engine_is_not_asked(likeness: float, verdict: Verdict) -> None:
    assert doubtful(likeness).decide(with_second_engine()).verdict is verdict


@pytest.mark.parametrize(
    ("ada", "verdict"), [(0.9, Verdict.RESIDENT), (0.45, Verdict.UNDECIDED), (-0.5, Verdict.STRANGER)]
)
def test_the_second_engine_decides_with_the_first(ada: float, verdict: Verdict) -> None:
    collected = doubtful(0.5)
    asked = collected.to_ask()
    assert [s.quality for s in asked] == pytest.approx([0.8, 0.7, 0.6])
    collected.hear(asked, np.stack([opinion(ada)] * 3))
    found = collected.decide(with_second_engine())
    assert found.verdict is verdict
    assert found.score == pytest.approx((0.5 + SECOND_WEIGHT * ada) / (1 + SECOND_WEIGHT), abs=1e-3)
    assert collected.to_ask() == [] and all(
        s.picture is None for s in collected.shots if s.second is not None
    )


def test_the_first_engines_part_of_joined_templates_is_what_it_made() -> None:
    second = np.eye(4, dtype=np.float32)
    both = Gallery.of([(ADA, joined(axis(0), second[0])), (BEN, joined(axis(1), second[1]))])
    np.testing.assert_allclose(both.first_engine(8).templates, GALLERY.templates, atol=1e-6)


@pytest.mark.parametrize(("quality", "named"), [(0.5, 0.505), (0.8, 0.505), (0.25, 0.565), (0.15, 0.589)])
def test_poor_pictures_need_more_likeness_for_a_name_and_no_more_to_be_unclear(
    quality: float, named: float
) -> None:
    def verdict(likeness: float) -> Verdict:
        collected = Evidence(POLICY)
        for number in range(3):
            collected.add(Shot(face(likeness), quality, number * 0.5))
        return collected.decide(GALLERY).verdict

    assert verdict(named) is Verdict.RESIDENT
    assert verdict(named - 0.01) is Verdict.UNDECIDED
    assert verdict(0.45) is Verdict.STRANGER
