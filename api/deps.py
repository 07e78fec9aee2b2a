"""What routes get handed."""

from collections.abc import Iterator
from datetime import datetime

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.feed import Feed
from monitor.bootstrap import Runtime
from monitor.clock import utc_now


def runtime_of(request: Request) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found


def feed_of(request: Request) -> Feed:
    found: Feed = request.app.state.feed
    return found


def now() -> datetime:
    return utc_now()


def reader(runtime: Runtime = Depends(runtime_of)) -> Iterator[Session]:
    """A session that can only read."""
    with runtime.database.reader() as session:
        yield session


def writer(runtime: Runtime = Depends(runtime_of)) -> Iterator[Session]:
    """One write unit; committed when the route returns, rolled back when it raises."""
    with runtime.database.writer() as session:
        yield session
