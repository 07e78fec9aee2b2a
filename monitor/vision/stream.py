"""A stream that FFmpeg reads: files, video over HTTP, encrypted RTSP, and every kind that monitor.vision.rtsp leaves.

FFmpeg puts the address, password included, into its errors: they are never chained to ours and never logged.
"""

from collections.abc import Iterator
from fractions import Fraction
from threading import Event
from types import TracebackType
from typing import Any, Self

import av
from av.container import InputContainer

from monitor.clock import monotonic_s
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable, ShouwangError
from monitor.vision.packet import Coding, Packet, Timeline

av.logging.set_level(None)  # FFmpeg's log lines show the password

FIRST_PACKET_WITHIN_S = 10.0
_LAST_PICTURE_S = 0.1  # of a film that does not say how fast it is
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
# What FFmpeg may open for an address; nothing else, whatever a camera answers.
_PROTOCOLS = {
    "rtsp": "tcp,tls,rtp,udp,rtsp",
    "rtsps": "tcp,tls,rtp,udp,rtsp",
    "http": "tcp,http",
    "https": "tcp,tls,https",
    "file": "file",
}


class Stream:
    """A connection to one camera; use it with `with`.

    Entering raises CameraRefused, CameraUnreachable or CameraSilent. A bare path is opened with `allow_file` only. A
    `file:` address is a film that stands in for a camera: it plays at its own pace, for ever.
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
        self._scheme = address.partition(":")[0].lower()
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

    @property
    def coding(self) -> Coding:
        """Raises CameraSilent when the stream is not open."""
        video = self.video
        rate = video.guessed_rate
        return Coding(video.codec_context.name, video.codec_context.extradata, float(rate) if rate else None)

    def packets(self) -> Iterator[Packet]:
        """Packets as they come. Never ends quietly: a stall, a damaged stream and a hang-up raise CameraSilent."""
        timeline = Timeline()
        try:
            yield from self._film(timeline) if self._scheme == "file" else self._live(timeline)
        except _FAILURES:
            pass
        raise CameraSilent()  # outside `except`, so that no context holds the address

    def _live(self, timeline: Timeline) -> Iterator[Packet]:
        container, video = self._connected(), self.video
        silent_from_s = monotonic_s() + FIRST_PACKET_WITHIN_S
        for raw in container.demux():
            arrived_s = monotonic_s()
            if raw.stream_index != video.index or not raw.size:
                if arrived_s > silent_from_s:
                    break  # sound goes on, the picture does not
                continue
            silent_from_s = arrived_s + 2 * self._read_timeout_s
            yield _packet(raw, timeline, arrived_s)

    def _film(self, timeline: Timeline) -> Iterator[Packet]:
        """Round after round; each packet when its time has come."""
        pause, pictures = Event(), 1
        while pictures:  # a round without one would go on for ever
            container, began_s, first_s, pictures = self._connected(), monotonic_s(), None, 0
            rate = self.video.guessed_rate
            for raw in container.demux(container.streams.video[0]):
                if not raw.size or raw.time_base is None:
                    continue
                at_s = float((raw.dts or raw.pts or 0) * raw.time_base)
                first_s = at_s if first_s is None else first_s
                pause.wait(max(0.0, began_s + at_s - first_s - monotonic_s()))
                pictures += 1
                yield _packet(raw, timeline, monotonic_s())
            pause.wait(float(1 / rate) if rate else _LAST_PICTURE_S)
            self.close()
            self._container = self._open()

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
        options = {"protocol_whitelist": _PROTOCOLS.get(self._scheme, "rtsp")}
        if self._scheme in ("rtsp", "rtsps"):
            options |= {
                "rtsp_transport": "tcp",
                "allowed_media_types": "video",
                "timeout": str(round(self._open_timeout_s * 1e6)),
                "analyzeduration": "500000",
            }
        return options


def _meaning(error: Exception) -> ShouwangError:
    """What a failure to open means for the person who has to mend it."""
    if isinstance(error, _DENIED):
        return CameraRefused()
    if isinstance(error, _NO_STREAM):
        return CameraSilent()
    return CameraUnreachable()


def _packet(raw: "av.Packet[Any]", timeline: Timeline, arrived_s: float) -> Packet:
    base = raw.time_base or Fraction(1, 90_000)
    jumps = timeline.jumps
    pts_s = timeline.repair(None if raw.pts is None else float(raw.pts * base), arrived_s)
    # Written back, so that the decoder hands the repaired time on to the frame.
    raw.pts, raw.dts = round(pts_s / base), None
    return Packet(raw, raw.is_keyframe, pts_s, raw.size, arrived_s, timeline.jumps > jumps)
