"""The web service: API, event stream and desk in one process."""

from fastapi import FastAPI

from api import policies
from api.desk import desk
from api.rest import create_api
from monitor import bootstrap
from monitor.bootstrap import Runtime


def create_app(runtime: Runtime | None = None) -> FastAPI:
    """The application; uvicorn calls this as a factory, tests hand in their runtime."""
    runtime = runtime or bootstrap.start()
    app = create_api(runtime)
    desk.install(app, runtime, app.state.feed)
    policies.require(app)
    return app
