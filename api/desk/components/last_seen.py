"""When and where a resident was last seen, for who may know."""

from api.desk.access import Viewer
from api.desk.components.basics import moment, tag, text
from monitor.core.access import Action
from monitor.services.residents import Resident


def last_seen(viewer: Viewer, resident: Resident) -> None:
    words = viewer.words
    if resident.last_seen_at is not None:
        with tag("div"):
            moment(viewer.times, resident.last_seen_at)
            text(resident.last_seen_place or "", "soft small", "div")
    elif viewer.may(Action.SEE_SIGHTINGS):
        text(words.never_seen, "soft")
    else:
        text(words.last_seen_hidden, "soft")
