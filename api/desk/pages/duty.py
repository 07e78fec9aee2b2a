"""Is something happening now that I must act on, and who has it already?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components import headline, wording
from api.desk.components.alert_card import alert_card
from api.desk.components.basics import link, tag, text
from api.desk.components.closing import Closing
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.receipt import confirm_shown
from api.desk.components.redrawn import Redrawn
from api.desk.components.rostering import on_duty
from monitor.clock import utc_now
from monitor.core.alert import AlertState
from monitor.services import alerts, roster, status, visits
from monitor.services.alerts import Alert
from monitor.services.roster import Roster
from monitor.services.status import Status
from monitor.services.visits import Visit

LOOK_AGAIN_S = 5.0
_FOLLOWED = ("alert.", "camera.", "presence.", "receiver.", "resident.", "sensor.", "shift.", "visit.")
CLOSED_SHOWN = 20


@dataclass(frozen=True)
class Overview:
    status: Status
    unresolved: list[Alert]  # what nobody has taken comes first
    closed: list[Alert]
    arrived: list[Visit]  # expected visitors who are there now
    roster: Roster
    at: datetime


async def duty(viewer: Viewer) -> None:
    words = viewer.words
    with frame(viewer, words.desk):
        closing = Closing(viewer)
        clauses = Redrawn(viewer, headline.draw_clauses)
        with tag("div", "desk-columns"):
            with tag("section"):
                text(words.feed, name="h2")
                empty = Redrawn[bool](viewer, lambda nothing: _empty(viewer) if nothing else None)
                feed = KeyedList[Alert](
                    tag("div", "stack"), lambda alert: alert.id, lambda: alert_card(viewer, closing.open)
                )
            with tag("aside", "stack"):
                gaps = Redrawn[tuple[headline.Gap, ...]](
                    viewer, lambda shown: headline.draw_gaps(viewer, shown), "panel"
                )
                present = Redrawn[Roster](viewer, lambda shown: _on_duty(viewer, shown), "panel stack")
                arrived = Redrawn[list[Visit]](viewer, lambda shown: _arrived(viewer, shown))
                with tag("div", "panel"):
                    text(words.resolved, name="h2")
                    closed = Redrawn[list[Alert]](viewer, lambda shown: _closed(viewer, shown))

    async def redraw() -> None:
        found = await viewer.desk.read(lambda session: _overview(session, viewer))
        clauses.show(headline.clauses(words, found.status, found.at))
        gaps.show(headline.gaps(words, found.status, found.at))
        empty.show(not found.unresolved)
        feed.show(found.unresolved)
        closed.show(found.closed)
        present.show(found.roster)
        arrived.show(found.arrived)
        await confirm_shown(viewer, [alert.id for alert in found.unresolved])

    await redraw()
    follow(viewer, redraw, _FOLLOWED, LOOK_AGAIN_S)


def _overview(session: Session, viewer: Viewer) -> Overview:
    estate_id, gap, now = viewer.desk.estate_id, viewer.desk.runtime.visit_policy.gap, utc_now()
    return Overview(
        status.get(session, estate_id, now),
        sorted(alerts.listing(session, estate_id), key=lambda alert: alert.state is not AlertState.OPEN),
        alerts.listing(session, estate_id, (AlertState.RESOLVED,), limit=CLOSED_SHOWN),
        visits.expected_running(session, estate_id, gap, now),
        roster.get(session, estate_id, now),
        now,
    )


def _on_duty(viewer: Viewer, shown: Roster) -> None:
    words = viewer.words.roster
    text(words.now, name="h2")
    if shown.receivers:
        on_duty(viewer, shown)
    else:
        text(words.no_receivers, "soft")
    link(words.title, "/roster")


def _arrived(viewer: Viewer, shown: list[Visit]) -> None:
    """A greeting, not an alert: no colour and no sound."""
    if not shown:
        return
    words, times = viewer.words, viewer.times
    with tag("div", "panel"):
        text(words.arrived, name="h2")
        with tag("ul", "facts"):
            for visit in shown:
                with tag("li"):
                    icon("visitor")
                    told = words.arrived_line.format(
                        reason=visit.visitor_reason,
                        name=visit.visitor_name,
                        place=visit.first_camera_name,
                        clock=times.clock(visit.started_at),
                    )
                    text(told)


def _empty(viewer: Viewer) -> None:
    with tag("div", "panel empty"):
        icon("good")
        with tag("div"):
            text(viewer.words.feed_empty, name="h3")
            text(viewer.words.feed_empty_body, "soft", "p")


def _closed(viewer: Viewer, shown: list[Alert]) -> None:
    if not shown:
        text(viewer.words.resolved_empty, "soft", "p")
    for alert in shown:
        with tag("div", "closed"):
            link(wording.title(viewer.words, alert), f"/alerts/{alert.id}")
            told = [wording.outcome(viewer, alert), wording.state(viewer, alert)]
            text(" · ".join(part for part in told if part), "soft small")
