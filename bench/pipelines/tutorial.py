"""Pipeline (c): as tutorials do it. OpenCV's VideoCapture decodes every frame, every other frame is made smaller and
goes through `face_recognition`: face_locations, face_encodings, compare with the enrolled photos.

    python -m bench.pipelines.tutorial       (a child of bench/ingest.py)

Kinder than most tutorials: a thread a camera reads, so that frames that come too late are left out, not queued.
"""

import os
from typing import Any

import cv2
import numpy as np

from bench.pipelines.child import Newest, give_up, given, tell_face, watch
from bench.pipelines.passes import WALKERS
from monitor.core.ports import Image
from monitor.simulate.people import everybody
from monitor.vision.dlib_process import library

EVERY = 2
SCALE = 0.25  # as most tutorials have it; a face is then found from about 80 px of the full picture on


def read(camera: str, address: str, newest: Newest) -> None:
    """One camera's thread: decodes every frame and hands on every other."""
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
    number = 0
    while True:
        good, frame = capture.read()
        if not good:
            give_up(f"no picture from {camera}")
        if number % EVERY == 0:
            newest.put(camera, np.asarray(frame, np.uint8))
        number += 1


class Eyes:
    def __init__(self, face_recognition: Any) -> None:
        self._library, people = face_recognition, everybody()
        photos = [self._library.load_image_file(str(people[key].photo)) for key in WALKERS]
        encoded = [(key, self._library.face_encodings(p)) for key, p in zip(WALKERS, photos, strict=True)]
        self._keys = [key for key, found in encoded if found]
        self._known = [found[0] for _, found in encoded if found]

    def look(self, camera: str, frame_bgr: Image) -> None:
        small = cv2.resize(frame_bgr, (0, 0), fx=SCALE, fy=SCALE)
        rgb = np.ascontiguousarray(small[..., ::-1])
        places = self._library.face_locations(rgb)
        for encoding in self._library.face_encodings(rgb, places):
            matches = self._library.compare_faces(self._known, encoding)
            best = int(np.argmin(self._library.face_distance(self._known, encoding)))
            tell_face(camera, self._keys[best] if matches[best] else None, answer=True)


def main() -> None:
    told = given()
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp|threads;1"
    cv2.setNumThreads(1)
    watch(told["cameras"], read, Eyes(library()))


if __name__ == "__main__":
    main()
