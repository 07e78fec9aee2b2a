"""The only way to register a page. Deny by default: who is not signed in signs in, who may not is told so."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from api import auth
from api.desk.access import Desk, Viewer, sign_in_address, words_of
from api.desk.pages import closed
from monitor.core.access import Action
from monitor.errors import NotFound

Build = Callable[..., Awaitable[None]]


def page(desk: Desk, path: str, action: Action, build: Build) -> None:
    """Register a page for those who may do `action`. `build(viewer, **path_parameters)` draws it."""

    async def show(request: Request) -> RedirectResponse | None:
        principal = await asyncio.to_thread(auth.principal_of, desk.runtime, request)
        if principal is None:
            return RedirectResponse(sign_in_address(request), 303)
        viewer, client = Viewer(desk, request, principal, words_of(request)), ui.context.client
        if not viewer.may(action):
            client.status_code = 403
            closed.refused(viewer)
            return None
        try:
            await build(viewer, **request.path_params)
        except NotFound:
            client.status_code = 404
            client.content.clear()
            closed.missing(viewer)
        return None

    ui.page(path)(show)
