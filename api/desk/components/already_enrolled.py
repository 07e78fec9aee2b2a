"""This face is enrolled already: who it is, and what to do about it."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, link, tag, text
from monitor.errors import AlreadyEnrolled
from monitor.services import residents


class AlreadyEnrolledDialog:
    """Asks; what to do is up to the page."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    async def open(
        self,
        found: AlreadyEnrolled,
        anyway: Callable[[], Awaitable[None]],
        add: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        """`anyway` saves although the face is known; `add` gives the photos to the resident who is enrolled."""
        words, desk = self._viewer.words, self._viewer.desk
        resident_id, score = int(str(found.facts["resident_id"])), float(str(found.facts["score"]))
        name = await desk.read(lambda session: residents.name_of(session, desk.estate_id, resident_id))
        self._box.clear()
        with self._box:
            text(words.already_enrolled.format(name=name), name="h2")
            text(words.already_enrolled_body.format(name=name, score=f"{score:.2f}"), name="p")
            link(words.already_enrolled_open.format(name=name), f"/residents/{resident_id}")
            with tag("div", "stack"):
                if add is not None:
                    button(
                        words.add_to_them.format(name=name),
                        self._doing(lambda: add(resident_id)),
                        "plus",
                        "main",
                    )
                button(words.enrol_anyway, self._doing(anyway))
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _doing(self, act: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            self._dialog.close()
            await act()

        return do
