"""A video file as what an RTSP camera sends: its description (SDP) and its pictures, cut into RTP packets once.

FFmpeg cuts the packets. Each picture is kept as the bytes that go over the connection, `$ channel length` before every
packet, so that sending one is a single write; only sequence numbers and times are filled in each time.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from monitor.errors import ShouwangError

CLOCK_HZ = 90_000  # of RTP times of every video format
PACKET_BYTES = 1400
SSRC = 0x5357
FRAME_BYTES = 4  # `$`, channel, two of length
_RTCP_TYPES = range(200, 205)
_NAMES = {"h264": "H264", "hevc": "H265", "mjpeg": "JPEG"}
_PAYLOAD_TYPES = {"h264": 96, "hevc": 96, "mjpeg": 26}
_H264_SPS, _H264_PPS = 7, 8
_HEVC_SETS = (32, 33, 34)  # VPS, SPS, PPS

Bytes = NDArray[np.uint8]
Sets = list[tuple[int, bytes]]  # parameter sets: NAL unit type, unit


class ClipUnreadable(ShouwangError):
    """{path} holds no video that a simulated camera can send. Give it H.264, H.265 or MJPEG in MP4 or Matroska."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One access unit. `sent_s` is when it leaves and `shown_s` its time stamp, both from the clip's beginning."""

    sent_s: float
    shown_s: float
    key: bool
    wire: Bytes  # its RTP packets, interleaved; sequence numbers and times are not set
    starts: NDArray[np.intp]  # where in `wire` each `$` stands

    def stamped(self, sequence: int, time: int, channel: int = 0) -> Bytes:
        """A copy to send: packets numbered from `sequence` on, all with this RTP time."""
        wire = self.wire.copy()
        numbers = np.arange(sequence, sequence + len(self.starts)) & 0xFFFF
        rtp = self.starts + FRAME_BYTES
        wire[rtp + 2], wire[rtp + 3] = numbers >> 8, numbers & 0xFF
        for place, byte in enumerate((time & 0xFFFFFFFF).to_bytes(4, "big"), 4):
            wire[rtp + place] = byte
        if channel:
            wire[self.starts + 1] = channel
        return wire


@dataclass(frozen=True, eq=False)
class Clip:
    """A file, ready to be sent."""

    codec: str  # FFmpeg's name: h264, hevc, mjpeg
    sdp: str
    length_s: float
    pictures: Sequence[Picture]
    keys: Sequence[int]  # numbers of the pictures from which a client can start


def clip(path: Path) -> Clip:
    """The clip of a file; read again only when the file has changed. Raises ClipUnreadable."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int) -> Clip:
    try:
        with av.open(str(path)) as source:
            video = next(iter(source.streams.video), None)
            if video is None or video.codec_context.name not in _NAMES:
                raise ClipUnreadable(path=path)
            return _clip(video, [p for p in source.demux(video) if p.size and p.pts is not None])
    except (av.FFmpegError, IndexError) as error:
        raise ClipUnreadable(path=path) from error


def _clip(video: av.VideoStream, packets: "Sequence[av.Packet[av.VideoStream]]") -> Clip:
    """Raises IndexError when parameter sets or packets are missing."""
    codec, extradata = video.codec_context.name, bytes(video.codec_context.extradata or b"")
    sets = _parameter_sets(codec, extradata)
    sent_s, shown_s, length_s = _times(packets)
    cut = _cut(video, packets, _in_band(codec, extradata, sets))
    pictures = [
        Picture(float(sent), float(shown), packet.is_keyframe, *_interleaved(rtp))
        for sent, shown, packet, rtp in zip(sent_s, shown_s, packets, cut, strict=True)
    ]
    keys = [number for number, picture in enumerate(pictures) if picture.key]
    return Clip(codec, _sdp(codec, sets, len(pictures) / float(length_s)), float(length_s), pictures, keys)


class _Collector:
    """What FFmpeg's muxer takes for a file: every call of `write` is one RTP or RTCP packet."""

    def __init__(self) -> None:
        self._packets: list[bytes] = []

    def write(self, packet: bytes) -> int:
        if packet[1] not in _RTCP_TYPES:
            self._packets.append(bytes(packet))
        return len(packet)

    def take(self) -> list[bytes]:
        taken, self._packets = self._packets, []
        return taken


