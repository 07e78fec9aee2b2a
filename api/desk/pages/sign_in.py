"""Who are you? A plain form that works without a connection to anything but this server."""

from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.desk import theme
from api.desk.access import Desk, words_of
from api.desk.components.icons import svg
from api.desk.text import CATALOGUES, Catalogue
from api.routes.sign_in import local
from monitor.clock import utc_now


def sign_in(desk: Desk, request: Request) -> HTMLResponse:
    words = words_of(request)
    problem = words.sign_in_error.get(request.query_params.get("error", ""))
    estate = desk.runtime.estate.name
    body = f"""<!doctype html><html lang="{words.code}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(words.sign_in)} · {escape(words.product)}</title>
{theme.head(words, utc_now())}</head><body><main class="door"><div class="door-in">
<div class="brand"><span class="icon">{svg("logo")}</span><b>{escape(words.product)}</b><span class="soft">{escape(estate)}</span></div>
<div class="panel"><form method="post" action="/sign-in">
<h1>{escape(words.sign_in)}</h1><p class="soft">{escape(words.sign_in_lead)}</p>
{_problem(problem)}
<input type="hidden" name="next" value="{escape(local(request.query_params.get("next", "/")))}">
<label class="field"><span>{escape(words.name)}</span><input name="name" autocomplete="username" required autofocus></label>
<label class="field"><span>{escape(words.password)}</span><input name="password" type="password" autocomplete="current-password" required></label>
<button class="button main wide">{escape(words.sign_in)}</button></form></div>
<div class="door-tools">{_preferences(words)}</div></div></main></body></html>"""
    return HTMLResponse(body, headers={"Cache-Control": "no-store"})


def _problem(problem: str | None) -> str:
    if problem is None:
        return ""
    return f'<p class="problem" role="alert"><span class="icon">{svg("warning")}</span><span>{escape(problem)}</span></p>'


def _preferences(words: Catalogue) -> str:
    other = next(code for code in CATALOGUES if code != words.code)
    return (
        f'<button class="tool" data-do="language" data-language="{other}" lang="{other}">{escape(words.other_language)}</button>'
        f'<button class="tool night-icon" data-do="theme" aria-label="{escape(words.night_theme)}"><span class="icon">{svg("moon")}</span></button>'
        f'<button class="tool day-icon" data-do="theme" aria-label="{escape(words.day_theme)}"><span class="icon">{svg("sun")}</span></button>'
    )
