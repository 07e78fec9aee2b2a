"""The API and the event stream, without the desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, policies
from api.body_limit import BodyLimit
from api.camera_edits import CameraEdits
from api.feed import Feed
from api.headers import SecurityHeaders
from api.photos import Photos
from api.routes import (
    absences,
    advice,
    agreements,
    alerts,
    cameras,
    description,
    events,
    evidence,
    expected_visitors,
    health,
    identifiability,
    residents,
    roster,
    sightings,
    sign_in,
    snapshots,
    standing,
    status,
    unclear_faces,
    visits,
    wellness,
)
from api.schemas.problem import PROBLEMS
from api.walks import Walks
from monitor import bootstrap
from monitor.bootstrap import Runtime

DESCRIPTION = """Shouwang (守望) watches over an estate's cameras. Every route needs a bearer token
(`shouwang token create --role duty|staff|admin|sensor`) or a signed-in browser. Errors are RFC 9457 problem documents."""


def create_api(runtime: Runtime) -> FastAPI:
    """Raises RouteWithoutPolicy."""
    feed, camera_edits = Feed(runtime), CameraEdits(runtime)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with feed.running(), camera_edits.running():
            yield

    app = FastAPI(
        title="Shouwang",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        # Swagger UI loads scripts from elsewhere; the description itself is a route with a policy.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=PROBLEMS,
    )
    app.state.runtime, app.state.feed, app.state.camera_edits = runtime, feed, camera_edits
    app.state.photos = Photos(lambda: bootstrap.vision(runtime.settings).photos)
    app.state.walks = Walks(lambda: runtime.estate, lambda: bootstrap.walk_reader(runtime))
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, https=runtime.settings.public_url.startswith("https:"))
    _include_routes(app)
    policies.require(app)
    return app


def _include_routes(app: FastAPI) -> None:
    for noun in (
        cameras,
        identifiability,
        residents,
        sightings,
        unclear_faces,
        visits,
        expected_visitors,
        alerts,
        wellness,
        roster,
        advice,
        agreements,
        absences,
        evidence,
        standing,
        snapshots,
        status,
        events,
        sign_in,
        description,
    ):
        app.include_router(noun.router, prefix="/api/v1")
    app.include_router(sign_in.form)
    app.include_router(health.router)
