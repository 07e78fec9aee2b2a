"""An alert in words: what it is, and why it was raised. Nothing is drawn here."""

from datetime import datetime

from api.desk.access import Viewer
from api.desk.text import Catalogue
from monitor.core.access import Action
from monitor.core.agreement import Cause
from monitor.core.alert import AlertKind, AlertState, Severity
from monitor.core.camera import CameraState
from monitor.services.alerts import SYSTEM, Alert

LOOK = {Severity.CRITICAL: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}
DRAWING = {
    AlertKind.WELLNESS: "wellness",
    AlertKind.VISITOR: "visitor",
    AlertKind.CAMERA_OFFLINE: "camera_off",
    AlertKind.CANNOT_TELL: "unknown",
}


def title(words: Catalogue, alert: Alert) -> str:
    if alert.kind is AlertKind.WELLNESS:
        told = words.title_not_back if alert.cause is Cause.NOT_BACK else words.title_wellness
        return told.format(name=alert.resident_name or words.dash)
    if alert.kind is AlertKind.CANNOT_TELL:
        return words.title_cannot_tell.format(n=len(alert.why["residents"]))
    if alert.kind is AlertKind.CAMERA_OFFLINE:
        return words.title_camera.format(camera=alert.camera_name or words.dash)
    return words.title_visitor


def may_see_where(viewer: Viewer, alert: Alert) -> bool:
    """Where a resident was last seen is for care staff and for the person who took the alert (wellness.md W23)."""
    mine = alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by == viewer.principal.name
    return alert.kind is not AlertKind.WELLNESS or mine or viewer.may(Action.SEE_SIGHTINGS)


def may_close(viewer: Viewer, alert: Alert) -> bool:
    return viewer.may(closing_needs(alert))


def closing_needs(alert: Alert) -> Action:
    return Action.RECORD_CHECKS if alert.kind is AlertKind.WELLNESS else Action.HANDLE_ALERTS


def where(viewer: Viewer, alert: Alert) -> str | None:
    words = viewer.words
    if not may_see_where(viewer, alert):
        return words.where_hidden if alert.state is AlertState.OPEN else None
    if alert.camera_name is None or alert.kind is AlertKind.CAMERA_OFFLINE:
        return None
    if alert.kind is AlertKind.WELLNESS:
        return words.where_last_seen.format(camera=alert.camera_name)
    return alert.camera_name


def why(viewer: Viewer, alert: Alert) -> list[str]:
    """The reasons, the deciding one first."""
    if alert.kind is AlertKind.WELLNESS:
        return _why_wellness(viewer, alert)
    if alert.kind is AlertKind.VISITOR:
        return _why_visitor(viewer, alert)
    if alert.kind is AlertKind.CANNOT_TELL:
        return _why_cannot_tell(viewer.words, alert)
    return _why_camera(viewer.words, alert)


def seen_again(viewer: Viewer, alert: Alert) -> str | None:
    """The proposal to close: the resident was seen after the alert was raised. Staff confirm, the system does not."""
    at = alert.why.get("seen_again_at")
    if at is None or alert.state is AlertState.RESOLVED:
        return None
    words, by = viewer.words, str(alert.why.get("seen_again_by", ""))
    if by == "staff":
        place = words.seen_again_staff
    else:
        place = words.seen_again_camera.format(camera=by) if by and may_see_where(viewer, alert) else ""
    return words.seen_again.format(clock=viewer.times.clock(datetime.fromisoformat(str(at))), where=place)


def state(viewer: Viewer, alert: Alert) -> str:
    words, times = viewer.words, viewer.times
    if alert.state is AlertState.RESOLVED and alert.resolved_at:
        told = words.resolved_by
        if alert.resolved_by == SYSTEM:
            told = words.closed_by_system if "turned_out" in alert.why else words.closed_by_itself
        return told.format(person=alert.resolved_by, clock=times.clock(alert.resolved_at))
    if alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_at:
        told = words.taken_by_you if alert.acknowledged_by == viewer.principal.name else words.taken_by
        return told.format(person=alert.acknowledged_by, clock=times.clock(alert.acknowledged_at))
    return words.open


def outcome(viewer: Viewer, alert: Alert) -> str | None:
    """What was found. The result of a wellness check is casework: only for who may record one."""
    if alert.outcome is None:
        return None
    if alert.resolved_by == SYSTEM and (told := _turned_out(viewer.words, alert)):
        return told
    return viewer.words.outcome[alert.outcome] if may_close(viewer, alert) else viewer.words.outcome_hidden


def _why_wellness(viewer: Viewer, alert: Alert) -> list[str]:
    words, times, facts, lines = viewer.words, viewer.times, alert.why, []
    if alert.step is not None and "after_hours" in facts:
        lines.append(words.why_step[alert.step].format(hours=times.hours(float(facts["after_hours"]))))
    if alert.cause is Cause.NOT_BACK:
        lines.append(words.why_not_back)
    if "unseen_hours" in facts:
        lines.append(words.why_unseen.format(hours=times.hours(float(facts["unseen_hours"]))))
    if blind := float(facts.get("blind_hours", 0)):
        lines.append(words.why_blind.format(hours=times.hours(blind)))
    elif "blind_hours" in facts:
        lines.append(words.why_no_blind)
    if doubtful := facts.get("doubtful"):
        lines.append(words.why_doubtful.format(n=doubtful))
    return lines


def _why_cannot_tell(words: Catalogue, alert: Alert) -> list[str]:
    lines = [words.why_names.format(names=words.comma.join(alert.names))]
    if alert.dark_cameras:
        lines.append(words.why_cameras.format(cameras=words.comma.join(alert.dark_cameras)))
    return lines


def _why_visitor(viewer: Viewer, alert: Alert) -> list[str]:
    words, facts, lines = viewer.words, alert.why, []
    if alert.state is not AlertState.RESOLVED and (told := _turned_out(words, alert)):
        lines.append(told)
    if "rule" in facts:
        lines.append(words.why_rule.format(rule=facts["rule"]))
    if "score" in facts and "stranger_below" in facts:
        score, below = f"{facts['score']:.2f}", f"{facts['stranger_below']:.2f}"
        lines.append(words.why_stranger.format(score=score, below=below))
    if "shots" in facts:
        lines.append(words.why_shots.format(n=facts["shots"]))
    return lines


def _turned_out(words: Catalogue, alert: Alert) -> str | None:
    """Who the stranger was, when the cameras found out later."""
    return words.turned_out.get(str(alert.why.get("turned_out")))


def _why_camera(words: Catalogue, alert: Alert) -> list[str]:
    state, reason = CameraState(alert.why["state"]), str(alert.why.get("reason", ""))
    told = words.why_camera.format(state=words.camera_state[state])
    return [told, words.camera_reason[reason]] if reason in words.camera_reason else [told]
