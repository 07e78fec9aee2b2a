"""Who may do what."""

from enum import StrEnum


class Role(StrEnum):
    DUTY = "duty"
    STAFF = "staff"
    ADMIN = "admin"


class Action(StrEnum):
    SEE_ALERTS = "see_alerts"
    HANDLE_ALERTS = "handle_alerts"
    SEE_CAMERAS = "see_cameras"
    SEE_VISITS = "see_visits"
    SEE_RESIDENTS = "see_residents"
    SEE_SIGHTINGS = "see_sightings"
    RECORD_CHECKS = "record_checks"
    CORRECT = "correct"  # say that a sighting is not them, or that an unclear face is
    ENROL = "enrol"
    MANAGE_CAMERAS = "manage_cameras"  # add, change and remove them


_EVERYBODY = frozenset(Role)
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.SEE_ALERTS: _EVERYBODY,
    Action.HANDLE_ALERTS: frozenset({Role.DUTY, Role.STAFF, Role.ADMIN}),
    Action.SEE_CAMERAS: _EVERYBODY,
    Action.SEE_VISITS: _EVERYBODY,
    Action.SEE_RESIDENTS: _EVERYBODY,
    Action.SEE_SIGHTINGS: frozenset({Role.STAFF, Role.ADMIN}),
    Action.RECORD_CHECKS: frozenset({Role.STAFF, Role.ADMIN}),
    Action.CORRECT: frozenset({Role.STAFF, Role.ADMIN}),
    Action.ENROL: frozenset({Role.ADMIN}),
    Action.MANAGE_CAMERAS: frozenset({Role.ADMIN}),
}


def may(role: Role, action: Action) -> bool:
    return role in ALLOWED[action]
