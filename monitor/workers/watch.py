"""The watch: who is overdue, which camera is blind, sending what alerts owe, and the book of visits. One a site.

It also brings a changed camera file into the database, and listens to the sensors' broker.

The tick runs on the monotonic clock and derives everything from stored facts, so a missed or doubled tick is harmless.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Event

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from monitor.clock import monotonic_s, utc_now
from monitor.core.ports import Channel
from monitor.heartbeat import Heartbeat
from monitor.services import absences, alerts, cameras, cannot_tell, digests, estate, status
from monitor.services import tick as ticks
from monitor.services.telling import DESK
from monitor.store.database import Database
from monitor.workers.camera_watch import CameraFileWatch
from monitor.workers.scheduler import Housekeeping
from monitor.workers.sender import Sender
from monitor.workers.sensor_listener import SensorListener
from monitor.workers.visit_book import VisitBookServer

BEAT_S = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WatchPolicy:
    camera_hold_off: timedelta
    digest_at: time
    engine: str
    tick_s: float
    channels: tuple[str, ...]
    public_url: str


class Watch:
    def __init__(
        self,
        estate_id: str,
        database: Database,
        adapters: Sequence[Channel],
        housekeeping: Housekeeping,
        policy: WatchPolicy,
        visit_book: VisitBookServer,
        camera_file: CameraFileWatch,
        sensors: SensorListener | None = None,
    ) -> None:
        self._estate_id, self._database, self._policy = estate_id, database, policy
        self._housekeeping, self._visit_book = housekeeping, visit_book
        self._camera_file, self._sensors = camera_file, sensors
        self._registered, self._told = camera_file.estate, camera_file.problems
        # After a start the cameras are all blind until they are connected; that alarms nobody.
        self._alarm_cameras_from_s = monotonic_s() + policy.camera_hold_off.total_seconds()
        self._senders = [Sender(database, adapter, policy.public_url, utc_now) for adapter in adapters]

    def run(self, stop: Event, heartbeat: Heartbeat) -> None:
        self._housekeeping.start()
        answering = self._visit_book.start(stop)
        listening = self._sensors.start(stop) if self._sensors else None
        for sender in self._senders:
            sender.start(stop)
        next_tick_s = monotonic_s()
        while not stop.is_set():
            heartbeat.beat()
            self._housekeeping.guard_clock(utc_now())
            self._do(self.follow_camera_file)
            if monotonic_s() >= next_tick_s:
                next_tick_s = monotonic_s() + self._policy.tick_s
                self._do(self.tick)
            stop.wait(min(BEAT_S, self._policy.tick_s))
        self._housekeeping.stop()
        for thread in (answering, listening):
            if thread is not None:
                thread.join()

    def _do(self, work: Callable[[], None]) -> None:
        """What fails is said and made up for by the next time."""
        try:
            work()
        except OperationalError as error:
            logger.error("the watch could not use the database: %s", error.orig)
        except IntegrityError as error:
            logger.warning("another watch was faster: %s", error.orig)

    def follow_camera_file(self) -> None:
        """Bring the database to what the file says, also when it was away when the file changed."""
        watched = self._camera_file
        watched.look()
        if watched.estate is not self._registered:
            with self._database.writer() as session:
                estate.register(session, watched.estate, utc_now())
            self._registered = watched.estate
        if watched.problems != self._told:
            if watched.problems:
                keys = {problem.key for problem in watched.problems}
                with self._database.writer() as session:
                    estate.refuse_file(session, self._estate_id, keys, utc_now())
            self._told = watched.problems

    def tick(self) -> None:
        """Each step is a transaction of its own, so that one that fails does not keep the others from their work."""
        now, policy = utc_now(), self._policy
        settled = monotonic_s() >= self._alarm_cameras_from_s
        with self._database.writer() as session:
            cameras.miss_silent_workers(session, self._estate_id, now)
            if settled:
                cameras.raise_offline_alerts(
                    session, self._estate_id, policy.camera_hold_off, policy.channels, now
                )
        with self._database.writer() as session:
            absences.close_over(session, self._estate_id, now)
            alerts.lapse(session, self._estate_id, policy.channels, now)
            alerts.escalate(session, self._estate_id, policy.channels, now)
            if settled:
                cannot_tell.tell(session, self._estate_id, policy.camera_hold_off, policy.channels, now)
        self._look_at_everybody_due()
        with self._database.writer() as session:
            self._make_digest(session, now)

    def _look_at_everybody_due(self) -> None:
        """As many transactions as it takes; whoever stays due is looked at with the next tick."""
        while True:
            now = utc_now()
            with self._database.writer() as session:
                done = ticks.tick(session, self._estate_id, self._policy.channels, now)
            if done.opened or done.risen or done.grouped or done.ended:
                logger.info("tick: %s", done)
            if done.looked_at < ticks.AT_MOST:
                return

    def _make_digest(self, session: Session, now: datetime) -> None:
        if not digests.is_due(session, self._estate_id, self._policy.digest_at, now):
            return
        found = status.get(session, self._estate_id, now)
        out = [channel for channel in self._policy.channels if channel != DESK]
        digests.make(
            session,
            self._estate_id,
            self._policy.digest_at,
            out,
            self._policy.engine,
            (found.live, found.in_use),
            now,
        )
