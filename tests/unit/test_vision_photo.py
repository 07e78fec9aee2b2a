"""An enrolment photo is read, or refused with a reason that helps."""

import io
import struct
import zlib
from collections.abc import Callable

import cv2
import faces
import numpy as np
import pytest
from PIL import Image as Pictures

from monitor.core.ports import Image
from monitor.errors import PhotoRefused
from monitor.vision.photo import FacePhotoReader


def reader() -> FacePhotoReader:
    return FacePhotoReader(faces.detector(), faces.embedder())


def file_of(image: Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Pictures.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).save(out, kind, **options)
    return out.getvalue()


def refusal(photo: bytes) -> str:
    with pytest.raises(PhotoRefused) as caught:
        reader().read(photo)
    assert str(caught.value).endswith(".")
    return str(caught.value.facts["key"])


def beside(left: Image, right: Image, right_px: int) -> Image:
    """Two portraits in one picture; the right one scaled to `right_px`."""
    small = cv2.resize(right, (right_px, right_px), interpolation=cv2.INTER_AREA)
    image = np.full((left.shape[0], left.shape[1] + right_px, 3), 128, np.uint8)
    image[:, : left.shape[1]] = left
    image[:right_px, left.shape[1] :] = small
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_good_photo_gives_a_template_and_a_small_crop(kind: str) -> None:
    face = reader().read(file_of(faces.portrait(faces.ADA), kind))
    assert face.embedding.shape == (128,)
    assert face.quality > 0.6 and face.advice == ()
    with Pictures.open(io.BytesIO(face.crop_jpeg)) as crop:
        assert crop.format == "JPEG" and max(crop.size) <= 320


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    upright = faces.portrait(faces.ADA)
    exif = Pictures.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees clockwise
    sideways = file_of(np.asarray(np.rot90(upright)), "JPEG", exif=exif, quality=95)
    first, second = reader().read(file_of(upright)), reader().read(sideways)
    assert first.embedding @ second.embedding > 0.95


def test_the_crop_carries_no_metadata() -> None:
    exif = Pictures.Exif()
    exif[0x010E] = "taken at home"
    face = reader().read(file_of(faces.portrait(faces.ADA), "JPEG", exif=exif))
    assert b"taken at home" not in face.crop_jpeg
    with Pictures.open(io.BytesIO(face.crop_jpeg)) as crop:
        assert not crop.getexif()


def test_a_hundred_megapixels_are_refused_from_the_header_alone() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for side in (10_000, 30_000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        # There is no picture in it: decoding would fail in another way.
        photo = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
        assert refusal(photo) == "too_many_pixels"


def test_bytes_that_are_no_picture_are_refused() -> None:
    whole = file_of(faces.portrait(faces.ADA), "JPEG")
    gif = file_of(faces.portrait(faces.ADA), "GIF")
    for photo in (b"", b"Dear estate, here is my photo", whole[: len(whole) // 2], gif, b"<svg/>"):
        assert refusal(photo) == "not_a_picture"


def test_a_file_past_ten_megabytes_is_refused() -> None:
    assert refusal(bytes(10 * 1024 * 1024 + 1)) == "too_large"


def test_damaged_files_are_read_or_refused_but_never_crash() -> None:
    random = np.random.default_rng(3)
    small = cv2.resize(faces.portrait(faces.ADA), (96, 96))
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = np.frombuffer(file_of(small, kind), np.uint8)
        for _ in range(40):
            damaged = whole.copy()
            damaged[random.integers(0, len(whole), 6)] = random.integers(0, 256, 6)
            try:
                reader().read(damaged.tobytes())
            except PhotoRefused as refused:
                assert refused.facts["key"]


def test_a_face_that_fills_a_large_picture_is_found() -> None:
    ada = faces.portrait(faces.ADA)
    left, top, right, bottom = faces.detector().detect(ada).boxes_xyxy[0].astype(int)
    close = cv2.resize(ada[top:bottom, left:right], None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    assert reader().read(file_of(close)).embedding @ reader().read(file_of(ada)).embedding > 0.8


def test_a_photo_without_a_face_is_refused() -> None:
    assert refusal(file_of(np.full((400, 400, 3), 128, np.uint8))) == "no_face"


def test_two_people_are_refused_but_a_face_far_behind_is_not() -> None:
    ada, ben = faces.portrait(faces.ADA), faces.portrait(faces.BEN)
    assert refusal(file_of(beside(ada, ben, 450))) == "two_faces"
    alone = reader().read(file_of(ada)).embedding
    assert reader().read(file_of(beside(ada, ben, 120))).embedding @ alone > 0.95


@pytest.mark.parametrize(
    ("key", "spoil"),
    [
        ("small", lambda image: cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)),
        ("blurred", lambda image: cv2.GaussianBlur(image, (0, 0), 7)),
        ("dark", lambda image: (image * 0.09).astype(np.uint8)),
    ],
)
def test_a_poor_photo_is_refused_with_what_to_do_better(key: str, spoil: Callable[[Image], Image]) -> None:
    assert refusal(file_of(spoil(faces.portrait(faces.ADA)))) == key


def test_a_usable_photo_with_a_flaw_comes_with_advice() -> None:
    small = cv2.resize(faces.portrait(faces.ADA), (115, 115), interpolation=cv2.INTER_AREA)
    assert reader().read(file_of(small)).advice == ("small",)


def test_transparent_and_gray_pictures_are_read() -> None:
    rgb = Pictures.fromarray(cv2.cvtColor(faces.portrait(faces.ADA), cv2.COLOR_BGR2RGB))
    for mode in ("RGBA", "L", "P"):
        out = io.BytesIO()
        rgb.convert(mode).save(out, "PNG", **({"transparency": bytes(range(256))} if mode == "P" else {}))
        assert reader().read(out.getvalue()).quality > 0.3
