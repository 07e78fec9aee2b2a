"""What does this camera see, can it identify, and what would help?"""

import asyncio

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, link, tag, text
from api.desk.components.camera_tile import CameraTile
from api.desk.components.can_identify import can_identify, charts
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.view import View
from monitor.services import cameras, identifiability
from monitor.services.cameras import Camera
from monitor.services.identifiability import Identifiability

LOOK_AGAIN_S = 5.0
ASKED = (View.TURNED, View.COVERED)


async def camera(viewer: Viewer, slug: str) -> None:
    def read(session: Session) -> tuple[Camera, Identifiability]:
        estate_id = viewer.desk.estate_id
        return cameras.get(session, estate_id, slug), identifiability.get(session, estate_id, slug, utc_now())

    def show(found: Camera, known: Identifiability) -> None:
        tile.show(found)
        turned.show(found.state_reason in ASKED and viewer.may(Action.MANAGE_CAMERAS))
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
                turned = Redrawn[bool](viewer, lambda asked: _ask(viewer, slug) if asked else None)
            verdict = Redrawn[Identifiability](viewer, lambda known: can_identify(viewer, known))
        measured = Redrawn[Identifiability](viewer, lambda known: charts(viewer, known), "two charts")
    show(*first)

    async def redraw() -> None:
        show(*await viewer.desk.read(read))

    follow(viewer, redraw, ("camera.",), LOOK_AGAIN_S)


def _ask(viewer: Viewer, slug: str) -> None:
    """Only people know that a camera was turned on purpose."""

    async def accept() -> None:
        estate_id, by, now = viewer.desk.estate_id, viewer.principal.name, utc_now()
        await viewer.change(
            Action.MANAGE_CAMERAS,
            lambda session: cameras.accept_view(session, estate_id, slug, by, now),
            viewer.words.view_accepted,
        )
        await asyncio.to_thread(viewer.desk.runtime.files.forget_view, slug)

    with tag("div", "row"):
        button(viewer.words.view_accept, accept, "good", "main")
