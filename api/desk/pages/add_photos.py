"""Are there better photos of a resident who is enrolled?"""

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.already_enrolled import AlreadyEnrolledDialog
from api.desk.components.basics import button, fact, link, tag, text
from api.desk.components.frame import frame
from api.desk.components.photo_picker import PhotoPicker
from api.desk.pages.enrol import Saved, tell_saved, twin
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.embedding import Embedding
from monitor.errors import AlreadyEnrolled
from monitor.services import enrolment, residents
from monitor.services.residents import Resident


class MorePhotos:
    """Photos, save."""

    def __init__(self, viewer: Viewer, resident: Resident, own: list[Embedding]) -> None:
        self._viewer, self._resident = viewer, resident
        self._dialog = AlreadyEnrolledDialog(viewer)
        with tag("div", "form") as self._box:
            with tag("section", "panel stack"):
                self._picker = PhotoPicker(viewer, self._show, own)
            self._save_button = button(viewer.words.save, self._save, "good", "main")
        self._show()

    def _show(self) -> None:
        self._save_button.props.set_bool("disabled", not self._picker.usable)

    async def _save(self) -> None:
        await self._write(allow_duplicate=False)

    async def _save_anyway(self) -> None:
        await self._write(allow_duplicate=True)

    async def _write(self, *, allow_duplicate: bool) -> None:
        viewer, picker, resident = self._viewer, self._picker, self._resident

        def command(session: Session) -> Saved | AlreadyEnrolled:
            try:
                done = enrolment.add_photos(
                    session,
                    viewer.desk.estate_id,
                    resident.id,
                    picker.judged,
                    picker.engine,
                    utc_now(),
                    allow_duplicate=allow_duplicate,
                )
            except AlreadyEnrolled as found:
                return found
            return done, resident.name, twin(session, viewer, done)

        saved = await viewer.change(Action.ENROL, command)
        if isinstance(saved, AlreadyEnrolled):
            await self._dialog.open(saved, self._save_anyway)
        elif saved is not None:
            self._box.clear()
            with self._box:
                tell_saved(viewer, viewer.words.photos_added, saved)


async def add_photos(viewer: Viewer, resident_id: int) -> None:
    words, engine = viewer.words, viewer.desk.runtime.engine

    def read(session: Session) -> tuple[Resident, list[Embedding]]:
        role, person, estate_id = viewer.principal.role, viewer.principal.name, viewer.desk.estate_id
        found = residents.get(session, estate_id, resident_id, role, person, utc_now(), engine=engine)
        return found, enrolment.own_templates(session, resident_id, engine)

    resident, own = await viewer.desk.read(read)
    title = words.add_photos_to.format(name=resident.name)
    with frame(viewer, title):
        with tag("div", "lead"), tag("div"):
            text(title, name="h1")
            text(words.templates.format(n=resident.templates), "soft", "p")
        if resident.consent_until is None:
            fact("lock", words.no_consent)
            link(resident.name, f"/residents/{resident.id}")
        else:
            MorePhotos(viewer, resident, own)
