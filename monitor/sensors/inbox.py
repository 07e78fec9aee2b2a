"""Messages that came and are not taken yet, in their order. The broker keeps a copy until each is acknowledged."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from monitor.clock import monotonic_s, utc_now
from monitor.core.sensor_report import QUIET_S, CatchingUp

MOST_UNACKNOWLEDGED = 1000  # messages that no broker keeps for us (QoS 0)


@dataclass(eq=False)
class Incoming:
    sensor: str  # the last part of its topic
    payload: bytes
    number: int  # the broker's, for the acknowledgement; 0: it waits for none
    retained: bool
    fresh: bool  # it came as soon as it was sent, and for the first time
    arrived_at: datetime
    arrived_s: float
    connection: int  # the number holds on this one only


class Inbox:
    """Filled from the connection's thread, emptied from another."""

    def __init__(self) -> None:
        self._waiting: deque[Incoming] = deque()
        self._changed = Condition()
        self._catching_up = CatchingUp()
        self._connection, self._open, self._lost = 0, False, 0

    def connected(self, *, continued: bool) -> None:
        """`continued`: the broker knows us, and may have kept messages."""
        with self._changed:
            self._connection, self._open = self._connection + 1, True
            if continued:
                self._catching_up.begin(monotonic_s())

    def disconnected(self) -> None:
        with self._changed:
            self._open = False

    def put(self, sensor: str, payload: bytes, number: int, *, retained: bool, again: bool) -> None:
        """`again`: the broker has sent it before."""
        now_s = monotonic_s()
        with self._changed:
            late = self._catching_up.may_have_waited(now_s)
            if again and (same := self._same(sensor, payload, number)) is not None:
                same.connection = self._connection
            elif not number and len(self._waiting) >= MOST_UNACKNOWLEDGED:
                self._lost += 1
            else:
                fresh = not (late or again or retained)
                self._waiting.append(
                    Incoming(sensor, payload, number, retained, fresh, utc_now(), now_s, self._connection)
                )
                self._changed.notify()

    def first(self, wait_s: float) -> Incoming | None:
        """The oldest; it stays until it is taken off."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting, wait_s)
            return self._waiting[0] if self._waiting else None

    def take_off(self, incoming: Incoming) -> int | None:
        """The number to acknowledge, if the connection is still the one that it came over."""
        now_s = monotonic_s()
        with self._changed:
            self._waiting.remove(incoming)
            # A broker sends only so many before it is told that the first was taken.
            if incoming.number and now_s - incoming.arrived_s >= QUIET_S:
                self._catching_up.begin(now_s)
            valid = self._open and incoming.connection == self._connection
            return incoming.number if incoming.number and valid else None

    def take_lost(self) -> int:
        """How many there was no room for since the last time."""
        with self._changed:
            lost, self._lost = self._lost, 0
            return lost

    def _same(self, sensor: str, payload: bytes, number: int) -> Incoming | None:
        for known in self._waiting:
            if (known.sensor, known.payload, known.number) == (sensor, payload, number):
                return known
        return None
