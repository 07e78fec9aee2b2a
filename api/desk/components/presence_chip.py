"""Where a resident stands, in colour, drawing and word."""

from api.desk.components.basics import chip
from api.desk.text import Catalogue
from monitor.core.presence import PresenceState
from monitor.services.residents import Resident

LOOKS = {
    PresenceState.SEEN: ("good", "good"),
    PresenceState.LATE: ("clock", "warning"),
    PresenceState.UNSEEN: ("warning", "warning"),
    PresenceState.PAUSED: ("out", "info"),
    PresenceState.BLIND: ("unknown", "info"),
    PresenceState.NOT_STARTED: ("clock", "info"),
    PresenceState.WITHDRAWN: ("paper", ""),
}


def presence_chip(words: Catalogue, resident: Resident) -> None:
    if resident.state is None:
        chip("person", words.not_watched)
        return
    drawing, look = LOOKS[resident.state]
    chip(drawing, words.presence[resident.state], look)
