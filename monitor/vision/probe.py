"""Measures what a camera really sends: reads it for some seconds and decodes one picture."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import av

from monitor.clock import monotonic_s
from monitor.core.damage import Condition
from monitor.core.ports import Image
from monitor.core.profile import Figures
from monitor.vision.decoder import Decoder
from monitor.vision.packet import Packet
from monitor.vision.stream import Stream

WATCH_S = 6.0
# Longer only until the second key frame, so that a long interval is told as what it is.
WATCH_AT_MOST_S = 12.0
_BELIEVABLE_RATE = 240.0  # without a rate in the stream FFmpeg may name its clock's


@dataclass(frozen=True, eq=False)
class Measurement:
    figures: Figures
    picture: Image | None  # (height, width, 3) uint8 BGR


def measure(address: str, watch_s: float = WATCH_S, at_most_s: float = WATCH_AT_MOST_S) -> Measurement:
    """Raises CameraRefused, CameraUnreachable or CameraSilent."""
    began_s = monotonic_s()
    packets: list[_Seen] = []
    picture, shown_s = None, None
    with Stream(address) as stream:
        opened_s = monotonic_s()
        decoder = Decoder(stream)
        for packet in stream.packets():
            packets.append(_Seen.of(packet))
            if picture is None:
                picture = _whole(decoder, packet)
                shown_s = None if picture is None else monotonic_s() - began_s
            watched_s = packet.arrived_s - opened_s
            enough = sum(seen.key for seen in packets) >= 2 or watched_s >= at_most_s
            if watched_s >= watch_s and enough:
                break
        figures = _figures(stream.video, packets, picture, opened_s - began_s, shown_s, watched_s)
    return Measurement(figures, picture)


@dataclass(frozen=True)
class _Seen:
    """What is kept of a packet: not its bytes."""

    key: bool
    pts_s: float
    size: int

    @classmethod
    def of(cls, packet: Packet) -> "_Seen":
        return cls(packet.key, packet.pts_s, packet.size)


def _whole(decoder: Decoder, packet: Packet) -> Image | None:
    for frame in decoder.decode(packet):
        if frame.condition is not Condition.DAMAGED:
            return frame.bgr()
    return None


def _figures(
    video: "av.VideoStream",
    packets: Sequence[_Seen],
    picture: Image | None,
    open_s: float,
    shown_s: float | None,
    watched_s: float,
) -> Figures:
    source = video.codec_context
    size_wh = (source.width, source.height) if picture is None else (picture.shape[1], picture.shape[0])
    # The first packet often shares the time of the second, so its own is taken from the rate.
    times_s = [packet.pts_s for packet in packets[1:]]
    lasted_s = max(times_s, default=0.0) - min(times_s, default=0.0)
    rate = (len(times_s) - 1) / lasted_s if lasted_s > 0 else None
    first_s = times_s[0] - 1 / rate if rate else 0.0
    keys_s = [at_s for at_s, seen in zip((first_s, *times_s), packets, strict=False) if seen.key]
    return Figures(
        codec=source.name,
        size_wh=size_wh,
        announced_rate=_announced(video),
        rate=rate,
        key_interval_s=max((b - a for a, b in itertools.pairwise(keys_s)), default=None),
        kbit_s=sum(packet.size for packet in packets[1:]) * 8 / 1000 / lasted_s if lasted_s > 0 else 0.0,
        # Announced is enough: the decoder then holds pictures back.
        reordered=source.has_b_frames or any(b < a for a, b in itertools.pairwise(times_s)),
        open_s=open_s,
        first_picture_s=shown_s,
        watched_s=watched_s,
    )


def _announced(video: "av.VideoStream") -> float | None:
    rate = video.average_rate or video.codec_context.framerate
    return float(rate) if rate and 0 < rate <= _BELIEVABLE_RATE else None
