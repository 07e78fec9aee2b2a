"""The only place that names concrete adapters: settings -> runtime."""

import logging
import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.clock import utc_now
from monitor.config import passwords
from monitor.config.camera_file import CameraFile
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.config.logging import configure_logging
from monitor.config.settings import Settings, load_settings
from monitor.core.assignment import worker_of
from monitor.core.engine import ENGINES, SFACE
from monitor.core.ports import Channel, Detector, Embedder, PhotoReader, WalkReader
from monitor.errors import ConfigError, InvalidInput, Problem
from monitor.notify.apprise_channel import AppriseChannel
from monitor.notify.signed_webhook import SignedWebhook
from monitor.sensors.mqtt import MqttBroker
from monitor.services import agreements, alerts, sensor_broker
from monitor.services import calibration as calibrations
from monitor.services import estate as estates
from monitor.services.calibration import Recognition
from monitor.services.enrolment import Defaults
from monitor.services.housekeeping import Terms
from monitor.services.telling import DESK
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.migration import migrate, require_newest
from monitor.store.snapshot_files import SnapshotFiles
from monitor.store.watch_lock import AdvisoryLock, FileLock, WatchLock
from monitor.vision.dlib_embedder import DlibEmbedder
from monitor.workers import black_box, clock_keeper, visit_book
from monitor.workers.black_box import BlackBox
from monitor.workers.camera_watch import CameraFileWatch
from monitor.workers.clock_keeper import ClockKeeper
from monitor.workers.enroller import Enroller
from monitor.workers.findings import IngestPolicy
from monitor.workers.ingest import Group, Ingest
from monitor.workers.scheduler import Housekeeping
from monitor.workers.second_opinion import SecondOpinion
from monitor.workers.sensor_listener import SensorListener
from monitor.workers.visit_book import VisitBookClient, VisitBookServer
from monitor.workers.watch import Watch, WatchPolicy

STREAM_DETECTION_PX = 640  # a 40 px face of a 1080p stream is then 13 px wide; YuNet finds 10 px
EVENTS_KEPT = timedelta(days=90)
logger = logging.getLogger(__name__)


@dataclass
class Runtime:
    """What a process works with."""

    settings: Settings
    estate: EstateConfig  # replaced as a whole when the camera file changes
    database: Database
    files: SnapshotFiles
    adapters: tuple[Channel, ...]  # the channels that send something out of the house

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that an alert owes a message to. The desk is always one."""
        return (DESK, *(adapter.name for adapter in self.adapters))

    @property
    def engine(self) -> str:
        """The name of the engine in force; nothing is loaded for it."""
        return ENGINES[self.settings.engine]

    @property
    def visit_policy(self) -> VisitPolicy:
        return VisitPolicy(
            gap=timedelta(minutes=self.settings.visit_gap_minutes),
            rules=tuple(alert.rule() for alert in self.estate.visit_alerts),
            snapshot_days=self.settings.stranger_days,
            channels=self.channels,
        )

    @property
    def enrolment_defaults(self) -> Defaults:
        return Defaults(self.settings.consent_days, self.settings.agreement())

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
    embedder: Embedder  # of frames
    second: DlibEmbedder | None  # asked in doubt
    photos: PhotoReader
    recognition: Recognition


def start(*, upgrade: bool = False) -> Runtime:
    """Read the configuration and open the database. Raises ConfigError, DatabaseBehind."""
    settings = load_settings()
    configure_logging(settings.log_level)
    clock.steady.share(clock_keeper.path(settings.data_dir))
    estate = camera_file(settings).load()
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
        agreements.fill(session, estate.id, settings.agreement(), alerts.SYSTEM, utc_now())
    adapters = tuple(_channel(name, url.get_secret_value()) for name, url in settings.notify.items())
    return Runtime(settings, estate, database, SnapshotFiles(settings.data_dir / "pictures"), adapters)


def _channel(name: str, address: str) -> Channel:
    return SignedWebhook(name, address) if SignedWebhook.means(address) else AppriseChannel(name, address)


def camera_file(settings: Settings) -> CameraFile:
    return CameraFile(settings.cameras_file, settings.data_dir / passwords.FILE, os.environ)


def camera_watch(runtime: Runtime) -> CameraFileWatch:
    """What tells a process that the camera file has changed."""
    return CameraFileWatch(camera_file(runtime.settings), runtime.estate)


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
    watch = camera_watch(runtime)
    box = BlackBox(black_box.path(runtime.settings.data_dir, int(number)), utc_now())

    def mine(estate: EstateConfig) -> tuple[CameraConfig, ...]:
        enabled = (camera for camera in estate.cameras if camera.enabled)
        return tuple(camera for camera in enabled if worker_of(camera.id, int(groups)) == int(number) - 1)

    def changed() -> Group | None:
        estate = watch.look()
        if estate is None:
            return None
        runtime.estate = estate
        return Group(mine(estate), runtime.visit_policy)

    eyes = vision(runtime.settings)
    policy = IngestPolicy(
        runtime.settings.identification(),
        runtime.visit_policy,
        runtime.settings.snapshot_days,
        eyes.recognition,
    )
    book = VisitBookClient(visit_book.address(runtime.settings.data_dir), policy.visits.gap)
    return Ingest(
        runtime.estate.id,
        mine(runtime.estate),
        runtime.database,
        runtime.files,
        eyes.detector,
        eyes.embedder,
        policy,
        book,
        box,
        SecondOpinion(eyes.second) if eyes.second else None,
        changed,
    )


def watch_lock(runtime: Runtime) -> WatchLock:
    """Where all watches of an estate meet."""
    if runtime.database.engine.dialect.name == "sqlite":
        return FileLock(runtime.settings.data_dir / "run" / "watch.lock")
    return AdvisoryLock(runtime.database.engine, runtime.estate.id)


def watch(runtime: Runtime) -> Watch:
    settings = runtime.settings
    return Watch(
        runtime.estate.id,
        runtime.database,
        runtime.adapters,
        Housekeeping(runtime.estate.id, runtime.database, runtime.files, runtime.terms),
        WatchPolicy(
            camera_hold_off=timedelta(seconds=settings.camera_offline_after_s),
            digest_at=settings.digest_at,
            engine=runtime.engine,
            tick_s=settings.tick_s,
            channels=runtime.channels,
            public_url=settings.public_url,
        ),
        VisitBookServer(visit_book.address(settings.data_dir), runtime.visit_policy.gap),
        camera_watch(runtime),
        watch_lock(runtime),
        ClockKeeper(clock_keeper.path(settings.data_dir)),
        sensor_listener(runtime),
    )


def sensor_listener(runtime: Runtime) -> SensorListener | None:
    """What listens to the sensors' broker, where one is configured."""
    address, estate_id = runtime.settings.broker(), runtime.estate.id
    if address is None:
        with runtime.database.writer() as session:
            sensor_broker.forget(session, estate_id)
        return None
    broker = MqttBroker(address, runtime.settings.mqtt_topic, f"shouwang-{estate_id}")
    return SensorListener(estate_id, runtime.database, broker, utc_now)


