"""A part of the page that is drawn again as a whole, and only when what it shows has changed."""

from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from nicegui import ui

from api.desk.access import Viewer

T = TypeVar("T")


class Redrawn(Generic[T]):
    def __init__(self, viewer: Viewer, draw: Callable[[T], None], classes: str = "") -> None:
        self._viewer, self._draw = viewer, draw
        self._element = ui.element("div").classes(classes)
        self._shown: tuple[date, T] | None = None

    def show(self, item: T) -> None:
        """After midnight everything is drawn again: "14:02" is "yesterday 14:02" then."""
        shown = (self._viewer.times.today, item)
        if shown == self._shown:
            return
        self._shown = shown
        self._element.clear()
        with self._element:
            self._draw(item)
