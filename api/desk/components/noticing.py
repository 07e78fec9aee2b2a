"""Three buttons for staff who have just been in touch with a resident."""

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.evidence import EvidenceSource
from monitor.services import evidence
from monitor.services.evidence import Said


def noticing(viewer: Viewer, resident_id: int) -> None:
    care = viewer.words.care
    text(care.noticed, "soft small", "div")
    with tag("div", "row"):
        for source, words in (
            (EvidenceSource.SEEN, care.seen_by_me),
            (EvidenceSource.PHONED, care.phoned),
            (EvidenceSource.VISITED, care.visited),
        ):
            button(words, lambda s=source: _record(viewer, resident_id, s), look="slim")


async def _record(viewer: Viewer, resident_id: int, source: EvidenceSource) -> None:
    def command(session: Session) -> None:
        now = utc_now()
        said = Said(now, resident_id, source)
        evidence.record(session, viewer.desk.estate_id, said, viewer.principal.name, now)

    await viewer.change(Action.RECORD_CHECKS, command, viewer.words.care.noticed_saved)
