"""The search finds the best resident and how far the next one is behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.embedding import unit
from monitor.core.gallery import Gallery, Match
from monitor.core.subject import Subject

ADA, BEN = Subject.resident(1), Subject.resident(2)
EAST, NORTH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def test_an_empty_gallery_names_nobody() -> None:
    assert Gallery.of([]).search(EAST) == Match(None, -1.0, 2.0)


def test_the_nearest_resident_is_found_with_the_margin_to_the_next() -> None:
    match = Gallery.of([(ADA, EAST), (BEN, NORTH)]).search(np.array([0.8, 0.6], np.float32))
    assert (match.subject, match.score, match.margin) == (ADA, pytest.approx(0.8), pytest.approx(0.2))


def test_a_second_template_of_the_same_resident_is_no_rival() -> None:
    match = Gallery.of([(ADA, EAST), (ADA, unit(np.array([1.0, 0.1]))), (BEN, NORTH)]).search(EAST)
    assert (match.subject, match.score, match.margin) == (ADA, pytest.approx(1), pytest.approx(1))


def test_alone_in_the_gallery_the_margin_is_the_distance_to_the_opposite() -> None:
    match = Gallery.of([(ADA, EAST)]).search(NORTH)
    assert (match.subject, match.score, match.margin) == (ADA, pytest.approx(0), pytest.approx(1))


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_the_search_is_exact(seed: int, resident_ids: list[int]) -> None:
    numbers = np.random.default_rng(seed)
    templates = unit(numbers.normal(size=(len(resident_ids), 8)))
    probe = unit(numbers.normal(size=8))
    owners = [Subject.resident(resident_id) for resident_id in resident_ids]
    best: dict[Subject, float] = {}
    for owner, template in zip(owners, templates, strict=True):
        best[owner] = max(best.get(owner, -1.0), float(template @ probe))
    scores = sorted([*best.values(), -1.0], reverse=True)
    gallery = Gallery.of(list(zip(owners, templates, strict=True)))
    match = gallery.search(probe)
    assert gallery.scores(probe[None])[0] == pytest.approx([best[p] for p in gallery.people], abs=1e-5)
    assert match.subject is not None
    assert best[match.subject] == pytest.approx(scores[0], abs=1e-5)
    assert (match.score, match.margin) == (
        pytest.approx(scores[0], abs=1e-5),
        pytest.approx(scores[0] - scores[1], abs=1e-5),
    )


def test_around_its_centre_what_all_faces_share_says_nothing() -> None:
    shared = np.array([0.0, 0.0, 3.0], np.float32)
    ada, ben = (unit(shared + np.array(way, np.float32)) for way in ((1, 0, 0), (0, 1, 0)))
    plain = Gallery.of([(ADA, ada), (BEN, ben)])
    centred = plain.around(unit(shared))
    assert plain.search(ben).margin == pytest.approx(0.1, abs=0.01)
    assert centred.search(ben).margin > 0.9


def test_scores_of_nobody_are_an_empty_row() -> None:
    assert Gallery.empty().scores(EAST[None]).shape == (1, 0)


def test_the_mean_counts_every_person_once() -> None:
    mean = Gallery.of([(ADA, EAST), (ADA, EAST), (BEN, NORTH)]).mean()
    assert mean == pytest.approx([0.5, 0.5])
    assert Gallery.empty().mean() is None


def test_a_gallery_without_people_stays_empty_around_any_centre() -> None:
    assert Gallery.empty().around(EAST).search(EAST) == Match(None, -1.0, 2.0)


def test_the_nearest_of_several_probes_are_those_of_single_searches() -> None:
    gallery = Gallery.of([(ADA, EAST), (BEN, NORTH)])
    probes = unit(np.array([[1, 0.2], [0.1, 1], [-1, 0]], np.float32))
    single = [gallery.search(probe) for probe in probes]
    assert gallery.nearest(probes) == [(match.subject, pytest.approx(match.score)) for match in single]
    assert Gallery.empty().nearest(probes) == [(None, -1.0)] * 3


def test_the_likeness_to_one_person_is_that_to_their_best_template() -> None:
    gallery = Gallery.of([(ADA, EAST), (ADA, NORTH), (BEN, -EAST)])
    assert gallery.likeness(NORTH, ADA) == pytest.approx(1)
    assert gallery.likeness(NORTH, BEN) == pytest.approx(0)
    assert gallery.likeness(NORTH, Subject.resident(9)) == -1.0
