"""Do the agreed hours suit them? Of everybody, and of one resident with what other hours would have meant.

Advice on many residents takes seconds: the page comes first, and the advice as soon as it is known.
"""

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.advising import advising, flags, not_yet
from api.desk.components.agreeing import agreement
from api.desk.components.basics import fact, link, linked, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.agreement import Agreement, Step, hours
from monitor.services import advice, agreements, presence, residents
from monitor.services.advice import AdviceView
from monitor.services.agreements import Version

LOOK_AGAIN_S = 600.0  # what 56 days say does not change within minutes


async def everybody(viewer: Viewer) -> None:
    care = viewer.words.care

    def read(session: Session) -> list[tuple[str, AdviceView]]:
        found = advice.of_estate(session, viewer.desk.estate_id, utc_now())
        names = residents.names(session, [view.resident_id for view in found])
        return sorted(
            ((names[view.resident_id], view) for view in found),
            key=lambda each: (-_flagged(each[1]), each[1].advice is None, each[0]),
        )

    def draw(found: list[tuple[str, AdviceView]] | None) -> None:
        if not found:
            with tag("div", "panel"):
                text(care.advice_wait if found is None else care.nobody)
            return
        with tag("div", "list"):
            for name, view in found:
                _person(viewer, name, view)

    with frame(viewer, care.advice):
        with tag("div", "lead"), tag("div"):
            text(care.advice, name="h1")
            text(care.advice_lead, "soft", "p")
        drawn = Redrawn[list[tuple[str, AdviceView]] | None](viewer, draw)
    drawn.show(None)

    async def redraw() -> None:
        drawn.show(await viewer.desk.read(read))

    follow(viewer, redraw, ("agreement.", "resident."), LOOK_AGAIN_S)


async def of_resident(viewer: Viewer, resident_id: int) -> None:
    care, estate_id = viewer.words.care, viewer.desk.estate_id

    def known(session: Session) -> tuple[str, Version]:
        return residents.name_of(session, estate_id, resident_id), agreements.in_force(session, resident_id)

    def read(session: Session) -> tuple[Version, AdviceView]:
        view = advice.of_resident(session, estate_id, resident_id, utc_now())
        return agreements.in_force(session, resident_id), view

    async def adopt(changed: Agreement, reason: str) -> None:
        await viewer.change(
            Action.AGREE,
            lambda session: presence.agree(
                session, estate_id, resident_id, changed, reason, viewer.principal.name, utc_now()
            ),
            care.agree_saved,
        )

    name, version = await viewer.desk.read(known)
    with frame(viewer, name):
        with tag("div", "lead"), tag("div"):
            text(care.advice_of.format(name=name), name="h1")
            text(care.advice_of_lead, "soft", "p")
            link(name, f"/residents/{resident_id}")

        def draw(found: tuple[Version, AdviceView | None]) -> None:
            agreed, shown = found
            with tag("section", "panel stack"):
                agreement(viewer, agreed)
            with tag("section", "panel stack"):
                if shown is None:
                    text(care.advice_wait)
                elif shown.advice is None:
                    fact("clock", not_yet(viewer, shown))
                else:
                    advising(viewer, shown, shown.advice, adopt)

        drawn = Redrawn[tuple[Version, AdviceView | None]](viewer, draw, "stack")
    drawn.show((version, None))

    async def redraw() -> None:
        drawn.show(await viewer.desk.read(read))

    follow(viewer, redraw, ("agreement.",), LOOK_AGAIN_S)


def _flagged(view: AdviceView) -> int:
    """How many flags the agreed hours have."""
    if view.advice is None:
        return 0
    return sum(len(choice.flags) for choice in view.advice.choices if choice.step) + len(
        view.advice.not_back_flags
    )


def _person(viewer: Viewer, name: str, view: AdviceView) -> None:
    care = viewer.words.care
    steps = (view.agreed.phone, view.agreed.visit, view.agreed.urgent)
    phone, visit, urgent = (f"{hours(step):g}" for step in steps)
    with linked(f"/residents/{view.resident_id}/hours", "person option") as row:
        row.props["data-resident"] = view.resident_id
        text(name, "strong")
        text(care.agreed_hours.format(phone=phone, visit=visit, urgent=urgent))
        with tag("div", "row"):
            if view.advice is None:
                text(not_yet(viewer, view), "soft")
                return
            for step in Step:
                choice = view.advice.of(step)
                told = care.advice_step.format(step=care.step_name[step], n=f"{choice.alerts_a_month:.1f}")
                with tag("div", "row"):
                    text(told)
                    flags(viewer, choice.flags)
            if view.advice.not_back_flags:
                with tag("div", "row"):
                    text(
                        care.advice_not_back.format(
                            hours=f"{hours(view.agreed.not_back):g}", n=f"{view.advice.not_back_a_month:.1f}"
                        )
                    )
                    flags(viewer, view.advice.not_back_flags)
