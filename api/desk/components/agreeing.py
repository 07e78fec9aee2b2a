"""What is agreed with a resident, and the dialog in which staff change it."""

from datetime import time

from nicegui import ui

from api.desk.access import Viewer
from api.desk.components.basics import button, fact, field, tag, text
from api.schemas.agreement import AgreedHours
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.agreement import hours
from monitor.services import presence
from monitor.services.agreements import ESTATE_DEFAULT, Version

_HOURS = ("phone_hours", "visit_hours", "urgent_hours", "not_back_hours")
_CLOCKS = ("quiet_from", "quiet_until")


def agreement(viewer: Viewer, version: Version) -> None:
    care, agreed = viewer.words.care, version.agreed
    phone, visit, urgent = (f"{hours(step):g}" for step in (agreed.phone, agreed.visit, agreed.urgent))
    fact("clock", care.agreed_hours.format(phone=phone, visit=visit, urgent=urgent), "strong")
    fact("out", care.agreed_not_back.format(hours=f"{hours(agreed.not_back):g}"))
    quiet = agreed.quiet
    told = (
        care.agreed_quiet.format(start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}")
        if quiet
        else care.agreed_no_quiet
    )
    fact("moon", told)
    if version.reason != ESTATE_DEFAULT:
        line = care.agreed_by.format(
            day=viewer.times.day(version.agreed_at), person=version.agreed_by, reason=version.reason
        )
        text(line, "soft small", "div")


class Agreeing:
    """The dialog of one resident's page."""

    def __init__(self, viewer: Viewer, resident_id: int) -> None:
        self._viewer, self._resident_id = viewer, resident_id
        self._typed: dict[str, str] = {}
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, version: Version) -> None:
        care, agreed, quiet = self._viewer.words.care, version.agreed, version.agreed.quiet
        steps = (agreed.phone, agreed.visit, agreed.urgent, agreed.not_back)
        self._typed = {name: f"{hours(step):g}" for name, step in zip(_HOURS, steps, strict=True)}
        self._typed |= {
            "quiet_from": f"{quiet.start:%H:%M}" if quiet else "",
            "quiet_until": f"{quiet.end:%H:%M}" if quiet else "",
            "reason": "",
        }
        self._box.clear()
        with self._box:
            text(care.agree, name="h2")
            text(care.agree_lead, "soft", "p")
            with tag("div", "two"):
                for name in _HOURS:
                    self._field(name).props.update(type="number", min=4, max=336, step="any")
                for name in _CLOCKS:
                    self._field(name).props["type"] = "time"
            why = field(care.why_agreed, lambda typed: self._write("reason", typed), care.why_agreed_hint)
            why.props["maxlength"] = 500
            with tag("div", "row"):
                button(care.agree_save, self._save, "good", "main")
                button(self._viewer.words.cancel, self._dialog.close)
        self._dialog.open()

    def _field(self, name: str) -> ui.element:
        box = field(getattr(self._viewer.words.care, name), lambda typed: self._write(name, typed))
        box.props["value"] = self._typed[name]
        return box

    def _write(self, name: str, typed: str) -> None:
        self._typed[name] = typed

    async def _save(self) -> None:
        viewer, typed = self._viewer, dict(self._typed)
        saved = await viewer.change(
            Action.AGREE,
            lambda session: presence.agree(
                session,
                viewer.desk.estate_id,
                self._resident_id,
                _agreed(typed).agreed(),
                typed["reason"],
                viewer.principal.name,
                utc_now(),
            ),
            viewer.words.care.agree_saved,
        )
        if saved:
            self._dialog.close()


def _agreed(typed: dict[str, str]) -> AgreedHours:
    """What is no number counts as zero hours, which no agreement takes."""
    numbers = {name: _number(typed[name]) for name in _HOURS}
    clocks = {name: time.fromisoformat(typed[name]) if typed[name] else None for name in _CLOCKS}
    return AgreedHours(**numbers, **clocks)


def _number(typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        return 0.0
