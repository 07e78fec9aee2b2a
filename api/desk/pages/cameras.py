"""Which cameras are dark, since when, and what does each see?"""

import asyncio
from datetime import datetime

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, fact, linked, tag, text
from api.desk.components.camera_state import is_live
from api.desk.components.camera_tile import CameraTile
from api.desk.components.choice import Choice
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.redrawn import Redrawn
from api.desk.text import say
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.camera import CameraState
from monitor.errors import Problem, ShouwangError
from monitor.services import cameras as services
from monitor.services.cameras import Camera

LOOK_AGAIN_S = 5.0
ALL, NOT_LIVE = "all", "not_live"


class Removing:
    """Asks before a camera is removed."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, camera: Camera) -> None:
        words = self._viewer.words
        self._box.clear()
        with self._box:
            text(words.camera_remove_title.format(camera=camera.name), name="h2")
            text(words.camera_remove_body, "soft", "p")
            with tag("div", "row"):
                button(words.camera_remove, lambda: self._remove(camera), look="main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    async def _remove(self, camera: Camera) -> None:
        viewer, words = self._viewer, self._viewer.words
        self._dialog.close()
        if not await viewer.still_here() or not viewer.may(Action.MANAGE_CAMERAS):
            return
        told = words.camera_removed.format(camera=camera.name)
        try:
            await asyncio.to_thread(viewer.desk.camera_edits.remove, camera.slug)
        except ShouwangError as error:
            told = say(words, error)
        ui.notify(told, position="top")


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
        refused.show(viewer.desk.camera_edits.problems)
        wall.show(dark if filters.chosen == NOT_LIVE else ranked)

    with frame(viewer, words.cameras):
        remove = Removing(viewer).open if viewer.may(Action.MANAGE_CAMERAS) else None
        with tag("div", "lead"):
            with tag("div"):
                text(words.cameras, name="h1")
                text(words.camera_lead, "soft", "p")
            with tag("div", "row"):
                filters = Choice((ALL, NOT_LIVE), redraw)
                if viewer.may(Action.MANAGE_CAMERAS):
                    with linked("/cameras/new", "button main"):
                        icon("plus")
                        text(words.camera_add)
        refused = Redrawn[tuple[Problem, ...]](viewer, lambda problems: _refused(viewer, problems))
        nothing = Redrawn[bool](viewer, lambda none: fact("good", words.every_camera_live) if none else None)
        wall = KeyedList[Camera](
            tag("div", "wall"), lambda camera: camera.slug, lambda: CameraTile(viewer, remove)
        )

    await redraw()
    follow(viewer, redraw, ("camera.", "cameras."), LOOK_AGAIN_S)


def _refused(viewer: Viewer, problems: tuple[Problem, ...]) -> None:
    """For everybody that the file is not used; where it is wrong, for who can put it right."""
    if not problems:
        return
    with tag("div", "panel stack refused"):
        fact("warning", viewer.words.camera_file_refused, "advice")
        if viewer.may(Action.MANAGE_CAMERAS):
            with tag("ul", "points"):
                for problem in problems:
                    text(str(problem), "small", "li").props["lang"] = "en"


def _rank(camera: Camera, now: datetime) -> int:
    """Dark ones first; those that are switched off on purpose last; the order of the file otherwise."""
    if camera.state is CameraState.DISABLED:
        return 2
    return 1 if is_live(camera, now) else 0
