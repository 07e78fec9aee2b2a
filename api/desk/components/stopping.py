"""Taking a resident off the wellness list: at once, for good, and never over an open alert that somebody else wants gone."""

from nicegui import ui
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.errors import Conflict
from monitor.services import endings


class Stopping:
    """The dialog of one resident's page."""

    def __init__(self, viewer: Viewer, resident_id: int, name: str) -> None:
        self._viewer, self._resident_id = viewer, resident_id
        words, care = viewer.words, viewer.words.care
        with ui.dialog() as self._dialog, tag("div", "dialog stack"):
            text(care.stop_title.format(name=name), name="h2")
            text(care.stop_lead, name="p")
            with tag("div", "row"):
                button(care.stop_by_resident, lambda: self._stop(by_resident=True), look="main")
                button(care.stop_by_other, lambda: self._stop(by_resident=False))
                button(words.cancel, self._dialog.close)

    def open(self) -> None:
        self._dialog.open()

    async def _stop(self, *, by_resident: bool) -> None:
        viewer = self._viewer

        def command(session: Session) -> str:
            try:
                endings.withdraw(
                    session,
                    viewer.desk.estate_id,
                    self._resident_id,
                    viewer.principal.name,
                    utc_now(),
                    by_resident=by_resident,
                )
            except Conflict:
                return viewer.words.care.stop_first
            return viewer.words.care.stopped

        told = await viewer.change(Action.AGREE, command)
        if told:
            ui.notify(told, position="top")
            self._dialog.close()
