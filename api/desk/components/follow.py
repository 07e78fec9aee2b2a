"""A page that follows the event log: it draws itself again from the database, and now and then without being told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui
from sqlalchemy.exc import SQLAlchemyError

from api.desk.access import Viewer
from api.feed import Subscription
from monitor.errors import NotFound

logger = logging.getLogger(__name__)

Redraw = Callable[[], Awaitable[None]]


def follow(viewer: Viewer, redraw: Redraw, kinds: tuple[str, ...], every_s: float) -> None:
    """Redraw when the browser connects, after events whose kind begins with one of `kinds`, and every so often.

    Ends with the page or with the person's sign-in.
    """
    client = ui.context.client
    running: list[asyncio.Task[None]] = []

    async def run() -> None:
        with client:
            here = True
            while here:
                async with viewer.desk.feed.subscribe() as subscription:
                    in_time = True
                    while in_time and (here := await _still_shown(viewer, redraw)):
                        in_time = await _news(subscription, kinds, every_s)

    def start() -> None:
        if not running:
            running.append(background_tasks.create(run(), name="follow the event log"))

    def stop() -> None:
        for task in running:
            task.cancel()

    client.on_connect(start)
    client.on_delete(stop)


async def _still_shown(viewer: Viewer, redraw: Redraw) -> bool:
    """Redraw; False when there is nothing to show any more. A database that is away is tried again."""
    try:
        if not await viewer.still_here():
            return False
        await redraw()
    except SQLAlchemyError as error:
        logger.warning("The desk cannot read the database: %s", type(error).__name__)
    except NotFound:
        ui.navigate.reload()
        return False
    return True


async def _news(subscription: Subscription, kinds: tuple[str, ...], every_s: float) -> bool:
    """Wait for something to redraw for. False when the follower fell behind and has to subscribe again."""
    queue = subscription.queue
    try:
        async with asyncio.timeout(every_s):
            while True:
                batch = [await queue.get()]
                while not queue.empty():
                    batch.append(queue.get_nowait())
                if None in batch:
                    return False
                if any(event and event.kind.startswith(kinds) for event in batch):
                    return True
    except TimeoutError:
        return True
