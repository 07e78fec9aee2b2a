"""The live end of the event log: one poll of the table for all open desks and SSE clients."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError

from monitor.bootstrap import Runtime
from monitor.heartbeat import Heartbeat
from monitor.services import events
from monitor.services.events import Event

POLL_S = 0.25
FALLS_BEHIND_AT = 1000  # events that wait for one subscriber before it is dropped

logger = logging.getLogger(__name__)


class Subscription:
    """One follower's queue. `None` says that it fell behind and has to start again from the log."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue(FALLS_BEHIND_AT)

    async def events(self) -> AsyncIterator[Event]:
        """New events as they come; ends when the follower fell behind."""
        while (event := await self.queue.get()) is not None:
            yield event

    def end(self) -> None:
        """Everything that waits goes: a follower that got a part would never ask for the rest."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Feed:
    """Reads new events and hands them to everybody who follows."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._heartbeat = Heartbeat()
        self._subscriptions: set[Subscription] = set()
        self._last_id = 0

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Poll while the service runs. Where it starts is known before the first follower can come."""
        self._last_id = await asyncio.to_thread(self.newest_id)
        polling = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling

    def newest_id(self) -> int:
        with self._runtime.database.reader() as session:
            return events.newest_id(session, self._runtime.estate.id)

    def after(self, event_id: int) -> list[Event]:
        """One page of the log."""
        with self._runtime.database.reader() as session:
            return events.after(session, self._runtime.estate.id, event_id)

    async def _poll(self) -> None:
        """A database that is away for a moment is tried again at the next poll."""
        while True:
            self._heartbeat.beat()
            try:
                for event in await asyncio.to_thread(self.after, self._last_id):
                    self._last_id = event.id
                    self._publish(event)
            except SQLAlchemyError as error:
                logger.warning("The event log cannot be read: %s", type(error).__name__)
            await asyncio.sleep(POLL_S)

    def _publish(self, event: Event) -> None:
        for subscription in list(self._subscriptions):
            try:
                subscription.queue.put_nowait(event)
            except asyncio.QueueFull:
                self._subscriptions.discard(subscription)
                subscription.end()
