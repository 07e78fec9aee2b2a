"""Closing an alert: two taps, a note if one likes."""

from nicegui import ui
from nicegui.element import Element
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components import wording
from api.desk.components.basics import button, field, tag, text
from monitor.clock import utc_now
from monitor.core.alert import OUTCOMES, AlertKind, Outcome
from monitor.services import alerts, wellness
from monitor.services.alerts import Alert
from monitor.services.wellness import Found


class Closing:
    """The dialog of one page; it stands beside the alerts, so that a redraw does not take a half-written note."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._outcome: Outcome | None = None
        self._note = ""
        self._choices: dict[Outcome, Element] = {}
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, alert: Alert) -> None:
        words = self._viewer.words
        self._outcome, self._note = None, ""
        self._box.clear()
        with self._box:
            text(f"{words.close_title} · {wording.title(words, alert)}", name="h2")
            text(words.close_lead, "soft", "p")
            with tag("div", "choices"):
                self._choices = {
                    outcome: button(words.outcome[outcome], lambda o=outcome: self._choose(o), look="choice")
                    for outcome in OUTCOMES[alert.kind]
                }
            field(words.note, self._write, words.note_hint, "textarea")
            with tag("div", "row"):
                button(words.save, lambda: self._save(alert), "good", "main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _choose(self, chosen: Outcome) -> None:
        self._outcome = chosen
        for outcome, choice in self._choices.items():
            pressed = outcome is chosen
            choice.classes(add="chosen" if pressed else "", remove="" if pressed else "chosen")
            choice.props["aria-pressed"] = str(pressed).lower()

    def _write(self, note: str) -> None:
        self._note = note

    async def _save(self, alert: Alert) -> None:
        viewer, outcome, note = self._viewer, self._outcome, self._note.strip()
        if outcome is None:
            ui.notify(viewer.words.choose_outcome, position="top")
            return
        closed = await viewer.change(
            wording.closing_needs(alert),
            lambda session: _close(session, viewer, alert, outcome, note),
            viewer.words.saved_closed,
        )
        if closed:
            self._dialog.close()


def _close(session: Session, viewer: Viewer, alert: Alert, outcome: Outcome, note: str) -> bool:
    estate_id, person, now = viewer.desk.estate_id, viewer.principal.name, utc_now()
    if alert.kind is AlertKind.WELLNESS:
        check = wellness.of_alert(session, estate_id, alert.id)[0]
        wellness.record(session, estate_id, check.id, Found(outcome, note), person, now)
    else:
        alerts.resolve(session, estate_id, alert.id, outcome, note, person, now)
    return True
