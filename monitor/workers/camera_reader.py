"""One camera. Its main stream is always read and kept back to the last key frame, but decoded only while somebody may
be there; what moves is seen on the sub stream, or on the key frames where a camera has none or it is down.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.clock import monotonic_s, utc_now
from monitor.config.cameras import CameraConfig
from monitor.core.budget import Budget, Priority
from monitor.core.camera import SEEING, CameraState
from monitor.core.damage import Condition
from monitor.core.sighting import Direction
from monitor.core.view import View, ViewState, ViewWatch
from monitor.vision.decoder import Frame
from monitor.vision.gate import MotionGate
from monitor.vision.jpeg import encode, shrink
from monitor.workers.connection import Connection
from monitor.workers.connections import Connections
from monitor.workers.line import Line
from monitor.workers.pulse import Proof, Pulse, Soundness

LOOK_FOR_S = 1.0  # how long the main stream is decoded after somebody was worth a closer look
LOOK_ALONE_FOR_S = 3.0  # and without a sub stream after the last movement
WALL_PICTURE_EVERY_S = 5.0
PICTURE_WITHIN_S = 15.0  # without a decoded picture nobody is seen; key frames may be ten seconds apart
BROKEN_AFTER_S = 1.0  # a main stream without a whole picture for this long is decoded until one comes
LATE_S = 1.0  # what waits longer than this is left out
PROVE_EVERY_S = 30.0  # how often a main stream that nobody looks at is decoded, to know that it can be
PEEK_EVERY_S = 1.0
VIEW_EVERY_S, KEEP_VIEW_EVERY_S = 1.0, 300.0
GATE_WH, GATE_EVERY_S = (160, 90), 0.3
# The gate counts pictures: about 25 s of standing still, and as long where only key frames are decoded.
ABSORB_FRAMES, ABSORB_KEY_FRAMES = 80, 12

logger = logging.getLogger(__name__)


class Files(Protocol):
    """Where pictures of the wall are kept, and what cameras used to show. Saving raises OSError."""

    def save_newest(self, camera: str, jpeg: bytes) -> None: ...

    def save_view(self, camera: str, learned: bytes) -> None: ...

    def load_view(self, camera: str) -> bytes | None: ...


@dataclass(frozen=True)
class CameraHealth:
    """How a camera is, as its reader sees it."""

    state: CameraState
    reason: str  # text key
    last_frame_at: datetime | None
    live_since: datetime | None  # when the last gap ended
    blind_since: datetime | None  # when it saw last, if it sees nothing now
    lag_s: float  # how far the main stream runs behind
    pictures: int  # decoded since the start
    left_out: int  # looks that there was no time for, since the start
    wall_picture_at: datetime | None


@dataclass(frozen=True)
class Watched:
    """The newest picture of the sub stream."""

    frame: Frame
    moving: bool


class CameraReader:
    """`watch` says whether anybody may be there; `frames` are those of the main stream, as far as they are wanted."""

    def __init__(self, camera: CameraConfig, connections: Connections, files: Files) -> None:
        self.camera = camera
        self.priority = Priority.PLACE if camera.direction is Direction.BOTH else Priority.GATE
        self._connections, self._files = connections, files
        self._main, self._sub = Line(queued=False), Line(queued=True) if camera.sub is not None else None
        self._open: list[Connection] = []
        self._gates = {"sub": MotionGate(ABSORB_FRAMES), "main": MotionGate(ABSORB_KEY_FRAMES)}
        self._proof, self._soundness = Proof(), Soundness()
        learned = files.load_view(camera.id)
        self._view = ViewWatch.restore(learned) if learned else ViewWatch()
        self._viewed: ViewState | None = None  # not known before the first look at it
        self._pictures = Pulse(PICTURE_WITHIN_S)
        self._look_until_s = self._next_gate_s = self._next_view_s = 0.0
        self._next_wall_picture_s = self._next_peek_s = self._next_proof_s = self._next_view_kept_s = 0.0
        self._wall_picture_at: datetime | None = None
        self._main_wh: tuple[int, int] | None = None
        self._fine_since: datetime | None = None
        self._left_out = 0.0  # looks there was no time for
        self.waited_s = 0.0  # how long the last picture waited

    def start(self) -> None:
        """Also looks for a moment: nobody knows who stood there before the connection."""
        self.look_closely()
        self._open = [self._connections.add(f"{self.camera.id} (main)", self.camera.main, self._main)]
        if self._sub is not None and self.camera.sub is not None:
            self._open.append(self._connections.add(f"{self.camera.id} (sub)", self.camera.sub, self._sub))

    def stop(self) -> None:
        for connection in self._open:
            self._connections.remove(connection)

    @property
    def alone(self) -> bool:
        """Whether the main stream has to do without the other."""
        return self._sub is None or not self._sub.packets.alive

    @property
    def looking(self) -> bool:
        return monotonic_s() < self._look_until_s

    def look_closely(self) -> None:
        """Somebody may be there: decode the main stream, from its last key frame on."""
        self._look_until_s = monotonic_s() + (LOOK_ALONE_FOR_S if self.alone else LOOK_FOR_S)

    def peek(self) -> None:
        """Somebody may be there who cannot be made out on the sub stream: look at a key frame now and then."""
        self._next_proof_s = min(self._next_proof_s, max(self._next_peek_s, monotonic_s()))

    def scale_xy(self, small: Frame) -> NDArray[np.float32]:
        """(2,) how many times larger the main stream is than this frame of the sub stream."""
        width, height = self._main_wh or small.size_wh
        return np.array([width / small.size_wh[0], height / small.size_wh[1]], np.float32)

    def watch(self, budget: Budget) -> Watched | None:
        """Take what has come on the sub stream; None when there is nothing new or it is not time yet."""
        if self._sub is None or self.alone:
            self.waited_s = 0.0
            return None
        now_s, newest = monotonic_s(), None
        keys_only = budget.keys_only(self.priority)
        frames, self.waited_s = self._sub.queue(now_s, LATE_S, keys_only=keys_only)
        for frame in frames:
            if self._sound(frame):
                newest = frame
        if newest is None or now_s < self._next_gate_s:
            return None
        self._next_gate_s = now_s + budget.pause_s(GATE_EVERY_S, self.priority)
        self._left_out += budget.pause_s(1.0, self.priority) - 1.0
        moving = self._moves(newest, "sub")
        # Who is seen without the main stream is identified by nobody, and says nothing of how well the camera sees.
        return Watched(newest, moving) if self._main.packets.alive else None

    def frames(self, budget: Budget) -> Iterator[Frame]:
        """Whole frames of the main stream since the last call; each is to be used before the next is taken."""
        for frame in self._wanted(budget):
            if self.alone and self._moves_alone(frame):
                self.look_closely()
            if frame.condition is Condition.WHOLE:
                yield frame
        if self._main.packets.alive and self._proof.missing_for_s() > BROKEN_AFTER_S:
            self.look_closely()  # until one comes

    def _wanted(self, budget: Budget) -> Iterator[Frame]:
        now_s = monotonic_s()
        late = self._main.lag_s > LATE_S or (self.alone and budget.keys_only(self.priority))
        if self.looking and not late:
            yield from self._decoded(self._main.onwards())
            return
        self._main.rest()
        if self.looking or self.alone or now_s >= self._next_proof_s:
            yield from self._decoded(self._main.still())

    def _decoded(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Those of the main stream that are good for something."""
        tried, whole = self._main.tried, False
        for frame in frames:
            if not self._sound(frame):
                continue
            if frame.condition is Condition.WHOLE:
                whole = True
                self._proof.given()
                self._main_wh = frame.size_wh
                now_s = monotonic_s()
                self._next_peek_s, self._next_proof_s = now_s + PEEK_EVERY_S, now_s + PROVE_EVERY_S
            yield frame
        if self._main.tried > tried and not whole:
            self._proof.wanted()

    def _sound(self, frame: Frame) -> bool:
        """Note that a picture came; False when it may be used for nothing."""
        damaged = frame.condition is Condition.DAMAGED
        self._soundness.add(damaged)
        if not damaged:
            self._pictures.beat()
        return not damaged

    def _moves_alone(self, frame: Frame) -> bool:
        now_s = monotonic_s()
        if now_s < self._next_gate_s:
            return False
        self._next_gate_s = now_s + GATE_EVERY_S
        return self._moves(frame, "main")

    def _moves(self, frame: Frame, stream: str) -> bool:
        gray, now_s = frame.gray(*GATE_WH), monotonic_s()
        motion = self._gates[stream].update(gray)
        if now_s >= self._next_view_s:
            self._next_view_s = now_s + VIEW_EVERY_S
            self._judge_view(gray, frame.arrived_s)
        if now_s >= self._next_wall_picture_s:
            self._next_wall_picture_s = now_s + WALL_PICTURE_EVERY_S
            self._keep_wall_picture(frame)
        return motion.moving or motion.relit  # a person may have switched the light on

    def _judge_view(self, gray: NDArray[np.uint8], at_s: float) -> None:
        before, self._viewed = self._viewed, self._view.update(gray, at_s)
        view = self._viewed.view
        if before is not None and before.view is not View.FINE and view is View.FINE:
            self._fine_since = _wall(at_s)
        if before is None or before.view is not view or at_s >= self._next_view_kept_s:
            self._next_view_kept_s = at_s + KEEP_VIEW_EVERY_S
            self._keep("view", lambda: self._files.save_view(self.camera.id, self._view.export()))

    def accept_view(self) -> None:
        """Staff say that what it shows now is what it should show."""
        self._view.accept()

    def _keep_wall_picture(self, frame: Frame) -> None:
        jpeg = encode(shrink(frame.bgr(), 640), quality=75)
        if self._keep("picture", lambda: self._files.save_newest(self.camera.id, jpeg)):
            self._wall_picture_at = utc_now()

    def _keep(self, what: str, save: Callable[[], None]) -> bool:
        try:
            save()
        except OSError as error:  # a full disk must not cost the camera
            logger.warning("the %s of camera %s is not kept: %s", what, self.camera.id, error.strerror)
            return False
        return True

    def health(self) -> CameraHealth:
        state, reason, blind_since = self._state()
        seeing = state in SEEING
        begun = [self._main.packets.since, self._pictures.since, self._proof.since, self._fine_since]
        return CameraHealth(
            state=state,
            reason=reason,
            last_frame_at=self._main.packets.last_at,
            live_since=max((at for at in begun if at is not None), default=None) if seeing else None,
            blind_since=blind_since,
            lag_s=self._main.lag_s,
            pictures=self._pictures.count,
            left_out=round(self._left_out),
            wall_picture_at=self._wall_picture_at,
        )

    def _state(self) -> tuple[CameraState, str, datetime | None]:
        """State, reason, and since when nobody could have been identified; the worst comes first."""
        view = self._viewed
        if not self._main.packets.alive:
            return *self._main.problem, self._main.packets.last_at
        if view is None or not self._pictures.alive:
            starting = view is None
            state = CameraState.STARTING if starting else CameraState.STALLED
            return state, "connecting" if starting else "no_picture", self._pictures.last_at
        if self._proof.missing_for_s() > PICTURE_WITHIN_S:
            return CameraState.STALLED, "broken_picture", self._proof.at
        if view.view is not View.FINE:
            return CameraState.NO_VIEW, view.view.value, None if view.since_s is None else _wall(view.since_s)
        if reason := self._poor():
            return CameraState.DEGRADED, reason, None
        return CameraState.LIVE, "", None

    def _poor(self) -> str:
        if self._main.slow():
            return "slow"
        if self._soundness.poor:
            return "broken_pictures"
        return "no_sub" if self._sub is not None and self.alone and self._sub.missed() else ""


def _wall(monotonic: float) -> datetime:
    """The wall time of a monotonic moment of a while ago."""
    return utc_now() - timedelta(seconds=monotonic_s() - monotonic)
