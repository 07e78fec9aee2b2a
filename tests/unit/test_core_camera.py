"""A camera sees or is blind, nothing between."""

from monitor.core.camera import BLIND, SEEING, CameraState


def test_only_a_live_or_a_poor_picture_sees() -> None:
    assert {state for state in CameraState if state not in BLIND} == {CameraState.LIVE, CameraState.DEGRADED}


def test_no_camera_sees_and_is_blind() -> None:
    assert not SEEING & BLIND
