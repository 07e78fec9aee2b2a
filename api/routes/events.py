"""The event stream."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from sse_starlette import EventSourceResponse

from api.auth import allowed, caller
from api.deps import InRuntime, TheFeed
from api.follower import Follower
from api.schemas.fields import EventId
from monitor.core.access import Action
from monitor.services.accounts import Principal

router = APIRouter(prefix="/events", tags=["events"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_ALERTS))]
PING_S, SEND_TIMEOUT_S = 15, 10
_EXAMPLE = """id: 812
event: alert.opened
data: {"at": "2026-11-23T08:00:00+00:00", "alert_id": 7, "alert_kind": "wellness"}

"""


@router.get(
    "",
    summary="Follow what happens (server-sent events)",
    description="`id` is the event's id, `event` its kind, `data` its facts as JSON: ids, never names. Send the last "
    "id back in `Last-Event-ID` and everything after it comes, once and in order; without it the stream starts "
    "now. It ends when the sign-in does, or when the client reads too slowly. Events reach who may see what they "
    "speak of.",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"example": _EXAMPLE}}, "description": "The stream."}},
)
async def follow(
    request: Request,
    viewer: Viewer,
    runtime: InRuntime,
    feed: TheFeed,
    header_id: Annotated[
        EventId | None, Header(alias="Last-Event-ID", description="Replay after this.")
    ] = None,
    query_id: Annotated[
        EventId | None, Query(alias="last_event_id", description="The same, where headers cannot be set.")
    ] = None,
) -> EventSourceResponse:
    # Known before the answer begins: what a client asks for afterwards is never older than its stream.
    newest = await asyncio.to_thread(feed.newest_id)
    asked = header_id if header_id is not None else query_id
    # An id from before a backup was restored would hide what comes.
    last_id = newest if asked is None else min(asked, newest)
    follower = Follower(feed, viewer, partial(caller, runtime, request), last_id)
    return EventSourceResponse(follower.messages(), ping=PING_S, send_timeout=SEND_TIMEOUT_S)
