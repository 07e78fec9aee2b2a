"""Did this person agree, and are the photos good enough to recognise them?"""

import asyncio
from base64 import b64encode
from dataclasses import dataclass
from itertools import count

from nicegui import events, ui
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, chip, fact, field, image, link, tag, text, tick
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.redrawn import Redrawn
from api.desk.text import say
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.services import enrolment, residents
from monitor.services.enrolment import PHOTO_LIMIT, Enrolled, NewResident, Photo

LARGEST_BYTES = 10 * 1024 * 1024


class Draft:
    """What has been filled in so far. Photos are judged in memory; nothing is kept before it is saved."""

    def __init__(self) -> None:
        self.consent = False
        self.name = ""
        self.flat = ""
        self.watched = True
        self.photos: dict[int, tuple[str, Photo | None]] = {}  # None: being read
        self.engine = ""

    @property
    def judged(self) -> list[Photo]:
        return [photo for _, photo in self.photos.values() if photo is not None]

    @property
    def usable(self) -> bool:
        return any(photo.face for photo in self.judged) and len(self.judged) == len(self.photos)


@dataclass(frozen=True)
class Shown:
    """One photo and its verdict; None while it is being read."""

    number: int
    name: str
    photo: Photo | None


class Form:
    """The page, top to bottom: consent, person, photos, save."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer, self._draft, self._numbers = viewer, Draft(), count()
        with tag("div", "form") as self._box:
            self._consent()
            self._person()
            self._photos()
            self._needs = text("", "soft", "p")
            self._save_button = button(viewer.words.enrol_save, self._save, "good", "main")
        self._show()

    def _set(self, name: str, value: object) -> None:
        setattr(self._draft, name, value)
        self._show()

    def _consent(self) -> None:
        words, settings = self._viewer.words, self._viewer.desk.runtime.settings
        terms = {name: getattr(settings, name) for name in ("sighting_days", "snapshot_days", "consent_days")}
        with tag("section", "panel"):
            _numbered(1, words.step_consent)
            with tag("ul", "points"):
                for point in words.consent_points:
                    text(point.format(**terms), name="li")
            tick(words.consent_tick, lambda ticked: self._set("consent", ticked))

    def _person(self) -> None:
        words, settings = self._viewer.words, self._viewer.desk.runtime.settings
        hours = {step: f"{getattr(settings, f'{step}_hours'):g}" for step in ("phone", "visit", "urgent")}
        with tag("section", "panel stack"):
            _numbered(2, words.step_person)
            with tag("div", "two"):
                field(words.full_name, lambda typed: self._set("name", typed))
                field(words.flat, lambda typed: self._set("flat", typed), words.flat_hint)
            watched = tick(
                words.watch_tick,
                lambda ticked: self._set("watched", ticked),
                words.watch_hint.format(**hours),
            )
            watched.props["checked"] = True

    def _photos(self) -> None:
        words, viewer = self._viewer.words, self._viewer
        with tag("section", "panel stack"):
            _numbered(3, words.step_photos)
            text(words.photos_hint, "soft", "p")
            upload = ui.upload(
                multiple=True,
                auto_upload=True,
                max_file_size=LARGEST_BYTES,
                on_upload=self._take,
                on_rejected=lambda: ui.notify(words.photo_limit, position="top"),
            ).props('accept="image/jpeg,image/png,image/webp"')
            choose = button(words.add_photos, None, "photo")
            choose.on("click", js_handler=f"() => getElement({upload.id}).pickFiles()")
            self._verdicts = KeyedList[Shown](
                tag("div", "verdicts"),
                lambda shown: shown.number,
                lambda: Redrawn[Shown](viewer, self._verdict),
            )

    async def _take(self, event: events.UploadEventArguments) -> None:
        """Judge one photo as soon as it is there."""
        words, draft = self._viewer.words, self._draft
        if not await self._viewer.still_here():
            return
        if len(draft.photos) >= PHOTO_LIMIT:
            ui.notify(words.photo_limit, position="top")
            return
        number, name = next(self._numbers), event.file.name
        draft.photos[number] = (name, None)
        self._show()
        content = await event.file.read()
        verdicts, draft.engine = await asyncio.to_thread(self._viewer.desk.photos.judge, [(name, content)])
        if number in draft.photos:
            draft.photos[number] = (name, verdicts[0])
        self._show()

    def _drop(self, number: int) -> None:
        self._draft.photos.pop(number, None)
        self._show()

    def _verdict(self, shown: Shown) -> None:
        words, photo = self._viewer.words, shown.photo
        with tag("div", "verdict"):
            if photo is not None and photo.face is not None:
                crop = b64encode(photo.face.crop_jpeg).decode()
                image(f"data:image/jpeg;base64,{crop}", shown.name)
            else:
                with tag("div", "mark"):
                    icon("photo")
            text(shown.name, "name soft small")
            if photo is None:
                text(words.photo_reading.format(name=shown.name))
                return
            if photo.refused is not None:
                chip("critical", words.photo_refused, "critical")
                text(say(words, photo.refused), name="p")
            elif photo.face is not None and photo.face.advice:
                chip("warning", words.photo_usable, "warning")
                text(
                    words.comma.join(words.photo_advice.get(key, key) for key in photo.face.advice), name="p"
                )
            else:
                chip("good", words.photo_good, "good")
            button(words.photo_remove, lambda: self._drop(shown.number))

    def _show(self) -> None:
        """Verdicts, and what is still missing."""
        words, draft = self._viewer.words, self._draft
        self._verdicts.show([Shown(number, *photo) for number, photo in draft.photos.items()])
        missing = [
            thing
            for there, thing in (
                (draft.consent, words.enrol_needs_consent),
                (draft.name.strip(), words.enrol_needs_name),
                (draft.usable, words.enrol_needs_photo),
            )
            if not there
        ]
        self._needs.set_text(words.enrol_needs.format(things=words.comma.join(missing)) if missing else "")
        self._save_button.props.set_bool("disabled", bool(missing))

    async def _save(self) -> None:
        viewer, draft = self._viewer, self._draft
        new = NewResident(
            name=draft.name,
            flat=draft.flat,
            watched=draft.watched,
            consent_days=viewer.desk.runtime.settings.consent_days,
            recorded_by=viewer.principal.name,
        )

        def command(session: Session) -> tuple[Enrolled, str | None]:
            done = enrolment.enrol(session, viewer.desk.estate_id, new, draft.judged, draft.engine, utc_now())
            return done, _twin(session, viewer, done)

        saved = await viewer.change(Action.ENROL, command)
        if saved is not None:
            self._done(*saved)

    def _done(self, enrolled: Enrolled, twin: str | None) -> None:
        """Say what was kept, and whom the new resident could be taken for."""
        words = self._viewer.words
        self._box.clear()
        with self._box, tag("section", "panel stack"):
            text(words.enrolled.format(name=self._draft.name.strip(), n=enrolled.templates), name="h2")
            if twin is not None and enrolled.looks_like is not None:
                fact("warning", words.looks_like.format(name=twin, score=f"{enrolled.looks_like[1]:.2f}"))
            with tag("div", "row"):
                for address, label in (
                    (f"/residents/{enrolled.resident_id}", words.history),
                    ("/residents/new", words.enrol),
                    ("/residents", words.residents),
                ):
                    link(label, address, "button")


async def enrol(viewer: Viewer) -> None:
    words = viewer.words
    with frame(viewer, words.enrol):
        with tag("div", "lead"), tag("div"):
            text(words.enrol, name="h1")
            text(words.enrol_lead, "soft", "p")
        Form(viewer)


def _twin(session: Session, viewer: Viewer, done: Enrolled) -> str | None:
    """The name of the resident whom the new one looks very much like."""
    if done.looks_like is None:
        return None
    principal, now = viewer.principal, utc_now()
    estate_id, resident_id = viewer.desk.estate_id, done.looks_like[0]
    return residents.get(session, estate_id, resident_id, principal.role, principal.name, now).name


def _numbered(number: int, words: str) -> None:
    text(f"{number}  {words}", name="h2")
