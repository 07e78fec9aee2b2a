"""When and where was this person seen, what was done, and what did they agree to?"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.agreeing import Agreeing
from api.desk.components.basics import ago, button, fact, image, link, tag, text
from api.desk.components.care_panels import Cared, Dialogs, care_panels
from api.desk.components.contacts_form import ContactsForm
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.last_seen import last_seen
from api.desk.components.leaving import Leaving
from api.desk.components.presence_chip import presence_chip
from api.desk.components.redrawn import Redrawn
from api.desk.components.rejecting import Reject, Rejecting
from api.desk.components.stopping import Stopping
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.presence import PresenceState
from monitor.errors import NotAllowed
from monitor.services import absences, agreements
from monitor.services import residents as services
from monitor.services.residents import Resident, TimelineEntry

LOOK_AGAIN_S = 15.0


@dataclass(frozen=True)
class Person:
    resident: Resident
    cared: Cared | None  # None: not watched, or not for this viewer
    history: list[TimelineEntry] | None  # None: not for this viewer


async def resident(viewer: Viewer, resident_id: int) -> None:
    def read(session: Session) -> Person:
        role, name = viewer.principal.role, viewer.principal.name
        engine = viewer.desk.runtime.engine
        found = services.get(
            session, viewer.desk.estate_id, resident_id, role, name, utc_now(), engine=engine
        )
        cared = _cared(session, viewer, found)
        try:
            history = services.timeline(session, viewer.desk.estate_id, resident_id, role, name)
        except NotAllowed:
            return Person(found, cared, None)
        return Person(found, cared, history)

    first = await viewer.desk.read(read)
    with frame(viewer, first.resident.name):
        rejecting = Rejecting(viewer, first.resident.name)
        dialogs = Dialogs(
            Agreeing(viewer, resident_id).open,
            Leaving(viewer, resident_id).open,
            ContactsForm(viewer, resident_id).open,
            Stopping(viewer, resident_id, first.resident.name).open,
        )
        shown = Redrawn[Person](viewer, lambda person: _draw(viewer, person, rejecting.open, dialogs))
    shown.show(first)

    async def redraw() -> None:
        shown.show(await viewer.desk.read(read))

    kinds = ("presence.", "resident.", "sighting.", "alert.", "agreement.", "absence.", "evidence.", "watch.")
    follow(viewer, redraw, kinds, LOOK_AGAIN_S)


def _cared(session: Session, viewer: Viewer, found: Resident) -> Cared | None:
    """What is agreed is for who agrees on it."""
    if found.state in (None, PresenceState.WITHDRAWN) or not viewer.may(Action.AGREE):
        return None
    away = absences.listing(session, viewer.desk.estate_id, found.id, utc_now())
    return Cared(agreements.in_force(session, found.id), tuple(away))


def _draw(viewer: Viewer, person: Person, reject: Reject, dialogs: Dialogs) -> None:
    words, found = viewer.words, person.resident
    with tag("div", "lead"), tag("div", "stack"):
        text(found.name, name="h1")
        with tag("div", "row"):
            presence_chip(words, found)
            if found.flat:
                text(words.building.format(flat=found.flat), "soft")
    with tag("div", "detail aside-first"):
        with tag("section", "panel"):
            text(words.history, name="h2")
            if person.history is None:
                fact("lock", words.history_hidden)
            elif not person.history:
                text(words.history_empty, "soft")
            with tag("ol", "timeline"):
                for entry in person.history or ():
                    _entry(viewer, entry, reject)
        with tag("div", "stack"):
            _facts(viewer, found)
            if person.cared is not None:
                care_panels(viewer, found.id, person.cared, dialogs)


def _facts(viewer: Viewer, found: Resident) -> None:
    words, times, until = viewer.words, viewer.times, found.consent_until
    with tag("section", "panel stack"):
        with tag("div"):
            text(words.last_seen, "soft small", "div")
            last_seen(viewer, found)
        if found.due_at is not None:
            fact("clock", words.next_look.format(clock=times.clock(found.due_at)))
        fact("paper", words.consent_until.format(day=times.day(until)) if until else words.no_consent)
        fact("photo", words.templates.format(n=found.templates))
        if found.needs_photos:
            fact("warning", words.needs_photos)
        if until and viewer.may(Action.ENROL):
            link(words.add_photos_to.format(name=found.name), f"/residents/{found.id}/photos", "button")


def _entry(viewer: Viewer, entry: TimelineEntry, reject: Reject) -> None:
    words, times = viewer.words, viewer.times
    # Outcomes may say something about health; they stay with the case, not beside sightings (law.md section 6).
    key = "alert_resolved" if entry.text.startswith("outcome_") else entry.text
    told = words.entry.get(key, entry.text)
    with tag("li", "rejected" if entry.rejected_at else ""):
        with tag("div", "grow"):
            text(told.format(camera=entry.camera_name, person=entry.person), "strong", "div")
            with tag("div", "soft small"):
                text(times.clock(entry.at) + " · ")
                ago(times, entry.at)
            if entry.rejected_at is not None:
                clock = times.clock(entry.rejected_at)
                text(
                    words.rejected_by.format(person=entry.rejected_by or words.dash, clock=clock), name="div"
                )
            elif entry.score is not None:
                text(words.entry_score.format(score=f"{entry.score:.2f}"), "soft small", "div")
            if entry.sighting_id is not None and entry.rejected_at is None and viewer.may(Action.CORRECT):
                button(words.not_them, lambda: reject(entry), look="slim")
        if entry.snapshot_id is not None:
            image(
                f"/api/v1/snapshots/{entry.snapshot_id}/face",
                told.format(camera=entry.camera_name, person=""),
            )
