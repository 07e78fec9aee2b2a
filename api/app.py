"""The web service: API, event stream and desk in one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from api import errors
from api.feed import Feed
from monitor import bootstrap
from monitor.bootstrap import Runtime

DESCRIPTION = """Shouwang (守望) watches over an estate's cameras. Every route needs a bearer token
(`shouwang token create --role duty|staff|admin`) or a signed-in browser. Errors are RFC 9457 problem documents."""


def create_app(runtime: Runtime | None = None) -> FastAPI:
    """The application; uvicorn calls this as a factory, tests hand in their runtime."""
    runtime = runtime or bootstrap.start()
    feed = Feed(runtime)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        polling = asyncio.create_task(feed.run())
        yield
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling

    app = FastAPI(title="Shouwang", version="0.1.0", description=DESCRIPTION, lifespan=lifespan)
    app.state.runtime, app.state.feed = runtime, feed
    errors.install(app)
    return app
