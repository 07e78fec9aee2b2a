"""A walk past one camera: the best pictures of who is seen."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from monitor.clock import monotonic_s
from monitor.core.detection import Detections
from monitor.core.ports import Detector, Image
from monitor.core.quality import SMALL_PX
from monitor.core.track import Track, Tracker
from monitor.core.walk import LEAST_QUALITY, REASONS, Glimpse, choose, is_full, turn_of
from monitor.errors import CameraSilent, WalkRefused
from monitor.vision.decoder import Decoder
from monitor.vision.embedder import align
from monitor.vision.faces import quality_of
from monitor.vision.jpeg import encode, face_crop
from monitor.vision.stream import Stream

LONGEST_S = 10.0
LOOK_EVERY_S = 0.2
FIRST_FRAME_WITHIN_S = 15.0  # key frames may be ten seconds apart
_AROUND, _REGION_PX, _JPEG_QUALITY = 0.8, 640, 92
_BYSTANDER = 0.5  # faces narrower than this share of the widest one stand in the background
_TWO_PEOPLE_LOOKS = 2  # in one look alone, the second face may be none


def _refused(key: str) -> WalkRefused:
    """`facts["key"]` is the stable key for translations."""
    return WalkRefused(reason=REASONS[key], key=key)


@dataclass
class Collector:
    """What is seen of the people in front of the camera, one list of glimpses a track."""

    detector: Detector
    tracker: Tracker = field(default_factory=Tracker)
    _glimpses: dict[int, list[Glimpse]] = field(default_factory=lambda: defaultdict(list))
    _regions: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    _two_people: int = 0
    _seen: bool = False

    def look(self, image_bgr: Image, at_s: float) -> None:
        """Take one frame; `at_s` monotonic. Raises WalkRefused as soon as two people are there."""
        found = self.detector.detect(image_bgr)
        self.tracker.ended(at_s)
        tracks = self.tracker.update(found, at_s)
        self._require_one_person(found)
        for track in tracks:
            self._seen = True
            if track.width_px >= SMALL_PX:
                self._take(image_bgr, track, at_s)

    @property
    def is_full(self) -> bool:
        return any(is_full(glimpses) for glimpses in self._glimpses.values())

    def tracks(self) -> list[list[bytes]]:
        """The chosen pictures (JPEG) of the track seen best, in order of time; then one of each other track, so that
        somebody can see whether it is the same person. Raises WalkRefused without any.
        """
        if not self._glimpses:
            raise _refused("walk_poor" if self._seen else "walk_nobody")
        best = max(self._glimpses, key=lambda number: len(choose(self._glimpses[number])))
        others = [number for number in self._glimpses if number != best]
        chosen = [self._regions[best][n] for n in choose(self._glimpses[best])]
        return [chosen, *([self._clearest(number)] for number in others)]

    def _clearest(self, number: int) -> bytes:
        glimpses = self._glimpses[number]
        return self._regions[number][max(range(len(glimpses)), key=lambda n: glimpses[n].quality)]

    def _require_one_person(self, found: Detections) -> None:
        widths_px = found.boxes_xyxy[:, 2] - found.boxes_xyxy[:, 0]
        near = widths_px >= max(SMALL_PX, _BYSTANDER * float(np.max(widths_px, initial=0.0)))
        self._two_people += int(near.sum() > 1)
        if self._two_people >= _TWO_PEOPLE_LOOKS:
            raise _refused("walk_two_people")

    def _take(self, image_bgr: Image, track: Track, at_s: float) -> None:
        box, points = track.box_xyxy, track.landmarks_xy
        quality = quality_of(box, points, align(image_bgr, points[None])[0]).score
        if quality < LEAST_QUALITY:
            return
        region = face_crop(image_bgr, box, margin=_AROUND, longest_px=_REGION_PX)
        self._glimpses[track.number].append(Glimpse(at_s, quality, turn_of(points)))
        self._regions[track.number].append(encode(region, quality=_JPEG_QUALITY))


class CameraWalk:
    """Opens a camera for the length of one walk; keeps nothing but the pictures that it returns."""

    def __init__(self, detector: Detector, longest_s: float = LONGEST_S) -> None:
        self._detector, self._longest_s = detector, longest_s

    def walk(self, address: str, tell: Callable[[float], None]) -> list[list[bytes]]:
        """See WalkReader. The time counts from the first frame; a walk that is seen well ends early."""
        collector, next_look_s, seen = Collector(self._detector), 0.0, False
        ends_s = monotonic_s() + FIRST_FRAME_WITHIN_S
        with Stream(address) as stream:
            decoder = Decoder(stream)
            for packet in stream.packets():
                for frame in decoder.decode(packet):
                    now_s = monotonic_s()
                    ends_s, seen = (ends_s if seen else now_s + self._longest_s), True
                    tell(max(0.0, ends_s - now_s))
                    if now_s >= next_look_s:
                        next_look_s = now_s + LOOK_EVERY_S
                        collector.look(frame.bgr(), now_s)
                if monotonic_s() >= ends_s or collector.is_full:
                    break
        if not seen:
            raise CameraSilent()
        return collector.tracks()
