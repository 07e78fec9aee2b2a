"""The whole APScheduler table: housekeeping only. Nothing that an alert depends on runs here (decision 6)."""

import logging
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.clock import utc_now, wall_now
from monitor.services import housekeeping, identifiability, routines, snapshots
from monitor.services.housekeeping import Terms
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles

CLOCK_STEPPED_BACK = timedelta(seconds=5)
logger = logging.getLogger(__name__)


class Housekeeping:
    """Jobs that are harmless to run early, late or twice."""

    def __init__(self, estate_id: str, database: Database, files: SnapshotFiles, terms: Terms) -> None:
        self._estate_id, self._database, self._files, self._terms = estate_id, database, files, terms
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._last_wall: datetime | None = None
        self._scheduler.add_job(self.purge, "interval", minutes=10, id="purge", next_run_time=wall_now())
        self._scheduler.add_job(
            self.judge_cameras, "interval", hours=1, id="judge_cameras", next_run_time=wall_now()
        )
        self._scheduler.add_job(self.learn, "interval", hours=1, id="learn", next_run_time=wall_now())

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)

    def guard_clock(self, wall: datetime) -> None:
        """APScheduler goes by the machine's clock and falls silent when that steps back; then every job is made due."""
        if self._last_wall is not None and wall < self._last_wall - CLOCK_STEPPED_BACK:
            logger.warning("the clock stepped back; housekeeping runs now")
            for job in self._scheduler.get_jobs():
                self._scheduler.modify_job(job.id, next_run_time=wall)
        self._last_wall = wall

    def purge(self) -> None:
        """Delete what has passed its term, then the files that nothing speaks of any more."""
        now = utc_now()
        with self._database.writer() as session:
            purged = housekeeping.purge(session, self._estate_id, self._terms, now)
        with self._database.reader() as session:
            swept = snapshots.sweep(session, self._files, self._estate_id, now)
        if swept or any((purged.snapshots, purged.sightings, purged.visits, purged.passes)):
            logger.info("housekeeping: %s, %s picture pairs", purged, swept)

    def judge_cameras(self) -> None:
        """Say of every camera whether it can identify."""
        with self._database.writer() as session:
            if changed := identifiability.judge(session, self._estate_id, utc_now()):
                logger.info("%s cameras have another verdict", changed)

    def learn(self) -> None:
        """Usual ways and gaps, from the sightings that are kept."""
        with self._database.writer() as session:
            routines.learn(session, self._estate_id, utc_now())
