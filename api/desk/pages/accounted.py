"""Is everybody accounted for: where does each watched resident stand, and why?"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.accounting import stands, statement, told
from api.desk.components.basics import link, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.accounting import Count
from monitor.services import digests, standing
from monitor.services.digests import Digest
from monitor.services.standing import Standing

LOOK_AGAIN_S = 15.0
DIGESTS_SHOWN = 7


@dataclass(frozen=True)
class Everybody:
    count: Count
    people: list[Standing]
    digests: list[Digest]


async def accounted(viewer: Viewer) -> None:
    care = viewer.words.care
    with frame(viewer, care.accounted):
        with tag("div", "lead"), tag("div"):
            text(care.accounted, name="h1")
            text(care.accounted_lead, "soft", "p")
            link(care.advice, "/hours")
        with tag("div", "stack"):
            said = Redrawn[Count](viewer, lambda count: statement(viewer, count))
            people = Redrawn[list[Standing]](viewer, lambda shown: _people(viewer, shown))
            with tag("section", "panel"):
                text(care.digests, name="h2")
                mornings = Redrawn[list[Digest]](viewer, lambda shown: _digests(viewer, shown))

    async def redraw() -> None:
        found = await viewer.desk.read(lambda session: _everybody(session, viewer))
        said.show(found.count)
        people.show(found.people)
        mornings.show(found.digests)

    await redraw()
    follow(
        viewer, redraw, ("presence.", "alert.", "camera.", "absence.", "resident.", "digest."), LOOK_AGAIN_S
    )


def _everybody(session: Session, viewer: Viewer) -> Everybody:
    desk, principal = viewer.desk, viewer.principal
    people = standing.everybody(
        session, desk.estate_id, principal.role, principal.name, desk.runtime.engine, utc_now()
    )
    return Everybody(
        Count.of(each.state for each in people),
        people,
        digests.listing(session, desk.estate_id, DIGESTS_SHOWN),
    )


def _people(viewer: Viewer, shown: list[Standing]) -> None:
    if not shown:
        return
    with tag("div", "list"):
        for each in shown:
            with tag("div"):
                stands(viewer, each)


def _digests(viewer: Viewer, shown: list[Digest]) -> None:
    care = viewer.words.care
    if not shown:
        text(care.no_digest, "soft", "p")
    with tag("ul", "facts"):
        for digest in shown:
            day = viewer.times.day(digest.made_at)
            text(care.digest_line.format(day=day, told=told(viewer, digest.count)), name="li")
