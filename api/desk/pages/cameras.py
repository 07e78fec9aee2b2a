"""Which cameras are dark, since when, and what does each see?"""

from datetime import datetime

from api.desk.access import Viewer
from api.desk.components.basics import fact, tag, text
from api.desk.components.camera_state import is_live
from api.desk.components.camera_tile import CameraTile
from api.desk.components.choice import Choice
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.keyed import KeyedList
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.camera import CameraState
from monitor.services import cameras as services
from monitor.services.cameras import Camera

LOOK_AGAIN_S = 5.0
ALL, NOT_LIVE = "all", "not_live"


async def cameras(viewer: Viewer) -> None:
    words = viewer.words

    async def redraw() -> None:
        found = await viewer.desk.read(lambda session: services.listing(session, viewer.desk.estate_id))
        now = utc_now()
        ranked = sorted(found, key=lambda camera: _rank(camera, now))
        dark = [camera for camera in ranked if _rank(camera, now) == 0]
        filters.label(ALL, words.filter_all.format(n=len(ranked)))
        filters.label(NOT_LIVE, words.filter_not_live.format(n=len(dark)))
        nothing.show(filters.chosen == NOT_LIVE and not dark)
        wall.show(dark if filters.chosen == NOT_LIVE else ranked)

    with frame(viewer, words.cameras):
        with tag("div", "lead"):
            with tag("div"):
                text(words.cameras, name="h1")
                text(words.camera_lead, "soft", "p")
            filters = Choice((ALL, NOT_LIVE), redraw)
        nothing = Redrawn[bool](viewer, lambda none: fact("good", words.every_camera_live) if none else None)
        wall = KeyedList[Camera](tag("div", "wall"), lambda camera: camera.slug, lambda: CameraTile(viewer))

    await redraw()
    follow(viewer, redraw, ("camera.",), LOOK_AGAIN_S)


def _rank(camera: Camera, now: datetime) -> int:
    """Dark ones first; those that are switched off on purpose last; the order of the file otherwise."""
    if camera.state is CameraState.DISABLED:
        return 2
    return 1 if is_live(camera, now) else 0
