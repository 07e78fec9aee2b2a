"""Templates made by the `face_recognition` library (dlib's ResNet; D. King, 2017), as a second engine.

By itself it is far weaker here than SFace: decision 1 of the design. Asked in doubt, its errors are other errors.
"""

import atexit
import subprocess
import sys
from collections.abc import Sequence
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embedding, Embeddings, unit
from monitor.core.engine import DLIB
from monitor.core.geometry import span_px
from monitor.core.ports import Image
from monitor.errors import EngineFailed
from monitor.vision.dlib_process import COUNT, DIMENSIONS, FACE_SHARE, SIDE_PX

_SPANS = 2.4  # how wide a face is for dlib


class DlibEmbedder:
    """Asks a child process, which is started with the first face and ends with this one. Raises EngineFailed."""

    name = DLIB

    def __init__(self, mean: Embedding | None) -> None:
        """`mean` (128,) is what all faces have in common and is taken away; None only to find it."""
        self._mean = mean
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        atexit.register(self.close)

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, 128) unit embeddings."""
        return self.embed_pictures(face_pictures(image_bgr, landmarks_xy))

    def glance(
        self, image_bgr: Image, landmarks_xy: NDArray[np.float32], mirrored: Sequence[bool]
    ) -> Embeddings:
        """The same as `embed`: mirror images gain nothing here. Raises EngineFailed."""
        return self.embed(image_bgr, landmarks_xy)

    def template(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """The same as `embed`. Raises EngineFailed."""
        return self.embed(image_bgr, landmarks_xy)

    def embed_pictures(self, faces_bgr: NDArray[np.uint8]) -> Embeddings:
        """(N, SIDE_PX, SIDE_PX, 3) faces as `face_pictures` cuts them -> (N, 128) unit embeddings."""
        if not len(faces_bgr):
            return np.zeros((0, DIMENSIONS), np.float32)
        request = COUNT.pack(len(faces_bgr)) + np.ascontiguousarray(faces_bgr[..., ::-1]).tobytes()
        size = len(faces_bgr) * DIMENSIONS * 4
        with self._lock:
            answer = self._ask(request, size)
        embeddings = unit(np.frombuffer(answer, "<f4").reshape(-1, DIMENSIONS))
        return embeddings if self._mean is None else unit(embeddings - self._mean)

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _ask(self, request: bytes, size: int) -> bytes:
        child = self._child = self._child or subprocess.Popen(
            [sys.executable, "-m", "monitor.vision.dlib_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(request)
            child.stdin.flush()
            answer = child.stdout.read(size)
        except OSError:
            answer = b""
        if len(answer) < size:
            self.close()  # the next face starts a new one
            raise EngineFailed(engine=self.name)
        return answer


def face_pictures(image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(N, 5, 2) landmarks -> (N, SIDE_PX, SIDE_PX, 3): upright squares around the faces."""
    faces = [_square(image_bgr, points) for points in landmarks_xy]
    return np.array(faces, np.uint8).reshape(-1, SIDE_PX, SIDE_PX, 3)


def _square(image_bgr: Image, points_xy: NDArray[np.float32]) -> Image:
    scale = FACE_SHARE * SIDE_PX / max(_SPANS * span_px(points_xy), 1.0)
    x, y = points_xy.mean(axis=0)
    move = np.array([[scale, 0, SIDE_PX / 2 - x * scale], [0, scale, SIDE_PX / 2 - y * scale]])
    finer = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.warpAffine(image_bgr, move, (SIDE_PX, SIDE_PX), flags=finer), np.uint8)
