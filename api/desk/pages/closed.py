"""The pages that say no, and what to do then."""

from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.desk import theme
from api.desk.access import Viewer, words_of
from api.desk.components.basics import linked, tag, text
from api.desk.components.frame import frame
from api.desk.components.icons import icon, svg
from monitor.clock import utc_now


def refused(viewer: Viewer) -> None:
    words = viewer.words
    _notice(viewer, "lock", words.refused, words.refused_body.format(role=words.role[viewer.principal.role]))


def missing(viewer: Viewer) -> None:
    _notice(viewer, "search", viewer.words.not_found, viewer.words.not_found_body)


def no_such_page(request: Request) -> HTMLResponse:
    """For addresses that no page has; says nothing about the estate."""
    words = words_of(request)
    return HTMLResponse(
        f"<!doctype html><html><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(words.not_found)}</title>{theme.head(words, utc_now())}</head><body><main class='notice'>"
        f"<span class=icon>{svg('search')}</span><h1>{escape(words.not_found)}</h1><p>{escape(words.not_found_body)}</p>"
        f"<a class=button href='/'>{escape(words.desk)}</a></main></body></html>",
        404,
    )


def _notice(viewer: Viewer, drawing: str, title: str, body: str) -> None:
    with frame(viewer, title), tag("section", "notice"):
        icon(drawing)
        text(title, name="h1")
        text(body, "soft", "p")
        with linked("/", "button"):
            icon("back")
            text(viewer.words.desk)
