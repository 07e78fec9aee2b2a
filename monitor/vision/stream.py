"""One camera: a connection that gives packets, and a decoder that turns them into frames when somebody asks.

Reading costs next to nothing, decoding costs a lot; so they are apart. FFmpeg puts the address, password included,
into its errors: they are never chained to ours and never logged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import CodecContext
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from monitor.clock import monotonic_s
from monitor.core.ports import Image
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable, ShouwangError

av.logging.set_level(None)  # FFmpeg's log lines show the password

FIRST_PACKET_WITHIN_S = 10.0
# ValueError and RuntimeError: PyAV's own complaints about addresses and clocks.
_FAILURES = (av.FFmpegError, OSError, ValueError, RuntimeError)
_DENIED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
# The camera, or something in its place, answered; but not with a stream that can be read.
_NO_STREAM = (
    av.InvalidDataError,
    av.error.HTTPError,
    av.error.HTTPClientError,
    av.error.LookupError,
    av.error.EOFError,
)


@dataclass(frozen=True, eq=False)
class Packet:
    """A compressed picture. `pts_s` is the camera's time, repaired; `arrived_s` ours; both monotonic seconds."""

    raw: "av.Packet[av.stream.Stream]"
    key: bool
    pts_s: float
    size: int  # bytes
    arrived_s: float


class Stream:
    """A connection to one camera; use it with `with`.

    Entering raises CameraRefused, CameraUnreachable or CameraSilent. Only RTSP is opened; `allow_file` is for tests.
    """

    def __init__(
        self,
        address: str,
        open_timeout_s: float = 5.0,
        read_timeout_s: float = 2.0,
        *,
        allow_file: bool = False,
    ) -> None:
        self._address = address
        self._open_timeout_s, self._read_timeout_s = open_timeout_s, read_timeout_s
        self._allow_file = allow_file
        self._container: InputContainer | None = None

    def __repr__(self) -> str:
        return "<Stream>"

    def __enter__(self) -> Self:
        self._container = self._open()
        videos = self._container.streams.video
        # PyAV has no codec context for a codec that it does not know.
        if not videos or videos[0].codec_context is None:
            self.close()
            raise CameraSilent()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    @property
    def video(self) -> "av.VideoStream":
        """Raises CameraSilent when the stream is not open."""
        return self._connected().streams.video[0]

    def packets(self) -> Iterator[Packet]:
        """Packets as they come. Never ends quietly: a stall, a damaged stream and a hang-up raise CameraSilent."""
        container, video, timeline = self._connected(), self.video, Timeline()
        silent_from_s = monotonic_s() + FIRST_PACKET_WITHIN_S
        try:
            for raw in container.demux():
                arrived_s = monotonic_s()
                if raw.stream_index != video.index or not raw.size:
                    if arrived_s > silent_from_s:
                        break  # sound goes on, the picture does not
                    continue
                silent_from_s = arrived_s + 2 * self._read_timeout_s
                yield _packet(raw, timeline, arrived_s)
        except _FAILURES:
            pass
        raise CameraSilent()  # outside `except`, so that no context holds the address

    def _connected(self) -> InputContainer:
        if self._container is None:
            raise CameraSilent()
        return self._container

    def _open(self) -> InputContainer:
        failure: ShouwangError
        try:
            return av.open(
                self._address,
                timeout=(self._open_timeout_s, self._read_timeout_s),
                options={} if self._allow_file else self._options(),
            )
        except _FAILURES as error:
            failure = _meaning(error)
        raise failure

    def _options(self) -> dict[str, str]:
        return {
            "rtsp_transport": "tcp",
            "allowed_media_types": "video",
            "timeout": str(round(self._open_timeout_s * 1e6)),
            "analyzeduration": "500000",
            "protocol_whitelist": "tcp,tls,rtp,udp,rtsp",
        }


def _meaning(error: Exception) -> ShouwangError:
    """What a failure to open means for the person who has to mend it."""
    if isinstance(error, _DENIED):
        return CameraRefused()
    if isinstance(error, _NO_STREAM):
        return CameraSilent()
    return CameraUnreachable()


