"""How a person looks: the cut-out head of the portrait on a drawn body.

Bodies are drawn in "units": one unit is the width of the face, the origin lies at the chin, y points down.
"""

from dataclasses import dataclass
from functools import cache
from zlib import crc32

import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.simulate.portraits import HEAD_CENTRE_X, HEAD_CHIN_Y, HEAD_FACE_PX, cut_out
from monitor.simulate.texture import Colour, clouds

UNIT_PX = 64
BODY_SIZE_WH = (400, 672)
BODY_CENTRE_X, BODY_CHIN_Y = 200, 16
FEET_UNITS = 9.6  # from the chin to the ground
GAITS = 8  # pictures of one double step; the last index is standing


@dataclass(frozen=True, eq=False)
class Layer:
    """A BGRA uint8 picture with its scale and the place of the chin in it."""

    picture: MatLike
    unit_px: float
    chin_xy: tuple[float, float]


@dataclass(frozen=True)
class Clothes:
    coat: Colour
    trousers: Colour
    hair: Colour


@cache
def clothes(key: str) -> Clothes:
    """The coat continues what the photograph shows below the neck; the hair is read above the forehead."""
    picture = cut_out(key)
    chest = picture[int(HEAD_CHIN_Y) + 45 : int(HEAD_CHIN_Y) + 90]
    sides = np.concatenate([chest[:, 60:130], chest[:, 270:340]], axis=1)
    seen = sides[sides[..., 3] > 40][:, :3]
    rng = np.random.default_rng(crc32(key.encode()))
    dull = np.array((92, 88, 86)) + rng.normal(0, 26, 3)
    coat = np.median(seen, axis=0) if len(seen) > 150 else dull
    # Bare shoulders: nobody walks through the estate undressed.
    if coat[2] - coat[0] > 45:
        coat = dull
    crown = picture[60:150, 150:250]
    hair_seen = crown[crown[..., 3] > 200][:, :3]
    hair = np.median(hair_seen, axis=0) if len(hair_seen) > 150 else np.array((30, 34, 40))
    trousers = rng.choice([38, 56, 84]) + rng.normal(0, 9, 3) + (10, 2, 0)
    return Clothes(_colour(coat), _colour(trousers), _colour(np.minimum(hair, 90)))


def _colour(values: MatLike) -> Colour:
    blue, green, red = (float(v) for v in np.clip(values, 18, 225))
    return blue, green, red


def head(key: str) -> Layer:
    return Layer(cut_out(key), HEAD_FACE_PX, (HEAD_CENTRE_X, HEAD_CHIN_Y))


@cache
def back_of_head(key: str) -> Layer:
    """Hair and neck of somebody who walks away."""
    size = 200
    picture = np.zeros((size, size, 4), np.uint8)
    centre, hair = (100, 92), clothes(key).hair
    cv2.rectangle(picture, (82, 110), (118, 165), (96, 124, 168, 255), -1)
    cv2.ellipse(picture, centre, (40, 54), 0, 0, 360, (*hair, 255), -1)
    shine = 1 + 0.28 * clouds(np.random.default_rng(crc32(key.encode())), size, size, 8)
    picture[..., :3] = np.clip(picture[..., :3] * shine[..., None], 0, 255)
    return Layer(_antialiased(picture), UNIT_PX, (100, 140))


@cache
def body(key: str, gait: int) -> Layer:
    """The body from the shoulders down; gait 0..GAITS-1 walks, GAITS stands."""
    wear = clothes(key)
    width, height = BODY_SIZE_WH
    picture = np.zeros((height, width, 4), np.uint8)
    swing = 0.0 if gait == GAITS else float(np.sin(2 * np.pi * gait / GAITS))
    _legs(picture, wear.trousers, swing)
    _arm(picture, wear.coat, -1, swing)
    _arm(picture, wear.coat, 1, -swing)
    _torso(picture, wear.coat)
    picture[..., :3] = np.clip(picture[..., :3] * _folds(key)[..., None], 0, 255)
    return Layer(_antialiased(picture), UNIT_PX, (BODY_CENTRE_X, BODY_CHIN_Y))


