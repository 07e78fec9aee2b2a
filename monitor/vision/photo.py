"""An enrolment photo: bytes from anybody, one good face out of them, or a refusal that says what to do better."""

import io
import struct
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageOps

from monitor.core.detection import Detections
from monitor.core.ports import Detector, Embedder, Image, PhotoFace
from monitor.core.quality import Flaw, Quality
from monitor.errors import PhotoRefused
from monitor.vision.drawing import BAD_COLOUR, GOOD_COLOUR, drawn
from monitor.vision.embedder import align
from monitor.vision.faces import quality_of
from monitor.vision.jpeg import encode, face_crop, shrink
from monitor.vision.landmarks import FineLandmarks

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_QUALITY = 0.3
_FORMATS = ("JPEG", "PNG", "WEBP")
_LONGEST_PX = 1600  # more shows nothing new of a face
_CROP_PX, _CROP_JPEG_QUALITY = 320, 92
_CLOSE_UP, _CLOSE_UP_PX = (
    0.4,
    480,
)  # a face wider than this share of the picture is looked at in a smaller one
_BYSTANDER = 0.5  # faces narrower than this share of the widest one stand in the background

# A picture that is too large is refused here; the library's warning would only litter the log.
warnings.simplefilter("error", Pictures.DecompressionBombWarning)

# What Pillow raises on damaged or hostile bytes. Its warnings are errors only where Python was told so.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    UserWarning,
)
_TOO_MANY_PIXELS = (Pictures.DecompressionBombError, Pictures.DecompressionBombWarning)

REASONS = {
    "too_large": "the file is larger than 10 MB. Send a smaller picture.",
    "not_a_picture": "the file is no complete JPEG, PNG or WebP picture. Send the original photo.",
    "too_many_pixels": "it has more than 40 million pixels. Send a smaller picture.",
    "no_face": "no face was found. Use a photo that shows one person from the front.",
    "two_faces": "it shows more than one person. Use a photo of this person alone.",
    Flaw.SMALL.value: "the face is too small. Go nearer, or use a larger picture.",
    Flaw.BLURRED.value: "the face is blurred. Hold the camera still and focus on the face.",
    Flaw.TURNED.value: "the face is turned away. Let the person look into the camera.",
    Flaw.DARK.value: "the face is too dark. Use light that falls onto the face.",
    Flaw.BRIGHT.value: "the face is too bright. Avoid direct sun and flash.",
}


def _refused(key: str, picture_jpeg: bytes | None = None) -> PhotoRefused:
    """`facts["key"]` is the stable key for translations."""
    return PhotoRefused(reason=REASONS[key], key=key, picture_jpeg=picture_jpeg)


class FacePhotoReader:
    """Reads enrolment photos; keeps nothing of them but the crop that it returns."""

    def __init__(self, detector: Detector, embedder: Embedder) -> None:
        self._detector, self._embedder = detector, embedder
        self._landmarks = FineLandmarks(detector)
        self.engine = embedder.name

    def read(self, photo: bytes) -> PhotoFace:
        """Raises PhotoRefused when the bytes are no picture, too large, or show not exactly one good face."""
        image, found = self._find(shrink(decode(photo), _LONGEST_PX))
        face = _only_face(image, found)
        box, rough = found.boxes_xyxy[face], found.landmarks_xy[face]
        fine = self._landmarks.find(image, rough)
        points = rough if fine is None else fine
        aligned = align(image, points[None])
        quality = quality_of(box, points, aligned[0])
        good = quality.score >= LEAST_QUALITY
        picture = drawn(image, found, [face], GOOD_COLOUR if good else BAD_COLOUR)
        if not good:
            raise _refused(_worst(quality).value, picture)
        return PhotoFace(
            embedding=self._embedder.template(image, points[None])[0],
            quality=quality.score,
            crop_jpeg=encode(face_crop(image, box, longest_px=_CROP_PX), quality=_CROP_JPEG_QUALITY),
            advice=tuple(flaw.value for flaw in quality.flaws),
            picture_jpeg=picture,
        )

    def _find(self, image: Image) -> tuple[Image, Detections]:
        """The faces, and the picture in which they were found.

        YuNet was not trained on faces that fill a large picture: it misses them or finds them twice.
        """
        found = self._detector.detect(image)
        if len(found) and _widths_px(found).max() < _CLOSE_UP * max(image.shape):
            return image, found
        small = shrink(image, _CLOSE_UP_PX)
        return small, self._detector.detect(small)


def _worst(quality: Quality) -> Flaw:
    """The flaw to blame. Blur comes last, because a small, turned or dark face looks blurred as well."""
    return next((flaw for flaw in quality.flaws if flaw is not Flaw.BLURRED), Flaw.BLURRED)


def decode(photo: bytes) -> Image:
    """The upright picture without its metadata. Raises PhotoRefused; sizes are judged before anything is decoded."""
    if len(photo) > LARGEST_BYTES:
        raise _refused("too_large")
    try:
        with Pictures.open(io.BytesIO(photo), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refused("too_many_pixels")
            picture.draft("RGB", (_LONGEST_PX, _LONGEST_PX))  # a JPEG can be decoded at half its size or less
            upright = ImageOps.exif_transpose(picture)
            # By way of RGBA, because palettes with transparency cannot be turned into RGB directly.
            rgb = (upright.convert("RGBA") if upright.mode in ("P", "PA") else upright).convert("RGB")
    except _TOO_MANY_PIXELS:
        raise _refused("too_many_pixels") from None
    except _UNREADABLE:
        raise _refused("not_a_picture") from None
    return np.asarray(cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR), np.uint8)


def _widths_px(found: Detections) -> NDArray[np.float32]:
    return found.boxes_xyxy[:, 2] - found.boxes_xyxy[:, 0]


def _only_face(image: Image, found: Detections) -> int:
    """The index of the one person shown. Raises PhotoRefused for nobody and for several."""
    if not len(found):
        raise _refused("no_face")
    widths_px = _widths_px(found)
    near = np.flatnonzero(widths_px >= _BYSTANDER * widths_px.max())
    if len(near) > 1:
        raise _refused("two_faces", drawn(image, found, near.tolist(), BAD_COLOUR))
    return int(widths_px.argmax())
