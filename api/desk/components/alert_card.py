"""One alert on the duty desk: what, who, where, since when, why, who has it, and the one next thing to do."""

from collections.abc import Callable

from api.desk.access import Viewer
from api.desk.components import wording
from api.desk.components.basics import ago, button, chip, fact, image, link, tag, text
from api.desk.components.icons import icon
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.alert import AlertState
from monitor.services import alerts
from monitor.services.alerts import Alert
from monitor.services.proofs import STAFF

Close = Callable[[Alert], None]


def alert_card(viewer: Viewer, close: Close) -> Redrawn[Alert]:
    return Redrawn(viewer, lambda alert: _card(viewer, alert, close))


def _card(viewer: Viewer, alert: Alert, close: Close) -> None:
    look = wording.LOOK[alert.severity]
    taken = "taken" if alert.state is AlertState.ACKNOWLEDGED else "fresh"
    with tag("article", f"panel alert {look} {taken}") as card:
        card.props["data-alert"] = alert.id
        pictures(viewer, alert)
        with tag("div", "alert-body"):
            labels(viewer, alert)
            with tag("h3"):
                link(wording.title(viewer.words, alert), f"/alerts/{alert.id}")
            subject(viewer, alert)
            with tag("div", "why"):
                for line in wording.why(viewer, alert)[:3]:
                    text(line, name="div")
            proposal(viewer, alert)
        with tag("div", "alert-act"):
            actions(viewer, alert, close)


def labels(viewer: Viewer, alert: Alert) -> None:
    """Severity as colour, drawing and word; then the kind and the step."""
    with tag("div", "row"):
        look = wording.LOOK[alert.severity]
        chip(look, viewer.words.severity[alert.severity], look)
        chip(wording.DRAWING[alert.kind], viewer.words.kind[alert.kind])
        if alert.step is not None:
            text(viewer.words.step[alert.step], "strong")


def subject(viewer: Viewer, alert: Alert) -> None:
    """Where, and since when."""
    words, place = viewer.words, wording.where(viewer, alert)
    with tag("div", "row"):
        if alert.flat:
            fact("person", words.building.format(flat=alert.flat))
        if place:
            fact("pin", place)
        with tag("div", "fact"):
            icon("clock")
            text(words.since.format(clock=viewer.times.clock(alert.since)))
            with tag("span", "soft"):
                ago(viewer.times, alert.since)


def pictures(viewer: Viewer, alert: Alert) -> None:
    words = viewer.words
    if alert.snapshot_id is None:
        with tag("div", "mark"):
            icon(wording.DRAWING[alert.kind])
        return
    with tag("div", "shots"):
        image(f"/api/v1/snapshots/{alert.snapshot_id}/face", words.face_of_visit, "shot face")
        image(f"/api/v1/snapshots/{alert.snapshot_id}/scene", words.scene_of_visit, "shot scene")


def proposal(viewer: Viewer, alert: Alert) -> None:
    told = wording.seen_again(viewer, alert)
    if told:
        with tag("div", "again"):
            icon("good")
            text(told)
            if viewer.may(Action.CORRECT) and alert.why.get("seen_again_by") != STAFF:
                link(viewer.words.see_sighting, f"/residents/{alert.resident_id}", "nowrap")


def actions(viewer: Viewer, alert: Alert, close: Close) -> None:
    words = viewer.words
    if alert.state is AlertState.RESOLVED:
        text(wording.state(viewer, alert), "state soft")
        return
    if alert.state is AlertState.OPEN:
        button(words.take, lambda: take(viewer, alert), "hand", "main")
    text(wording.state(viewer, alert), "state soft")
    if alert.state is AlertState.ACKNOWLEDGED and wording.may_close(viewer, alert):
        again = wording.seen_again(viewer, alert)
        button(words.confirm if again else words.close, lambda: close(alert), "good", "main" if again else "")
    elif alert.state is AlertState.ACKNOWLEDGED:
        text(words.close_by_staff, "state soft small")


async def take(viewer: Viewer, alert: Alert) -> None:
    """Acknowledge: one click."""
    await viewer.change(
        Action.HANDLE_ALERTS,
        lambda session: alerts.acknowledge(
            session, viewer.desk.estate_id, alert.id, viewer.principal.name, utc_now()
        ),
        viewer.words.saved_taken,
    )