def _cut(
    video: av.VideoStream, packets: "Sequence[av.Packet[av.VideoStream]]", in_band: bytes
) -> list[list[bytes]]:
    """The RTP packets of each picture. Key frames carry the parameter sets, so that a stream may change its clip."""
    collector = _Collector()
    options = {"packetsize": str(PACKET_BYTES), "ssrc": str(SSRC)}
    cut = []
    with av.open(collector, "w", format="rtp", options=options) as sink:
        out = sink.add_stream_from_template(video)
        for packet in packets:
            unit = bytes(packet)
            copy = av.Packet(in_band + unit if packet.is_keyframe and in_band not in unit else unit)
            copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
            copy.is_keyframe, copy.stream = packet.is_keyframe, out
            sink.mux(copy)
            cut.append(collector.take())
    return cut


def _interleaved(rtp: list[bytes]) -> tuple[Bytes, NDArray[np.intp]]:
    parts, starts, at = [], [], 0
    for packet in rtp:
        starts.append(at)
        parts.append(b"$\0" + len(packet).to_bytes(2, "big") + packet)
        at += FRAME_BYTES + len(packet)
    return np.frombuffer(b"".join(parts), np.uint8), np.array(starts, np.intp)


def _times(packets: "Sequence[av.Packet[av.VideoStream]]") -> tuple[list[Fraction], list[Fraction], Fraction]:
    """When each picture leaves, its time stamp, and the length of the clip; seconds, exact.

    Pictures that refer to later ones leave in the order of decoding and none before the time that it shows.
    """
    base = packets[0].time_base or Fraction(1, CLOCK_HZ)
    pts = [packet.pts or 0 for packet in packets]
    dts = [shown if packet.dts is None else packet.dts for shown, packet in zip(pts, packets, strict=True)]
    behind = max(shown - sent for shown, sent in zip(pts, dts, strict=True))
    shown_s = [(shown - min(pts)) * base for shown in pts]
    sent_s = [(sent + behind - min(pts)) * base for sent in dts]
    in_order = sorted(shown_s)
    gaps_s = sorted(b - a for a, b in pairwise(in_order)) or [Fraction(1)]
    return sent_s, shown_s, in_order[-1] + gaps_s[len(gaps_s) // 2]


def _parameter_sets(codec: str, extradata: bytes) -> Sets:
    """The parameter sets of a file's avcC or hvcC record."""
    if codec == "h264":
        return _avcc(extradata)
    return _hvcc(extradata) if codec == "hevc" else []


def _avcc(record: bytes) -> Sets:
    sets, at = [], 5
    for kind, mask in ((_H264_SPS, 31), (_H264_PPS, 255)):
        count, at = record[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            sets.append((kind, record[at + 2 : at + 2 + size]))
            at += 2 + size
    return sets


def _hvcc(record: bytes) -> Sets:
    sets, at = [], 23
    for _ in range(record[22]):
        kind, count = record[at] & 63, int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            if kind in _HEVC_SETS:  # the record may hold messages of the encoder too
                sets.append((kind, record[at + 2 : at + 2 + size]))
            at += 2 + size
    return sets


def _in_band(codec: str, extradata: bytes, sets: Sets) -> bytes:
    """The sets as units of the file: each behind its length, in as many bytes as the file uses for that."""
    if not sets:
        return b""
    length_bytes = (extradata[4 if codec == "h264" else 21] & 3) + 1
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for _, unit in sets)


def _sdp(codec: str, sets: Sets, per_second: float) -> str:
    kind = _PAYLOAD_TYPES[codec]
    lines = [
        *("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*"),
        *(f"m=video 0 RTP/AVP {kind}", f"a=rtpmap:{kind} {_NAMES[codec]}/{CLOCK_HZ}"),
        *([f"a=fmtp:{kind} {_format(codec, sets)}"] if sets else []),
        *(f"a=framerate:{per_second:g}", "a=control:track0"),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _format(codec: str, sets: Sets) -> str:
    def coded(*kinds: int) -> str:
        return ",".join(base64.b64encode(unit).decode() for kind, unit in sets if kind in kinds)

    if codec == "hevc":
        return ";".join(
            f"sprop-{name}={coded(kind)}"
            for name, kind in zip(("vps", "sps", "pps"), _HEVC_SETS, strict=True)
        )
    profile = next(unit[1:4].hex() for kind, unit in sets if kind == _H264_SPS)
    return (
        f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={coded(_H264_SPS, _H264_PPS)}"
    )
