"""The states of a camera. A camera that is not live is blind, and says why."""

from enum import StrEnum


class CameraState(StrEnum):
    STARTING = "starting"
    LIVE = "live"
    STALLED = "stalled"  # connected, but no picture comes
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # wrong password: waits for a person
    DISABLED = "disabled"


BLIND = frozenset(CameraState) - {CameraState.LIVE}
