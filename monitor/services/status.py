"""How the whole service is: for the desk's head line, /readyz and /metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.clock import deviation
from monitor.core.accounting import Count
from monitor.core.alert import AlertKind, AlertState
from monitor.core.camera import SEEING, CameraState
from monitor.core.scale import Deviation
from monitor.services import cameras, outbox, roster, sensor_broker, standing
from monitor.services.cameras import Camera
from monitor.services.sensor_broker import SensorBroker
from monitor.store import alerts as alert_queries


@dataclass(frozen=True)
class Status:
    cameras: tuple[Camera, ...]
    live: int
    in_use: int
    accounted: Count
    watch_is_behind: bool  # somebody's time is up and nobody looks
    clock: Deviation | None  # of the machine's clock from what we count by; None while they agree
    alerts: dict[tuple[AlertKind, AlertState], int]
    unsent: dict[str, int]  # by channel
    nobody_on_duty: bool  # there is a roster, and no duty officer in it right now
    sensor_broker: SensorBroker | None  # None: sensors report over HTTP only

    @property
    def open_alerts(self) -> int:
        return sum(n for (_, state), n in self.alerts.items() if state is AlertState.OPEN)


def get(session: Session, estate_id: str, now: datetime) -> Status:
    found = cameras.listing(session, estate_id)
    in_use = [camera for camera in found if camera.state is not CameraState.DISABLED]
    return Status(
        cameras=tuple(found),
        live=sum(camera.state in SEEING for camera in in_use),
        in_use=len(in_use),
        accounted=standing.count(session, estate_id, now),
        watch_is_behind=standing.watch_is_behind(session, estate_id, now),
        clock=deviation(),
        alerts=alert_queries.count(session, estate_id),
        unsent=outbox.unsent(session, estate_id),
        nobody_on_duty=roster.nobody_on_duty(session, estate_id, now),
        sensor_broker=sensor_broker.get(session, estate_id, now),
    )
