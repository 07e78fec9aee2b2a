"""What is this camera, how is it reached and where does it look? For admins."""

import asyncio

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, link, tag, text
from api.desk.components.camera_form import CameraFields, Typed
from api.desk.components.frame import frame
from api.desk.text import say
from monitor.config.cameras import CameraConfig
from monitor.core.access import Action
from monitor.errors import CameraMistakes, Conflict, ShouwangError


class Form:
    def __init__(self, viewer: Viewer, camera: CameraConfig | None) -> None:
        self._viewer, self._camera, self._typed = viewer, camera, Typed.of(camera)
        words = viewer.words
        with tag("div", "form"):
            self._fields = CameraFields(viewer, self._typed, new=camera is None)
            self._told = text("", "wrong", "p")
            self._told.props["role"] = "alert"
            with tag("div", "row"):
                button(words.camera_save, self._save, "good", "main")
                link(words.cancel, "/cameras", "button")

    async def _save(self) -> None:
        viewer, camera, words = self._viewer, self._camera, self._viewer.words
        if not await viewer.still_here() or not viewer.may(Action.MANAGE_CAMERAS):
            return
        fields, wrong = self._typed.changes(whole=camera is None)
        self._mark({key: words.camera_mistake[key] for key in wrong})
        if wrong:
            return
        edits = viewer.desk.camera_edits
        try:
            if camera is None:
                await asyncio.to_thread(edits.add, fields)
            elif fields:
                await asyncio.to_thread(edits.change, camera.id, fields)
        except CameraMistakes as error:
            mistakes = {key: words.camera_mistake.get(key, reason) for key, reason in error.mistakes}
            self._mark(mistakes)
        except ShouwangError as error:
            taken = isinstance(error, Conflict) and camera is None
            self._mark({"id" if taken else "": words.camera_id_taken if taken else say(words, error)})
        else:
            ui.navigate.to("/cameras")

    def _mark(self, mistakes: dict[str, str]) -> None:
        """To the fields; beside the button, which may be far from them, what belongs to none."""
        rest = self._fields.mark(mistakes)
        told = " ".join(rest) or self._viewer.words.error_invalid
        self._told.set_text(told if mistakes else "")


async def add(viewer: Viewer) -> None:
    words = viewer.words
    with frame(viewer, words.camera_add):
        with tag("div", "lead"), tag("div"):
            text(words.camera_add, name="h1")
            text(words.camera_add_lead, "soft", "p")
        Form(viewer, None)


async def change(viewer: Viewer, slug: str) -> None:
    words, camera = viewer.words, viewer.desk.camera_edits.get(slug)
    title = words.camera_change_title.format(camera=camera.name)
    with frame(viewer, title):
        with tag("div", "lead"), tag("div"):
            text(title, name="h1")
            text(camera.id, "soft", "p")
        Form(viewer, camera)
