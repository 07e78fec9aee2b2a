"""Turns packets into frames, and says of each frame what it may be used for."""

from itertools import count

import av
import numpy as np
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from monitor.core.damage import Condition, Groups, Steadiness
from monitor.core.ports import Image
from monitor.vision.bitstream import PictureOrder
from monitor.vision.damage import scene
from monitor.vision.packet import Coded, Packet


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

    def __init__(self, stream: Coded) -> None:
        self._coding, self._convert = stream.coding, _Converters()
        self._context: VideoCodecContext | None = None
        h264 = self._coding.codec == "h264"
        self._order = PictureOrder(self._coding.extradata) if h264 else None
        self._steadiness, self._scene = Steadiness(), next(_scenes)
        self._size_wh: tuple[int, int] | None = None
        self.restart()

    def restart(self) -> None:
        """Forget the pictures so far; the next packet that counts is a key frame."""
        if self._context is not None:
            self._context.flush_buffers()
        self._groups = Groups()
        self._steadiness.skip()
        self._waits_for_key, self._last_pts_s = True, float("-inf")
        if self._order is not None:
            self._order.restart()

    def rest(self) -> None:
        """Restart, and give back the memory of the pictures that others are drawn onto: 20 MB at 1080p."""
        self._context = None
        self.restart()

    def _opened(self) -> VideoCodecContext:
        if self._context is None:
            context = CodecContext.create(self._coding.codec, "r")
            assert isinstance(context, VideoCodecContext)
            context.extradata = self._coding.extradata
            context.thread_count = 1
            if self._coding.codec == "hevc":
                # FFmpeg marks no damaged H.265 picture, but can be made to refuse one whose reference is missing.
                context.options = {"err_detect": "explode"}
            self._context = context
        return self._context

    def decode(self, packet: Packet) -> list[Frame]:
        """The frames that this packet completes; none before a key frame.

        An error that is concealed makes every frame up to the next key frame DAMAGED, because each is drawn onto the
        one before.
        """
        if self._waits_for_key and not packet.key:
            return []
        self._waits_for_key = False
        if packet.key:
            if self._context is not None and not self._groups.whole(packet.pts_s):
                # Some key frames mend the picture bit by bit; only after this FFmpeg holds it back until it is whole.
                self._context.flush_buffers()
            self._groups.begin(packet.pts_s)
        if self._breaks_off(packet):
            self._damage(packet.pts_s)
        try:
            frames = [self._frame(raw, packet) for raw in self._opened().decode(packet.raw)]
        except (av.FFmpegError, ValueError):
            self._damage(packet.pts_s)
            return []
        return frames

    def still(self, packet: Packet) -> list[Frame]:
        """The frame of a key frame, alone and at once; what follows it is not decoded."""
        self.restart()
        frames = self.decode(packet)
        try:
            frames += [self._frame(raw, packet) for raw in self._opened().decode(None)]
        except (av.FFmpegError, ValueError):
            frames = []
        self.rest()
        return frames

    def _breaks_off(self, packet: Packet) -> bool:
        """Whether the packet cannot be the one that the camera sent after the last."""
        if packet.incomplete or packet.raw.is_corrupt or (packet.jumped and not packet.key):
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
        # Of a picture that only the end of the packets sets free, PyAV does not know in what unit its time is.
        shown_s = packet.pts_s if raw.pts is None else float(raw.pts * packet.raw.time_base)
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
