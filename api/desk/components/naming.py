"""Saying who an unclear face was: find the resident, tick whether the picture may help, save."""

import asyncio

from nicegui import ui
from sqlalchemy.orm import Session

from api import naming
from api.desk.access import Viewer
from api.desk.components.basics import button, field, image, tag, text, tick, typing
from api.desk.components.icons import icon
from api.desk.text import say
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.errors import ShouwangError
from monitor.services import residents, unclear_faces
from monitor.services.enrolment import Photo
from monitor.services.residents import Resident
from monitor.services.unclear_faces import Named, Naming, UnclearFace

SHOWN = 6


class NamingDialog:
    """The dialog of one page; it stands beside the list, so that a redraw does not take a choice away."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._residents: list[Resident] = []
        self._wanted, self._note, self._add = "", "", False
        self._chosen: Resident | None = None
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    async def open(self, face: UnclearFace) -> None:
        words, viewer = self._viewer.words, self._viewer
        self._residents = await viewer.desk.read(self._known)
        self._wanted, self._note, self._add, self._chosen = "", "", False, None
        self._box.clear()
        with self._box:
            text(words.this_is_title, name="h2")
            if face.snapshot_id is not None:
                image(f"/api/v1/snapshots/{face.snapshot_id}/face", words.unclear_faces, "portrait")
            text(words.this_is_lead.format(clock=viewer.times.clock(face.ended_at)), "soft", "p")
            with tag("label", "searchbox"):
                icon("search")
                typing(self._search).props.update(
                    {"type": "search", "placeholder": words.search, "aria-label": words.search}
                )
            self._found = tag("div", "found")
            tick(words.add_picture, self._tick, words.add_picture_hint)
            field(words.note, self._write, name="textarea")
            with tag("div", "row"):
                self._save_button = button(words.save, lambda: self._save(face), "good", "main")
                button(words.cancel, self._dialog.close)
        self._show()
        self._dialog.open()

    def _known(self, session: Session) -> list[Resident]:
        """Whoever agreed to something may be named."""
        principal, estate_id = self._viewer.principal, self._viewer.desk.estate_id
        found = residents.listing(session, estate_id, principal.role, principal.name, utc_now())
        return [resident for resident in found if resident.consent_until or resident.watched]

    def _search(self, typed: str) -> None:
        self._wanted = typed.strip().casefold()
        self._show()

    def _tick(self, ticked: bool) -> None:
        self._add = ticked

    def _write(self, note: str) -> None:
        self._note = note

    def _choose(self, resident: Resident) -> None:
        self._chosen = resident
        self._show()

    def _show(self) -> None:
        """Whom the search finds; who is chosen stays."""
        words, chosen = self._viewer.words, self._chosen
        matching = [r for r in self._residents if self._matches(r) and r != chosen]
        self._found.clear()
        with self._found:
            for resident in [*([chosen] if chosen else []), *matching][:SHOWN]:
                flat = f" · {words.building.format(flat=resident.flat)}" if resident.flat else ""
                choice = button(
                    resident.name + flat,
                    lambda r=resident: self._choose(r),
                    look="choice chosen" if resident == chosen else "choice",
                )
                choice.props["aria-pressed"] = str(resident == chosen).lower()
            if not matching and chosen is None:
                text(words.nobody_found if self._residents else words.nobody_enrolled, "soft")
            if (more := len(matching) - SHOWN) > 0:
                text(words.more_residents.format(n=more), "soft small")

    def _matches(self, resident: Resident) -> bool:
        return self._wanted in resident.name.casefold() or self._wanted in (resident.flat or "").casefold()

    async def _save(self, face: UnclearFace) -> None:
        viewer, words, chosen = self._viewer, self._viewer.words, self._chosen
        if chosen is None:
            ui.notify(words.this_is_choose, position="top")
            return
        if not await viewer.still_here():
            return
        self._save_button.props.set_bool("disabled", True)
        photo, engine = await self._judged(face, chosen) if self._add else (None, "")
        said = Naming(chosen.id, self._note.strip(), viewer.principal.name, photo, engine)
        done = await viewer.change(
            Action.CORRECT,
            lambda session: unclear_faces.name(session, viewer.desk.estate_id, face.id, said, utc_now()),
        )
        self._save_button.props.set_bool("disabled", False)
        if done is not None:
            self._tell(done)
        self._dialog.close()

    async def _judged(self, face: UnclearFace, chosen: Resident) -> tuple[Photo | None, str]:
        desk = self._viewer.desk
        try:
            return await asyncio.to_thread(
                naming.judge, desk.runtime, desk.photos, desk.estate_id, face.id, chosen.id, utc_now()
            )
        except ShouwangError:
            return None, ""  # the face or the resident is gone: naming says so in a moment

    def _tell(self, done: Named) -> None:
        words, photo = self._viewer.words, done.photo
        picture = ""
        if photo is not None and photo.refused is not None:
            picture = words.picture_not_added.format(reason=say(words, photo.refused))
        elif photo is not None:
            picture = words.picture_added
        told = words.named.format(name=done.face.resident_name, picture=picture)
        ui.notify(told.strip(), position="top")
