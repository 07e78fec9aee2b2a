"""Who may hear of which event. A kind that is not listed reaches nobody."""

from monitor.core.access import Action, Role, may

_NEEDS = {
    "alert": Action.SEE_ALERTS,
    "receiver": Action.SEE_ALERTS,
    "shift": Action.SEE_ALERTS,
    "camera": Action.SEE_CAMERAS,
    "clock": Action.SEE_CAMERAS,
    "cameras": Action.MANAGE_CAMERAS,
    "visit": Action.SEE_VISITS,
    "visitor": Action.SEE_VISITS,
    "presence": Action.SEE_RESIDENTS,
    "resident": Action.SEE_RESIDENTS,
    "digest": Action.SEE_RESIDENTS,
    "agreement": Action.AGREE,
    "passes": Action.AGREE,
    "contacts": Action.AGREE,
    "absence": Action.AGREE,
    "consent": Action.AGREE,
    "watch": Action.AGREE,
    "evidence": Action.AGREE,
    "sensor": Action.AGREE,
    "check": Action.RECORD_CHECKS,
    "sighting": Action.SEE_SIGHTINGS,
    "face": Action.SEE_SIGHTINGS,
    "calibration": Action.SEE_SIGHTINGS,
}


def may_hear(role: Role, kind: str) -> bool:
    """`kind` is noun.verb; the noun decides."""
    action = _NEEDS.get(kind.partition(".")[0])
    return action is not None and may(role, action)
