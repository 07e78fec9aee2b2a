"""The status as Prometheus measures. Labels are camera ids and words, never persons."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitor.core.alert import AlertKind, AlertState
from monitor.core.camera import CameraState
from monitor.services.status import Status


def text(status: Status, now: datetime) -> bytes:
    registry = CollectorRegistry()
    registry.register(_StatusCollector(status, now))
    return generate_latest(registry)


class _StatusCollector(Collector):
    """Measures what the database says at this moment; nothing is counted in the process."""

    def __init__(self, status: Status, now: datetime) -> None:
        self._status, self._now = status, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._cameras()
        yield self._alerts()
        unsent = _gauge("outbox_unsent", "Messages that a channel still owes.", "channel")
        for channel, number in sorted(self._status.unsent.items()):
            unsent.add_metric([channel], number)
        yield unsent
        watched = _gauge("watched_residents", "Watched residents by where they stand.", "state")
        for state, number in self._status.accounted.parts.items():
            watched.add_metric([state.value], number)
        yield watched
        if (broker := self._status.sensor_broker) is not None:
            yield _value("sensor_broker_connected", "1 while the sensors' broker is read.", broker.connected)
            yield _value("sensor_messages_refused", "Messages of sensors not taken, ever.", broker.refused)

    def _cameras(self) -> Iterator[GaugeMetricFamily]:
        states = _gauge("camera_state", "1 for the state that the camera is in.", "camera", "state")
        ages = _gauge("camera_frame_age_seconds", "Age of the newest picture.", "camera")
        rates = _gauge("camera_frames_per_second", "Pictures a second at the last report.", "camera")
        left_out = _gauge("camera_looks_left_out_per_second", "Looks that there was no time for.", "camera")
        for camera in self._status.cameras:
            if camera.left_out_per_s is not None:
                left_out.add_metric([camera.slug], camera.left_out_per_s)
            for state in CameraState:
                states.add_metric([camera.slug, state.value], camera.state is state)
            if camera.last_frame_at is not None:
                ages.add_metric([camera.slug], (self._now - camera.last_frame_at).total_seconds())
            if camera.frames_per_s is not None:
                rates.add_metric([camera.slug], camera.frames_per_s)
        yield from (states, ages, rates, left_out)

    def _alerts(self) -> GaugeMetricFamily:
        alerts = _gauge("alerts", "Alerts by kind and state.", "kind", "state")
        for kind in AlertKind:
            for state in AlertState:
                alerts.add_metric([kind.value, state.value], self._status.alerts.get((kind, state), 0))
        return alerts


def _gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"shouwang_{name}", documentation, labels=labels)


def _value(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"shouwang_{name}", documentation, value=value)
