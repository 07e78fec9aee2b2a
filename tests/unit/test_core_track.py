"""One person stays one track while the boxes overlap."""

import numpy as np
import pytest

from monitor.core.detection import Detections
from monitor.core.track import Tracker


def found(*lefts: float, top: float = 0) -> Detections:
    """Faces of 40 x 40 pixels."""
    boxes = np.array([(x, top, x + 40, top + 40) for x in lefts], np.float32).reshape(-1, 4)
    return Detections(boxes, np.zeros((len(lefts), 5, 2), np.float32), np.ones(len(lefts), np.float32))


def numbers(tracker: Tracker, faces: Detections, at_s: float) -> list[int]:
    return [track.number for track in tracker.update(faces, at_s)]


def test_faces_keep_their_numbers_whatever_their_order() -> None:
    tracker = Tracker()
    assert numbers(tracker, found(0, 200), 0.0) == [1, 2]
    assert numbers(tracker, found(205, 5), 0.25) == [2, 1]
    assert len(tracker.tracks) == 2


def test_a_face_elsewhere_is_a_new_track() -> None:
    tracker = Tracker()
    assert numbers(tracker, found(0), 0.0) == [1]
    assert numbers(tracker, found(500), 0.25) == [2]


def test_of_two_faces_on_one_track_the_nearer_goes_on_and_the_other_is_new() -> None:
    tracker = Tracker()
    tracker.update(found(0), 0.0)
    assert numbers(tracker, found(10, 2), 0.25) == [2, 1]


def test_of_two_tracks_on_one_face_the_nearer_goes_on() -> None:
    tracker = Tracker()
    tracker.update(found(0, 20), 0.0)
    assert numbers(tracker, found(18), 0.25) == [2]


def test_three_people_close_together_stay_three() -> None:
    tracker = Tracker()
    tracker.update(found(0, 20, 40), 0.0)
    assert numbers(tracker, found(2, 22, 42), 0.25) == [1, 2, 3]


def test_a_walking_person_is_expected_further_on() -> None:
    tracker = Tracker()
    for step in range(6):
        assert numbers(tracker, found(step * 20), step * 0.25) == [1]
    (track,) = tracker.tracks
    assert track.expected(1.5)[0] == pytest.approx(120, abs=3)


def test_at_most_half_a_second_is_extrapolated() -> None:
    tracker = Tracker()
    tracker.update(found(0), 0.0)
    tracker.update(found(10), 1.0)
    (track,) = tracker.tracks
    assert track.expected(1.5).tolist() == track.expected(9.0).tolist()


def test_two_frames_of_the_same_moment_do_not_divide_by_zero() -> None:
    tracker = Tracker()
    tracker.update(found(0), 0.0)
    (track,) = tracker.update(found(1), 0.0)
    assert np.isfinite(track.velocity_xyxy).all()


def test_frames_without_faces_change_nothing() -> None:
    tracker = Tracker()
    assert tracker.update(Detections.none(), 0.0) == []
    tracker.update(found(0), 0.25)
    assert tracker.update(Detections.none(), 0.5) == []
    assert numbers(tracker, found(0), 0.75) == [1]


def test_a_track_ends_once_after_it_was_not_seen_for_a_while() -> None:
    tracker = Tracker(lost_after_s=2.0)
    tracker.update(found(0, 200), 0.0)
    tracker.update(found(200), 1.0)
    assert tracker.ended(2.0) == []
    assert [t.number for t in tracker.ended(2.1)] == [1]
    assert tracker.ended(2.1) == []
    assert [t.number for t in tracker.tracks] == [2]


def test_a_number_is_never_used_again() -> None:
    tracker = Tracker()
    tracker.update(found(0), 0.0)
    tracker.ended(10.0)
    assert numbers(tracker, found(0), 10.0) == [2]


def test_a_track_knows_its_times_and_width() -> None:
    tracker = Tracker()
    tracker.update(found(0), 1.0)
    (track,) = tracker.update(found(1), 1.5)
    assert (track.first_s, track.last_s, track.width_px) == (1.0, 1.5, 40.0)


def test_after_a_cut_the_same_place_is_a_new_track() -> None:
    tracker = Tracker()
    tracker.update(found(0, 200), 0.0)
    assert [track.number for track in tracker.cut()] == [1, 2]
    assert tracker.cut() == [] and tracker.ended(60.0) == []
    assert numbers(tracker, found(0), 0.1) == [3]


def test_asking_who_is_known_changes_nothing() -> None:
    tracker = Tracker()
    tracker.update(found(0), 0.0)
    known = tracker.matched(found(200, 1), 0.2)
    assert {column: track.number for column, track in known.items()} == {1: 1}
    assert [(track.number, track.last_s) for track in tracker.tracks] == [(1, 0.0)]
