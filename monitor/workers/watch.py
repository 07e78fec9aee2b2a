"""The watch: who is overdue, which camera is blind, sending what alerts owe, and the book of visits. One a site.

It also brings a changed camera file into the database, listens to the sensors' broker, and keeps the scale of time. Of
several watches started by mistake one acts (decision 6).

The tick runs on the monotonic clock and derives everything from stored facts, so a missed or doubled tick is harmless.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Event

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from monitor.clock import deviation, monotonic_s, utc_now, wall_now
from monitor.core.ports import Channel
from monitor.core.scale import Deviation
from monitor.errors import WatchReplaced
from monitor.heartbeat import Heartbeat
from monitor.services import absences, alerts, cameras, cannot_tell, chain, digests, estate, leaps, status
from monitor.services import tick as ticks
from monitor.services.telling import DESK
from monitor.store.database import Database
from monitor.store.watch_lock import WatchLock
from monitor.workers.camera_watch import CameraFileWatch
from monitor.workers.clock_keeper import ClockKeeper
from monitor.workers.scheduler import Housekeeping
from monitor.workers.sender import Sender
from monitor.workers.sensor_listener import SensorListener
from monitor.workers.visit_book import VisitBookServer

BEAT_S = 1.0
ASK_FOR_LOCK_EVERY_S = 0.25
STOOD_STILL_S = (
    30.0  # so much later than it should have come, a tick comes after a sleep of the machine or a pause
)
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
        lock: WatchLock,
        clock: ClockKeeper,
        sensors: SensorListener | None = None,
    ) -> None:
        self._estate_id, self._database, self._policy = estate_id, database, policy
        self._housekeeping, self._visit_book = housekeeping, visit_book
        self._camera_file, self._lock, self._clock = camera_file, lock, clock
        self._sensors = sensors
        self._registered, self._told = camera_file.estate, camera_file.problems
        self._clock_told = False
        self._deviation: Deviation | None = None  # of the machine's clock, as it was told last
        self._hold_camera_alarms()
        self._ticked_s: float | None = None
        self._senders = [Sender(database, adapter, policy.public_url, utc_now) for adapter in adapters]

    def run(self, stop: Event, heartbeat: Heartbeat) -> None:
        """Raises WatchReplaced."""
        if not self._wait_for_lock(stop, heartbeat):
            return
        try:
            self._act(stop, heartbeat)
        finally:
            self._lock.release()

    def _act(self, stop: Event, heartbeat: Heartbeat) -> None:
        self._hold_camera_alarms()
        self._housekeeping.start()
        answering = self._visit_book.start(stop)
        listening = self._sensors.start(stop) if self._sensors else None
        for sender in self._senders:
            sender.start(stop)
        next_tick_s = monotonic_s()
        replaced = False
        while not stop.is_set():
            heartbeat.beat()
            if not self._lock.held():
                replaced = True
                stop.set()
                break
            self._clock.keep()
            self._housekeeping.guard_clock(wall_now())
            self._do(self.follow_camera_file)
            if monotonic_s() >= next_tick_s:
                next_tick_s = monotonic_s() + self._policy.tick_s
                self._do(self.tick)
            stop.wait(min(BEAT_S, self._policy.tick_s))
        self._housekeeping.stop()
        for thread in (answering, listening):
            if thread is not None:
                thread.join()
        if replaced:
            raise WatchReplaced()

    def _wait_for_lock(self, stop: Event, heartbeat: Heartbeat) -> bool:
        """False when it was asked to stop before its turn came."""
        told = False
        while not stop.is_set():
            heartbeat.beat()
            if self._lock.take():
                logger.info("this watch acts")
                return True
            if not told:
                logger.warning("another watch acts for this estate; this one waits until that ends")
                told = True
            stop.wait(ASK_FOR_LOCK_EVERY_S)
        return False

    def _hold_camera_alarms(self) -> None:
        """After a start or a pause the cameras are all blind until they are connected; that alarms nobody."""
        self._alarm_cameras_from_s = monotonic_s() + self._policy.camera_hold_off.total_seconds()

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
        self._mind_clock()
        self._mind_pause()
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
            chain.escalate(session, self._estate_id, policy.channels, now)
            if settled:
                cannot_tell.tell(session, self._estate_id, policy.camera_hold_off, policy.channels, now)
        self._look_at_everybody_due()
        with self._database.writer() as session:
            self._make_digest(session, now)

    def _mind_clock(self) -> None:
        """Before anybody is judged: time that the scale left out is on record as blind."""
        leap, ahead = self._clock.leap, deviation()
        if leap is not None:
            with self._database.writer() as session:
                leaps.record(session, self._estate_id, leap)
            self._clock.leap_is_recorded()
            self._hold_camera_alarms()
        if ahead != self._deviation or not self._clock_told:
            with self._database.writer() as session:
                leaps.tell(session, self._estate_id, ahead.by if ahead else None, utc_now())
            self._deviation, self._clock_told = ahead, True

    def _mind_pause(self) -> None:
        now_s = monotonic_s()
        if self._ticked_s is not None and now_s - self._ticked_s > self._policy.tick_s + STOOD_STILL_S:
            logger.warning("the watch stood still for %.0f s", now_s - self._ticked_s)
            self._hold_camera_alarms()
        self._ticked_s = now_s

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
