"""Saying that a sighting is not this resident: one tap, then what follows from it, a note if one likes, confirm."""

from collections.abc import Callable

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, field, image, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.services import corrections
from monitor.services.residents import TimelineEntry

Reject = Callable[[TimelineEntry], None]


class Rejecting:
    """The dialog of one resident's page; it stands beside the history, so that a redraw does not take a note away."""

    def __init__(self, viewer: Viewer, name: str) -> None:
        self._viewer, self._name, self._note = viewer, name, ""
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, entry: TimelineEntry) -> None:
        words, times = self._viewer.words, self._viewer.times
        self._note = ""
        self._box.clear()
        with self._box:
            text(words.not_them_title.format(name=self._name), name="h2")
            with tag("div", "row"):
                if entry.snapshot_id is not None:
                    address = f"/api/v1/snapshots/{entry.snapshot_id}/face"
                    image(address, words.entry["sighting"].format(camera=entry.camera_name), "portrait")
                with tag("div"):
                    text(words.entry["sighting"].format(camera=entry.camera_name), "strong", "div")
                    text(times.clock(entry.at), "soft", "div")
            text(words.not_them_lead, name="p")
            field(words.note, self._write, name="textarea")
            with tag("div", "row"):
                confirm = words.not_them_confirm.format(name=self._name)
                button(confirm, lambda: self._save(entry), look="main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _write(self, note: str) -> None:
        self._note = note

    async def _save(self, entry: TimelineEntry) -> None:
        viewer, note, settings = self._viewer, self._note.strip(), self._viewer.desk.runtime.settings
        assert entry.sighting_id is not None
        sighting_id = entry.sighting_id
        await viewer.change(
            Action.CORRECT,
            lambda session: corrections.reject(
                session,
                viewer.desk.estate_id,
                sighting_id,
                note,
                viewer.principal.name,
                settings.stranger_days,
                utc_now(),
            ),
            viewer.words.corrected,
        )
        self._dialog.close()
