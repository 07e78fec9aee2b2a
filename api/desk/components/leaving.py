"""Planned absences of one resident, and the dialog in which staff enter one."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from nicegui import ui
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, day_field, fact, field, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.services import absences, presence
from monitor.services.absences import TEXT_LIMIT, NewAbsence, PlannedAbsence


def planned(viewer: Viewer, found: Sequence[PlannedAbsence]) -> None:
    """Those that hold or are ahead, with what staff can say about them."""
    care, times, now = viewer.words.care, viewer.times, utc_now()
    for absence in found:
        with tag("div", "stack tight"):
            told = care.absence_now if absence.starts_at <= now else care.absence_ahead
            start, end = times.day(absence.starts_at), times.last_day(absence.ends_at)
            fact("out", told.format(start=start, end=end), "strong")
            text(care.absence_told.format(told=absence.told_by, call=absence.call), "soft small", "div")
            if absence.perhaps_back_at is not None:
                clock = times.clock(absence.perhaps_back_at)
                fact("unknown", care.perhaps_back.format(clock=clock), "lacking")
            with tag("div", "row"):
                button(care.absence_end, lambda a=absence: _end(viewer, a), look="slim")
                if absence.perhaps_back_at is not None:
                    button(care.absence_keep, lambda a=absence: _keep(viewer, a), look="slim")


async def _end(viewer: Viewer, absence: PlannedAbsence) -> None:
    def command(session: Session) -> None:
        presence.come_back(session, viewer.desk.estate_id, absence.id, viewer.principal.name, utc_now())

    await viewer.change(Action.AGREE, command, viewer.words.care.absence_ended)


async def _keep(viewer: Viewer, absence: PlannedAbsence) -> None:
    def command(session: Session) -> None:
        absences.keep(session, viewer.desk.estate_id, absence.id, utc_now())

    await viewer.change(Action.AGREE, command, viewer.words.care.absence_kept)


class Leaving:
    """The dialog of one resident's page."""

    def __init__(self, viewer: Viewer, resident_id: int) -> None:
        self._viewer, self._resident_id = viewer, resident_id
        self._first: date | None = None
        self._last: date | None = None
        self._told_by = self._call = ""
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self) -> None:
        words, care, today = self._viewer.words, self._viewer.words.care, self._viewer.times.today
        days = self._viewer.desk.runtime.settings.absence_days
        self._first, self._last, self._told_by, self._call = today, None, "", ""
        self._box.clear()
        with self._box:
            text(care.absence_enter, name="h2")
            text(care.absence_lead.format(days=days), "soft", "p")
            with tag("div", "two"):
                day_field(care.absence_from, self._setter("_first"), today, today)
                day_field(
                    care.absence_until, self._setter("_last"), None, today, today + timedelta(days=days)
                )
                told = field(care.told_by, self._setter("_told_by"), care.told_by_hint)
                call = field(care.call, self._setter("_call"), care.call_hint)
                told.props["maxlength"] = call.props["maxlength"] = TEXT_LIMIT
            with tag("div", "row"):
                button(care.absence_save, self._save, "good", "main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _setter(self, name: str) -> Callable[[object], None]:
        return lambda value: setattr(self, name, value)

    async def _save(self) -> None:
        viewer = self._viewer
        longest = viewer.desk.runtime.settings.longest_absence()
        done = await viewer.change(
            Action.AGREE,
            lambda session: presence.leave(
                session,
                viewer.desk.estate_id,
                self._resident_id,
                self._new(),
                longest,
                viewer.principal.name,
                utc_now(),
            ),
            viewer.words.care.absence_saved,
        )
        if done is not None:
            self._dialog.close()

    def _new(self) -> NewAbsence:
        """From now if today is the first day, until the end of the last. A day that is missing is refused with the end."""
        now = utc_now()
        start = max(now, self._midnight(self._first)) if self._first else now
        end = self._midnight(self._last + timedelta(days=1)) if self._last else now
        return NewAbsence(start, end, self._told_by, self._call)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._viewer.times.zone).astimezone(UTC)
