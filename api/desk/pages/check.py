"""What do I need to know at the door, whom do I call, and how do I close it?"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components import wording
from api.desk.components.basics import ago, button, chip, fact, link, tag, text
from api.desk.components.closing import Closing
from api.desk.components.contacts_form import whom_to_call
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.agreement import Step
from monitor.core.wellness import RESULTS, AttemptKind, AttemptResult
from monitor.errors import NotAllowed
from monitor.services import alerts, wellness
from monitor.services.alerts import Alert
from monitor.services.contacts import Contact
from monitor.services.wellness import WellnessCheck

LOOK_AGAIN_S = 10.0
EARLIER_SHOWN = 10


@dataclass(frozen=True)
class Case:
    check: WellnessCheck
    alert: Alert
    contacts: list[Contact] | None  # None: not for this viewer
    earlier: list[WellnessCheck]


async def check(viewer: Viewer, check_id: int) -> None:
    def read(session: Session) -> Case:
        estate_id, principal = viewer.desk.estate_id, viewer.principal
        found = wellness.get(session, estate_id, check_id)
        try:
            contacts = wellness.whom_to_call(session, estate_id, check_id, principal.role, principal.name)
        except NotAllowed:
            contacts = None
        earlier = wellness.listing(session, estate_id, resident_id=found.resident_id, limit=EARLIER_SHOWN)
        return Case(
            found,
            alerts.get(session, estate_id, found.alert_id),
            contacts,
            [one for one in earlier if one.id != check_id and one.closed_at is not None],
        )

    first = await viewer.desk.read(read)
    with frame(viewer, viewer.words.care.check_of.format(name=first.check.resident_name)):
        closing = Closing(viewer)
        shown = Redrawn[Case](viewer, lambda case: _draw(viewer, case, closing))
    shown.show(first)

    async def redraw() -> None:
        shown.show(await viewer.desk.read(read))

    follow(viewer, redraw, ("alert.", "check.", "contacts."), LOOK_AGAIN_S)


def _draw(viewer: Viewer, case: Case, closing: Closing) -> None:
    check = case.check
    with tag("div", "lead"):
        with tag("div", "stack tight"):
            _head(viewer, check)
        with tag("div", "alert-act"):
            _actions(viewer, check, closing)
    told = wording.seen_again(viewer, case.alert)
    if told and check.closed_at is None:
        with tag("div", "again"):
            icon("good")
            text(told)
            link(viewer.words.see_sighting, f"/residents/{check.resident_id}", "nowrap")
    with tag("div", "detail"):
        with tag("div", "stack"):
            if check.closed_at is None:
                _trying(viewer, check)
            _tried(viewer, check)
        with tag("div", "stack"):
            _contacts(viewer, case)
            with tag("section", "panel stack"):
                text(viewer.words.why, name="h2")
                for line in wording.why(viewer, case.alert):
                    fact("info", line)
            _earlier(viewer, case.earlier)


def _head(viewer: Viewer, check: WellnessCheck) -> None:
    words, times = viewer.words, viewer.times
    with tag("div", "row"):
        urgent = check.step is not None and check.step >= Step.VISIT
        look = "critical" if urgent else "warning"
        chip(look, words.step[check.step] if check.step else words.care.check, look)
        text(words.care.cause[check.cause], "strong")
    with tag("h1"):
        link(check.resident_name, f"/residents/{check.resident_id}", "plain-link")
    with tag("div", "row"):
        if check.flat:
            fact("person", words.building.format(flat=check.flat))
        with tag("div", "fact"):
            icon("clock")
            text(words.care.not_seen_since.format(clock=times.clock(check.since)))
            with tag("span", "soft"):
                ago(times, check.since)


def _actions(viewer: Viewer, check: WellnessCheck, closing: Closing) -> None:
    words, care, times = viewer.words, viewer.words.care, viewer.times
    if check.closed_at is not None and check.outcome is not None:
        outcome = words.outcome[check.outcome]
        told = care.closed.format(clock=times.clock(check.closed_at), person=check.closed_by, outcome=outcome)
        fact("good", told, "strong")
        return
    if check.taken_by is None:
        button(words.take, lambda: _take(viewer, check), "hand", "main")
    else:
        mine = check.taken_by == viewer.principal.name
        taken = words.taken_by_you if mine else words.taken_by
        assert check.taken_at is not None
        text(taken.format(person=check.taken_by, clock=times.clock(check.taken_at)), "state soft")
        button(care.record, lambda: closing.open_check(check), "good", "main" if mine else "")
        if check.lapses_at is not None:
            text(care.lapses.format(clock=times.clock(check.lapses_at)), "state soft small")


async def _take(viewer: Viewer, check: WellnessCheck) -> None:
    await viewer.change(
        Action.RECORD_CHECKS,
        lambda session: wellness.take(
            session, viewer.desk.estate_id, check.id, viewer.principal.name, utc_now()
        ),
        viewer.words.saved_taken,
    )


def _trying(viewer: Viewer, check: WellnessCheck) -> None:
    """Two taps: what was tried, and what came of it."""
    care = viewer.words.care
    with tag("section", "panel stack"):
        for kind in AttemptKind:
            with tag("div", "attempt"):
                text(care.attempt[kind], "strong")
                with tag("div", "row"):
                    for result in RESULTS[kind]:
                        button(
                            care.result[result],
                            lambda k=kind, r=result: _note(viewer, check, k, r),
                            look="slim",
                        )


async def _note(viewer: Viewer, check: WellnessCheck, kind: AttemptKind, result: AttemptResult) -> None:
    await viewer.change(
        Action.RECORD_CHECKS,
        lambda session: wellness.try_reaching(
            session, viewer.desk.estate_id, check.id, kind, result, "", viewer.principal.name, utc_now()
        ),
        viewer.words.care.attempt_saved,
    )


def _tried(viewer: Viewer, check: WellnessCheck) -> None:
    care, times = viewer.words.care, viewer.times
    with tag("section", "panel"):
        text(care.tried, name="h2")
        if not check.attempts and check.outcome is None:
            text(care.nothing_tried, "soft")
        with tag("ol", "timeline"):
            for tried in check.attempts:
                told = care.attempt_line.format(
                    clock=times.clock(tried.at),
                    person=tried.by,
                    what=care.attempt[tried.kind],
                    result=care.result[tried.result],
                )
                with tag("li"), tag("div"):
                    text(told, name="div")
                    if tried.note:
                        text(tried.note, "soft small", "div")
        if check.help_given:
            fact("wellness", care.help_was.format(help=check.help_given))
        if check.note:
            text(check.note, name="p")


def _contacts(viewer: Viewer, case: Case) -> None:
    care = viewer.words.care
    if case.check.closed_at is not None:
        return
    with tag("section", "panel stack"):
        text(care.whom_to_call, name="h2")
        if case.contacts is None:
            fact("lock", care.take_first)
        else:
            whom_to_call(viewer, case.contacts)


def _earlier(viewer: Viewer, earlier: list[WellnessCheck]) -> None:
    words, care, times = viewer.words, viewer.words.care, viewer.times
    if not earlier:
        return
    with tag("section", "panel"):
        text(care.other_checks, name="h2")
        for one in earlier:
            assert one.closed_at is not None and one.outcome is not None
            with tag("div", "closed"):
                told = care.closed.format(
                    clock=times.clock(one.closed_at), person=one.closed_by, outcome=words.outcome[one.outcome]
                )
                link(told, f"/checks/{one.id}")
