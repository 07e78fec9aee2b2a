"""An evening at a small estate, in which everything happens that the watch has to do; a test says when and on which clock.

All times count from its beginning:

Ada    is not seen after 0:30: phone after 4 h, visit after 4.5 h, urgent after 5 h, at any hour
Greta  is not seen after 1:30: phone after 4 h, which is in her quiet hours, 5:00 to 6:30 by the clock; visit after 5.25 h
Hua    is away until 2:00, then not seen: the same hours as Ada
Joe    goes out at 0:15 and does not come back: the same hours; Olga may take his alert and come to no result
Kim    agreed to be watched until 4:00
Iris   passes every 100 minutes
All cameras are dark from 3:10 to 3:40; the digest is due when the clock is at 6:45; it ends at 7:45.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import people
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, ConsentRow, DigestRow, EventRow, ResidentRow
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.config.cameras import load_estate
from monitor.config.settings import Settings
from monitor.core.agreement import Agreement
from monitor.core.alert import AlertKind, AlertState
from monitor.core.camera import CameraState
from monitor.core.consent import Purpose
from monitor.core.ports import Channel
from monitor.core.schedule import DailyWindow
from monitor.services import alerts, cameras, presence
from monitor.services import estate as estates
from monitor.services.absences import NewAbsence
from monitor.services.cameras import Report
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles

ADA, GRETA, HUA, JOE, KIM, IRIS = "Ada", "Greta", "Hua", "Joe", "Kim", "Iris"
CAMERAS = """\
estate: {{id: evening, name: Evening, time_zone: {zone}}}
cameras:
  - {{id: gate-in, name: Gate, place: gate, direction: in, main: "rtsp://127.0.0.1/1", position: [0, 0],
     heading_deg: 90, field_of_view_deg: 80, range_m: 12}}
  - {{id: gate-out, name: Gate, place: gate, direction: out, main: "rtsp://127.0.0.1/2", position: [0, 0],
     heading_deg: 270, field_of_view_deg: 80, range_m: 12}}
