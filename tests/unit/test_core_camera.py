"""A camera is live or blind, nothing between."""

from monitor.core.camera import BLIND, CameraState


def test_every_state_but_live_is_blind() -> None:
    assert {state for state in CameraState if state not in BLIND} == {CameraState.LIVE}
