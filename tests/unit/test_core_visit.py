"""A stranger is known again during the visit and forgotten after it."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from monitor.core.schedule import DailyWindow
from monitor.core.visit import JUST_SEEN, VisitBook, VisitRule

NOW = datetime(2026, 3, 1, 23, tzinfo=UTC)
SECOND, GAP = timedelta(seconds=1), timedelta(minutes=30)
FACE = np.array([1.0, 0.0], np.float32)
CLEO, NEW, OTHER = "cleo", "new", "other"


def like(cosine: float) -> np.ndarray:
    """A face that is this much like FACE."""
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


@pytest.fixture
def book() -> VisitBook:
    """Cleo has just been seen at the gate."""
    book = VisitBook(GAP)
    book.meet(FACE, "gate", NOW, new=CLEO)
    return book


def test_in_an_empty_book_a_visit_begins() -> None:
    assert VisitBook(GAP).meet(FACE, "gate", NOW, new=NEW) == NEW


@pytest.mark.parametrize(("cosine", "visit"), [(0.51, CLEO), (0.49, NEW), (-1.0, NEW)])
def test_on_another_camera_a_stranger_must_be_clearly_alike(
    book: VisitBook, cosine: float, visit: str
) -> None:
    assert book.meet(like(cosine), "lift", NOW, new=NEW) == visit


@pytest.mark.parametrize(
    ("cosine", "after", "visit"),
    [
        (0.39, JUST_SEEN - SECOND, CLEO),
        (0.39, JUST_SEEN, CLEO),
        (0.39, JUST_SEEN + SECOND, NEW),
        (0.37, JUST_SEEN - SECOND, NEW),
    ],
)
def test_on_the_same_camera_a_moment_later_less_is_enough(
    book: VisitBook, cosine: float, after: timedelta, visit: str
) -> None:
    assert book.meet(like(cosine), "gate", NOW + after, new=NEW) == visit


@pytest.mark.parametrize(("after", "visit"), [(GAP - SECOND, CLEO), (GAP, CLEO), (GAP + SECOND, NEW)])
def test_a_visit_ends_with_the_gap(book: VisitBook, after: timedelta, visit: str) -> None:
    assert book.meet(FACE, "lift", NOW + after, new=NEW) == visit


def test_after_a_visit_the_face_is_gone_for_good(book: VisitBook) -> None:
    assert [stranger.key for stranger in book.running(NOW + GAP)] == [CLEO]
    assert book.running(NOW + GAP + SECOND) == []
    assert book.meet(FACE, "lift", NOW, new=NEW) == NEW


def test_being_seen_again_prolongs_the_visit(book: VisitBook) -> None:
    book.meet(FACE, "lift", NOW + GAP, new=NEW)
    assert book.meet(FACE, "gate", NOW + 2 * GAP, new=NEW) == CLEO


@pytest.mark.parametrize("order", [(CLEO, OTHER), (OTHER, CLEO)])
def test_of_several_strangers_the_most_alike_is_meant(order: tuple[str, str]) -> None:
    book = VisitBook(GAP)
    for key in order:
        book.meet(like(0.9) if key == CLEO else like(0.6), "gate", NOW, new=NEW, known=key)
    assert book.meet(FACE, "lift", NOW, new=NEW) == CLEO


def test_what_a_stranger_looks_like_is_averaged(book: VisitBook) -> None:
    book.meet(like(0.0), "gate", NOW, new=NEW, known=CLEO)
    assert book.meet(like(np.sqrt(0.5)), "lift", NOW, new=NEW) == CLEO
    assert book.meet(-like(0.0), "lift", NOW, new=NEW) == NEW


def test_whoever_is_already_in_a_visit_stays_in_it_however_they_look(book: VisitBook) -> None:
    assert book.meet(like(-1.0), "lift", NOW, new=NEW, known=OTHER) == OTHER
    assert book.meet(like(-1.0), "gate", NOW, new=NEW) == OTHER


def test_an_emptied_book_learns_a_running_visit_again() -> None:
    book = VisitBook(GAP)
    book.meet(FACE, "gate", NOW, new=NEW, known=CLEO)
    assert book.meet(like(0.9), "lift", NOW, new=NEW) == CLEO


def test_what_another_book_tells_late_takes_nothing_back(book: VisitBook) -> None:
    book.meet(FACE, "lift", NOW + 2 * SECOND, new=NEW, known=CLEO)
    book.meet(FACE, "gate", NOW - SECOND, new=NEW, known=CLEO)
    (cleo,) = book.running(NOW + SECOND)
    assert (cleo.camera_id, cleo.last_at) == ("lift", NOW + 2 * SECOND)


def test_an_interrupted_visit_goes_on_with_the_next_stranger_there() -> None:
    assert VisitBook(GAP).meet(FACE, "gate", NOW, new=NEW, interrupted=CLEO) == CLEO


def test_an_interrupted_visit_whose_stranger_is_known_goes_on_with_nobody_else(book: VisitBook) -> None:
    assert book.meet(like(-1.0), "gate", NOW, new=NEW, interrupted=CLEO) == NEW
    assert book.meet(like(0.9), "gate", NOW, new=OTHER, interrupted=CLEO) == CLEO


def test_embeddings_of_different_lengths_are_refused(book: VisitBook) -> None:
    with pytest.raises(ValueError):
        book.meet(np.ones(3, np.float32), "gate", NOW, new=NEW)


def test_a_rule_without_places_covers_every_place() -> None:
    window = DailyWindow(time(22), time(6))
    assert VisitRule("night", frozenset(), window).covers("lift")
    assert VisitRule("night", frozenset({"gate"}), window).covers("gate")
    assert not VisitRule("night", frozenset({"gate"}), window).covers("lift")
