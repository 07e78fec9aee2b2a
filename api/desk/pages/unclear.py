"""Whose faces did the cameras not see clearly enough, and do we know them?"""

from collections.abc import Awaitable, Callable

from api.desk.access import Viewer
from api.desk.components.basics import button, fact, image, link, moment, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.naming import NamingDialog
from api.desk.components.redrawn import Redrawn
from monitor.core.access import Action
from monitor.services import unclear_faces
from monitor.services.unclear_faces import UnclearFace

LOOK_AGAIN_S = 15.0
PAGE = 50

Name = Callable[[UnclearFace], Awaitable[None]]


async def unclear(viewer: Viewer) -> None:
    words, shown = viewer.words, PAGE

    async def redraw() -> None:
        found = await viewer.desk.read(
            lambda session: unclear_faces.listing(session, viewer.desk.estate_id, limit=shown + 1)
        )
        faces.show(found[:shown])
        empty.set_text("" if found else words.unclear_empty)
        earlier.set_visibility(len(found) > shown)

    async def show_more() -> None:
        nonlocal shown
        shown += PAGE
        await redraw()

    with frame(viewer, words.unclear_faces):
        with tag("div", "lead"), tag("div"):
            text(words.unclear_faces, name="h1")
            days = viewer.desk.runtime.settings.stranger_days
            text(words.unclear_lead.format(days=days), "soft", "p")
        dialog = NamingDialog(viewer)
        faces = KeyedList[UnclearFace](
            tag("div", "stack"),
            lambda face: face.id,
            lambda: Redrawn[UnclearFace](viewer, lambda face: _card(viewer, face, dialog.open)),
        )
        empty = text("", "soft", "p")
        earlier = button(words.unclear_earlier, show_more)

    await redraw()
    follow(viewer, redraw, ("face.", "resident."), LOOK_AGAIN_S)


def _card(viewer: Viewer, face: UnclearFace, name: Name) -> None:
    words, times = viewer.words, viewer.times
    with tag("article", "panel unclear") as card:
        card.props["data-face"] = face.id
        if face.snapshot_id is None:
            with tag("div", "mark"):
                icon("unknown")
        else:
            address = f"/api/v1/snapshots/{face.snapshot_id}"
            with tag("div", "shots"):
                image(f"{address}/face", words.unclear_faces, "shot face")
                image(f"{address}/scene", words.scene_of_visit, "shot scene")
        with tag("div", "alert-body"):
            reason = str(face.why.get("reason", ""))
            text(words.unclear_reason.get(reason, reason), "strong", "div")
            fact("pin", face.camera_name)
            with tag("div", "fact"):
                icon("clock")
                moment(times, face.ended_at)
        if face.named_at is not None:
            _named(viewer, face)
        elif viewer.may(Action.CORRECT):
            button(words.this_is, lambda: name(face), "person")


def _named(viewer: Viewer, face: UnclearFace) -> None:
    words, times = viewer.words, viewer.times
    assert face.named_at is not None
    who = face.resident_name or words.dash
    told = words.named_by.format(person=face.named_by, clock=times.clock(face.named_at), name=who)
    link(told, f"/residents/{face.resident_id}")
