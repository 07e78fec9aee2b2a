"""Choosing a camera and walking past it: the countdown, and what came of it."""

import asyncio
import math
from collections.abc import Callable

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, tag, text
from api.desk.text import say
from monitor.errors import ShouwangError
from monitor.services.enrolment import Photo

TICK_S = 0.25


class WalkTaker:
    """Hands the photos of one walk, judged, and the engine that made their templates to `take`."""

    def __init__(self, viewer: Viewer, take: Callable[[list[Photo], str], None]) -> None:
        self._viewer, self._take = viewer, take
        cameras = [c for c in viewer.desk.runtime.estate.cameras if c.enabled and c.identifies]
        self._camera, self._left_s = cameras[0].id if cameras else "", math.inf
        self._walking = False
        if not cameras:
            return
        words = viewer.words
        with tag("div", "walk"):
            with tag("label", "field"):
                text(words.walk_camera)
                with tag("select") as choice:
                    for camera in cameras:
                        text(camera.name, name="option").props["value"] = camera.id
            choice.on(
                "change",
                lambda event: self._choose(str(event.args)),
                js_handler="(event) => emit(event.target.value)",
            )
            self._button = button(words.walk_start, self._walk, "camera")
            self._note = text(words.walk_hint, "soft", "p")
        self._timer = ui.timer(TICK_S, self._tick, active=False)

    def _choose(self, camera_id: str) -> None:
        self._camera = camera_id

    async def _walk(self) -> None:
        words, desk = self._viewer.words, self._viewer.desk
        if self._walking or not await self._viewer.still_here():
            return
        self._walking, self._left_s = True, math.inf
        self._button.props.set_bool("disabled", True)
        self._timer.activate()
        told, photos, engine = words.error_other, list[Photo](), ""
        try:
            walked = await asyncio.to_thread(desk.walks.walk, self._camera, self._tell)
            self._left_s = 0.0
            photos, engine = await asyncio.to_thread(desk.photos.judge_walk, walked)
            told = words.walk_done.format(n=len(photos))
        except ShouwangError as error:
            told = say(words, error)
        finally:
            self._end(told, failed=not photos)
        if photos:
            self._take(photos, engine)

    def _tell(self, left_s: float) -> None:
        """Called from the thread that watches the camera; the page reads it with its next tick."""
        self._left_s = left_s

    def _tick(self) -> None:
        words = self._viewer.words
        if math.isinf(self._left_s):
            told = words.walk_connecting
        elif self._left_s > 0:
            told = words.walk_left.format(n=math.ceil(self._left_s))
        else:
            told = words.walk_reading
        self._note.set_text(told)
        self._note.classes(replace="walk-now")

    def _end(self, told: str, *, failed: bool) -> None:
        self._walking = False
        self._timer.deactivate()
        self._button.props.set_bool("disabled", False)
        self._note.set_text(told)
        self._note.classes(replace="walk-failed" if failed else "soft")
