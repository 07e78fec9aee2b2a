"""Closing an alert or a wellness check: two taps, a note if one likes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from nicegui import ui
from nicegui.element import Element
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components import wording
from api.desk.components.basics import button, day_field, field, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.alert import OUTCOMES, AlertKind, Outcome
from monitor.core.wellness import AWAY
from monitor.services import alerts, wellness
from monitor.services.alerts import Alert
from monitor.services.wellness import Found, WellnessCheck


@dataclass(frozen=True)
class _Case:
    """What is closed."""

    title: str
    kind: AlertKind
    needs: Action
    close: Callable[[Session, Found], object]


class Closing:
    """The dialog of one page; it stands beside the alerts, so that a redraw does not take a half-written note."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._case: _Case | None = None
        self._outcome: Outcome | None = None
        self._note = self._help = ""
        self._until: date | None = None
        self._choices: dict[Outcome, Element] = {}
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, alert: Alert) -> None:
        estate_id, person = self._viewer.desk.estate_id, self._viewer.principal.name

        def close(session: Session, found: Found) -> object:
            if alert.kind is AlertKind.WELLNESS:
                check = wellness.of_alert(session, estate_id, alert.id)[0]
                return wellness.record(session, estate_id, check.id, found, person, utc_now())
            return alerts.resolve(session, estate_id, alert.id, found.outcome, found.note, person, utc_now())

        title = wording.title(self._viewer.words, alert)
        self._open(_Case(title, alert.kind, wording.closing_needs(alert), close))

    def open_check(self, check: WellnessCheck) -> None:
        estate_id, person = self._viewer.desk.estate_id, self._viewer.principal.name

        def close(session: Session, found: Found) -> object:
            return wellness.record(session, estate_id, check.id, found, person, utc_now())

        title = self._viewer.words.care.check_of.format(name=check.resident_name)
        self._open(_Case(title, AlertKind.WELLNESS, Action.RECORD_CHECKS, close))

    def _open(self, case: _Case) -> None:
        words = self._viewer.words
        self._case, self._outcome, self._note, self._help, self._until = case, None, "", "", None
        self._box.clear()
        with self._box:
            text(f"{words.close_title} · {case.title}", name="h2")
            text(words.close_lead, "soft", "p")
            with tag("div", "choices"):
                self._choices = {
                    outcome: button(words.outcome[outcome], lambda o=outcome: self._choose(o), look="choice")
                    for outcome in OUTCOMES[case.kind]
                }
            self._more = tag("div")
            field(words.note, lambda typed: self._set("_note", typed), words.note_hint, "textarea")
            with tag("div", "row"):
                button(words.save, self._save, "good", "main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _set(self, name: str, value: object) -> None:
        setattr(self, name, value)

    def _choose(self, chosen: Outcome) -> None:
        self._outcome = chosen
        for outcome, choice in self._choices.items():
            pressed = outcome is chosen
            choice.classes(add="chosen" if pressed else "", remove="" if pressed else "chosen")
            choice.props["aria-pressed"] = str(pressed).lower()
        self._ask(chosen)

    def _ask(self, chosen: Outcome) -> None:
        """What belongs to some outcomes only."""
        care = self._viewer.words.care
        self._more.clear()
        with self._more:
            if chosen is Outcome.NEEDED_HELP:
                field(care.help_given, lambda typed: self._set("_help", typed), care.help_hint, "textarea")
            elif chosen in AWAY:
                day_field(care.away_until, lambda day: self._set("_until", day))
                text(care.away_hint, "soft small", "div")

    async def _save(self) -> None:
        viewer, outcome, case = self._viewer, self._outcome, self._case
        assert case is not None
        if outcome is None:
            ui.notify(viewer.words.choose_outcome, position="top")
            return
        found = Found(
            outcome,
            self._note.strip(),
            self._help.strip() if outcome is Outcome.NEEDED_HELP else "",
            self._away_until() if outcome in AWAY else None,
        )
        closed = await viewer.change(
            case.needs, lambda session: case.close(session, found), viewer.words.saved_closed
        )
        if closed:
            self._dialog.close()

    def _away_until(self) -> datetime | None:
        """The morning of the day on which they will be back."""
        if self._until is None:
            return None
        return datetime.combine(self._until, time(), self._viewer.times.zone).astimezone(UTC)
