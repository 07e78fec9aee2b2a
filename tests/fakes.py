"""Stand-ins that implement our ports, and a way to ask the service without a network."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import people
import uvicorn

from monitor.core.ports import Message, PhotoFace
from monitor.errors import NotifyError, PhotoRefused

ENGINE = "fake"


class FakePhotoReader:
    """Reads photos such as b"face of Ada"; everything else is refused as the real reader would.

    b"small face of Ada" comes with advice; b"nobody" and b"two people" are refused with their own keys.
    """

    engine = ENGINE

    def read(self, photo: bytes) -> PhotoFace:
        text = photo.decode("utf-8", "replace")
        kind, _, name = text.partition("face of ")
        if name:
            return people.photo_face(name, advice=(kind.strip(),) if kind else ())
        key = {"nobody": "no_face", "two people": "two_faces"}.get(text, "not_a_picture")
        picture = b"both boxes" if key == "two_faces" else None
        raise PhotoRefused(reason=f"refused as {key}.", key=key, picture_jpeg=picture)


class FakeChannel:
    """Takes messages, or fails as long as `broken` says how."""

    def __init__(self, name: str = "duty") -> None:
        self.name = name
        self.sent: list[Message] = []
        self.broken: NotifyError | None = None

    def send(self, message: Message) -> str:
        if self.broken is not None:
            raise self.broken
        self.sent.append(message)
        return f"receipt-{len(self.sent)}"


class InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI app in this process. Answers come whole: not for streams that do not end.

    The app runs in a thread, because browser tests keep an event loop in the main one.
    """

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._thread = ThreadPoolExecutor(1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._thread.submit(lambda: asyncio.run(self._answer(request))).result()

    def close(self) -> None:
        self._thread.shutdown()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def client(app: Any, token: str | None = None) -> httpx.Client:
    """A program with this token, or without one; cookies are kept like in a browser."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(transport=InProcess(app), base_url="http://shouwang.test", headers=headers)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        self.listens.set()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The app behind a real socket; gives its address. For streams."""
    config = uvicorn.Config(app, port=0, log_level=logging.CRITICAL, timeout_graceful_shutdown=1, ws="none")
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.listens.wait(10), "the server did not start"
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
