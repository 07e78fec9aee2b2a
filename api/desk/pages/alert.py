"""What happened, why was it raised, what has been done about it?"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components import wording
from api.desk.components.alert_card import actions, labels, proposal, subject
from api.desk.components.basics import ago, fact, image, link, tag, text
from api.desk.components.closing import Closing
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.receipt import confirm_shown
from api.desk.components.redrawn import Redrawn
from monitor.core.access import Action
from monitor.core.alert import AlertKind
from monitor.core.roster import Link
from monitor.services import alerts, explanation, wellness
from monitor.services.alerts import Alert
from monitor.services.events import Event
from monitor.services.explanation import Chain
from monitor.services.outbox import Owed
from monitor.services.telling import DESK
from monitor.services.wellness import WellnessCheck

LOOK_AGAIN_S = 10.0
CARE = frozenset({AlertKind.WELLNESS, AlertKind.CANNOT_TELL})


@dataclass(frozen=True)
class Story:
    alert: Alert
    chain: Chain
    events: list[Event]
    owed: list[Owed]
    checks: list[WellnessCheck]  # that it asks for, for who may record them


async def alert(viewer: Viewer, alert_id: int) -> None:
    def read(session: Session) -> Story:
        estate_id = viewer.desk.estate_id
        explained = explanation.explain(
            session, estate_id, alert_id, viewer.principal.role, viewer.principal.name
        )
        found = explained.alert
        checks = (
            wellness.of_alert(session, estate_id, alert_id)
            if found.kind in CARE and viewer.may(Action.RECORD_CHECKS)
            else []
        )
        return Story(found, explained.chain, explained.events, explained.told, checks)

    first = await viewer.desk.read(read)
    with frame(viewer, wording.title(viewer.words, first.alert)):
        closing = Closing(viewer)
        shown = Redrawn[Story](viewer, lambda story: _draw(viewer, story, closing.open))
    shown.show(first)

    async def redraw() -> None:
        shown.show(await viewer.desk.read(read))
        await confirm_shown(viewer, [alert_id])

    follow(viewer, redraw, ("alert.",), LOOK_AGAIN_S)


def _draw(viewer: Viewer, story: Story, close: Callable[[Alert], None]) -> None:
    words, found = viewer.words, story.alert
    with tag("div", "lead"):
        with tag("div", "stack"):
            labels(viewer, found)
            text(wording.title(words, found), name="h1")
            subject(viewer, found)
        with tag("div", "alert-act"):
            actions(viewer, found, close)
    proposal(viewer, found)
    with tag("div", "detail"):
        with tag("div", "stack"):
            _evidence(viewer, found)
            with tag("section", "panel stack"):
                text(words.why, name="h2")
                for line in wording.why(viewer, found):
                    fact("info", line)
            if story.checks:
                _checks(viewer, story.checks)
            if found.outcome is not None:
                _result(viewer, found)
        with tag("div", "stack"):
            _timeline(viewer, story)
            _deliveries(viewer, story)


def _evidence(viewer: Viewer, found: Alert) -> None:
    if found.snapshot_id is None:
        return
    words, address = viewer.words, f"/api/v1/snapshots/{found.snapshot_id}"
    with tag("div", "evidence"):
        image(f"{address}/face", words.face_of_visit)
        image(f"{address}/scene", words.scene_of_visit, "wide")


def _checks(viewer: Viewer, checks: list[WellnessCheck]) -> None:
    words, care = viewer.words, viewer.words.care
    with tag("section", "panel stack"):
        text(care.check, name="h2")
        for check in checks:
            with tag("div", "row"):
                link(care.check_of.format(name=check.resident_name), f"/checks/{check.id}")
                if check.outcome is not None:
                    fact("good", words.outcome[check.outcome], "soft")


def _result(viewer: Viewer, found: Alert) -> None:
    with tag("section", "panel stack"):
        text(viewer.words.result, name="h2")
        fact("good", wording.outcome(viewer, found) or "", "strong")
        if found.note and wording.may_close(viewer, found):
            text(found.note, name="p")


def _timeline(viewer: Viewer, story: Story) -> None:
    words, times, people = viewer.words, viewer.times, _people(story.alert)
    with tag("section", "panel"):
        text(words.timeline, name="h2")
        with tag("ol", "timeline"):
            for event in story.events:
                with tag("li"), tag("div"):
                    person = people.get(event.kind)
                    told = _said(viewer, event)
                    text(f"{told} · {person}" if person else told, "strong", "div")
                    with tag("div", "soft small"):
                        text(times.clock(event.at) + " · ")
                        ago(times, event.at)
        if story.alert.resident_id is not None:
            link(f"{story.alert.resident_name} · {words.history}", f"/residents/{story.alert.resident_id}")


def _said(viewer: Viewer, event: Event) -> str:
    words = viewer.words
    if event.kind == "alert.escalated":
        return words.roster.escalated[Link(event.facts["link"])]
    return words.event.get(event.kind, event.kind)


def _people(found: Alert) -> dict[str, str | None]:
    """Events hold no names; the alert knows who did what."""
    by = None if found.resolved_by == alerts.SYSTEM else found.resolved_by
    return {"alert.acknowledged": found.acknowledged_by, "alert.resolved": by}


def _deliveries(viewer: Viewer, story: Story) -> None:
    words = viewer.words
    with tag("section", "panel stack"):
        text(words.deliveries, name="h2")
        if story.chain.escalates_at is not None:
            clock = viewer.times.clock(story.chain.escalates_at)
            fact("clock", words.roster.escalates.format(clock=clock), "soft")
        for one in story.owed:
            channel = words.channel_desk if one.channel == DESK else one.channel
            if one.receiver is not None:
                channel = f"{one.receiver} · {channel}"
            told = (
                words.delivered.format(clock=viewer.times.clock(one.sent_at))
                if one.sent_at
                else words.not_delivered.format(n=one.attempts)
            )
            fact("good" if one.sent_at else "warning", f"{channel}: {told}")
