"""One person's detections on one camera, joined by overlap."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.core.detection import Detections
from monitor.core.geometry import iou


@dataclass(eq=False)
class Track:
    """A face followed through the frames of one camera. Times are monotonic seconds."""

    number: int
    box_xyxy: NDArray[np.float32]
    landmarks_xy: NDArray[np.float32]
    first_s: float
    last_s: float
    velocity_xyxy: NDArray[np.float32] = field(default_factory=lambda: np.zeros(4, np.float32))  # px/s

    def expected(self, at_s: float) -> NDArray[np.float32]:
        """Where the box should be now; at most half a second is extrapolated."""
        return self.box_xyxy + self.velocity_xyxy * np.float32(min(at_s - self.last_s, 0.5))

    def follow(self, box_xyxy: NDArray[np.float32], landmarks_xy: NDArray[np.float32], at_s: float) -> None:
        elapsed = max(at_s - self.last_s, 1e-3)
        moved = (box_xyxy - self.box_xyxy) / np.float32(elapsed)
        self.velocity_xyxy = 0.5 * self.velocity_xyxy + 0.5 * moved
        self.box_xyxy, self.landmarks_xy, self.last_s = box_xyxy, landmarks_xy, at_s

    @property
    def width_px(self) -> float:
        return float(self.box_xyxy[2] - self.box_xyxy[0])


class Tracker:
    """Greedy matching by overlap: the best pair first. Enough at 4 frames/s, because faces are small and apart."""

    def __init__(self, min_iou: float = 0.2, lost_after_s: float = 1.6) -> None:
        self._min_iou, self._lost_after_s = min_iou, lost_after_s
        self._tracks: list[Track] = []
        self._next_number = 1

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(self._tracks)

    def matched(self, found: Detections, at_s: float) -> dict[int, Track]:
        """Which of the faces (by index) belongs to which track that is known; changes nothing."""
        pairs: dict[int, Track] = {}
        if self._tracks and len(found):
            overlap = iou(np.stack([t.expected(at_s) for t in self._tracks]), found.boxes_xyxy)
            for flat in np.argsort(-overlap, axis=None):
                row, column = divmod(int(flat), len(found))
                track = self._tracks[row]
                if overlap[row, column] < self._min_iou:
                    break
                if column not in pairs and track not in pairs.values():
                    pairs[column] = track
        return pairs

    def update(self, found: Detections, at_s: float) -> list[Track]:
        """Take the faces of one frame; returns the tracks that are seen in it, in the order of `found`."""
        seen = self.matched(found, at_s)
        for column, track in seen.items():
            track.follow(found.boxes_xyxy[column], found.landmarks_xy[column], at_s)
        for column in range(len(found)):
            if column not in seen:
                seen[column] = self._start(found.boxes_xyxy[column], found.landmarks_xy[column], at_s)
        return [seen[column] for column in range(len(found))]

    def ended(self, at_s: float) -> list[Track]:
        """The tracks that have not been seen for a while, once each."""
        gone = [t for t in self._tracks if at_s - t.last_s > self._lost_after_s]
        self._tracks = [t for t in self._tracks if t not in gone]
        return gone

    def cut(self) -> list[Track]:
        """End every track now: what comes next is another scene."""
        gone, self._tracks = self._tracks, []
        return gone

    def _start(self, box_xyxy: NDArray[np.float32], landmarks_xy: NDArray[np.float32], at_s: float) -> Track:
        track = Track(self._next_number, box_xyxy, landmarks_xy, at_s, at_s)
        self._next_number += 1
        self._tracks.append(track)
        return track
