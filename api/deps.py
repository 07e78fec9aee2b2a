"""What routes get handed.

There is no writing session here: a dependency would hold the database's write lock until the event loop comes round to
closing it (28 of 60 acknowledgements at once timed out that way). Routes write within `runtime.database.writer()`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.camera_edits import CameraEdits
from api.feed import Feed
from api.photos import Photos
from monitor.bootstrap import Runtime
from monitor.clock import utc_now


async def runtime_of(request: Request) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found


async def feed_of(request: Request) -> Feed:
    found: Feed = request.app.state.feed
    return found


async def camera_edits_of(request: Request) -> CameraEdits:
    found: CameraEdits = request.app.state.camera_edits
    return found


async def photos_of(request: Request) -> Photos:
    found: Photos = request.app.state.photos
    return found


async def now() -> datetime:
    return utc_now()


InRuntime = Annotated[Runtime, Depends(runtime_of)]


def reader(runtime: InRuntime) -> Iterator[Session]:
    """A session that can only read."""
    with runtime.database.reader() as session:
        yield session


Now = Annotated[datetime, Depends(now)]
TheFeed = Annotated[Feed, Depends(feed_of)]
TheCameraEdits = Annotated[CameraEdits, Depends(camera_edits_of)]
ThePhotos = Annotated[Photos, Depends(photos_of)]
# Closed before the answer goes out, not after it as FastAPI's default would.
Reader = Annotated[Session, Depends(reader, scope="function")]
