"""Who may do what."""

from enum import StrEnum


class Role(StrEnum):
    DUTY = "duty"
    STAFF = "staff"
    ADMIN = "admin"
    SENSOR = "sensor"  # a program that reports what sensors notice


class Action(StrEnum):
    SEE_ALERTS = "see_alerts"
    HANDLE_ALERTS = "handle_alerts"
    SEE_CAMERAS = "see_cameras"
    SEE_VISITS = "see_visits"
    SEE_RESIDENTS = "see_residents"
    SEE_SIGHTINGS = "see_sightings"
    RECORD_CHECKS = "record_checks"
    AGREE = "agree"  # with residents: hours, whom to call, absences, the end of it
    REPORT_EVIDENCE = "report_evidence"
    CORRECT = "correct"  # say that a sighting is not them, or that an unclear face is
    ENROL = "enrol"
    MANAGE_CAMERAS = "manage_cameras"  # add, change and remove them
    KEEP_ROSTER = "keep_roster"  # who is on duty when
    MANAGE_RECEIVERS = "manage_receivers"  # who can be told, and by which channels


PEOPLE = frozenset({Role.DUTY, Role.STAFF, Role.ADMIN})
_CARE = frozenset({Role.STAFF, Role.ADMIN})
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.SEE_ALERTS: PEOPLE,
    Action.HANDLE_ALERTS: PEOPLE,
    Action.SEE_CAMERAS: PEOPLE,
    Action.SEE_VISITS: PEOPLE,
    Action.SEE_RESIDENTS: PEOPLE,
    Action.SEE_SIGHTINGS: _CARE,
    Action.RECORD_CHECKS: _CARE,
    Action.AGREE: _CARE,
    Action.REPORT_EVIDENCE: _CARE | {Role.SENSOR},
    Action.CORRECT: _CARE,
    Action.ENROL: frozenset({Role.ADMIN}),
    Action.MANAGE_CAMERAS: frozenset({Role.ADMIN}),
    Action.KEEP_ROSTER: _CARE,
    Action.MANAGE_RECEIVERS: frozenset({Role.ADMIN}),
}


def may(role: Role, action: Action) -> bool:
    return role in ALLOWED[action]
