"""One camera's connections. The main stream is always read and kept back to its last key frame, but decoded only
while something moves; what moves is seen on the sub stream, or on the key frames where a camera has none.
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Condition, Event, Lock, Semaphore, Thread

from monitor.clock import monotonic_s, utc_now
from monitor.config.address import StreamAddress
from monitor.config.cameras import CameraConfig
from monitor.core.backoff import full_jitter_s
from monitor.core.camera import CameraState
from monitor.core.damage import Condition as Picture
from monitor.errors import CameraRefused, CameraSilent, CameraUnreachable
from monitor.vision.gate import MotionGate
from monitor.vision.jpeg import encode, shrink
from monitor.vision.stream import Decoder, Frame, GopBuffer, Packet, Stream

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 10.0
WRONG_PASSWORDS = 3  # cameras lock the account after about five
GOOD_AFTER_S = 10.0  # a connection that lasted this long starts the backoff anew
LOOK_FOR_S = 3.0  # how long the main stream is decoded after the last movement
WALL_PICTURE_EVERY_S = 5.0
PACKETS_WITHIN_S = 6.0  # without packets of the main stream nobody can be identified
PICTURE_WITHIN_S = 15.0  # without a decoded picture neither; key frames may be ten seconds apart
BROKEN_AFTER_S = 1.0  # a main stream without a whole picture for this long is decoded until one comes
LAG_SETTLES_S = 3.0
LATE_S = 1.0  # a main stream that runs this far behind is decoded by key frames until it has caught up
OPENING_AT_ONCE, OPENING_WAITS_S = 4, 3.0
GATE_WH, GATE_EVERY_S = (160, 90), 0.3
# The gate counts frames: about 25 s of standing still, and as long where only key frames are decoded.
ABSORB_FRAMES, ABSORB_KEY_FRAMES = 80, 12

_opening = Semaphore(OPENING_AT_ONCE)  # in each worker
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CameraHealth:
    """How a camera is, as its reader sees it."""

    state: CameraState
    reason: str  # text key
    last_frame_at: datetime | None
    live_since: datetime | None  # when the last gap ended
    lag_s: float  # how far the main stream runs behind
    pictures: int  # decoded since the start
    wall_picture_at: datetime | None


class Pulse:
    """Something that keeps coming, and since when it has come without a gap."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._last_s: float | None = None
        self.count = 0
        self.last_at: datetime | None = None
        self.since: datetime | None = None

    def beat(self) -> None:
        now = utc_now()
        if not self.alive:
            self.since = now
        self._last_s, self.last_at = monotonic_s(), now
        self.count += 1

    def interrupt(self) -> None:
        """There was a gap although it kept coming."""
        self._last_s = None

    @property
    def alive(self) -> bool:
        return self._last_s is not None and monotonic_s() - self._last_s <= self._within_s


class Lag:
    """How far a stream runs behind: arrival minus camera time, above the least that was seen.

    Many cameras begin with a burst, so the first seconds say nothing.
    """

    def __init__(self) -> None:
        self._first_s: float | None = None
        self._least_s: float | None = None
        self.now_s = 0.0

    def add(self, packet: Packet) -> None:
        if self._first_s is None:
            self._first_s = packet.arrived_s
        if packet.arrived_s - self._first_s < LAG_SETTLES_S:
            return
        difference = packet.arrived_s - packet.pts_s
        # The least drifts up slowly, because the clocks of two machines are never alike.
        self._least_s = difference if self._least_s is None else min(self._least_s + 1e-4, difference)
        self.now_s = difference - self._least_s


