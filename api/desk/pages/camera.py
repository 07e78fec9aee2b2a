"""What does this camera see, can it identify, and what would help?"""

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import link, tag, text
from api.desk.components.camera_tile import CameraTile
from api.desk.components.can_identify import can_identify, charts
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.services import cameras, identifiability
from monitor.services.cameras import Camera
from monitor.services.identifiability import Identifiability

LOOK_AGAIN_S = 5.0


async def camera(viewer: Viewer, slug: str) -> None:
    def read(session: Session) -> tuple[Camera, Identifiability]:
        estate_id = viewer.desk.estate_id
        return cameras.get(session, estate_id, slug), identifiability.get(session, estate_id, slug, utc_now())

    def show(found: Camera, known: Identifiability) -> None:
        tile.show(found)
        verdict.show(known)
        measured.show(known)

    first = await viewer.desk.read(read)
    with frame(viewer, first[0].name):
        with tag("div", "lead"), tag("div"):
            text(first[0].name, name="h1")
            link(viewer.words.all_cameras, "/cameras", "soft")
        with tag("div", "detail camera"):
            with tag("div", "stack"):
                tile = CameraTile(viewer)
            verdict = Redrawn[Identifiability](viewer, lambda known: can_identify(viewer, known))
        measured = Redrawn[Identifiability](viewer, lambda known: charts(viewer, known), "two charts")
    show(*first)

    async def redraw() -> None:
        show(*await viewer.desk.read(read))

    follow(viewer, redraw, ("camera.",), LOOK_AGAIN_S)
