"""Templates from faces, with SFace (Zhong et al., IEEE TIP 30, 2021)."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embeddings, unit
from monitor.core.geometry import ALIGNED_SIZE_PX, alignment
from monitor.core.ports import Image
from monitor.vision.runtime import session


def align(image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(N, 5, 2) landmarks -> (N, 112, 112, 3) BGR faces, eyes level and always at the same place."""
    size_wh = (ALIGNED_SIZE_PX, ALIGNED_SIZE_PX)
    faces = [cv2.warpAffine(image_bgr, alignment(points), size_wh) for points in landmarks_xy]
    return np.array(faces, np.uint8).reshape(-1, *size_wh, 3)


class SFaceEmbedder:
    name = "sface-2021dec"

    def __init__(self, model: Path) -> None:
        self._session = session(model)

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, 128) unit embeddings."""
        return self.embed_aligned(align(image_bgr, landmarks_xy))

    def embed_aligned(self, faces_bgr: NDArray[np.uint8]) -> Embeddings:
        """(N, 112, 112, 3) aligned faces -> (N, 128) unit embeddings."""
        if not len(faces_bgr):
            return np.zeros((0, 128), np.float32)
        blob = np.ascontiguousarray(faces_bgr[..., ::-1].transpose(0, 3, 1, 2), np.float32)  # RGB, 0..255
        return unit(self._session.run(["fc1"], {"data": blob})[0])