@cache
def _folds(key: str) -> MatLike:
    """Light and shade of somebody's clothes: a factor for each pixel of the body."""
    width, height = BODY_SIZE_WH
    noise = clouds(np.random.default_rng(crc32(key.encode())), height, width // 2, 9)
    across = (np.arange(width, dtype=np.float32) - BODY_CENTRE_X) / (1.6 * UNIT_PX)
    return (1.08 - 0.28 * across**2)[None, :] * (1 + 0.07 * cv2.resize(noise, (width, height)))


def _antialiased(picture: MatLike) -> MatLike:
    """Soft edges without a dark rim: colours grow outwards, only the alpha is blurred."""
    alpha = cv2.GaussianBlur(picture[..., 3], (0, 0), 1.3)
    empty = (picture[..., 3] == 0)[..., None]
    grown = cv2.dilate(picture[..., :3], np.ones((9, 9), np.uint8))
    return np.dstack([np.where(empty, grown, picture[..., :3]), alpha])


def _shape(picture: MatLike, points: list[tuple[float, float]], colour: Colour, light: float = 1.0) -> None:
    pixels = np.array([(BODY_CENTRE_X + x * UNIT_PX, BODY_CHIN_Y + y * UNIT_PX) for x, y in points])
    shade = tuple(float(np.clip(c * light, 0, 255)) for c in colour)
    cv2.fillPoly(picture, [np.round(pixels).astype(np.int32)], (*shade, 255))


def _limb(
    picture: MatLike,
    start: tuple[float, float],
    end: tuple[float, float],
    widths: tuple[float, float],
    colour: Colour,
) -> None:
    """A tapering limb with round ends; widths in units."""
    for part in np.linspace(0, 1, 40):
        x, y = (a + (b - a) * part for a, b in zip(start, end, strict=True))
        radius = (widths[0] + (widths[1] - widths[0]) * part) / 2
        centre = (round(BODY_CENTRE_X + x * UNIT_PX), round(BODY_CHIN_Y + y * UNIT_PX))
        cv2.circle(picture, centre, round(radius * UNIT_PX), (*colour, 255), -1)


def _legs(picture: MatLike, colour: Colour, swing: float) -> None:
    shoe: Colour = (34, 34, 38)
    # The leg in front is a little lower in the picture and wider; the one behind is lifted.
    for side in (-1, 1):
        step = swing * side
        foot = FEET_UNITS - 0.42 - 0.55 * max(0.0, -step)
        knee = (side * 0.5, 6.8 - 0.25 * max(0.0, -step))
        shade: Colour = tuple(c * (0.86 + 0.14 * (step > 0)) for c in colour)  # type: ignore[assignment]
        _limb(picture, (side * 0.52, 4.2), knee, (1.02, 0.72), shade)
        _limb(picture, knee, (side * 0.47, foot), (0.7, 0.5), shade)
        _limb(picture, (side * 0.48, foot + 0.12), (side * 0.55, foot + 0.26), (0.46, 0.5), shoe)


def _arm(picture: MatLike, colour: Colour, side: int, swing: float) -> None:
    shade: Colour = tuple(0.84 * c for c in colour)  # type: ignore[assignment]
    elbow = (side * 1.52, 2.55)
    hand = (side * (1.52 - 0.12 * abs(swing)), 4.3 - 0.35 * max(0.0, swing))
    _limb(picture, hand, (hand[0], hand[1] + 0.28), (0.34, 0.3), (112, 142, 186))
    _limb(picture, (side * 1.18, 1.08), elbow, (0.6, 0.56), shade)
    _limb(picture, elbow, hand, (0.54, 0.42), shade)


def _torso(picture: MatLike, colour: Colour) -> None:
    outline = [
        (0.0, 0.55), (0.34, 0.34), (0.62, 0.52), (1.08, 0.74), (1.34, 0.98), (1.42, 1.5), (1.24, 2.1), (1.2, 3.3),
        (1.3, 4.75),
    ]  # fmt: skip
    mirrored = [(-x, y) for x, y in reversed(outline)]
    _shape(picture, outline + mirrored, colour)
    _shape(picture, [(-0.02, 0.62), (0.03, 0.62), (0.05, 4.7), (-0.03, 4.7)], colour, 0.72)
    for side in (-1, 1):
        _shape(picture, [(side * 0.34, 0.32), (side * 0.1, 1.1), (side * 0.62, 0.5)], colour, 0.82)
        _shape(
            picture,
            [(side * 0.45, 3.4), (side * 1.0, 3.3), (side * 1.0, 3.38), (side * 0.45, 3.48)],
            colour,
            0.75,
        )
