"""The web desk, mounted on the service. NiceGUI keeps one app a process, so there is one desk process a site."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from nicegui import app as nicegui_app
from nicegui import ui

from api.desk.access import Desk
from api.desk.components.icons import svg
from api.desk.gate import page
from api.desk.pages import (
    accounted,
    add_photos,
    alert,
    camera,
    cameras,
    care,
    check,
    closed,
    duty,
    edit_camera,
    enrol,
    expect,
    hours,
    resident,
    residents,
    roster,
    sign_in,
    unclear,
    visitors,
)
from api.errors import problem
from api.feed import Feed
from monitor.bootstrap import Runtime
from monitor.core.access import Action

RECONNECT_S = 30.0  # the page stays as it is for a short break of the network


def install(app: FastAPI, runtime: Runtime, feed: Feed) -> None:
    """Mount the desk behind all other routes. Nothing is kept in NiceGUI's storage, so it needs no secret of its own."""
    desk = Desk(app, runtime, feed)
    page(desk, "/", Action.SEE_ALERTS, duty.duty)
    page(desk, "/alerts/{alert_id:int}", Action.SEE_ALERTS, alert.alert)
    page(desk, "/care", Action.RECORD_CHECKS, care.care)
    page(desk, "/checks/{check_id:int}", Action.RECORD_CHECKS, check.check)
    page(desk, "/accounted", Action.SEE_RESIDENTS, accounted.accounted)
    page(desk, "/hours", Action.AGREE, hours.everybody)
    page(desk, "/cameras", Action.SEE_CAMERAS, cameras.cameras)
    page(desk, "/cameras/new", Action.MANAGE_CAMERAS, edit_camera.add)
    page(desk, "/cameras/{slug}", Action.SEE_CAMERAS, camera.camera)
    page(desk, "/cameras/{slug}/change", Action.MANAGE_CAMERAS, edit_camera.change)
    page(desk, "/residents", Action.SEE_RESIDENTS, residents.residents)
    page(desk, "/residents/new", Action.ENROL, enrol.enrol)
    page(desk, "/residents/{resident_id:int}", Action.SEE_RESIDENTS, resident.resident)
    page(desk, "/residents/{resident_id:int}/hours", Action.AGREE, hours.of_resident)
    page(desk, "/residents/{resident_id:int}/photos", Action.ENROL, add_photos.add_photos)
    page(desk, "/roster", Action.SEE_ALERTS, roster.roster)
    page(desk, "/unclear", Action.SEE_SIGHTINGS, unclear.unclear)
    page(desk, "/visitors", Action.SEE_VISITS, visitors.visitors)
    page(desk, "/visitors/new", Action.ENROL, expect.expect)

    async def show_sign_in(request: Request) -> HTMLResponse:
        return sign_in.sign_in(desk, request)

    async def no_such_page(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return problem(404, "There is no such address.", "not-found")
        return closed.no_such_page(request)

    nicegui_app.remove_route("/sign-in")
    nicegui_app.get("/sign-in", include_in_schema=False)(show_sign_in)
    nicegui_app.add_exception_handler(404, no_such_page)
    _forget_what_an_earlier_app_set_up()
    ui.run_with(
        app,
        title="守望 Shouwang",
        favicon=svg("logo").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" color="#0b5457" '),
        reconnect_timeout=RECONNECT_S,
        tailwind=False,
        show_welcome_message=False,
    )


def _forget_what_an_earlier_app_set_up() -> None:
    """Tests make several apps in one process; NiceGUI's own app may be given its middleware only before it starts."""
    nicegui_app.middleware_stack = None
    nicegui_app.user_middleware.clear()
