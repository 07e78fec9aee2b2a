"""One camera on the wall: its newest picture, how old that is, and whether the camera is live."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nicegui.element import Element

from api.desk.access import Viewer
from api.desk.components.basics import ago, button, chip, image, link, moment, tag, text
from api.desk.components.camera_state import dark_since, in_words, is_live
from api.desk.components.icons import icon
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.camera import CameraState
from monitor.services.cameras import Camera


@dataclass(frozen=True)
class State:
    live: bool
    poor: bool  # live, but with fewer or broken pictures
    off: bool  # on purpose
    words: str
    detail: str
    dark_since: datetime | None


class CameraTile:
    """The picture keeps its element, so that the old one stays until the new one has come."""

    def __init__(self, viewer: Viewer, remove: Callable[[Camera], None] | None = None) -> None:
        """With `remove` it has what an admin may do with the camera."""
        self._viewer, self._remove = viewer, remove
        self._camera: Camera | None = None
        self._picture: Element | None = None
        with tag("article", "tile") as self._tile:
            with tag("div", "view") as self._view:
                self._stamp = Redrawn[tuple[datetime | None, bool]](viewer, self._draw_stamp, "stamp")
                icon("camera")
            with tag("div", "tile-text"):
                self._name = link("", "", "strong")
                self._state = Redrawn[State](viewer, self._draw_state)
                if remove is not None:
                    self._acts = Redrawn[str](viewer, self._draw_acts, "acts-box")

    def show(self, camera: Camera) -> None:
        words, now = self._viewer.words, utc_now()
        live = is_live(camera, now)
        self._camera = camera
        if self._remove is not None:
            self._acts.show(camera.slug)
        self._tile.props["data-camera"] = camera.slug
        self._tile.classes(add="" if live else "dark", remove="dark" if live else "")
        self._name.set_text(camera.name)
        self._name.props["href"] = f"/cameras/{camera.slug}"
        if camera.picture_at is not None:
            self._show_picture(camera, camera.picture_at)
        self._stamp.show((camera.picture_at, live))
        poor, reason = camera.state is CameraState.DEGRADED, words.camera_reason.get(camera.state_reason, "")
        age = camera.frame_age_s if live and not (poor and reason) else None
        self._state.show(
            State(
                live,
                poor,
                camera.state is CameraState.DISABLED,
                in_words(words, camera, now),
                reason if age is None else words.frame_age.format(n=f"{age:.1f}"),
                None if live else dark_since(camera),
            )
        )

    def _show_picture(self, camera: Camera, at: datetime) -> None:
        address = f"/api/v1/cameras/{camera.slug}/picture?t={at.timestamp():.0f}"
        if self._picture is None:
            with self._view:
                self._picture = image(address, self._viewer.words.picture_of.format(camera=camera.name))
            self._picture.move(self._view, 0)
        elif self._picture.props["src"] != address:
            self._picture.props["src"] = address

    def _draw_stamp(self, shown: tuple[datetime | None, bool]) -> None:
        at, live = shown
        words, times = self._viewer.words, self._viewer.times
        if at is None:
            text(words.no_picture)
        elif live:
            ago(times, at)
        else:
            text(words.last_picture.format(clock=times.clock(at)) + " · ")
            ago(times, at)

    def _draw_state(self, state: State) -> None:
        with tag("div", "row"):
            if state.live:
                look = "warning" if state.poor else "good"
                chip(look, state.words, look)
                text(state.detail, "soft small")
                return
            chip("camera_off", state.words, "" if state.off else "critical")
            if state.dark_since is not None:
                with tag("span", "small"):
                    moment(self._viewer.times, state.dark_since)
        if state.detail:
            text(state.detail, "soft small")

    def _draw_acts(self, slug: str) -> None:
        words = self._viewer.words
        with tag("div", "row acts"):
            link(words.camera_change, f"/cameras/{slug}/change", "button slim")
            button(words.camera_remove, self._ask, look="slim")

    def _ask(self) -> None:
        if self._remove is not None and self._camera is not None:
            self._remove(self._camera)
