"""What the rules and use cases need from the outside. Adapters live in vision, notify and store."""

from collections.abc import Callable, Sequence
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


class Embedder(Protocol):
    @property
    def name(self) -> str:
        """Which engine makes the templates; those of different engines never meet."""
        ...

    def glance(
        self, image_bgr: Image, landmarks_xy: NDArray[np.float32], mirrored: Sequence[bool]
    ) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, D) unit embeddings of one picture among many, of some the mirror image."""
        ...

    def embed(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """(N, 5, 2) landmarks -> (N, D) unit embeddings of a picture that stands alone."""
        ...

    def template(self, image_bgr: Image, landmarks_xy: NDArray[np.float32]) -> Embeddings:
        """As `embed`, with all care that time allows: of a picture that is enrolled."""
        ...


@dataclass(frozen=True)
class PhotoFace:
    """The one face of an enrolment photo."""

    embedding: NDArray[np.float32]  # (D,) unit length
    quality: float  # 0..1
    crop_jpeg: bytes  # the face with a margin, good enough to make another engine's template from
    advice: tuple[str, ...]  # text keys: what would make the photo better
    picture_jpeg: bytes = b""  # the photo, small, with what was found drawn in; shown once and never stored


class PhotoReader(Protocol):
    @property
    def engine(self) -> str:
        """The embedder's name."""
        ...

    def read(self, photo: bytes) -> PhotoFace:
        """Raises PhotoRefused when the bytes are no picture, too large, or show not exactly one good face."""
        ...


class WalkReader(Protocol):
    def walk(self, address: str, tell: Callable[[float], None]) -> list[list[bytes]]:
        """Pictures (JPEG) of who walks past the camera, a list for each track, the one seen best first. Takes seconds.

        `tell` hears how many seconds of the walk are left. Raises WalkRefused, CameraRefused, CameraUnreachable,
        CameraSilent.
        """
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
