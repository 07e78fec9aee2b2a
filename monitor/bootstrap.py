"""The only place that names concrete adapters: settings -> runtime."""

import os
from dataclasses import dataclass
from datetime import timedelta

from monitor.config.cameras import EstateConfig, load_estate
from monitor.config.logging import configure_logging
from monitor.config.settings import Settings, load_settings
from monitor.core.ports import Channel, Detector, Embedder, PhotoReader
from monitor.notify.apprise_channel import AppriseChannel
from monitor.services.housekeeping import Terms
from monitor.services.outbox import DESK
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.migration import migrate, require_newest
from monitor.store.snapshot_files import SnapshotFiles

EVENTS_KEPT = timedelta(days=90)


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
    database = Database(settings.database())
    if upgrade:
        migrate(database)
    require_newest(database)
    adapters = tuple(AppriseChannel(name, url.get_secret_value()) for name, url in settings.notify.items())
    return Runtime(settings, estate, database, SnapshotFiles(settings.data_dir / "pictures"), adapters)


def vision(settings: Settings) -> Vision:
    """Load detector and embedder from checked weights. Raises WeightsDamaged."""
    from monitor.vision import weights
    from monitor.vision.detector import YuNetDetector
    from monitor.vision.embedder import SFaceEmbedder
    from monitor.vision.photo import FacePhotoReader

    detector = YuNetDetector(weights.yunet(settings.data_dir))
    embedder = SFaceEmbedder(weights.sface(settings.data_dir))
    return Vision(detector, embedder, FacePhotoReader(detector, embedder))
