"""One stream as it comes from a connection: its packets, and the frames that are decoded of them when asked for.

The connections' thread adds packets, the worker's own thread decodes. What belongs to one connection is replaced as
a whole with the next one, so that neither has to wait for the other.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.core.camera import CameraState
from monitor.vision.decoder import Decoder, Frame
from monitor.vision.packet import Coding, GopBuffer, Packet
from monitor.workers.pulse import Lag, Pulse, Rate

PACKETS_WITHIN_S = 6.0  # longer than the connections wait before they give a stream up
MOST_WAITING = 150


@dataclass
class _Link:
    """What belongs to one connection."""

    coding: Coding
    kept: GopBuffer = field(default_factory=GopBuffer)
    waiting: deque[Packet] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    lag: Lag = field(default_factory=Lag)
    rate: Rate = field(default_factory=Rate)

    def __post_init__(self) -> None:
        self.decoder = Decoder(self)
        self.decoded: Packet | None = None  # the last one
        self.stilled: Packet | None = None  # the last key frame that was looked at alone


class Line:
    """A stream of a camera; see monitor.workers.connection.Sink."""

    def __init__(self, *, queued: bool) -> None:
        """Every packet of a `queued` stream is decoded; of the other those since the last key frame are kept."""
        self._queued = queued
        self._link: _Link | None = None
        self.packets = Pulse(PACKETS_WITHIN_S)
        self.problem = (CameraState.STARTING, "connecting")
        self.tried = 0  # packets that were given to the decoder

    def opened(self, coding: Coding) -> None:
        self._link = _Link(coding)

    def take(self, packet: Packet) -> None:
        link = self._link
        assert link is not None
        self.packets.beat()
        link.lag.add(packet)
        link.rate.add()
        if self._queued:
            link.waiting.append(packet)
        else:
            link.kept.add(packet)

    def lost(self, state: CameraState, reason: str) -> None:
        self.problem = state, reason
        self.packets.interrupt()

    @property
    def lag_s(self) -> float:
        return self._link.lag.now_s if self._link is not None else 0.0

    def slow(self) -> bool:
        """Whether fewer pictures come than should."""
        return self._link is not None and self._link.rate.slow(self._link.coding.frames_per_s)

    def missed(self) -> bool:
        """Whether the stream should come and does not, apart from the first seconds."""
        return self.problem[0] is not CameraState.STARTING and not self.packets.alive

    def queue(self, now_s: float, late_s: float, *, keys_only: bool) -> tuple[list[Frame], float]:
        """Frames of what waits, and how long the first has waited.

        What has waited longer than `late_s` is left out up to the last key frame.
        """
        link = self._link
        if link is None or not link.waiting:
            return [], 0.0
        packets = [link.waiting.popleft() for _ in range(len(link.waiting))]
        waited_s = now_s - packets[0].arrived_s
        wanted = packets
        if waited_s > late_s:
            keys = [n for n, packet in enumerate(packets) if packet.key]
            wanted = packets[keys[-1] :] if keys else []
            link.decoder.restart()
        if keys_only:
            wanted = [packet for packet in wanted if packet.key]
            frames = [frame for packet in wanted for frame in link.decoder.still(packet)]
        else:
            frames = [frame for packet in wanted for frame in link.decoder.decode(packet)]
        return frames, waited_s

    def onwards(self) -> Iterator[Frame]:
        """Frames since the last call; the first call begins with the key frame that is kept.

        One at a time, because thirty decoded pictures of a 1080p stream take 90 MB.
        """
        link = self._link
        if link is None:
            return
        packets = link.kept.since_key()
        at = next((n for n, packet in enumerate(packets) if packet is link.decoded), None)
        if link.decoded is None:
            link.decoder.restart()
        for packet in packets if at is None else packets[at + 1 :]:
            link.decoded = packet
            self.tried += 1
            yield from link.decoder.decode(packet)

    def rest(self) -> None:
        """Nothing more is wanted for now."""
        link = self._link
        if link is not None and link.decoded is not None:
            link.decoder.rest()
            link.decoded = None

    def still(self) -> list[Frame]:
        """The last key frame alone, once."""
        link = self._link
        kept = link.kept.since_key()[:1] if link is not None else []
        if link is None or not kept or kept[0] is link.stilled:
            return []
        link.stilled = kept[0]
        self.tried += 1
        return link.decoder.still(kept[0])
