"""Is everybody accounted for, and who agreed to what until when?"""

from collections.abc import Awaitable, Callable

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import linked, tag, text, typing
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.last_seen import last_seen
from api.desk.components.presence_chip import presence_chip
from api.desk.components.redrawn import Redrawn
from api.desk.text import Catalogue
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.presence import PresenceState
from monitor.services import residents as services
from monitor.services.residents import Resident

LOOK_AGAIN_S = 15.0
SHOWN = 100
_ORDER = (PresenceState.UNSEEN, PresenceState.BLIND, PresenceState.NOT_STARTED, PresenceState.SEEN)


async def residents(viewer: Viewer) -> None:
    words, wanted = viewer.words, ""

    async def search(typed: str) -> None:
        nonlocal wanted
        wanted = typed.strip().casefold()
        await redraw()

    async def redraw() -> None:
        found = await viewer.desk.read(lambda session: _listing(session, viewer))
        matching = [resident for resident in found if _matches(resident, wanted)]
        people.show(matching[:SHOWN])
        more = len(matching) - SHOWN
        nobody = words.nobody_found if found else words.nobody_enrolled
        note.set_text(words.more_residents.format(n=more) if more > 0 else "" if matching else nobody)

    with frame(viewer, words.residents):
        with tag("div", "lead"):
            with tag("div"):
                text(words.residents, name="h1")
                text(words.residents_lead, "soft", "p")
            with tag("div", "row"):
                _searchbox(words, search)
                if viewer.may(Action.ENROL):
                    with linked("/residents/new", "button main"):
                        icon("plus")
                        text(words.enrol)
        people = KeyedList[Resident](
            tag("div", "list"),
            lambda resident: resident.id,
            lambda: Redrawn[Resident](viewer, lambda resident: _person(viewer, resident)),
        )
        note = text("", "soft", "p")

    await redraw()
    follow(viewer, redraw, ("presence.", "resident.", "sighting.", "alert."), LOOK_AGAIN_S)


def _listing(session: Session, viewer: Viewer) -> list[Resident]:
    principal = viewer.principal
    estate_id, engine = viewer.desk.estate_id, viewer.desk.runtime.engine
    found = services.listing(session, estate_id, principal.role, principal.name, utc_now(), engine=engine)
    return sorted(found, key=lambda resident: (_rank(resident), resident.name))


def _rank(resident: Resident) -> int:
    """Who needs somebody comes first, then the others that are looked after."""
    return _ORDER.index(resident.state) if resident.state in _ORDER else len(_ORDER)


def _matches(resident: Resident, wanted: str) -> bool:
    return wanted in resident.name.casefold() or wanted in (resident.flat or "").casefold()


def _searchbox(words: Catalogue, search: Callable[[str], Awaitable[None]]) -> None:
    with tag("label", "searchbox"):
        icon("search")
        typing(search).props.update(
            {"type": "search", "placeholder": words.search, "aria-label": words.search}
        )


def _person(viewer: Viewer, resident: Resident) -> None:
    words, times = viewer.words, viewer.times
    with linked(f"/residents/{resident.id}", "person"):
        text(resident.name[:1], "initial")
        with tag("div"):
            text(resident.name, "strong", "div")
            if resident.flat:
                text(words.building.format(flat=resident.flat), "soft small", "div")
        with tag("div"):
            presence_chip(words, resident)
        with tag("div"):
            text(words.last_seen, "soft small", "div")
            last_seen(viewer, resident)
        until = resident.consent_until
        with tag("div"):
            text(
                words.consent_until.format(day=times.day(until)) if until else words.no_consent,
                "soft small",
                "div",
            )
            if resident.needs_photos:
                text(words.needs_photos, "small lacking", "div")