def enroller(runtime: Runtime) -> Enroller:
    """What the command line enrols with."""
    eyes = vision(runtime.settings)
    return Enroller(
        runtime.database, runtime.estate, eyes.photos, walk_reader(runtime), runtime.enrolment_defaults
    )


def walk_reader(runtime: Runtime) -> WalkReader:
    """What watches a walk past a camera. Raises WeightsDamaged."""
    from monitor.vision import weights
    from monitor.vision.detector import YuNetDetector
    from monitor.vision.walk import CameraWalk

    return CameraWalk(YuNetDetector(weights.yunet(runtime.settings.data_dir)))


SIZES_TOLD = (50, 500, 5000)


def calibrate(runtime: Runtime, fpir: float | None) -> list[str]:
    """Keep the wanted share, if one is given, and tell what follows from it. Raises InvalidInput."""
    estate_id, recognition = runtime.estate.id, recognition_of(runtime.settings)
    if fpir is not None:
        with runtime.database.writer() as session:
            calibrations.want(session, estate_id, fpir, utc_now())
    with runtime.database.reader() as session:
        _, found = calibrations.gallery(session, estate_id, recognition, utc_now())
        return calibrations.told(session, estate_id, found, recognition, SIZES_TOLD)


def embedder(engine: str, data_dir: Path) -> Embedder:
    """The embedder of one of ENGINES. Raises WeightsDamaged."""
    from monitor.vision import weights
    from monitor.vision.dlib_embedder import DlibEmbedder
    from monitor.vision.embedder import SFaceEmbedder
    from monitor.vision.general import dlib_mean
    from monitor.vision.pair import PairEmbedder

    if engine == "dlib":
        return DlibEmbedder(dlib_mean())
    sface = SFaceEmbedder(weights.sface(data_dir))
    return PairEmbedder(sface, DlibEmbedder(dlib_mean())) if engine == "sface+dlib" else sface


def vision(settings: Settings) -> Vision:
    """Load detector and embedder from checked weights. Raises WeightsDamaged."""
    from monitor.vision import weights
    from monitor.vision.detector import YuNetDetector
    from monitor.vision.pair import PairEmbedder
    from monitor.vision.photo import FacePhotoReader

    yunet = weights.yunet(settings.data_dir)
    engine = embedder(settings.engine, settings.data_dir)
    pair = engine if isinstance(engine, PairEmbedder) else None
    return Vision(
        YuNetDetector(yunet, longest_px=STREAM_DETECTION_PX),
        pair.first if pair else engine,
        pair.second if pair else None,
        FacePhotoReader(YuNetDetector(yunet), engine),
        recognition_of(settings),
    )


def recognition_of(settings: Settings) -> Recognition:
    """What decides, without the networks."""
    from monitor.vision.general import general

    first = general(SFACE) if settings.engine == "sface+dlib" else None
    return Recognition(general(ENGINES[settings.engine]), settings.wanted_fpir, settings.resident_at, first)
