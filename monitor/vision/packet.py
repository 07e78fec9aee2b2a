"""Compressed pictures: what they are, when they were taken, and those that are kept to start decoding in the past."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import av

CLOCK = Fraction(1, 90_000)  # seconds; the unit of time stamps in RTP


@dataclass(frozen=True)
class Coding:
    """How the pictures of a stream are coded."""

    codec: str  # FFmpeg's name: h264, hevc, mjpeg
    extradata: bytes | None  # the parameter sets that were sent apart
    frames_per_s: float | None = None  # as the camera announces it


class Coded(Protocol):
    """Where packets come from."""

    @property
    def coding(self) -> Coding: ...


@dataclass(frozen=True, eq=False)
class Packet:
    """A compressed picture. `pts_s` is the camera's time, repaired; `arrived_s` ours; both monotonic seconds."""

    raw: "av.Packet[Any]"
    key: bool
    pts_s: float
    size: int  # bytes
    arrived_s: float
    jumped: bool = False  # the camera's clock jumped before it
    incomplete: bool = False  # parts of it were lost on the way


class Timeline:
    """Repairs a camera's time stamps: missing ones and jumps are bridged with the time of arrival.

    Small steps back are kept: pictures that refer to later ones arrive before they are shown. The first packet of an
    RTSP stream often has no time; it then shares that of the second.
    """

    _BACK_S, _AHEAD_S = 1.0, 10.0

    def __init__(self) -> None:
        self._shift_s = 0.0
        self.jumps = 0  # times of the camera that could not be believed
        self._last_s: float | None = None
        self._last_arrived_s = 0.0

    def repair(self, pts_s: float | None, arrived_s: float) -> float:
        """The time of a packet in seconds; without great jumps even when the camera sets its clock."""
        if self._last_s is None:
            repaired = 0.0 if pts_s is None else pts_s
        else:
            bridged = self._last_s + max(0.0, arrived_s - self._last_arrived_s)
            repaired = bridged if pts_s is None else pts_s + self._shift_s
            if not -self._BACK_S <= repaired - self._last_s <= self._AHEAD_S:
                self._shift_s += bridged - repaired
                self.jumps += 1
                repaired = bridged
        self._last_s, self._last_arrived_s = repaired, arrived_s
        return repaired


class GopBuffer:
    """The packets since the last key frame, so that decoding can start in the past. Bounded by `max_bytes`.

    One thread adds while another takes: `add` replaces or appends, and what is handed out is a copy.
    """

    def __init__(self, max_bytes: int = 8 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._packets: list[Packet] = []
        self._bytes = 0

    def add(self, packet: Packet) -> None:
        """Past the bound everything is dropped until the next key frame: without its start a group is worthless."""
        if packet.key:
            self._packets, self._bytes = [], 0
        elif not self._packets:
            return
        self._bytes += packet.size
        if self._bytes > self._max_bytes:
            self._packets, self._bytes = [], 0
        else:
            self._packets.append(packet)

    def since_key(self) -> list[Packet]:
        return list(self._packets)
