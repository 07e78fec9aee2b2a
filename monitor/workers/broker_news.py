"""What people are told about the sensors' broker: that it is away, that it is back, and what could not be taken."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.clock import monotonic_s
from monitor.errors import ReportRefused
from monitor.sensors.mqtt import MqttBroker
from monitor.services import sensor_broker
from monitor.services.sensor_broker import News

# A connection that breaks for a moment is no news; one that breaks every few seconds is.
STEADY_AFTER_S, AWAY_AFTER_S = 3.0, 10.0
TELL_EVERY_S = 30.0
MOST_NAMED = 1000  # anybody who may publish may invent sensors
logger = logging.getLogger(__name__)


class BrokerNews:
    """Used from one thread."""

    def __init__(self, broker: MqttBroker) -> None:
        self._broker = broker
        self._connected: bool | None = None  # as people know it
        self._reading_since_s: float | None = None
        self._steady_s = monotonic_s()  # when it last was connected and stayed so
        self._changed, self._next_s = False, 0.0
        self._refused = 0
        self._first: list[tuple[str, str]] = []
        self._named: set[tuple[str, str]] = set()

    def refuse(self, refused: ReportRefused) -> None:
        self._refused += 1
        which = (refused.sensor, refused.cause)
        if which not in self._named and len(self._named) < MOST_NAMED:
            logger.warning("%s", refused)
            self._named.add(which)
            self._first.append(which)

    def accept(self, sensor: str) -> None:
        """When it is refused after this, that is news again."""
        self._named = {which for which in self._named if which[0] != sensor}

    def due(self) -> bool:
        """Whether there is something to be told. Call it about every second."""
        now_s = monotonic_s()
        self._follow(now_s)
        return self._connected is not None and (self._changed or self._refused > 0 or now_s >= self._next_s)

    def tell(self, estate_id: str, now: datetime, session: Session) -> None:
        news = News(bool(self._connected), self._refused, self._first)
        sensor_broker.tell(session, estate_id, news, now)

    def told(self) -> None:
        self._changed, self._refused, self._first = False, 0, []
        self._next_s = monotonic_s() + TELL_EVERY_S

    def _follow(self, now_s: float) -> None:
        if not self._broker.reads:
            self._reading_since_s = None
        elif self._reading_since_s is None:
            self._reading_since_s = now_s
        elif now_s - self._reading_since_s >= STEADY_AFTER_S:
            self._steady_s = now_s
            self._know(True)
        if now_s - self._steady_s >= AWAY_AFTER_S:
            self._know(False)

    def _know(self, connected: bool) -> None:
        if connected is self._connected:
            return
        self._connected, self._changed = connected, True
        if connected:
            logger.info("the sensors' broker %s is connected", self._broker.place)
        else:
            logger.warning("the sensors' broker %s is away: %s", self._broker.place, self._broker.trouble)
