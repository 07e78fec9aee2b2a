"""A stranger is known again during the visit and forgotten after it."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from monitor.core.schedule import DailyWindow
from monitor.core.visit import JUST_SEEN, VisitBook, VisitRule

NOW = datetime(2026, 3, 1, 23, tzinfo=UTC)
SECOND, GAP = timedelta(seconds=1), timedelta(minutes=30)
FACE = np.array([1.0, 0.0], np.float32)


def like(cosine: float) -> np.ndarray:
    """A face that is this much like FACE."""
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


@pytest.fixture
def book() -> VisitBook:
    book = VisitBook(GAP)
    book.remember(7, FACE, "gate", NOW)
    return book


def test_nobody_is_known_in_an_empty_book() -> None:
    assert VisitBook(GAP).find(FACE, "gate", NOW) is None


@pytest.mark.parametrize(("cosine", "visit"), [(0.51, 7), (0.49, None), (-1.0, None)])
def test_on_another_camera_a_stranger_must_be_clearly_alike(
    book: VisitBook, cosine: float, visit: int | None
) -> None:
    assert book.find(like(cosine), "lift", NOW) == visit


@pytest.mark.parametrize(("cosine", "visit"), [(0.39, 7), (0.37, None)])
def test_on_the_same_camera_a_moment_later_less_is_enough(
    book: VisitBook, cosine: float, visit: int | None
) -> None:
    assert book.find(like(cosine), "gate", NOW + JUST_SEEN - SECOND) == visit
    assert book.find(like(cosine), "gate", NOW + JUST_SEEN) == visit
    assert book.find(like(cosine), "gate", NOW + JUST_SEEN + SECOND) is None


def test_a_visit_ends_with_the_gap(book: VisitBook) -> None:
    assert book.find(FACE, "lift", NOW + GAP - SECOND) == 7
    assert book.find(FACE, "lift", NOW + GAP) == 7
    assert book.find(FACE, "lift", NOW + GAP + SECOND) is None


def test_after_a_visit_the_face_is_gone_for_good(book: VisitBook) -> None:
    book.find(FACE, "lift", NOW + GAP + SECOND)
    assert book.find(FACE, "lift", NOW) is None


def test_being_seen_again_prolongs_the_visit(book: VisitBook) -> None:
    book.remember(7, FACE, "lift", NOW + GAP)
    assert book.find(FACE, "gate", NOW + 2 * GAP) == 7


@pytest.mark.parametrize("order", [(7, 8), (8, 7)])
def test_of_several_strangers_the_most_alike_is_meant(order: tuple[int, int]) -> None:
    book = VisitBook(GAP)
    for visit_id in order:
        book.remember(visit_id, like(0.9) if visit_id == 7 else like(0.6), "gate", NOW)
    assert book.find(FACE, "lift", NOW) == 7


def test_what_a_stranger_looks_like_is_averaged(book: VisitBook) -> None:
    book.remember(7, like(0.0), "gate", NOW)
    assert book.find(like(np.sqrt(0.5)), "lift", NOW) == 7
    assert book.find(-like(0.0), "lift", NOW) is None


def test_a_rule_without_places_covers_every_place() -> None:
    window = DailyWindow(time(22), time(6))
    assert VisitRule("night", frozenset(), window).covers("lift")
    assert VisitRule("night", frozenset({"gate"}), window).covers("gate")
    assert not VisitRule("night", frozenset({"gate"}), window).covers("lift")
