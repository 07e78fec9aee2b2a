"""What may be said of a camera now. That it sees is only said while somebody keeps saying it."""

from datetime import datetime

from api.desk.text import Catalogue
from monitor.core.camera import SEEING, CameraState
from monitor.services.cameras import SILENT_AFTER, Camera


def is_live(camera: Camera, now: datetime) -> bool:
    """The row may still say so when its worker and the watch have both died."""
    fresh = camera.last_frame_at is not None and now - camera.last_frame_at <= SILENT_AFTER
    return camera.state in SEEING and fresh


def in_words(words: Catalogue, camera: Camera, now: datetime) -> str:
    if camera.state in SEEING and not is_live(camera, now):
        return words.camera_unconfirmed
    return words.camera_state[camera.state]


def dark_since(camera: Camera) -> datetime:
    """Since when nothing was seen. Pictures on which nothing can be made out keep coming."""
    if camera.state is CameraState.NO_VIEW:
        return camera.state_since
    return camera.last_frame_at or camera.state_since
