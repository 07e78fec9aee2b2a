"""The sample estate's story is complete and stays the same."""

from itertools import pairwise
from pathlib import Path

from ruamel.yaml import YAML

from monitor.simulate.people import AWAY, UNSEEN, everybody, residents, strangers
from monitor.simulate.script import MOST_AT_ONCE, NIGHT_STRANGERS, Pass, story
from monitor.simulate.site import DARK_CAMERA, SPOTS

CAMERAS_YAML = Path(__file__).parents[2] / "cameras.yaml"
TOLD = story()


def test_the_sample_estate_has_54_cameras_and_cameras_yaml_lists_the_same():
    listed = {c["id"]: c for c in YAML(typ="safe").load(CAMERAS_YAML.read_text("utf-8"))["cameras"]}
    assert len(SPOTS) == 54
    assert {spot.camera_id: spot.identifies for spot in SPOTS} == {
        k: c["identifies"] for k, c in listed.items()
    }


def test_only_the_camera_that_goes_dark_is_served_by_the_second_process():
    listed = YAML(typ="safe").load(CAMERAS_YAML.read_text("utf-8"))["cameras"]
    assert [c["id"] for c in listed if ":8555/" in c["main"] and ":8555/" in c["sub"]] == [DARK_CAMERA]


def test_forty_residents_are_enrolled_and_eight_of_them_are_watched():
    assert len(residents()) == 40
    assert sum(person.watched for person in residents()) == 8
    assert len({(person.name, person.flat) for person in residents()}) == 40
    assert not {p.key for p in residents()} & {p.key for p in strangers()}


def test_everybody_has_a_photo():
    assert all(person.photo.is_file() for person in everybody().values())


def test_the_unseen_resident_is_watched_and_in_no_pass():
    assert everybody()[UNSEEN].watched
    assert UNSEEN not in {p.person_key for p in TOLD.passes}


def test_every_other_watched_resident_passes_an_identifying_camera():
    identifying = {spot.camera_id for spot in SPOTS if spot.identifies}
    seen = {p.person_key for p in TOLD.passes if p.camera_id in identifying}
    assert {person.key for person in residents() if person.watched} - {UNSEEN, AWAY} <= seen


def test_every_pass_is_of_a_known_person_on_a_known_camera_within_the_loop():
    cameras = {spot.camera_id for spot in SPOTS}
    for p in TOLD.passes:
        assert p.person_key in everybody() and p.camera_id in cameras
        assert 0 <= p.start_s < p.end_s <= TOLD.loop_s


def test_nobody_is_in_two_places_at_once():
    for person in everybody():
        way = [p for p in TOLD.passes if p.person_key == person]
        assert all(before.end_s < after.start_s for before, after in pairwise(way))


def together(a: Pass, b: Pass) -> bool:
    return a is not b and a.camera_id == b.camera_id and a.start_s < b.end_s and b.start_s < a.end_s


def test_people_in_front_of_a_camera_keep_to_lanes_of_their_own():
    assert not [(a, b) for a in TOLD.passes for b in TOLD.passes if together(a, b) and a.lane == b.lane]
    assert max(p.lane for p in TOLD.passes) < MOST_AT_ONCE


def test_several_people_are_in_view_at_once_somewhere():
    assert any(together(a, b) for a in TOLD.passes for b in TOLD.passes)


def test_strangers_of_the_night_are_alone_on_a_dark_identifying_camera():
    spots = {spot.camera_id: spot for spot in SPOTS}
    for camera_id, key in NIGHT_STRANGERS.items():
        assert spots[camera_id].night and spots[camera_id].identifies
        (visit,) = [p for p in TOLD.on(camera_id) if p.person_key == key]
        assert visit.end_s - visit.start_s >= 8
        assert not [
            p
            for p in TOLD.on(camera_id)
            if p != visit and p.start_s < visit.end_s and visit.start_s < p.end_s
        ]


def test_between_a_tenth_and_a_fifth_of_the_cameras_have_somebody_in_view():
    busy_s = sum(p.end_s - p.start_s for p in TOLD.passes)
    assert 0.10 <= busy_s / TOLD.loop_s / len(SPOTS) <= 0.20


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    assert story(3) == story(3) != story(4)
