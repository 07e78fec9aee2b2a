"""Sends what alerts owe, one thread a channel, so that a slow channel keeps nobody waiting but itself."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from sqlalchemy.exc import OperationalError

from monitor.clock import monotonic_s
from monitor.core.breaker import Breaker
from monitor.core.ports import Channel
from monitor.errors import NotifyError
from monitor.services import outbox
from monitor.services.outbox import Delivery
from monitor.store.database import Database

IDLE_S = 0.5
logger = logging.getLogger(__name__)


class Sender:
    def __init__(
        self,
        database: Database,
        channel: Channel,
        public_url: str,
        clock: Callable[[], datetime],
        steady_s: Callable[[], float] = monotonic_s,
    ) -> None:
        self._database, self._channel, self._public_url = database, channel, public_url
        self._clock, self._steady_s = clock, steady_s
        self._breaker = Breaker()

    def start(self, stop: Event) -> Thread:
        thread = Thread(target=self.run, args=(stop,), name=f"send-{self._channel.name}", daemon=True)
        thread.start()
        return thread

    def run(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                busy = self.send_one()
            except OperationalError as error:
                logger.warning("the outbox cannot be read yet: %s", error.orig)
                busy = False
            if not busy:
                stop.wait(IDLE_S)

    def send_one(self) -> bool:
        """Send the oldest message that is due; False when there is none, or the channel is given a rest."""
        if not self._breaker.may_try(self._steady_s()):
            return False
        with self._database.writer() as session:
            delivery = outbox.claim(session, [self._channel.name], self._public_url, self._clock())
        if delivery is None:
            return False
        try:
            receipt = self._channel.send(delivery.message)
        except NotifyError as error:
            self._failed(delivery, error)
            return True
        with self._database.writer() as session:
            outbox.record_sent(session, delivery, receipt, self._clock())
            if self._breaker.worked():
                logger.info("channel %s works again", self._channel.name)
                outbox.back(session, self._channel.name, self._clock())
        return True

    def _failed(self, delivery: Delivery, error: NotifyError) -> None:
        logger.warning("%s", error)
        if not error.permanent:
            self._breaker.failed(self._steady_s())
        with self._database.writer() as session:
            outbox.record_failure(
                session, delivery, str(error), error.permanent, random.random, self._clock()
            )
