"""The panels of a resident's page on which staff see and change what is agreed."""

from collections.abc import Callable
from dataclasses import dataclass

from api.desk.access import Viewer
from api.desk.components.agreeing import agreement
from api.desk.components.basics import button, link, tag, text
from api.desk.components.leaving import planned
from api.desk.components.noticing import noticing
from monitor.services.absences import PlannedAbsence
from monitor.services.agreements import Version


@dataclass(frozen=True)
class Cared:
    """What staff see of a watched resident."""

    agreed: Version
    absences: tuple[PlannedAbsence, ...]  # that hold or are ahead


@dataclass(frozen=True)
class Dialogs:
    """What the buttons open."""

    agree: Callable[[Version], None]
    leave: Callable[[], None]
    contacts: Callable[[], None]
    stop: Callable[[], None]


def care_panels(viewer: Viewer, resident_id: int, cared: Cared, dialogs: Dialogs) -> None:
    care = viewer.words.care
    with tag("section", "panel stack"):
        noticing(viewer, resident_id)
    with tag("section", "panel stack"):
        text(care.agreement, name="h2")
        agreement(viewer, cared.agreed)
        with tag("div", "row"):
            button(care.agree, lambda: dialogs.agree(cared.agreed), look="slim")
            link(care.advice_open, f"/residents/{resident_id}/hours")
    with tag("section", "panel stack"):
        text(care.absence, name="h2")
        planned(viewer, cared.absences)
        with tag("div", "row"):
            button(care.absence_enter, dialogs.leave, look="slim")
    with tag("section", "panel stack"):
        text(care.contacts, name="h2")
        with tag("div", "row"):
            button(care.contacts_edit, dialogs.contacts, look="slim")
    with tag("div", "row"):
        button(care.stop, dialogs.stop, look="slim")
