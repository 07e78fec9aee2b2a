"""The only place that names concrete adapters: settings -> runtime."""

import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.clock import utc_now
from monitor.config.cameras import EstateConfig, load_estate
from monitor.config.logging import configure_logging
from monitor.config.settings import Settings, load_settings
from monitor.core.ports import Channel, Detector, Embedder, PhotoReader
from monitor.errors import ConfigError, InvalidInput, Problem
from monitor.notify.apprise_channel import AppriseChannel
from monitor.services import enrolment
from monitor.services import estate as estates
from monitor.services.housekeeping import Terms
from monitor.services.outbox import DESK
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.migration import migrate, require_newest
from monitor.store.snapshot_files import SnapshotFiles
from monitor.workers.ingest import Ingest, IngestPolicy
from monitor.workers.scheduler import Housekeeping
from monitor.workers.watch import Watch, WatchPolicy

STREAM_DETECTION_PX = 640  # a 40 px face of a 1080p stream is then 13 px wide; YuNet finds 10 px
EVENTS_KEPT = timedelta(days=90)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runtime:
    """What a process works with."""

    settings: Settings
    estate: EstateConfig
    database: Database
    files: SnapshotFiles
    adapters: tuple[Channel, ...]  # the channels that send something out of the house

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that an alert owes a message to. The desk is always one."""
        return (DESK, *(adapter.name for adapter in self.adapters))

    @property
    def visit_policy(self) -> VisitPolicy:
        return VisitPolicy(
            gap=timedelta(minutes=self.settings.visit_gap_minutes),
            rules=tuple(alert.rule() for alert in self.estate.visit_alerts),
            snapshot_days=self.settings.stranger_days,
            channels=self.channels,
        )

    @property
    def terms(self) -> Terms:
        return Terms(
            sightings=timedelta(days=self.settings.sighting_days),
            visits=timedelta(days=self.settings.stranger_days),
            events=EVENTS_KEPT,
        )


@dataclass(frozen=True)
class Vision:
    """The networks; loading them takes a second, so only processes that look at pictures do."""

    detector: Detector
    embedder: Embedder
    photos: PhotoReader


def start(*, upgrade: bool = False) -> Runtime:
    """Read the configuration and open the database. Raises ConfigError, DatabaseBehind."""
    settings = load_settings()
    configure_logging(settings.log_level)
    estate = load_estate(settings.cameras_file, os.environ)
    try:
        database = Database(settings.database())
    except OSError as error:
        text = f"{error.filename} cannot be used: {error.strerror}"
        raise ConfigError([Problem("environment", 0, "SHOUWANG_DATA_DIR", text)]) from None
    if not database.is_safe_for_several_processes:
        logger.warning(
            "This SQLite library can lose data when several processes write. Install pysqlite3 or use PostgreSQL."
        )
    if upgrade:
        migrate(database)
    require_newest(database)
    with database.writer() as session:
        estates.register(session, estate, utc_now())
    adapters = tuple(AppriseChannel(name, url.get_secret_value()) for name, url in settings.notify.items())
    return Runtime(settings, estate, database, SnapshotFiles(settings.data_dir / "pictures"), adapters)


def require_free_port(host: str, port: int) -> None:
    """Raises InvalidInput when somebody else listens where the desk should."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"{host}:{port} cannot be used ({error.strerror}); choose another"
            raise InvalidInput(field="SHOUWANG_PORT", reason=reason) from None


def ingest(runtime: Runtime, group: str) -> Ingest:
    """The worker for one group of cameras, such as 2/6. Raises InvalidInput."""
    number, _, groups = group.partition("/")
    if not (number.isdigit() and groups.isdigit() and 1 <= int(number) <= int(groups)):
        raise InvalidInput(field="--group", reason=f"{group} is not like 2/6")
    enabled = [camera for camera in runtime.estate.cameras if camera.enabled]
    size = -(-len(enabled) // int(groups))
    mine = enabled[(int(number) - 1) * size : int(number) * size]
    eyes = vision(runtime.settings)
    policy = IngestPolicy(
        runtime.settings.identification(),
        runtime.settings.steps(),
        runtime.visit_policy,
        runtime.settings.snapshot_days,
    )
    return Ingest(
        runtime.estate.id, mine, runtime.database, runtime.files, eyes.detector, eyes.embedder, policy
    )


def watch(runtime: Runtime) -> Watch:
    settings = runtime.settings
    return Watch(
        runtime.estate.id,
        runtime.database,
        runtime.adapters,
        Housekeeping(runtime.estate.id, runtime.database, runtime.files, runtime.terms),
        WatchPolicy(
            steps=settings.steps(),
            camera_hold_off=timedelta(seconds=settings.camera_offline_after_s),
            tick_s=settings.tick_s,
            channels=runtime.channels,
            public_url=settings.public_url,
        ),
    )


@dataclass(frozen=True)
class EnrolmentReport:
    """What was kept and refused and why, line by line."""

    kept: bool
    lines: tuple[str, ...]


def enrol(
    runtime: Runtime, name: str, flat: str | None, watched: bool, photos: Sequence[Path]
) -> EnrolmentReport:
    """Enrol from photo files, for the command line."""
    if len(photos) > enrolment.PHOTO_LIMIT:
        raise InvalidInput(field="PHOTOS", reason=f"at most {enrolment.PHOTO_LIMIT} at once")
    missing = [str(path) for path in photos if not path.is_file()]
    if missing:
        raise InvalidInput(field="PHOTOS", reason=f"there is no file {', '.join(missing)}")
    reader = vision(runtime.settings).photos
    verdicts = enrolment.read_photos(reader, [(str(path), path.read_bytes()) for path in photos])
    lines = [_verdict(verdict) for verdict in verdicts]
    if all(verdict.face is None for verdict in verdicts):
        return EnrolmentReport(False, (*lines, "Nothing was kept."))
    new = enrolment.NewResident(name, flat, watched, runtime.settings.consent_days, "command line")
    with runtime.database.writer() as session:
        done = enrolment.enrol(session, runtime.estate.id, new, verdicts, reader.engine, utc_now())
    lines.append(f"{name} is enrolled with {done.templates} template(s), resident {done.resident_id}.")
    lines.append(f"Consent is recorded until {runtime.settings.consent_days} days from today.")
    if watched:
        lines.append("The watch starts with the first sighting.")
    if done.looks_like is not None:
        other, score = done.looks_like
        lines.append(f"Careful: this face is close to resident {other} ({score:.2f}). Is it the same person?")
    return EnrolmentReport(True, tuple(lines))


def _verdict(photo: enrolment.Photo) -> str:
    if photo.face is None:
        return f"refused  {photo.name}: {photo.refused.facts['reason'] if photo.refused else ''}"
    advice = f" (could be better: {', '.join(photo.face.advice)})" if photo.face.advice else ""
    return f"kept     {photo.name}: quality {photo.face.quality:.2f}{advice}"


def vision(settings: Settings) -> Vision:
    """Load detector and embedder from checked weights. Raises WeightsDamaged."""
    from monitor.vision import weights
    from monitor.vision.detector import YuNetDetector
    from monitor.vision.embedder import SFaceEmbedder
    from monitor.vision.photo import FacePhotoReader

    yunet = weights.yunet(settings.data_dir)
    embedder = SFaceEmbedder(weights.sface(settings.data_dir))
    photos = FacePhotoReader(YuNetDetector(yunet), embedder)
    return Vision(YuNetDetector(yunet, longest_px=STREAM_DETECTION_PX), embedder, photos)
