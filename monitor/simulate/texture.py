"""Procedural surfaces: uint8 BGR pictures made from a seeded generator."""

import cv2
import numpy as np
from cv2.typing import MatLike

Colour = tuple[float, float, float]  # blue, green, red 0..255


def clouds(rng: np.random.Generator, height: int, width: int, coarsest: int = 6) -> MatLike:
    """Smooth noise over several scales: (height, width) float32, about -1..1."""
    total = np.zeros((height, width), np.float32)
    cells, weight = coarsest, 0.5
    while cells < max(height, width) and weight > 0.05:
        grain = rng.standard_normal((cells, cells)).astype(np.float32)
        total += weight * cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
        cells, weight = cells * 3, weight * 0.62
    return total


def surface(
    rng: np.random.Generator, height: int, width: int, colour: Colour, stain: float, grain: float
) -> MatLike:
    """A plain material: large stains and fine grain, both in grey levels."""
    level = stain * clouds(rng, height, width) + grain * rng.standard_normal((height, width)).astype(
        np.float32
    )
    return np.clip(np.array(colour, np.float32) + level[..., None], 0, 255).astype(np.uint8)


def tinted(picture: MatLike, gains: Colour) -> MatLike:
    """Multiply the channels of a BGR picture, as another light would."""
    return cv2.transform(picture, np.diag(gains))


def plaster(rng: np.random.Generator, colour: Colour, height: int = 400, width: int = 400) -> MatLike:
    return surface(rng, height, width, colour, 7, 2)


def asphalt(rng: np.random.Generator) -> MatLike:
    return surface(rng, 900, 900, (92, 92, 90), 9, 9)


def grass(rng: np.random.Generator) -> MatLike:
    blades = surface(rng, 700, 700, (52, 104, 82), 16, 20)
    return cv2.GaussianBlur(blades, (0, 0), 0.8)


def tiles(
    rng: np.random.Generator,
    colour: Colour,
    across: int,
    along: int,
    tile_wh: tuple[int, int],
    brick: bool = False,
) -> MatLike:
    """Tiles with joints, each a little different; `brick` shifts every second row by half a tile."""
    tile_w, tile_h = tile_wh
    picture = surface(rng, along * tile_h, across * tile_w, colour, 5, 2).astype(np.float32)
    for row in range(along):
        shift = tile_w // 2 if brick and row % 2 else 0
        for column in range(-1, across):
            left, top = max(0, column * tile_w + shift), row * tile_h
            right = column * tile_w + shift + tile_w
            picture[top : top + tile_h, left:right] += rng.normal(0, 5 if brick else 2.5)
            picture[top : top + tile_h, max(0, right - 2) : right] *= 0.76
        picture[top : top + 2] *= 0.78
    return np.clip(picture, 0, 255).astype(np.uint8)


def steel(rng: np.random.Generator, colour: Colour = (158, 156, 152)) -> MatLike:
    """Brushed metal with soft vertical reflections."""
    streaks = cv2.resize(rng.normal(0, 6, (1, 300)).astype(np.float32), (300, 400))
    sheen = 22 * clouds(rng, 1, 300, 4)
    return np.clip(np.array(colour, np.float32) + (streaks + sheen)[..., None], 0, 255).astype(np.uint8)


def facade(rng: np.random.Generator, floors: int, bays: int, colour: Colour, night: bool) -> MatLike:
    """A block of flats: plastered floors with balconies and windows, some lit at night."""
    cell_h, cell_w = 54, 64
    picture = surface(rng, floors * cell_h, bays * cell_w, colour, 5, 2)
    for floor in range(floors):
        top = floor * cell_h
        cv2.line(picture, (0, top), (bays * cell_w, top), tuple(0.8 * c for c in colour), 2)
        for bay in range(bays):
            left = bay * cell_w
            lit = night and rng.random() < 0.22
            glass = (150, 205, 235) if lit else tuple(rng.uniform(0.9, 1.2) * c for c in (92, 82, 70))
            cv2.rectangle(picture, (left + 10, top + 11), (left + 52, top + 38), glass, -1)
            cv2.rectangle(picture, (left + 10, top + 11), (left + 52, top + 38), (205, 205, 205), 2)
            cv2.line(picture, (left + 31, top + 11), (left + 31, top + 38), (205, 205, 205), 1)
            if bay % 2:
                cv2.rectangle(
                    picture, (left + 4, top + 36), (left + 60, top + 50), tuple(0.9 * c for c in colour), -1
                )
            elif rng.random() < 0.6:
                cv2.rectangle(
                    picture, (left + 18, top + 41), (left + 38, top + 51), (222, 222, 222), -1
                )  # air condition
    return picture
