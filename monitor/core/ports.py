"""What the rules and use cases need from the outside. Adapters live in vision, notify and store."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.core.detection import Detections
from monitor.core.embedding import Embeddings

Image = NDArray[np.uint8]  # (height, width, 3) BGR


class Detector(Protocol):
    def detect(self, image_bgr: Image) -> Detections:
        """Every face of the picture, boxes and points in pixels of that picture."""
        ...

    def detect_in(self, image_bgr: Image, region_xyxy: tuple[float, float, float, float]) -> Detections:
        """The faces of one part of the picture, in pixels of the whole."""
        ...


class Embedder(Protocol):
    @property
    def name(self) -> str:
        """Which engine makes the templates; those of different engines never meet."""
        ...

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, D) unit embeddings."""
        ...


@dataclass(frozen=True)
class PhotoFace:
    """The one face of an enrolment photo."""

    embedding: NDArray[np.float32]  # (D,) unit length
    quality: float  # 0..1
    crop_jpeg: bytes
    advice: tuple[str, ...]  # text keys: what would make the photo better


class PhotoReader(Protocol):
    @property
    def engine(self) -> str:
        """The embedder's name."""
        ...

    def read(self, photo: bytes) -> PhotoFace:
        """Raises PhotoRefused when the bytes are no picture, too large, or show not exactly one good face."""
        ...


@dataclass(frozen=True)
class Message:
    """What a channel carries: the least that a receiver needs."""

    key: str  # the same for every retry, so that a receiver can drop a repeat
    title: str
    body: str
    link: str


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> str:
        """Returns the channel's receipt. Raises NotifyError."""
        ...
