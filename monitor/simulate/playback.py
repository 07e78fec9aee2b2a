"""Sends a clip's pictures to one client when they are due, for ever or once."""

import asyncio
import random
import struct
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from monitor import clock
from monitor.simulate.rtp import CLOCK_HZ, FRAME_BYTES, RTP_HEADER_BYTES, SSRC, Clip, Picture

# A client that reads more slowly than this allows for loses whole pictures.
MOST_WAITING_BYTES = 4_000_000
# After a longer sleep of this machine the missed pictures are left out.
LATE_S = 2.0
_SOON_S = 1e-3
_NTP_BEGAN = datetime(1900, 1, 1, tzinfo=UTC)


class Camera:
    """What one address shows. A camera that misbehaves overrides how its pictures and reports are sent."""

    report_every_s = 5.0

    def __init__(self, shown: Clip) -> None:
        self.clip = shown

    def first_time(self) -> int:
        """The RTP time of a client's first picture."""
        return random.randrange(2**32)

    def sends(self, picture: Picture, sequence: int, time: int, channel: int) -> bytes | memoryview:
        """What goes over the wire for one picture."""
        return picture.stamped(sequence, time, channel).data

    def reports(self, report: bytes) -> bytes:
        """What goes over the wire for one RTCP report."""
        return report


class Playback:
    """One client's stream. `from_start` begins each client at the first picture; else the monotonic clock says where.

    By the clock, main and sub streams show the same moment, and who connects again does not see the same again. The
    clock may be `offset_s` ahead, so that cameras with the same clip do not all show the same moment.
    """

    def __init__(
        self,
        camera: Camera,
        transport: asyncio.WriteTransport,
        channel: int,
        *,
        once: bool,
        from_start: bool,
        offset_s: float = 0.0,
    ) -> None:
        self._camera, self._transport, self._channel = camera, transport, channel
        self._once, self._from_start, self._offset_s = once, once or from_start, offset_s
        self._loop = asyncio.get_running_loop()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sequence = random.randrange(0x10000)
        self._packets, self._octets = 0, 0  # sent, for the report
        self._waits_for_key = False
        self._join()
        # RTP time when the monotonic clock stood at 0. Who changes it makes the time stamps jump.
        self.time_at_zero = camera.first_time() - _ticks(self._round_began_s + self._picture.shown_s)

    def start(self) -> tuple[int, int]:
        """Begin; returns sequence number and RTP time of the first packet."""
        self._await_next()
        self._wait("report", clock.monotonic_s(), self.report)
        return self._sequence, self._time_of(self._picture.shown_s + self._round_began_s)

    def stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def rejoin(self) -> None:
        """Go on with the next key frame of the clip that the camera shows now."""
        self._join()
        if self._timers:
            self._await_next()

    @property
    def _picture(self) -> Picture:
        return self._clip.pictures[self._number]

    def _join(self) -> None:
        """Find the next key frame that is due."""
        self._clip, now_s = self._camera.clip, clock.monotonic_s()
        if self._from_start:
            self._round_began_s, self._number = now_s, self._clip.keys[0]
            return
        self._round_began_s = now_s - (now_s + self._offset_s) % self._clip.length_s
        due_s = [self._clip.pictures[number].sent_s for number in self._clip.keys]
        key = bisect_left(due_s, now_s - self._round_began_s - _SOON_S)
        if key == len(due_s):
            key, self._round_began_s = 0, self._round_began_s + self._clip.length_s
        self._number = self._clip.keys[key]

    def _await_next(self) -> None:
        self._wait("picture", self._round_began_s + self._picture.sent_s, self._send)

    def _wait(self, what: str, until_s: float, then: Callable[[], None]) -> None:
        if what in self._timers:
            self._timers[what].cancel()
        self._timers[what] = self._loop.call_at(until_s, then)

    def _send(self) -> None:
        picture, began_s = self._picture, self._round_began_s
        if clock.monotonic_s() > began_s + picture.sent_s + LATE_S:
            self.rejoin()
            return
        if self._has_room(picture):
            time = self._time_of(began_s + picture.shown_s)
            self._transport.write(self._camera.sends(picture, self._sequence, time, self._channel))
            packets = len(picture.starts)
            self._sequence = (self._sequence + packets) & 0xFFFF
            self._packets += packets
            self._octets += len(picture.wire) - packets * (FRAME_BYTES + RTP_HEADER_BYTES)
        self._advance()

    def _has_room(self, picture: Picture) -> bool:
        """Without one picture those up to the next key frame are worthless."""
        full = self._transport.get_write_buffer_size() > MOST_WAITING_BYTES
        self._waits_for_key = full or (self._waits_for_key and not picture.key)
        return not self._waits_for_key

    def _advance(self) -> None:
        self._number += 1
        if self._number == len(self._clip.pictures):
            self._number = 0
            self._round_began_s += self._clip.length_s
            if self._once:
                self._wait("picture", self._round_began_s, self._transport.close)
                return
        self._await_next()

    def _time_of(self, at_s: float) -> int:
        """RTP time of a monotonic time."""
        return (self.time_at_zero + _ticks(at_s)) & 0xFFFFFFFF

    def report(self) -> None:
        """RTCP sender report: which wall time an RTP time is."""
        now_s = clock.monotonic_s()
        since = clock.utc_now() - _NTP_BEGAN
        seconds, rest = divmod(since, timedelta(seconds=1))
        fraction = (rest.microseconds << 32) // 1_000_000
        counts = self._time_of(now_s), self._packets & 0xFFFFFFFF, self._octets & 0xFFFFFFFF
        packet = struct.pack("!BBHIIIIII", 0x80, 200, 6, SSRC, seconds & 0xFFFFFFFF, fraction, *counts)
        framed = struct.pack("!cBH", b"$", self._channel + 1, len(packet)) + packet
        self._transport.write(self._camera.reports(framed))
        self._wait("report", now_s + self._camera.report_every_s, self.report)


def _ticks(seconds: float) -> int:
    return round(seconds * CLOCK_HZ)
