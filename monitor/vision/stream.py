"""One camera: a connection that gives packets, and a decoder that turns them into frames when somebody asks.

Reading costs next to nothing, decoding costs a lot; so they are apart. FFmpeg puts the address, password included,
into its errors: they are never chained to ours and never logged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
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
from monitor.core.damage import Condition, Groups, Steadiness
from monitor.core.ports import Image
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable, ShouwangError
from monitor.vision.bitstream import PictureOrder
from monitor.vision.damage import scene

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
    jumped: bool = False  # the camera's clock jumped before it


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
    jumps = timeline.jumps
    pts_s = timeline.repair(None if raw.pts is None else float(raw.pts * base), arrived_s)
    # Written back, so that the decoder hands the repaired time on to the frame.
    raw.pts, raw.dts = round(pts_s / base), None
    return Packet(raw, raw.is_keyframe, pts_s, raw.size, arrived_s, timeline.jumps > jumps)


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
    """A decoded picture; pixels are converted only when asked for. `pts_s` never runs backwards.

    `condition` says what it may be used for. What is seen in frames of different `scene` numbers has nothing to do
    with one another, even at the same place: in between there was damage, or another picture altogether.
    """

    def __init__(
        self,
        raw: av.VideoFrame,
        pts_s: float,
        arrived_s: float,
        convert: "_Converters",
        condition: Condition,
        scene: int,
    ) -> None:
        self.pts_s, self.arrived_s = pts_s, arrived_s
        self.condition, self.scene = condition, scene
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


_LUMA_APART = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "nv12", "gray")
_scenes = count(1)  # of all decoders, because a camera has another one after every connection


class Decoder:
    """Turns packets of one stream into frames. May be left idle and restarted from any key frame."""

    def __init__(self, stream: Stream) -> None:
        source = stream.video.codec_context
        context = CodecContext.create(source.name, "r")
        assert isinstance(context, VideoCodecContext)
        context.extradata = source.extradata
        context.thread_count = 1
        if source.name == "hevc":
            # FFmpeg marks no damaged H.265 picture, but it can be made to refuse one whose reference is missing.
            context.options = {"err_detect": "explode"}
        self._context, self._convert = context, _Converters()
        self._order = PictureOrder(source.extradata) if source.name == "h264" else None
        self._steadiness, self._scene = Steadiness(), next(_scenes)
        self._size_wh: tuple[int, int] | None = None
        self.restart()

    def restart(self) -> None:
        """Forget the pictures so far; the next packet that counts is a key frame."""
        self._context.flush_buffers()
        self._groups = Groups()
        self._steadiness.skip()
        self._waits_for_key, self._last_pts_s = True, float("-inf")
        if self._order is not None:
            self._order.restart()

    def decode(self, packet: Packet) -> list[Frame]:
        """The frames that this packet completes; none before a key frame.

        An error that is concealed makes every frame up to the next key frame DAMAGED, because each is drawn onto the
        one before.
        """
        if self._waits_for_key and not packet.key:
            return []
        self._waits_for_key = False
        if packet.key:
            self._groups.begin(packet.pts_s)
        if self._breaks_off(packet):
            self._damage(packet.pts_s)
        try:
            frames = [self._frame(raw, packet) for raw in self._context.decode(packet.raw)]
        except (av.FFmpegError, ValueError):
            self._damage(packet.pts_s)
            return []
        return frames

    def _breaks_off(self, packet: Packet) -> bool:
        """Whether the packet cannot be the one that the camera sent after the last."""
        if packet.raw.is_corrupt or (packet.jumped and not packet.key):
            return True
        if self._order is None:
            return False
        follows = self._order.follows(bytes(packet.raw))
        if self._order.changed:
            self._scene = next(_scenes)
        return not follows or (self._order.changed and not packet.key)

    def _damage(self, at_s: float) -> None:
        if self._groups.damage(at_s):
            self._scene = next(_scenes)

    def _frame(self, raw: av.VideoFrame, packet: Packet) -> Frame:
        shown_s = packet.pts_s if raw.time is None else raw.time
        if raw.is_corrupt:
            self._damage(shown_s)
        # A decoder may hold pictures back: this one arrived earlier than the packet that set it free.
        arrived_s = packet.arrived_s - max(0.0, packet.pts_s - shown_s)
        self._last_pts_s = max(self._last_pts_s, shown_s)
        condition = self._condition(raw, shown_s)
        return Frame(raw, self._last_pts_s, arrived_s, self._convert, condition, self._scene)

    def _condition(self, raw: av.VideoFrame, shown_s: float) -> Condition:
        size_wh = raw.width, raw.height
        resized = self._size_wh not in (None, size_wh)
        self._size_wh = size_wh
        if not self._groups.whole(shown_s):
            self._steadiness.skip()
            return Condition.DAMAGED
        jumped = self._steadiness.jumped(scene(_luma(raw)), shown_s, bool(raw.key_frame))
        if jumped or resized:
            self._scene = next(_scenes)
        return Condition.WHOLE if self._steadiness.settled else Condition.UNSETTLED


def _luma(raw: av.VideoFrame) -> NDArray[np.uint8]:
    """(height, width) uint8 without a copy where the format keeps luma apart, as cameras' formats do."""
    if raw.format.name not in _LUMA_APART:
        return np.asarray(raw.to_ndarray(format="gray"), np.uint8)
    plane = raw.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * raw.height)
    return rows.reshape(raw.height, plane.line_size)[:, : raw.width]
