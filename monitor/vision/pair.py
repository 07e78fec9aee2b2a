"""Two engines as one: their embeddings side by side, so that the cosine of two pairs is the weighted mean of both."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.core.embedding import Embeddings, joined
from monitor.core.engine import ENGINES
from monitor.core.ports import Image
from monitor.vision.dlib_embedder import DlibEmbedder
from monitor.vision.embedder import SFaceEmbedder


class PairEmbedder:
    name = ENGINES["sface+dlib"]

    def __init__(self, first: SFaceEmbedder, second: DlibEmbedder) -> None:
        self.first, self.second = first, second

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, 256) unit embeddings. Raises EngineFailed."""
        return joined(self.first.embed(image_bgr, landmarks_xy), self.second.embed(image_bgr, landmarks_xy))

    def glance(
        self, image_bgr: Image, landmarks_xy: NDArray[np.float32], mirrored: Sequence[bool]
    ) -> Embeddings:
        """As `embed`, with the first engine's glance. Raises EngineFailed."""
        return joined(
            self.first.glance(image_bgr, landmarks_xy, mirrored), self.second.embed(image_bgr, landmarks_xy)
        )

    def template(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """As `embed`, with the first engine's templates. Raises EngineFailed."""
        return joined(
            self.first.template(image_bgr, landmarks_xy), self.second.embed(image_bgr, landmarks_xy)
        )
