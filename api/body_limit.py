"""How much a request may carry, judged before and while it is read. Pure ASGI."""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MIB = 1024 * 1024
USUAL = MIB
PHOTOS = 64 * MIB  # an enrolment
ONE_PHOTO = 11 * MIB  # the desk's uploader sends one file a request
_TAKES_PHOTOS = re.compile(r"/api/v1/(residents(/\d+/photos)?|expected-visitors)")
_DETAIL = "The request is larger than {mib} MiB. Send less at once."


def limit_of(method: str, path: str) -> int:
    """The largest body in bytes."""
    if method == "POST" and _TAKES_PHOTOS.fullmatch(path):
        return PHOTOS
    if method == "POST" and path.startswith("/_nicegui/client/"):
        return ONE_PHOTO
    return USUAL


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = limit_of(scope["method"], scope["path"])
        detail = _DETAIL.format(mib=limit // MIB)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await problem(413, detail, "too-large")(scope, receive, send)
            return
        size = 0

        async def receive_so_much() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, receive_so_much, send)
