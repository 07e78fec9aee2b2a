"""What a recogniser remembers of how well a camera saw somebody."""

from datetime import datetime

import pytest
from integration.test_recogniser import Camera

from monitor.core.identifiability import GOOD
from monitor.core.quality import Flaw


def test_a_near_face_is_a_good_pass(now: datetime) -> None:
    camera = Camera()
    look = camera.frames(4).pass_look("gate-1", now)
    assert look is not None
    assert (look.width_px, look.flaws) == (pytest.approx(150), ()) and look.quality >= GOOD


def test_somebody_too_far_for_any_picture_counts_as_small(now: datetime) -> None:
    camera = Camera()
    camera.passage.face_px = 20
    person = camera.frames(4)
    camera.passage.face_px = 24
    assert camera.frames(1) is person and person.evidence.shots == []
    look = person.pass_look("gate-1", now)
    assert look is not None
    assert (look.width_px, look.quality, look.flaws) == (pytest.approx(24), 0.0, (Flaw.SMALL,))


def test_who_crossed_the_picture_in_a_moment_is_not_counted(now: datetime) -> None:
    assert Camera().frames(2).pass_look("gate-1", now) is None
