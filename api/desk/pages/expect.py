"""Did this visitor agree, until when are they expected, and what do they look like?"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, day_field, fact, field, link, tag, text, tick
from api.desk.components.frame import frame
from api.desk.components.photo_picker import PhotoPicker
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.expected_visitor import LONGEST_PASS
from monitor.services import expected_visitors, residents
from monitor.services.expected_visitors import NAME_LIMIT, REASON_LIMIT, NewPass


class Form:
    """The page, top to bottom: consent, visitor and days, photos, save."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer, self._today = viewer, viewer.times.today
        self._consent, self._name, self._reason = False, "", ""
        self._first: date | None = self._today
        self._last: date | None = None
        words = viewer.words
        with tag("div", "form") as self._box:
            with tag("section", "panel"):
                text(f"1  {words.step_consent}", name="h2")
                with tag("ul", "points"):
                    days = viewer.desk.runtime.settings.stranger_days
                    for point in words.visitor_consent_points:
                        text(point.format(stranger_days=days), name="li")
                tick(words.visitor_consent_tick, lambda ticked: self._set("_consent", ticked))
            self._person()
            with tag("section", "panel stack"):
                text(f"3  {words.step_photos}", name="h2")
                text(words.photos_hint, "soft", "p")
                self._photos = PhotoPicker(viewer, self._show, [])
            self._needs = text("", "soft", "p")
            self._save_button = button(words.visitor_save, self._save, "good", "main")
        self._show()

    def _person(self) -> None:
        words = self._viewer.words
        with tag("section", "panel stack"):
            text(f"2  {words.step_visitor}", name="h2")
            with tag("div", "two"):
                name = field(words.full_name, lambda typed: self._set("_name", typed))
                reason = field(
                    words.visit_reason, lambda typed: self._set("_reason", typed), words.visit_reason_hint
                )
                name.props["maxlength"], reason.props["maxlength"] = NAME_LIMIT, REASON_LIMIT
                # From today on; the last day ends LONGEST_PASS from today at most.
                days = {"earliest": self._today, "latest": self._today + LONGEST_PASS - timedelta(days=1)}
                day_field(words.first_day, lambda day: self._set("_first", day), self._today, **days)
                day_field(words.last_day, lambda day: self._set("_last", day), **days)
            text(words.pass_limit.format(days=LONGEST_PASS.days), "soft small", "p")

    def _set(self, name: str, value: object) -> None:
        setattr(self, name, value)
        self._show()

    def _show(self) -> None:
        """What is still missing."""
        words = self._viewer.words
        in_order = self._first is not None and self._last is not None and self._first <= self._last
        missing = [
            thing
            for there, thing in (
                (self._consent, words.enrol_needs_consent),
                (self._name.strip(), words.enrol_needs_name),
                (self._reason.strip(), words.visitor_needs_reason),
                (in_order, words.visitor_needs_days),
                (self._photos.usable, words.enrol_needs_photo),
            )
            if not there
        ]
        self._needs.set_text(words.enrol_needs.format(things=words.comma.join(missing)) if missing else "")
        self._save_button.props.set_bool("disabled", bool(missing))

    async def _save(self) -> None:
        viewer, photos = self._viewer, self._photos
        if self._first is None or self._last is None:
            return
        new = NewPass(
            name=self._name,
            reason=self._reason,
            starts_at=self._midnight(self._first),
            ends_at=self._midnight(self._last + timedelta(days=1)),
            consent=self._consent,
            recorded_by=viewer.principal.name,
        )

        def command(session: Session) -> str:
            """The warning that belongs to the new pass, if there is one."""
            estate_id = viewer.desk.estate_id
            done = expected_visitors.create(session, estate_id, new, photos.judged, photos.engine, utc_now())
            if done.looks_like is None:
                return ""
            resident_id, score = done.looks_like
            name = residents.name_of(session, estate_id, resident_id)
            return viewer.words.looks_like.format(name=name, score=f"{score:.2f}")

        warning = await viewer.change(Action.ENROL, command)
        if warning is not None:
            self._done(new, warning)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._viewer.times.zone).astimezone(UTC)

    def _done(self, new: NewPass, warning: str) -> None:
        words, times = self._viewer.words, self._viewer.times
        self._box.clear()
        with self._box, tag("section", "panel stack"):
            told = words.visitor_saved.format(name=new.name.strip(), end=times.last_day(new.ends_at))
            text(told, name="h2")
            if warning:
                fact("warning", warning)
            with tag("div", "row"):
                link(words.expect, "/visitors/new", "button")
                link(words.visitors, "/visitors", "button")


async def expect(viewer: Viewer) -> None:
    words = viewer.words
    with frame(viewer, words.expect):
        with tag("div", "lead"), tag("div"):
            text(words.expect, name="h1")
            text(words.expect_lead, "soft", "p")
        Form(viewer)
