"""Pictures that wires and switches have damaged give nobody a name, and clean ones lose nothing."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest
from faults.corruption import RECIPES, SEVERITIES, Coded, corrupt

from bench import corrupted
from bench.corrupted import Coding, Job, arriving, encoded, gallery, jobs, trial, watch
from monitor.core.damage import Condition
from monitor.core.detection import Detections
from monitor.core.embedding import unit
from monitor.core.gallery import Gallery
from monitor.core.identification import IdentificationPolicy
from monitor.core.ports import Image
from monitor.vision.decoder import Decoder, Frame
from monitor.vision.stream import Stream
from monitor.workers.recogniser import Recogniser

PERSON, OTHER = corrupted.PORTRAIT_PEOPLE[:2]
CLEAN = Coding(28, group=15)
REPEATED = Coding(28, group=15, b_frames=2)


def decoded(stream: Sequence[Coded], coding: Coding = CLEAN) -> list[Frame]:
    path, _ = encoded(PERSON, 1, coding, True)
    with Stream(str(path), allow_file=True) as opened:
        decoder = Decoder(opened)
        return [frame for packet, _ in arriving(stream) for frame in decoder.decode(packet)]


def clean(coding: Coding = CLEAN, person: str = PERSON) -> list[Coded]:
    return list(encoded(person, 1, coding, True)[1])


def conditions(stream: Sequence[Coded]) -> list[Condition]:
    return [frame.condition for frame in decoded(stream)]


@pytest.mark.parametrize("coding", [CLEAN, REPEATED, Coding(38, group=30, entropy="vlc")])
def test_a_clean_stream_is_whole_and_one_scene(coding: Coding) -> None:
    frames = decoded(clean(coding), coding)
    assert len(frames) >= 65
    assert {frame.condition for frame in frames} == {Condition.WHOLE}
    assert len({frame.scene for frame in frames}) == 1


def test_after_a_lost_packet_every_picture_up_to_the_next_key_frame_is_damaged() -> None:
    stream = clean()
    del stream[20]
    found = conditions(stream)
    assert found[:20] == [Condition.WHOLE] * 20
    assert found[20:29] == [Condition.DAMAGED] * 9
    assert set(found[29:]) == {Condition.WHOLE}


def test_after_damage_the_scene_is_another_one() -> None:
    stream = clean()
    del stream[20]
    frames = [frame for frame in decoded(stream) if frame.condition is Condition.WHOLE]
    assert len({frame.scene for frame in frames[:20]}) == 1
    assert frames[20].scene != frames[19].scene


@pytest.mark.parametrize(
    "kind", ["dropped", "middle lost", "truncated", "zeroed", "swapped", "key start lost"]
)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_what_is_missing_or_misplaced_is_never_taken_for_whole(kind: str, severity: int) -> None:
    """At most the slightest difference from the pictures that were sent."""
    sent = {round(frame.pts_s, 3): frame.gray(160, 120).astype(int) for frame in decoded(clean())}
    frames = decoded(corrupt(kind, clean(), [], severity, seed=5))
    whole = [frame for frame in frames if frame.condition is Condition.WHOLE]
    assert whole and len(whole) < len(sent)
    for frame in whole:
        assert abs(frame.gray(160, 120) - sent[round(frame.pts_s, 3)]).mean() < 1.5


def test_another_size_in_mid_stream_is_another_scene() -> None:
    small = encoded(PERSON, 1, Coding(28, group=15, size_wh=(320, 240)), True)[1]
    frames = decoded(corrupt("switched", clean(), small, 1, seed=1))
    sizes = [frame.size_wh for frame in frames]
    changes = [(a, b) for a, b in pairwise(frames) if a.size_wh != b.size_wh]
    assert set(sizes) == {(480, 360), (320, 240)}
    assert [a.scene != b.scene for a, b in changes] == [True]


def test_the_same_seed_damages_in_the_same_way_and_another_one_in_another() -> None:
    for kind in RECIPES:
        stream, other = clean(), clean(person=OTHER)
        once, again, differently = (corrupt(kind, stream, other, 2, seed) for seed in (1, 1, 2))
        assert once == again != stream, kind
        assert kind in ("key start lost", "other parameters") or differently != once, kind


def test_no_name_is_wrong_on_damaged_streams_of_drawn_people() -> None:
    work = jobs(len(corrupted.KINDS) * len(SEVERITIES), portraits=True)
    assert {(job.kind, job.severity) for job in work} == {(k, s) for k in corrupted.KINDS for s in SEVERITIES}
    cells, wrong = trial(work, processes=1, compare=False)
    assert [job for job, _, after in wrong if after.wrong] == []
    assert sum(cell.after["named"] for cell in cells.values()) > 0


def test_a_clean_pass_is_named_with_the_checks_as_without() -> None:
    enrolled = corrupted.PORTRAIT_PEOPLE[:3]
    for person in (PERSON, OTHER):
        path, stream = encoded(person, 1, CLEAN, True)
        known = gallery(enrolled, True)
        words = [
            watch(path, stream, (person, person), enrolled, known, checked).word for checked in (False, True)
        ]
        assert words == ["named", "named"]


WHOLE_PX = 200


class OneFace:
    """A detector that finds a face at the same place of every picture, and an embedder that knows nobody."""

    name = "fake"

    def detect(self, image_bgr: Image) -> Detections:
        box_xyxy = np.array([[40, 40, 120, 130]], np.float32)
        points_xy = np.array([[[60, 70], [100, 70], [80, 90], [65, 110], [95, 110]]], np.float32)
        if (side_px := len(image_bgr)) != WHOLE_PX:  # the second look, at the face alone
            middle_xy = points_xy.mean(axis=1, keepdims=True)
            points_xy = side_px / 2 + (points_xy - middle_xy) * np.float32(side_px / 1.9 / 88)
        return Detections(box_xyxy, points_xy, np.ones(1, np.float32))

    def embed(self, image_bgr: Image, landmarks_xy: np.ndarray) -> np.ndarray:
        return np.tile(unit(np.ones(4)), (len(landmarks_xy), 1))

    template = embed

    def glance(self, image_bgr: Image, landmarks_xy: np.ndarray, mirrored: Sequence[bool]) -> np.ndarray:
        return self.embed(image_bgr, landmarks_xy)


def picture(seed: int) -> Image:
    noise = np.random.default_rng(seed).integers(60, 200, (WHOLE_PX, WHOLE_PX, 3)).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (5, 5), 1.0), np.uint8)


def a_recogniser() -> Recogniser:
    return Recogniser(OneFace(), OneFace(), IdentificationPolicy())


def test_nobody_is_followed_from_one_scene_into_another() -> None:
    recogniser = a_recogniser()
    recogniser.enter(1)
    (before,) = recogniser.look(picture(1), 0.0, Gallery.empty())
    recogniser.enter(1)
    assert recogniser.look(picture(2), 0.2, Gallery.empty()) == [before]
    recogniser.enter(2)
    (after,) = recogniser.look(picture(3), 0.4, Gallery.empty())
    assert after is not before
    assert recogniser.left(0.4) == [before]
    assert recogniser.left(0.4) == []


def test_a_picture_that_stands_still_keeps_nobody_in_view_and_is_one_shot_only() -> None:
    recogniser = a_recogniser()
    (person,) = recogniser.look(picture(1), 0.0, Gallery.empty())
    seen = [recogniser.look(picture(1), at_s, Gallery.empty()) for at_s in (0.5, 1.0, 1.5, 2.0)]
    assert seen == [[], [], [], []]
    assert len(person.evidence.shots) == 1
    assert recogniser.left(2.0) == [person]


def test_a_face_among_torn_blocks_is_evidence_for_nobody() -> None:
    recogniser, torn = a_recogniser(), picture(2)
    (person,) = recogniser.look(picture(1), 0.0, Gallery.empty())
    torn[32:144, 32:144] = 130  # what a decoder puts where nothing came
    assert recogniser.look(torn, 0.5, Gallery.empty()) == []
    assert recogniser.left(0.5) == [person] and len(person.evidence.shots) == 1


@pytest.mark.evaluation
@pytest.mark.skipif(not corrupted.CLIPS.is_dir(), reason="the evaluation clips are not beside the project")
def test_no_name_is_wrong_on_damaged_streams_of_real_people() -> None:
    work: list[Job] = jobs(len(corrupted.KINDS) * len(SEVERITIES), portraits=False)
    _, wrong = trial(work, processes=1, compare=False)
    assert [job for job, _, after in wrong if after.wrong] == []