def _packet(raw: "av.Packet[av.stream.Stream]", timeline: "Timeline", arrived_s: float) -> Packet:
    base = raw.time_base or Fraction(1, 90_000)
    pts_s = timeline.repair(None if raw.pts is None else float(raw.pts * base), arrived_s)
    # Written back, so that the decoder hands the repaired time on to the frame.
    raw.pts, raw.dts = round(pts_s / base), None
    return Packet(raw, raw.is_keyframe, pts_s, raw.size, arrived_s)


class Timeline:
    """Repairs a camera's time stamps: missing ones and jumps are bridged with the time of arrival.

    Small steps back are kept: pictures that refer to later ones arrive before they are shown. The first packet of an
    RTSP stream often has no time; it then shares that of the second.
    """

    _BACK_S, _AHEAD_S = 1.0, 10.0

    def __init__(self) -> None:
        self._shift_s = 0.0
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
                repaired = bridged
        self._last_s, self._last_arrived_s = repaired, arrived_s
        return repaired


class GopBuffer:
    """The packets since the last key frame, so that decoding can start in the past. Bounded by `max_bytes`."""

    def __init__(self, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._packets: list[Packet] = []
        self._bytes = 0

    def add(self, packet: Packet) -> None:
        """Past the bound everything is dropped until the next key frame: without its start a group is worthless."""
        if packet.key:
            self._packets, self._bytes = [], 0
        elif not self._packets:
            return
        self._packets.append(packet)
        self._bytes += packet.size
        if self._bytes > self._max_bytes:
            self._packets, self._bytes = [], 0

    def since_key(self) -> list[Packet]:
        return list(self._packets)


class Frame:
    """A decoded picture; pixels are converted only when asked for. `pts_s` never runs backwards."""

    def __init__(self, raw: av.VideoFrame, pts_s: float, arrived_s: float, convert: "_Converters") -> None:
        self.pts_s, self.arrived_s = pts_s, arrived_s
        self._raw, self._convert = raw, convert

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._raw.width, self._raw.height

    def bgr(self) -> Image:
        """(height, width, 3) uint8 at full size."""
        converted = self._convert.bgr.reformat(self._raw, format="bgr24", threads=1)
        return np.asarray(converted.to_ndarray(), np.uint8)

    def gray(self, width: int, height: int) -> NDArray[np.uint8]:
        """(height, width) uint8, scaled by averaging."""
        small = self._convert.gray.reformat(
            self._raw, width=width, height=height, format="gray", interpolation="AREA", threads=1
        )
        return np.asarray(small.to_ndarray(), np.uint8)


class _Converters:
    """One reformatter for each use: a frame's own one would keep megabytes alive (PyAV up to 18)."""

    def __init__(self) -> None:
        self.bgr, self.gray = VideoReformatter(), VideoReformatter()


class Decoder:
    """Turns packets of one stream into frames. May be left idle and restarted from any key frame."""

    def __init__(self, stream: Stream) -> None:
        source = stream.video.codec_context
        context = CodecContext.create(source.name, "r")
        assert isinstance(context, VideoCodecContext)
        context.extradata = source.extradata
        context.thread_count = 1
        self._context, self._convert = context, _Converters()
        self.restart()

    def restart(self) -> None:
        """Forget the pictures so far; the next packet that counts is a key frame."""
        self._context.flush_buffers()
        self._waits_for_key, self._last_pts_s = True, float("-inf")

    def decode(self, packet: Packet) -> list[Frame]:
        """The frames that this packet completes; none before a key frame, none for a damaged packet."""
        if self._waits_for_key and not packet.key:
            return []
        self._waits_for_key = False
        try:
            return [self._frame(raw, packet) for raw in self._context.decode(packet.raw)]
        except (av.FFmpegError, ValueError):
            return []

    def _frame(self, raw: av.VideoFrame, packet: Packet) -> Frame:
        shown_s = packet.pts_s if raw.time is None else raw.time
        # A decoder may hold pictures back: this one arrived earlier than the packet that set it free.
        arrived_s = packet.arrived_s - max(0.0, packet.pts_s - shown_s)
        self._last_pts_s = max(self._last_pts_s, shown_s)
        return Frame(raw, self._last_pts_s, arrived_s, self._convert)
