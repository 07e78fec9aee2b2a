"""What routes get handed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

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


def writer(runtime: InRuntime) -> Iterator[Session]:
    """One write unit; committed when the route returns, rolled back when it raises."""
    with runtime.database.writer() as session:
        yield session


Now = Annotated[datetime, Depends(now)]
TheFeed = Annotated[Feed, Depends(feed_of)]
ThePhotos = Annotated[Photos, Depends(photos_of)]
# "function": closed, and so committed, before the answer goes out. FastAPI's default is after it.
Reader = Annotated[Session, Depends(reader, scope="function")]
Writer = Annotated[Session, Depends(writer, scope="function")]
