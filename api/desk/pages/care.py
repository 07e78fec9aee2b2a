"""Whom must I phone or visit now, in which order?"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.accounting import statement
from api.desk.components.basics import ago, button, chip, fact, link, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.accounting import Count
from monitor.core.agreement import Cause, Step
from monitor.services import absences, standing, wellness
from monitor.services.absences import PlannedAbsence
from monitor.services.wellness import WellnessCheck

LOOK_AGAIN_S = 10.0


@dataclass(frozen=True)
class Today:
    count: Count
    checks: list[WellnessCheck]
    asks: list[PlannedAbsence]  # somebody who is away was perhaps noticed


async def care(viewer: Viewer) -> None:
    words = viewer.words.care
    with frame(viewer, words.today):
        with tag("div", "lead"), tag("div"):
            text(words.today, name="h1")
            text(words.today_lead, "soft", "p")
        shown = Redrawn[Today](viewer, lambda today: _draw(viewer, today), "stack")

    async def redraw() -> None:
        shown.show(await viewer.desk.read(lambda session: _today(session, viewer)))

    await redraw()
    follow(viewer, redraw, ("alert.", "check.", "presence.", "absence."), LOOK_AGAIN_S)


def _today(session: Session, viewer: Viewer) -> Today:
    estate_id, now = viewer.desk.estate_id, utc_now()
    away = absences.listing(session, estate_id, running_at=now)
    return Today(
        standing.count(session, estate_id, now),
        wellness.listing(session, estate_id, open_only=True, limit=500),
        [absence for absence in away if absence.perhaps_back_at is not None],
    )


def _draw(viewer: Viewer, today: Today) -> None:
    words, times = viewer.words.care, viewer.times
    statement(viewer, today.count)
    for absence in today.asks:
        assert absence.perhaps_back_at is not None
        with tag("div", "panel row"):
            chip("unknown", words.asks, "info")
            clock = times.clock(absence.perhaps_back_at)
            link(
                words.ask_back.format(name=absence.resident_name, clock=clock),
                f"/residents/{absence.resident_id}",
            )
    for check in today.checks:
        _card(viewer, check)
    if not today.checks:
        with tag("div", "panel empty"):
            icon("good")
            with tag("div"):
                text(words.nothing_to_do, name="h3")
                text(words.nothing_to_do_body, "soft", "p")


def _card(viewer: Viewer, check: WellnessCheck) -> None:
    words, times = viewer.words, viewer.times
    urgent = check.step is not None and check.step >= Step.VISIT
    look = "critical" if urgent else "warning"
    with tag("article", f"panel alert {look} {'taken' if check.taken_by else 'fresh'} plain") as card:
        card.props["data-check"] = check.id
        with tag("div", "alert-body"):
            with tag("div", "row"):
                chip(look, words.step[check.step] if check.step else words.care.check, look)
                if check.cause is not Cause.UNSEEN:
                    text(words.care.cause[check.cause], "strong")
            with tag("h3"):
                link(check.resident_name, f"/checks/{check.id}")
            with tag("div", "row"):
                if check.flat:
                    fact("person", words.building.format(flat=check.flat))
                with tag("div", "fact"):
                    icon("clock")
                    text(words.care.not_seen_since.format(clock=times.clock(check.since)))
                    with tag("span", "soft"):
                        ago(times, check.since)
            if check.taken_by is not None and check.taken_at is not None:
                taken = words.taken_by_you if check.taken_by == viewer.principal.name else words.taken_by
                told = taken.format(person=check.taken_by, clock=times.clock(check.taken_at))
                fact("hand", told, "soft")
        with tag("div", "alert-act"):
            if check.taken_by is None:
                button(words.take, lambda: _take(viewer, check), "hand", "main")
            link(words.care.open_check, f"/checks/{check.id}", "button")


async def _take(viewer: Viewer, check: WellnessCheck) -> None:
    await viewer.change(
        Action.RECORD_CHECKS,
        lambda session: wellness.take(
            session, viewer.desk.estate_id, check.id, viewer.principal.name, utc_now()
        ),
        viewer.words.saved_taken,
    )
