"""The truth that ingest is measured by is what the cameras really show, and when."""

import json
import time
from pathlib import Path

import av
import faces
import numpy as np
import pytest

from bench.pipelines import passes, streams
from bench.pipelines.found import Said, judge
from bench.pipelines.passes import CLEAR_PX, LATE_S, Camera, Clip, Pass, Shown
from bench.pipelines.served import serve

QUICKLY = {"rtsp_transport": "tcp", "analyzeduration": "500000"}  # microseconds
LOOP_S = 4.0
PASS = Pass(passes.WALKERS[1], start_s=0.3, end_s=3.3, lane_m=0.2, near_px=130.0, seed=11)
CLIP = Clip("gate-east-1", passes.clips()[0].spot, (PASS,), LOOP_S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clips")
    streams.draw(CLIP, made)
    return made


@pytest.fixture(scope="module")
def clear(folder: Path) -> tuple[float, float]:
    """When the face becomes clear and when it no longer is, in seconds of the loop."""
    (times,) = json.loads((folder / f"{CLIP.name}.json").read_text())
    return times[0], times[1]


def widths_px(picture: np.ndarray) -> list[float]:
    found = faces.detector().detect(picture)
    return [float(box[2] - box[0]) for box in found.boxes_xyxy]


def test_a_face_is_as_wide_as_the_truth_says_when_it_becomes_clear(folder, clear):
    with av.open(str(folder / f"{CLIP.name}-main.mp4")) as container:
        pictures = {round(f.time, 3): f.to_ndarray(format="bgr24") for f in container.decode(video=0)}
    assert len(pictures) == LOOP_S * streams.MAIN_FPS
    assert widths_px(pictures[round(clear[0], 3)]) == [pytest.approx(CLEAR_PX, rel=0.2)]
    assert widths_px(pictures[0.0]) == []


def test_the_sub_stream_shows_the_same_moment(folder, clear):
    with av.open(str(folder / f"{CLIP.name}-sub.mp4")) as container:
        pictures = {f.time: f.to_ndarray(format="bgr24") for f in container.decode(video=0)}
    assert len(pictures) == LOOP_S * streams.SUB_FPS
    at_s = max(t for t in pictures if t <= clear[1])
    near_px = PASS.walker().visible_px(streams.scene(CLIP.spot), at_s)
    # In the small picture everything is a third as wide.
    assert widths_px(pictures[at_s]) == [pytest.approx(near_px / 3, rel=0.25)]


def test_a_camera_shows_a_pass_when_the_truth_says_so(folder, clear, tmp_path):
    camera = Camera("gate", CLIP, offset_s=LOOP_S / 2)
    with serve(folder, tmp_path / "server.log") as server:
        with av.open(server.address(camera, "main"), options=QUICKLY, timeout=5) as video:
            opened_s = time.monotonic()
            (expected,) = passes.shown([camera], {CLIP.name: [clear]}, opened_s, opened_s + LOOP_S)
            for frame in video.decode(video=0):
                if time.monotonic() < expected.start_s:
                    continue  # the end of the pass before
                if any(px >= CLEAR_PX for px in widths_px(frame.to_ndarray(format="bgr24"))):
                    break
    # Without its offset the camera would be two seconds off.
    assert time.monotonic() == pytest.approx(expected.clear_s, abs=1.0)


def test_every_round_of_the_loop_is_a_pass_of_its_own(clear):
    camera = Camera("gate", CLIP, offset_s=1.5)
    found = passes.shown([camera], {CLIP.name: [clear]}, 1000.0, 1000.0 + 3 * LOOP_S)
    assert [(one.clear_s + 1.5) % LOOP_S for one in found] == pytest.approx([clear[0]] * 3)
    assert [one.key for one in found] == [PASS.key] * 3


SHOWN = Shown("gate", "019f", start_s=10.0, clear_s=16.0, unclear_s=18.0, end_s=19.0)


@pytest.mark.parametrize("at_s", [9.9, 19.1 + LATE_S])
def test_what_is_said_before_or_long_after_a_pass_does_not_find_it(at_s):
    assert judge([SHOWN], [Said("gate", at_s, "019f")]) == ((), 0)


def test_what_another_camera_says_does_not_find_a_pass():
    assert judge([SHOWN], [Said("hall", 17.0, "019f")]) == ((), 0)


def test_the_delay_of_a_pass_is_that_of_the_first_answer():
    said = [Said("gate", 15.0, None, answer=False), Said("gate", 16.5, None), Said("gate", 17.0, "019f")]
    assert judge([SHOWN], said) == ((0.5,), 1)


def test_a_wrong_name_finds_a_pass_but_does_not_name_it():
    assert judge([SHOWN], [Said("gate", 17.0, "000m")]) == ((1.0,), 0)


def test_two_passes_of_one_person_on_one_camera_are_far_enough_apart_to_be_told_apart():
    for one in passes.clips():
        first, second = one.passes
        assert first.key != second.key
    assert passes.LOOP_S - passes.PASS_S > 45 + LATE_S


def test_somebody_is_in_view_of_fifteen_percent_of_the_cameras():
    told = passes.clips()
    busy_s = sum(p.end_s - p.start_s for clip in told for p in clip.passes)
    assert busy_s / sum(clip.loop_s for clip in told) == pytest.approx(0.15, abs=0.005)


def test_a_clear_face_is_shown_for_one_to_three_seconds():
    gate, *_, lift = passes.clips()  # the longest lens and the widest
    for clip in (gate, lift):
        empty = streams.scene(clip.spot)
        for one in clip.passes:
            first_s, last_s = one.clear(empty, streams.MAIN_FPS)
            assert 1 <= last_s - first_s <= 3
