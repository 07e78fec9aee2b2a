"""The states of a camera. A camera that does not see is blind, and says why."""

from enum import StrEnum


class CameraState(StrEnum):
    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"  # sees, but slowly or with many broken pictures
    NO_VIEW = "no_view"  # pictures come, but nobody could be made out on them
    STALLED = "stalled"  # connected, but no picture comes
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # wrong password: waits for a person
    DISABLED = "disabled"


SEEING = frozenset({CameraState.LIVE, CameraState.DEGRADED})
BLIND = frozenset(CameraState) - SEEING

# Why a camera is disabled that left the camera file: it is no longer listed, its history stays.
REMOVED = "removed"
