"""The search finds the best resident and how far the next one is behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.embedding import unit
from monitor.core.gallery import Gallery, Match

ADA, BEN = 1, 2
EAST, NORTH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def test_an_empty_gallery_names_nobody() -> None:
    assert Gallery.of([]).search(EAST) == Match(None, -1.0, 2.0)


def test_the_nearest_resident_is_found_with_the_margin_to_the_next() -> None:
    match = Gallery.of([(ADA, EAST), (BEN, NORTH)]).search(np.array([0.8, 0.6], np.float32))
    assert (match.resident_id, match.score, match.margin) == (ADA, pytest.approx(0.8), pytest.approx(0.2))


def test_a_second_template_of_the_same_resident_is_no_rival() -> None:
    match = Gallery.of([(ADA, EAST), (ADA, unit(np.array([1.0, 0.1]))), (BEN, NORTH)]).search(EAST)
    assert (match.resident_id, match.score, match.margin) == (ADA, pytest.approx(1), pytest.approx(1))


def test_alone_in_the_gallery_the_margin_is_the_distance_to_the_opposite() -> None:
    match = Gallery.of([(ADA, EAST)]).search(NORTH)
    assert (match.resident_id, match.score, match.margin) == (ADA, pytest.approx(0), pytest.approx(1))


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_the_search_is_exact(seed: int, resident_ids: list[int]) -> None:
    numbers = np.random.default_rng(seed)
    templates = unit(numbers.normal(size=(len(resident_ids), 8)))
    probe = unit(numbers.normal(size=8))
    best: dict[int, float] = {}
    for resident_id, template in zip(resident_ids, templates, strict=True):
        best[resident_id] = max(best.get(resident_id, -1.0), float(template @ probe))
    scores = sorted([*best.values(), -1.0], reverse=True)
    match = Gallery.of(list(zip(resident_ids, templates, strict=True))).search(probe)
    assert match.resident_id is not None
    assert best[match.resident_id] == pytest.approx(scores[0], abs=1e-5)
    assert (match.score, match.margin) == (
        pytest.approx(scores[0], abs=1e-5),
        pytest.approx(scores[0] - scores[1], abs=1e-5),
    )
