"""An alert: open, taken by a named person, resolved with an outcome. It never goes backwards and never vanishes."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import Conflict, InvalidInput


class AlertKind(StrEnum):
    WELLNESS = "wellness"
    VISITOR = "visitor"
    CAMERA_OFFLINE = "camera_offline"
    CANNOT_TELL = "cannot_tell"  # residents of whom nobody could say whether they passed


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Outcome(StrEnum):
    # wellness (wellness.md W14)
    WELL_AT_HOME = "well_at_home"
    OUT_WITH_FAMILY = "out_with_family"
    HOSPITAL = "hospital"
    TRIP = "trip"
    NEEDED_HELP = "needed_help"
    COULD_NOT_ENTER = "could_not_enter"
    TECHNICAL = "technical"
    DECEASED = "deceased"
    # visitor
    KNOWN_VISITOR = "known_visitor"
    SENT_AWAY = "sent_away"
    LEFT_ALONE = "left_alone"
    WRONG_ALARM = "wrong_alarm"
    # camera
    REPAIRED = "repaired"
    RECOVERED = "recovered"
    EVERYBODY_REACHED = "everybody_reached"


OUTCOMES: dict[AlertKind, tuple[Outcome, ...]] = {
    AlertKind.WELLNESS: (
        Outcome.WELL_AT_HOME,
        Outcome.OUT_WITH_FAMILY,
        Outcome.HOSPITAL,
        Outcome.TRIP,
        Outcome.NEEDED_HELP,
        Outcome.COULD_NOT_ENTER,
        Outcome.TECHNICAL,
        Outcome.DECEASED,
    ),
    AlertKind.VISITOR: (
        Outcome.KNOWN_VISITOR,
        Outcome.SENT_AWAY,
        Outcome.LEFT_ALONE,
        Outcome.WRONG_ALARM,
    ),
    AlertKind.CAMERA_OFFLINE: (Outcome.REPAIRED, Outcome.RECOVERED, Outcome.WRONG_ALARM),
    AlertKind.CANNOT_TELL: (Outcome.REPAIRED, Outcome.RECOVERED, Outcome.EVERYBODY_REACHED),
}
NOTE_LIMIT = 500


@dataclass(frozen=True)
class Acknowledgement:
    """What acknowledging does: `repeated` when the same person already has it."""

    repeated: bool


def acknowledge(state: AlertState, taken_by: str | None, person: str) -> Acknowledgement:
    """Take an alert. Taking one's own again changes nothing; somebody else's is a conflict."""
    if state is AlertState.RESOLVED:
        raise Conflict(what="alert", state="resolved")
    if state is AlertState.ACKNOWLEDGED:
        if taken_by != person:
            raise Conflict(what="alert", state=f"taken by {taken_by}")
        return Acknowledgement(repeated=True)
    return Acknowledgement(repeated=False)


def resolve(kind: AlertKind, state: AlertState, outcome: Outcome, note: str) -> None:
    """Close an alert; only with an outcome that belongs to its kind."""
    if state is AlertState.RESOLVED:
        raise Conflict(what="alert", state="resolved")
    require_outcome(kind, outcome, note)


def require_outcome(kind: AlertKind, outcome: Outcome, note: str) -> None:
    if outcome not in OUTCOMES[kind]:
        allowed = ", ".join(o.value for o in OUTCOMES[kind])
        raise InvalidInput(field="outcome", reason=f"{outcome.value} does not fit; choose one of {allowed}")
    require_note(note)


def require_note(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise InvalidInput(field="note", reason=f"at most {NOTE_LIMIT} characters")