"""
SLUGS = ("gate-in", "gate-out")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PHONE, NOT_BACK = 4 * HOUR, 4 * HOUR
VISIT, URGENT, GRETAS_VISIT = 4.5 * HOUR, 5 * HOUR, 5.25 * HOUR
ADA_SEEN, GRETA_SEEN, JOE_LEAVES, HUA_BACK, KIM_UNTIL = (
    0.5 * HOUR,
    1.5 * HOUR,
    0.25 * HOUR,
    2 * HOUR,
    4 * HOUR,
)
DARK, LIGHT, ENDS = 190 * MINUTE, 220 * MINUTE, 7.75 * HOUR
IRIS_EVERY = 100 * MINUTE
HOLD_OFF = timedelta(seconds=60)
TICK_S = 300.0
NAMES = (ADA, GRETA, HUA, JOE, KIM, IRIS)
QUIET_FROM, QUIET_UNTIL, DIGEST_AT = 5 * HOUR, 6.5 * HOUR, 6.75 * HOUR  # by the clock
_TOLD = (
    "alert.opened",
    "alert.risen",
    "alert.lapsed",
    "alert.resolved",
    "digest.made",
    "absence.ended",
    "watch.ended",
)


def clock_at(begins: datetime, offset: timedelta) -> time:
    """What the clock at the estate shows then, on a day with 24 hours. `begins` is in the zone of the estate."""
    return (begins.replace(tzinfo=None) + offset).time()


def make_runtime(
    folder: Path, database: Database, begins: datetime, adapters: tuple[Channel, ...] = ()
) -> Runtime:
    """`begins` is in the zone of the estate."""
    cameras_file = folder / "cameras.yaml"
    cameras_file.write_text(CAMERAS.format(zone=begins.tzinfo), encoding="utf-8")
    digest_at = clock_at(begins, DIGEST_AT)
    settings = Settings(data_dir=folder, cameras_file=cameras_file, digest_at=digest_at, tick_s=TICK_S)
    estate = load_estate(cameras_file, {})
    with database.writer() as session:
        estates.register(session, estate, utc_now())
    return Runtime(settings, estate, database, SnapshotFiles(folder / "pictures"), adapters)


@dataclass
class Evening:
    """Call `begin` at the start, and the `facts` when their time has come; all of them read the clock."""

    runtime: Runtime
    begins: datetime  # in the zone of the estate
    residents: dict[str, int] = field(default_factory=dict)
    live_since: datetime | None = None  # as the ingest process has it in memory
    _heard: int = 0

    def begin(self) -> None:
        now = utc_now()
        with self.runtime.database.writer() as session:
            for name in NAMES:
                self.residents[name] = people.enrol(
                    session, self._estate, name, now, agreed=self._agreed(name)
                )
            wellness = (ConsentRow.resident_id == self.residents[KIM], ConsentRow.purpose == Purpose.WELLNESS)
            session.execute(update(ConsentRow).where(*wellness).values(until=now + KIM_UNTIL))
        self.report()
        for name in NAMES:
            self.sees(name)
        away = NewAbsence(now + MINUTE, now + HUA_BACK, told_by="her son", call="her son")
        with self.runtime.database.writer() as session:
            presence.leave(session, self._estate, self.residents[HUA], away, 24 * HOUR, people.SAM, now)

    def facts(self) -> Iterator[tuple[timedelta, Callable[[], None]]]:
        yield ADA_SEEN, lambda: self.sees(ADA)
        yield GRETA_SEEN, lambda: self.sees(GRETA)
        yield JOE_LEAVES, lambda: self.sees(JOE, "gate-out")
        at = IRIS_EVERY
        while at < ENDS:
            yield at, lambda: self.sees(IRIS)
            at += IRIS_EVERY

    def _agreed(self, name: str) -> Agreement:
        quiet = DailyWindow(clock_at(self.begins, QUIET_FROM), clock_at(self.begins, QUIET_UNTIL))
        if name == GRETA:
            return Agreement(PHONE, GRETAS_VISIT, 12 * HOUR, NOT_BACK, quiet)
        return Agreement(PHONE, VISIT, URGENT, NOT_BACK, quiet=None)

    def sees(self, name: str, camera: str = "gate-in") -> None:
        with self.runtime.database.writer() as session:
            people.seen(session, self._estate, self.residents[name], utc_now(), camera=camera)

    def takes_up(self, name: str) -> None:
        """Olga takes the alert about this resident, and nothing comes of it."""
        with self.runtime.database.writer() as session:
            alert = session.scalars(
                select(AlertRow).where(
                    AlertRow.resident_id == self.residents[name], AlertRow.state == AlertState.OPEN
                )
            ).one()
            alerts.acknowledge(session, self._estate, alert.id, people.OLGA, utc_now())

    def report(self, *, dark: bool = False) -> None:
        """What the ingest process says of its cameras."""
        now = utc_now()
        if dark:
            reports = [
                Report(slug, CameraState.UNREACHABLE, "no_answer", None, None, None, None, None)
                for slug in SLUGS
            ]
            self.live_since = None
        else:
            self.live_since = self.live_since or now
            reports = [
                Report(slug, CameraState.LIVE, "", now, self.live_since, 0.1, 5.0, None) for slug in SLUGS
            ]
        with self.runtime.database.writer() as session:
            cameras.report(session, self._estate, reports, now)

    def told(self) -> list[str]:
        """What has happened since this was asked last, in words; what people are not told is left out."""
        with self.runtime.database.reader() as session:
            rows = session.scalars(
                select(EventRow)
                .where(EventRow.id > self._heard, EventRow.kind.in_(_TOLD))
                .order_by(EventRow.id)
            ).all()
            self._heard = max([self._heard, *(row.id for row in rows)])
            return [in_words(session, row) for row in rows]

    @property
    def _estate(self) -> str:
        return self.runtime.estate.id


def in_words(session: Session, event: EventRow) -> str:
    verb = event.kind.partition(".")[2]
    if event.kind == "digest.made":
        return f"digest of {session.get_one(DigestRow, event.facts['digest_id']).day}"
    if "alert_id" not in event.facts:
        return f"{session.get_one(ResidentRow, event.facts['resident_id']).name} {event.kind}"
    alert = session.get_one(AlertRow, event.facts["alert_id"])
    if alert.kind is AlertKind.WELLNESS:
        assert alert.cause is not None and alert.step is not None
        name = session.get_one(ResidentRow, alert.resident_id).name
        step = event.facts.get("step", alert.step.name.lower())
        return f"{name} {alert.cause.value} {step}" if verb in ("opened", "risen") else f"{name} {verb}"
    if alert.kind is AlertKind.CAMERA_OFFLINE:
        return f"{session.get_one(CameraRow, alert.camera_id).slug} {verb}"
    return f"{alert.kind.value} {verb}"
