"""Did this person agree, and are the photos good enough to recognise them?"""

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.already_enrolled import AlreadyEnrolledDialog
from api.desk.components.basics import button, fact, field, link, tag, text, tick
from api.desk.components.frame import frame
from api.desk.components.photo_picker import PhotoPicker
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.errors import AlreadyEnrolled
from monitor.services import enrolment, residents
from monitor.services.enrolment import Enrolled, NewResident

Saved = tuple[Enrolled, str, str | None]  # what was kept, the resident's name, whom they look like


class Form:
    """The page, top to bottom: consent, person, photos, save."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._consent_given, self._keep_photos, self._watched = False, False, True
        self._name, self._flat = "", ""
        self._dialog = AlreadyEnrolledDialog(viewer)
        with tag("div", "form") as self._box:
            self._consent()
            self._person()
            with tag("section", "panel stack"):
                _numbered(3, viewer.words.step_photos)
                self._picker = PhotoPicker(viewer, self._show, [])
            self._needs = text("", "soft", "p")
            self._save_button = button(viewer.words.enrol_save, self._save, "good", "main")
        self._show()

    def _set(self, name: str, value: object) -> None:
        setattr(self, name, value)
        self._show()

    def _consent(self) -> None:
        words, settings = self._viewer.words, self._viewer.desk.runtime.settings
        terms = {name: getattr(settings, name) for name in ("sighting_days", "snapshot_days", "consent_days")}
        with tag("section", "panel stack"):
            _numbered(1, words.step_consent)
            with tag("ul", "points"):
                for point in words.consent_points:
                    text(point.format(**terms), name="li")
            tick(words.consent_tick, lambda ticked: self._set("_consent_given", ticked))
            tick(words.keep_tick, lambda ticked: self._set("_keep_photos", ticked), words.keep_hint)

    def _person(self) -> None:
        words, settings = self._viewer.words, self._viewer.desk.runtime.settings
        hours = {step: f"{getattr(settings, f'{step}_hours'):g}" for step in ("phone", "visit", "urgent")}
        with tag("section", "panel stack"):
            _numbered(2, words.step_person)
            with tag("div", "two"):
                field(words.full_name, lambda typed: self._set("_name", typed))
                field(words.flat, lambda typed: self._set("_flat", typed), words.flat_hint)
            watched = tick(
                words.watch_tick,
                lambda ticked: self._set("_watched", ticked),
                words.watch_hint.format(**hours),
            )
            watched.props["checked"] = True

    def _show(self) -> None:
        """What is still missing."""
        words = self._viewer.words
        missing = [
            thing
            for there, thing in (
                (self._consent_given, words.enrol_needs_consent),
                (self._name.strip(), words.enrol_needs_name),
                (self._picker.usable, words.enrol_needs_photo),
            )
            if not there
        ]
        self._needs.set_text(words.enrol_needs.format(things=words.comma.join(missing)) if missing else "")
        self._save_button.props.set_bool("disabled", bool(missing))

    async def _save(self) -> None:
        await self._write(allow_duplicate=False)

    async def _save_anyway(self) -> None:
        await self._write(allow_duplicate=True)

    async def _write(self, *, allow_duplicate: bool) -> None:
        viewer, picker = self._viewer, self._picker
        new = NewResident(
            name=self._name,
            flat=self._flat,
            watched=self._watched,
            consent_days=viewer.desk.runtime.settings.consent_days,
            recorded_by=viewer.principal.name,
            keep_photos=self._keep_photos,
            agreed=viewer.desk.runtime.settings.agreement(),
        )

        def command(session: Session) -> Saved | AlreadyEnrolled:
            try:
                done = enrolment.enrol(
                    session,
                    viewer.desk.estate_id,
                    new,
                    picker.judged,
                    picker.engine,
                    utc_now(),
                    allow_duplicate=allow_duplicate,
                )
            except AlreadyEnrolled as found:
                return found
            return done, new.name.strip(), twin(session, viewer, done)

        saved = await viewer.change(Action.ENROL, command)
        if isinstance(saved, AlreadyEnrolled):
            await self._dialog.open(saved, self._save_anyway, self._add_to)
        elif saved is not None:
            self._done(viewer.words.enrolled, saved)

    async def _add_to(self, resident_id: int) -> None:
        """The person was enrolled before: their photos become more, and nobody is enrolled twice."""
        viewer, picker = self._viewer, self._picker

        def command(session: Session) -> Saved:
            done = enrolment.add_photos(
                session,
                viewer.desk.estate_id,
                resident_id,
                picker.judged,
                picker.engine,
                utc_now(),
                allow_duplicate=True,
            )
            return done, residents.name_of(session, viewer.desk.estate_id, resident_id), None

        saved = await viewer.change(Action.ENROL, command)
        if saved is not None:
            self._done(viewer.words.photos_added, saved)

    def _done(self, told: str, saved: Saved) -> None:
        self._box.clear()
        with self._box:
            tell_saved(self._viewer, told, saved)


async def enrol(viewer: Viewer) -> None:
    words = viewer.words
    with frame(viewer, words.enrol):
        with tag("div", "lead"), tag("div"):
            text(words.enrol, name="h1")
            text(words.enrol_lead, "soft", "p")
        Form(viewer)


def tell_saved(viewer: Viewer, told: str, saved: Saved) -> None:
    """Say what was kept, what the photos lack, and whom the resident could be taken for."""
    words, (enrolled, name, looks_like) = viewer.words, saved
    with tag("section", "panel stack"):
        text(told.format(name=name, n=enrolled.templates), name="h2")
        for flaw in enrolled.flaws:
            fact("warning", words.set_flaw[flaw])
        if looks_like is not None and enrolled.looks_like is not None:
            score = f"{enrolled.looks_like[1]:.2f}"
            fact("warning", words.looks_like.format(name=looks_like, score=score))
        with tag("div", "row"):
            for address, label in (
                (f"/residents/{enrolled.resident_id}", words.history),
                ("/residents/new", words.enrol),
                ("/residents", words.residents),
            ):
                link(label, address, "button")


def twin(session: Session, viewer: Viewer, done: Enrolled) -> str | None:
    """The name of the resident whom this one looks very much like."""
    if done.looks_like is None:
        return None
    return residents.name_of(session, viewer.desk.estate_id, done.looks_like[0])


def _numbered(number: int, words: str) -> None:
    text(f"{number}  {words}", name="h2")
