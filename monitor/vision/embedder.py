"""Templates from faces, with SFace (Zhong et al., IEEE TIP 30, 2021)."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embeddings, unit
from monitor.core.engine import SFACE
from monitor.core.geometry import ALIGNED_SIZE_PX, alignment
from monitor.core.ports import Image
from monitor.vision.runtime import compiled


def align(image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(N, 5, 2) landmarks -> (N, 112, 112, 3) BGR faces, eyes level and always at the same place."""
    size_wh = (ALIGNED_SIZE_PX, ALIGNED_SIZE_PX)
    faces = [cv2.warpAffine(image_bgr, alignment(points), size_wh) for points in landmarks_xy]
    return np.array(faces, np.uint8).reshape(-1, *size_wh, 3)


TEMPLATE_ZOOMS = (0.96, 1.0, 1.04)


class SFaceEmbedder:
    """The embedding of a face is the mean of its own and that of its mirror image."""

    name = SFACE

    def __init__(self, model: Path, *, full_precision: bool = False) -> None:
        shape = (1, 3, ALIGNED_SIZE_PX, ALIGNED_SIZE_PX)
        self._run, self._lock = compiled(model, shape, full_precision=full_precision), Lock()

    def glance(
        self, image_bgr: Image, landmarks_xy: NDArray[np.float32], mirrored: Sequence[bool]
    ) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, 128) unit embeddings, each of the face or of its mirror image alone."""
        faces = align(image_bgr, landmarks_xy)
        looks = [
            self._of(face[:, ::-1] if flip else face) for face, flip in zip(faces, mirrored, strict=True)
        ]
        return unit(np.array(looks, np.float32).reshape(-1, 128))

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, 128) unit embeddings."""
        return self.embed_aligned(align(image_bgr, landmarks_xy))

    def template(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """As `embed`, but averaged over slightly different alignments: for what is made once and compared for years."""
        looks = [self.embed(image_bgr, _zoomed(landmarks_xy, zoom)) for zoom in TEMPLATE_ZOOMS]
        return unit(np.sum(looks, axis=0))

    def embed_aligned(self, faces_bgr: NDArray[np.uint8]) -> Embeddings:
        """(N, 112, 112, 3) aligned faces -> (N, 128) unit embeddings."""
        both = [self._of(face) + self._of(face[:, ::-1]) for face in faces_bgr]
        return unit(np.array(both, np.float32).reshape(-1, 128))

    def _of(self, face_bgr: Image) -> NDArray[np.float32]:
        """(112, 112, 3) -> (128,), not of unit length."""
        rgb = np.ascontiguousarray(face_bgr[..., ::-1].transpose(2, 0, 1)[None], np.float32)
        with self._lock:  # one request serves one caller at a time
            return np.asarray(self._run(rgb)[0], np.float32)


def _zoomed(landmarks_xy: NDArray[np.float32], zoom: float) -> NDArray[np.float32]:
    middle_xy = landmarks_xy.mean(axis=1, keepdims=True)
    return np.asarray(middle_xy + (landmarks_xy - middle_xy) * zoom, np.float32)
