"""Pipeline (b): as network video recorders do it. One ffmpeg a camera decodes everything and passes on five frames a
second at 1280x720; every one of them goes through the face detector (the project's own), and clear faces are embedded.

    python -m bench.pipelines.decode_all     (a child of bench/ingest.py)
"""

import os
import subprocess
import time
from pathlib import Path

import numpy as np

from bench.pipelines.child import Newest, give_up, given, tell_face, watch
from bench.pipelines.passes import CLEAR_PX, WALKERS
from monitor.bootstrap import STREAM_DETECTION_PX
from monitor.core.ports import Image
from monitor.simulate.people import everybody
from monitor.simulate.view import WIDTH
from monitor.vision import weights
from monitor.vision.detector import YuNetDetector
from monitor.vision.embedder import SFaceEmbedder
from monitor.vision.photo import FacePhotoReader

FPS = 5
DETECT_WH = (1280, 720)
SEEN_PX = 48.0  # faces from this width on count as found; in pixels of the main stream
EMBED_EVERY_S = 0.4
NAMED_FROM = 0.363  # the threshold that OpenCV gives for SFace


def command(address: str) -> list[str]:
    """Decoding on one thread is what costs least in all."""
    fetch = f"-rtsp_transport tcp -threads 1 -i {address} -an"
    pass_on = f"-vf fps={FPS},scale={DETECT_WH[0]}:{DETECT_WH[1]} -pix_fmt bgr24 -f rawvideo -"
    return f"ffmpeg -hide_banner -loglevel error -nostdin {fetch} {pass_on}".split()


def read(camera: str, address: str, newest: Newest) -> None:
    """One camera's thread: takes every frame from the pipe."""
    width, height = DETECT_WH
    with subprocess.Popen(command(address), stdout=subprocess.PIPE, bufsize=0) as ffmpeg:
        assert ffmpeg.stdout is not None
        while True:
            frame = np.empty((height, width, 3), np.uint8)
            left = memoryview(frame.data).cast("B")
            while left:
                got = os.readv(ffmpeg.stdout.fileno(), [left])
                if not got:
                    give_up(f"ffmpeg ended on {camera}")
                left = left[got:]
            newest.put(camera, frame)


class Eyes:
    """Detector, embedder and the walkers' photos."""

    def __init__(self, data: Path) -> None:
        yunet, self._embedder = weights.yunet(data), SFaceEmbedder(weights.sface(data))
        self._detector = YuNetDetector(yunet, longest_px=STREAM_DETECTION_PX)
        photos, people = FacePhotoReader(YuNetDetector(yunet), self._embedder), everybody()
        enrolled = [photos.read(people[key].photo.read_bytes()).embedding for key in WALKERS]
        self._enrolled = np.stack(enrolled)
        self._embed_at_s: dict[str, float] = {}

    def look(self, camera: str, picture_bgr: Image) -> None:
        faces = self._detector.detect(picture_bgr)
        wide = (faces.boxes_xyxy[:, 2] - faces.boxes_xyxy[:, 0]) * WIDTH / DETECT_WH[0]
        seen = np.flatnonzero(wide >= SEEN_PX)
        if not len(seen):
            return
        now_s, clear, who = time.monotonic(), np.flatnonzero(wide >= CLEAR_PX), None
        answer = len(clear) > 0 and now_s >= self._embed_at_s.get(camera, 0.0)
        if answer:
            self._embed_at_s[camera] = now_s + EMBED_EVERY_S
            found = self._embedder.embed(picture_bgr, faces.landmarks_xy[clear])
            scores = found @ self._enrolled.T
            best = np.unravel_index(int(scores.argmax()), scores.shape)
            who = WALKERS[int(best[1])] if scores[best] >= NAMED_FROM else None
        tell_face(camera, who, answer=answer)


def main() -> None:
    told = given()
    watch(told["cameras"], read, Eyes(Path(told["data"])))


if __name__ == "__main__":
    main()
