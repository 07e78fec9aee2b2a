"""Who is expected, and until when?"""

from nicegui import ui
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, chip, linked, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.icons import icon
from api.desk.components.keyed import KeyedList
from api.desk.components.redrawn import Redrawn
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.expected_visitor import PassState
from monitor.services import expected_visitors as services
from monitor.services.expected_visitors import ExpectedVisitor

LOOK_AGAIN_S = 15.0
_LOOKS = {
    PassState.RUNNING: ("good", "good"),
    PassState.COMING: ("clock", "info"),
    PassState.ENDED: ("paper", ""),
}


class Ending:
    """Asks before a pass is ended: the templates cannot be brought back."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self, visitor: ExpectedVisitor) -> None:
        words = self._viewer.words
        self._box.clear()
        with self._box:
            text(words.end_pass_title.format(name=visitor.name), name="h2")
            text(words.end_pass_body, "soft", "p")
            with tag("div", "row"):
                button(words.end_pass, lambda: self._end(visitor), "good", "main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    async def _end(self, visitor: ExpectedVisitor) -> None:
        viewer = self._viewer
        self._dialog.close()
        await viewer.change(
            Action.ENROL,
            lambda session: services.end(session, viewer.desk.estate_id, visitor.id, utc_now()),
            viewer.words.pass_ended.format(name=visitor.name),
        )


async def visitors(viewer: Viewer) -> None:
    words = viewer.words

    async def redraw() -> None:
        found = await viewer.desk.read(lambda session: _listing(session, viewer))
        people.show(found)
        note.set_text("" if found else words.visitors_empty)

    with frame(viewer, words.visitors):
        ending = Ending(viewer)
        with tag("div", "lead"):
            with tag("div"):
                text(words.visitors, name="h1")
                text(words.visitors_lead, "soft", "p")
            if viewer.may(Action.ENROL):
                with linked("/visitors/new", "button main"):
                    icon("plus")
                    text(words.expect)
        people = KeyedList[ExpectedVisitor](
            tag("div", "list"),
            lambda visitor: visitor.id,
            lambda: Redrawn[ExpectedVisitor](viewer, lambda visitor: _visitor(viewer, visitor, ending)),
        )
        note = text("", "soft", "p")

    await redraw()
    follow(viewer, redraw, ("visitor.",), LOOK_AGAIN_S)


def _listing(session: Session, viewer: Viewer) -> list[ExpectedVisitor]:
    return services.listing(session, viewer.desk.estate_id, viewer.principal.role, utc_now())


def _visitor(viewer: Viewer, visitor: ExpectedVisitor, ending: Ending) -> None:
    words, times = viewer.words, viewer.times
    with tag("div", "person") as row:
        row.props["data-visitor"] = visitor.id
        text(visitor.name[:1], "initial")
        with tag("div"):
            text(visitor.name, "strong", "div")
            text(visitor.reason, "soft small", "div")
        with tag("div"):
            drawing, look = _LOOKS[visitor.state]
            chip(drawing, words.pass_state[visitor.state], look)
        with tag("div"):
            term = words.pass_term.format(
                start=times.day(visitor.starts_at), end=times.last_day(visitor.ends_at)
            )
            text(term, name="div")
            text(words.recorded_by.format(person=visitor.recorded_by), "soft small", "div")
        with tag("div"):
            if visitor.state is not PassState.ENDED and viewer.may(Action.ENROL):
                button(words.end_pass, lambda: ending.open(visitor))
