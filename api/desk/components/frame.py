"""What surrounds every page: where one can go, who one is, language, day or night, and the alarm."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from api.desk import theme
from api.desk.access import Viewer
from api.desk.components.basics import linked, tag, text
from api.desk.components.follow import follow
from api.desk.components.icons import icon
from api.desk.text import CATALOGUES, Catalogue
from monitor.core.access import Action
from monitor.core.alert import AlertState
from monitor.services import alerts

LOOK_AGAIN_S = 10.0


@contextmanager
def frame(viewer: Viewer, title: str) -> Iterator[None]:
    """The page's frame; what is drawn inside the `with` is its content."""
    words = viewer.words
    ui.page_title(f"{title} · {words.product}")
    ui.add_head_html(theme.head(words, viewer.times.now))
    with tag("header", "bar"), tag("div", "bar-in"):
        with linked("/", "brand"):
            icon("logo")
            text(words.product, name="b")
            text(viewer.desk.runtime.estate.name, "soft estate")
        _tabs(viewer)
        _tools(viewer)
    with tag("main", "page"):
        yield


def preferences(words: Catalogue) -> None:
    """Language and colours; desk.js carries them out."""
    other = next(code for code in CATALOGUES if code != words.code)
    with tag("button", "tool") as language:
        language.props.update({"type": "button", "data-do": "language", "data-language": other})
        language.props.update({"title": words.switch_language, "lang": other})
        text(words.other_language)
    for look, label, drawing in (
        ("night-icon", words.night_theme, "moon"),
        ("day-icon", words.day_theme, "sun"),
    ):
        with tag("button", f"tool {look}") as button:
            button.props.update({"type": "button", "data-do": "theme", "title": label, "aria-label": label})
            icon(drawing)


def _tabs(viewer: Viewer) -> None:
    words, here = viewer.words, viewer.request.url.path
    with tag("nav", "tabs"):
        for address, label, drawing, needs in (
            ("/", words.desk, "bell", Action.SEE_ALERTS),
            ("/care", words.care.tab, "wellness", Action.RECORD_CHECKS),
            ("/cameras", words.cameras, "camera", Action.SEE_CAMERAS),
            ("/residents", words.residents, "people", Action.SEE_RESIDENTS),
            ("/unclear", words.unclear, "unknown", Action.SEE_SIGHTINGS),
            ("/visitors", words.visitors_tab, "visitor", Action.SEE_VISITS),
        ):
            if not viewer.may(needs):
                continue
            there = here == address or here.startswith(_BELOW.get(address, (address,)))
            with linked(address, f"tab {'here' if there else ''}") as tab:
                if there:
                    tab.props["aria-current"] = "page"
                icon(drawing)
                text(label)
                if address == "/":
                    _alarm(viewer)


# Pages that belong to a tab without being below its address.
_BELOW = {"/": ("/alerts", "/roster"), "/care": ("/care", "/checks", "/accounted", "/hours")}


def _alarm(viewer: Viewer) -> None:
    """How many alerts nobody has taken, on every page; desk.js sounds while there are any.

    `data-beat` tells it that the page is still fed from the database.
    """
    count = text("", "badge")
    count.props["id"] = "alarm"
    count.set_visibility(False)

    async def redraw() -> None:
        untaken = await viewer.desk.read(
            lambda session: alerts.listing(session, viewer.desk.estate_id, (AlertState.OPEN,))
        )
        count.props["data-beat"] = viewer.times.now.timestamp()
        count.props["data-untaken"] = ",".join(str(alert.id) for alert in untaken)
        count.set_text(str(len(untaken)))
        count.set_visibility(bool(untaken))

    follow(viewer, redraw, ("alert.",), LOOK_AGAIN_S)


def _tools(viewer: Viewer) -> None:
    words, principal = viewer.words, viewer.principal
    with tag("div", "tools"):
        with tag("button", "tool sound") as sound:
            sound.props.update({"type": "button", "data-do": "sound"})
            for look, drawing, label in (
                ("is-off", "mute", words.sound_off),
                ("is-on", "sound", words.sound_on),
            ):
                with tag("span", look):
                    icon(drawing)
                    text(label)
        preferences(words)
        with tag("div", "who"):
            text(principal.name, "strong", "div")
            text(words.role[principal.role], "soft small", "div")
        with tag("form") as form:
            form.props.update(method="post", action="/sign-out")
            with tag("button", "tool sign-out") as out:
                out.props.update({"type": "submit", "title": words.sign_out, "aria-label": words.sign_out})
                icon("out")
