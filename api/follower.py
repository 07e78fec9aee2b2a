"""One client of the event stream: the log from where it stopped, then live, without gap or repeat."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from sse_starlette import ServerSentEvent

from api.audience import may_hear
from api.feed import Feed, Subscription
from monitor.clock import monotonic_s
from monitor.services.accounts import Principal
from monitor.services.events import Event

RECHECK_S = 5.0


@dataclass
class Follower:
    """Ends when the sign-in does, and when the client fell behind; the client then comes again with its last id."""

    feed: Feed
    principal: Principal
    who: Callable[[], Principal | None]  # asked again while the stream runs
    last_id: int
    _checked_at_s: float = 0.0

    async def messages(self) -> AsyncIterator[ServerSentEvent]:
        # First subscribe, then read the log: whatever comes in between is in both, and skipped by its id.
        async with self.feed.subscribe() as subscription:
            self._checked_at_s = monotonic_s()
            while page := await asyncio.to_thread(self.feed.after, self.last_id):
                if not await self._still_signed_in():
                    return
                for event in page:
                    self.last_id = event.id
                    if may_hear(self.principal.role, event.kind):
                        yield _message(event)
            async for event in self._live(subscription):
                if event.id > self.last_id and may_hear(self.principal.role, event.kind):
                    yield _message(event)

    async def _live(self, subscription: Subscription) -> AsyncIterator[Event]:
        while await self._still_signed_in():
            try:
                async with asyncio.timeout(self._checked_at_s + RECHECK_S - monotonic_s()):
                    event = await subscription.queue.get()
            except TimeoutError:
                continue
            if event is None:
                return
            yield event

    async def _still_signed_in(self) -> bool:
        if monotonic_s() - self._checked_at_s < RECHECK_S:
            return True
        self._checked_at_s = monotonic_s()
        return await asyncio.to_thread(self.who) == self.principal


def _message(event: Event) -> ServerSentEvent:
    data = json.dumps({"at": event.at.isoformat(), **event.facts}, ensure_ascii=False)
    return ServerSentEvent(data, event=event.kind, id=str(event.id))
