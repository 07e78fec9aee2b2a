"""Takes what other sensors report through their broker, one thread of the watch.

A report is acknowledged only when it is in the database, or can never be: until then the broker keeps it.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event, Thread

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from monitor.core.backoff import full_jitter_s
from monitor.core.sensor_report import Refusal
from monitor.errors import InvalidInput, NotFound, ReportRefused
from monitor.sensors import payload
from monitor.sensors.inbox import Incoming
from monitor.sensors.mqtt import MqttBroker
from monitor.services import evidence, sensors
from monitor.services.evidence import Said
from monitor.store.database import Database
from monitor.workers.broker_news import BrokerNews

BEAT_S = 1.0
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 10.0
BY = "mqtt"
_CAUSES = {"at": Refusal.FUTURE, "resident_id": Refusal.NOT_WATCHED}
logger = logging.getLogger(__name__)


class SensorListener:
    def __init__(
        self, estate_id: str, database: Database, broker: MqttBroker, clock: Callable[[], datetime]
    ) -> None:
        self._estate_id, self._database, self._broker, self._clock = estate_id, database, broker, clock
        self._news = BrokerNews(broker)
        self._failures = 0  # of the database, in a row

    def start(self, stop: Event) -> Thread:
        thread = Thread(target=self.run, args=(stop,), name="sensors", daemon=True)
        thread.start()
        return thread

    def run(self, stop: Event) -> None:
        self._broker.start()
        while not stop.is_set():
            incoming = self._broker.first(BEAT_S)
            if incoming is not None and self._take(incoming):
                self._broker.done(incoming)
            for _ in range(self._broker.take_lost()):
                self._news.refuse(_refused("", Refusal.TOO_MANY, "too many came while nothing could be kept"))
            if self._news.due() and self._kept(partial(self._news.tell, self._estate_id, self._clock())):
                self._news.told()
            if self._failures:
                stop.wait(full_jitter_s(self._failures, FIRST_RETRY_S, LONGEST_RETRY_S, random.random))
        self._broker.stop()

    def _take(self, incoming: Incoming) -> bool:
        """Whether the broker may forget it."""
        try:
            taken = self._kept(partial(self._record, incoming))
        except ReportRefused as refused:
            self._news.refuse(refused)
            return True
        if taken:
            self._news.accept(incoming.sensor)
        return taken

    def _kept(self, work: Callable[[Session], None]) -> bool:
        """False: the database is away, or somebody else was faster; it is tried again for as long as it takes."""
        try:
            with self._database.writer() as session:
                work(session)
        except (OperationalError, IntegrityError) as error:
            if not self._failures:
                logger.error("what sensors report cannot be kept and waits at the broker: %s", error.orig)
            self._failures += 1
            return False
        if self._failures:
            logger.info("what sensors report is kept again")
            self._failures = 0
        return True

    def _record(self, incoming: Incoming, session: Session) -> None:
        """Raises ReportRefused."""
        sensor = incoming.sensor
        if not sensors.is_slug(sensor):
            raise _refused("", Refusal.UNKNOWN_SENSOR, "its topic does not end with a sensor's id")
        if incoming.retained:
            raise _refused(sensor, Refusal.RETAINED, "it was sent with `retain`, so it may be old")
        report = payload.read(sensor, incoming.payload)
        at = report.happened_at(incoming.arrived_at, fresh=incoming.fresh)
        if at is None:
            raise _refused(sensor, Refusal.NO_TIME, "it may have waited at the broker and has no `at`")
        said = Said(at, None, None, sensor, report.direction, report.note, report.own_key())
        try:
            evidence.record(session, self._estate_id, said, BY, self._clock())
        except NotFound:
            raise _refused(sensor, Refusal.UNKNOWN_SENSOR, "there is no such sensor") from None
        except InvalidInput as error:
            field, reason = str(error.facts["field"]), str(error.facts["reason"])
            raise _refused(sensor, _CAUSES.get(field, Refusal.NOT_UNDERSTOOD), reason) from None


def _refused(sensor: str, cause: Refusal, reason: str) -> ReportRefused:
    return ReportRefused(sensor=sensor, cause=cause, reason=reason)
