"""One stream that is to be read: how its connection stands, when it counts as silent, and when to try again."""

import ipaddress
import random
import socket
from threading import Event
from typing import Protocol

from monitor.clock import monotonic_s
from monitor.config.address import StreamAddress
from monitor.core.backoff import full_jitter_s
from monitor.core.camera import CameraState
from monitor.vision.packet import Coding, Packet
from monitor.vision.rtsp import RtspSession

FIRST_PACKET_WITHIN_S = 8.0
SILENT_AFTER_S = 4.0  # without a packet; a camera that is slower than that is given three pictures' time
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 8.0
KNOCK_EVERY_S = 5.0  # where nobody answers at all, which costs neither side anything
WRONG_PASSWORDS = 3  # cameras lock the account after about five
GOOD_AFTER_S = 10.0  # a connection that lasted this long starts the backoff anew

Peer = tuple[str, int]


class Sink(Protocol):
    """Who wants the packets of a stream. Called from the threads of the connections."""

    def opened(self, coding: Coding) -> None: ...

    def take(self, packet: Packet) -> None: ...

    def lost(self, state: CameraState, reason: str) -> None: ...


class Connection:
    """Times are monotonic seconds."""

    def __init__(self, name: str, address: StreamAddress, sink: Sink) -> None:
        self.name, self.sink = name, sink
        self._address = address
        self.session: RtspSession | None = None
        self.knocking: socket.socket | None = None
        self.answers = False  # somebody is there; it waits for its turn to open
        self.opening = self.followed = False
        self.by_ffmpeg = False
        self.closed = Event()
        self.next_try_s = self.knocked_s = self.opened_s = self.last_s = 0.0
        self.first = True  # no packet has come over this connection
        self.interval_s = 0.0  # between packets; 0 while nothing is known of it
        self.attempt = self.refused = 0
        self.peer = _peer(address)  # where to knock; None while its address must be asked for

    @property
    def url(self) -> str:
        return self._address.reveal()

    @property
    def is_rtsp(self) -> bool:
        return self.url.lower().startswith("rtsp://")

    @property
    def named_peer(self) -> Peer:
        return self._address.host, self._address.port

    @property
    def idle(self) -> bool:
        """Nobody is busy with it."""
        return not (self.opening or self.followed or self.session or self.knocking)

    def begin(self) -> None:
        """It is open; a first packet is due."""
        self.opened_s, self.first = monotonic_s(), True
        self.answers = False

    def take(self, packet: Packet) -> None:
        if not self.first:
            passed_s = min(10.0, packet.arrived_s - self.last_s)
            self.interval_s += (0.1 if self.interval_s else 1.0) * (passed_s - self.interval_s)
        self.last_s, self.first = packet.arrived_s, False
        self.sink.take(packet)

    def silent(self, now_s: float) -> bool:
        if self.first:
            return now_s - self.opened_s > FIRST_PACKET_WITHIN_S
        within_s = max(SILENT_AFTER_S, 3 * self.interval_s) if self.interval_s else FIRST_PACKET_WITHIN_S
        return now_s - self.last_s > within_s

    def fail(self, state: CameraState, now_s: float) -> None:
        """Note a failure, and when to try again."""
        self.opening = self.followed = self.answers = False
        lasted = self.opened_s > 0 and now_s - self.opened_s > GOOD_AFTER_S
        self.attempt = 0 if lasted else self.attempt + 1
        self.opened_s = 0.0
        self.peer = _peer(self._address)  # a name may lead elsewhere by now
        self.refused = self.refused + 1 if state is CameraState.REFUSED else 0
        pause_s = full_jitter_s(self.attempt, FIRST_RETRY_S, LONGEST_RETRY_S, random.random)
        if state is CameraState.UNREACHABLE:
            pause_s = min(pause_s, KNOCK_EVERY_S * random.uniform(0.8, 1.0))
        self.next_try_s = float("inf") if self.refused >= WRONG_PASSWORDS else now_s + pause_s


def _peer(address: StreamAddress) -> Peer | None:
    try:
        ipaddress.ip_address(address.host)
    except ValueError:
        return None
    return address.host, address.port