class CameraReader:
    """Reads one camera in threads of its own. `take` hands over the newest frame, `health` says how it is."""

    def __init__(
        self, camera: CameraConfig, new_frame: Condition, save_picture: Callable[[str, bytes], None]
    ) -> None:
        self._id = camera.id
        self._new_frame, self._save_picture = new_frame, save_picture
        self._stop, self._lock = Event(), Lock()
        self._newest: Frame | None = None
        self._look_until_s = self._next_gate_s = self._next_wall_picture_s = 0.0
        self._wall_picture_at: datetime | None = None
        self._packets, self._pictures = Pulse(PACKETS_WITHIN_S), Pulse(PICTURE_WITHIN_S)
        self._sub_pictures = Pulse(PACKETS_WITHIN_S)
        self._whole_at_s = float("-inf")  # when a picture of the main stream was last whole
        self._wanted_since_s: float | None = None  # since when it is decoded without one
        self._lag = Lag()
        self._problem = (CameraState.STARTING, "connecting")
        streams = [("main", camera.main, self._read_main)]
        if camera.sub is not None:
            streams.append(("sub", camera.sub, self._read_sub))
        self._threads = [
            Thread(
                target=self._keep_reading,
                args=(which, address, read),
                name=f"{camera.id}-{which}",
                daemon=True,
            )
            for which, address, read in streams
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()

    def take(self) -> Frame | None:
        """The newest frame of the main stream that nobody has had yet."""
        with self._lock:
            frame, self._newest = self._newest, None
        return frame

    def keep_looking(self) -> None:
        """Somebody is in view: go on decoding although nothing moves."""
        self._look_until_s = monotonic_s() + LOOK_FOR_S

    def health(self) -> CameraHealth:
        """Raises RuntimeError when a thread has died, so that the worker ends and is started anew."""
        if not self._stop.is_set() and not all(thread.is_alive() for thread in self._threads):
            raise RuntimeError(f"a reader of camera {self._id} has died")
        broken = self._broken
        live = self._packets.alive and self._pictures.alive and not broken
        state, reason = (CameraState.LIVE, "") if live else self._problem
        if broken and self._packets.alive:
            state, reason = CameraState.STALLED, "broken_picture"
        starts = [pulse.since for pulse in (self._packets, self._pictures) if pulse.since is not None]
        return CameraHealth(
            state,
            reason,
            self._packets.last_at,
            max(starts) if live else None,
            self._lag.now_s,
            self._pictures.count,
            self._wall_picture_at,
        )

    def _keep_reading(self, which: str, address: StreamAddress, read: Callable[[Stream], None]) -> None:
        attempt = refused = 0
        while not self._stop.is_set():
            opened_s = monotonic_s()
            try:
                with _connection(address) as stream:
                    opened_s, refused = monotonic_s(), 0
                    read(stream)
            except CameraRefused:
                refused += 1
                self._problem = (CameraState.REFUSED, "wrong_password")
            except CameraUnreachable:
                self._problem = (CameraState.UNREACHABLE, "no_answer")
            except CameraSilent:
                self._problem = (CameraState.STALLED, "no_picture")
            if refused >= WRONG_PASSWORDS:
                logger.error("camera %s (%s) refuses its password; waiting for a person", self._id, which)
                self._stop.wait()
                return
            attempt = 0 if monotonic_s() - opened_s > GOOD_AFTER_S else attempt + 1
            self._stop.wait(full_jitter_s(attempt, FIRST_RETRY_S, LONGEST_RETRY_S, random.random))

    def _read_main(self, stream: Stream) -> None:
        kept, decoder = GopBuffer(), Decoder(stream)
        gate = MotionGate(absorb_frames=ABSORB_KEY_FRAMES)
        self._lag = Lag()
        self.keep_looking()  # nobody knows who stood there before the connection
        decoding = False
        for packet in stream.packets():
            if self._stop.is_set():
                return
            self._packets.beat()
            self._lag.add(packet)
            kept.add(packet)
            looking = monotonic_s() < self._look_until_s
            alone = not self._sub_pictures.alive
            if self._lag.now_s > LATE_S and not packet.key:
                decoding = False
                continue
            if not looking and not (alone and packet.key):
                decoding = False
                continue
            if not decoding:
                decoder.restart()
            for each in [packet] if decoding else kept.since_key():
                for frame in decoder.decode(each):
                    self._take_main(frame, gate if alone else None)
            self._want_whole()
            decoding = looking

    def _read_sub(self, stream: Stream) -> None:
        decoder, gate = Decoder(stream), MotionGate(absorb_frames=ABSORB_FRAMES)
        for packet in stream.packets():
            if self._stop.is_set():
                return
            for frame in decoder.decode(packet):
                if frame.condition is Picture.DAMAGED:
                    continue
                self._pictures.beat()
                self._sub_pictures.beat()
                self._see(frame, gate)

    def _take_main(self, frame: Frame, gate: MotionGate | None) -> None:
        """A damaged picture is used for nothing, one of a scene that has just changed only to watch by."""
        if frame.condition is Picture.DAMAGED:
            return
        if frame.condition is Picture.WHOLE:
            if self._broken:
                self._pictures.interrupt()
            self._whole_at_s, self._wanted_since_s = monotonic_s(), None
            self._offer(frame)
        self._pictures.beat()
        if gate is not None:
            self._see(frame, gate)

    def _want_whole(self) -> None:
        """After a packet was decoded: without a whole picture go on looking, until one comes."""
        now_s = monotonic_s()
        if now_s - self._whole_at_s > BROKEN_AFTER_S:
            if self._wanted_since_s is None:
                self._wanted_since_s = now_s
            self.keep_looking()

    @property
    def _broken(self) -> bool:
        """Whether the main stream was decoded for long and nobody could have been identified by what came."""
        since_s = self._wanted_since_s
        return since_s is not None and monotonic_s() - since_s > PICTURE_WITHIN_S

    def _see(self, frame: Frame, gate: MotionGate) -> None:
        """A picture to watch by: perhaps something moves."""
        now_s = monotonic_s()
        if now_s < self._next_gate_s:
            return
        self._next_gate_s = now_s + GATE_EVERY_S
        motion = gate.update(frame.gray(*GATE_WH))
        if motion.moving or motion.relit:  # a person may have switched the light on
            self.keep_looking()
        if now_s >= self._next_wall_picture_s:
            self._next_wall_picture_s = now_s + WALL_PICTURE_EVERY_S
            try:
                self._save_picture(self._id, encode(shrink(frame.bgr(), 640), quality=75))
                self._wall_picture_at = utc_now()
            except OSError as error:  # a full disk must not cost the camera
                logger.warning("the picture of camera %s is not kept: %s", self._id, error.strerror)

    def _offer(self, frame: Frame) -> None:
        with self._lock:
            self._newest = frame
        with self._new_frame:
            self._new_frame.notify()


@contextmanager
def _connection(address: StreamAddress) -> Iterator[Stream]:
    """An open stream. Few are opened at a time, so that a switch restart is no stampede; but cameras that do not
    answer hold up the others for a moment only.
    """
    stream = Stream(address.reveal())
    waited = _opening.acquire(timeout=OPENING_WAITS_S)
    try:
        stream.__enter__()
    finally:
        if waited:
            _opening.release()
    try:
        yield stream
    finally:
        stream.close()
