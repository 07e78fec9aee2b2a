"""A page that follows the event log: it draws itself again from the database, and now and then without being told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui
from sqlalchemy.exc import OperationalError

from api.desk.access import Viewer

logger = logging.getLogger(__name__)


def follow(viewer: Viewer, redraw: Callable[[], Awaitable[None]], kinds: tuple[str, ...], every_s: float) -> None:
    """Call `redraw` when the browser connects, after events whose kind begins with one of `kinds`, and every so often.

    Ends with the page, or with the person's sign-in.
    """
    client = ui.context.client
    running: list[asyncio.Task[None]] = []

    async def run() -> None:
        with client.content:
            while True:
                async with viewer.desk.feed.subscribe() as subscription:
                    behind = False
                    while not behind:
                        if not await _redraw(viewer, redraw):
                            return
                        behind = not await _news(subscription.queue, kinds, every_s)

    def start() -> None:
        if not running:
            running.append(background_tasks.create(run(), name="follow the event log"))

    def stop() -> None:
        for task in running:
            task.cancel()

    client.on_connect(start)
    client.on_delete(stop)
