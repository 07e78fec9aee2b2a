"""Gates, paths, yards, car parks, sheds, the pump house and the roof."""

import cv2
import numpy as np

from monitor.simulate import texture
from monitor.simulate.canvas import Canvas
from monitor.simulate.indoors import car
from monitor.simulate.texture import Colour

LEAVES: Colour = (58, 128, 96)


def _backdrop(c: Canvas, night: bool, distance: float = 45) -> None:
    """Sky, blocks of flats and a row of trees."""
    rng = c.rng
    c.sky((92, 70, 58) if night else (222, 196, 170), (70, 60, 56) if night else (236, 228, 218))
    x = -60.0
    while x < 60:
        width = rng.uniform(12, 22)
        wall: Colour = tuple(np.array((166, 180, 192)) + rng.normal(0, 12) + rng.normal(0, 4, 3))
        floors = int(rng.integers(9, 16))
        block = texture.facade(rng, floors, int(width / 2.4), wall, night)
        c.front(block, (x, x + width), (0, floors * 3.0), distance + rng.uniform(0, 12), 0.82)
        x += width + rng.uniform(1, 6)
    for tree_x in np.arange(-34, 34, 5.5):
        c.foliage((tree_x + rng.normal(0, 1.2), rng.uniform(1.6, 2.8), distance - 6), 3.4, LEAVES)


def gate(c: Canvas, night: bool) -> None:
    """The entrance: a booth, pillars, a footway and a boom across the road."""
    rng = c.rng
    _backdrop(c, night, 34)
    c.ground(texture.asphalt(rng), (-30, 30), (0.9, 34), 0.95)
    c.ground(texture.tiles(rng, (138, 146, 152), 12, 24, (46, 46)), (-1.7, 1.7), (0.9, 16), 0.95)
    for x in (-1.75, 1.75):
        c.line((x, 0.06, 16), (x, 0.06, 1.2), (168, 172, 172), 0.14)
    for z in (9.0, 12.0, 15.0, 19.0):
        c.ground(texture.plaster(rng, (205, 208, 208), 30, 30), (-5.1, -4.9), (z, z + 1.4))
    brick = texture.tiles(rng, (84, 100, 142), 18, 30, (44, 18), brick=True)
    side = 1 if rng.random() < 0.5 else -1
    _booth(c, side)
    for x in (-2.5, 2.5):
        c.box(brick, (x - 0.35, x + 0.35), (0, 3.0), (8.4, 9.1))
        c.box(texture.plaster(rng, (190, 196, 198)), (x - 0.45, x + 0.45), (3.0, 3.15), (8.3, 9.2))
    # The boom closes the road beside the footway.
    road = -side
    start, end = (road * 2.9, 1.0, 7.4), (road * 7.5, 1.08, 7.4)
    c.box(
        texture.plaster(rng, (70, 150, 215), 100, 60), (start[0] - 0.2, start[0] + 0.2), (0, 1.15), (7.2, 7.6)
    )
    for part in range(12):
        a, b = (start[0] + (end[0] - start[0]) * (part + k) / 12 for k in (0, 1))
        c.line((a, 1.03, 7.4), (b, 1.03, 7.4), (60, 60, 205) if part % 2 else (235, 235, 235), 0.1)
    c.tree(-side * 11, 17, 6.5, LEAVES)
    for x in (-1.3, 1.3):
        c.foliage((side * 3.4 + x * 0.3, 0.35, 10.5 + x), 0.9, LEAVES)
    if night:
        c.glow((0, 1.6, 5.5), 2.8, 1.5)


def _booth(c: Canvas, side: int) -> None:
    rng = c.rng
    wall = texture.plaster(rng, (206, 210, 208))
    x = (side * 2.2, side * 4.4) if side > 0 else (side * 4.4, side * 2.2)
    c.shadow(side * 3.2, 5.4, 1.9, 0.35)
    c.box(wall, x, (0, 2.5), (5.0, 7.2))
    glass = texture.surface(rng, 200, 300, (112, 98, 80), 26, 1)
    c.side(glass, x[0] if side > 0 else x[1], (1.05, 2.0), (5.3, 6.8))
    c.front(glass, (x[0] + 0.25, x[1] - 0.25), (1.05, 2.0), 4.99, 1.1)
    c.box(texture.plaster(rng, (86, 84, 92)), (x[0] - 0.25, x[1] + 0.25), (2.5, 2.7), (4.8, 7.4))


def path(c: Canvas, night: bool) -> None:
    """A footpath between lawns, with trees and lamps."""
    rng = c.rng
    _backdrop(c, night)
    c.ground(texture.grass(rng), (-40, 40), (1.5, 42), 0.9)
    c.ground(texture.tiles(rng, (140, 152, 164), 10, 60, (40, 28)), (-1.6, 1.6), (1.2, 38))
    for x in (-1.65, 1.65):
        c.line((x, 0.05, 38), (x, 0.05, 2.0), (172, 176, 174), 0.1)
    for z in (30.0, 23.0, 17.0, 12.0):
        for x in (-3.8, 3.9):
            c.tree(x + rng.normal(0, 0.5) + np.sign(x), z, rng.uniform(4.5, 6.5), LEAVES)
    for z in (20.0, 10.0):
        c.line((2.4, 0, z), (2.4, 3.6, z), (88, 92, 88), 0.1)
        c.line((2.2, 3.6, z), (2.6, 3.6, z), (225, 235, 235), 0.2)
        if night:
            c.glow((2.4, 1.2, z), 3.5, 1.7)
    for z in np.arange(5, 20, 1.3):
        c.foliage((-2.4 - rng.uniform(0, 0.3), 0.3, 25 - z), 0.55, LEAVES)
    _bench(c, 2.3, 7.2)


def _bench(c: Canvas, x: float, z: float) -> None:
    wood = texture.surface(c.rng, 40, 200, (72, 104, 142), 10, 6)
    c.shadow(x + 0.6, z, 0.9, 0.35)
    for leg in (0.1, 1.2):
        c.line((x + leg, 0, z), (x + leg, 0.45, z), (60, 60, 60), 0.06)
    for y in (0.62, 0.78):
        c.front(wood, (x, x + 1.3), (y, y + 0.11), z + 0.35, 0.9)
    c.quad([(x, 0.46, z + 0.35), (x + 1.3, 0.46, z + 0.35), (x + 1.3, 0.46, z), (x, 0.46, z)], wood)


def yard(c: Canvas, night: bool) -> None:
    """A paved yard with benches, trees and exercise machines."""
    rng = c.rng
    _backdrop(c, night, 32)
    c.ground(texture.tiles(rng, (146, 158, 170), 48, 34, (26, 26)), (-22, 22), (1.5, 30), 0.95)
    c.ground(texture.surface(rng, 300, 300, (96, 120, 168), 8, 6), (-6.5, -1.5), (8, 15))
    for x, z in ((-9.0, 20.0), (9.5, 18.0), (6.0, 24.0), (-4.0, 26.0), (5.5, 11.5)):
        ring = texture.surface(rng, 60, 300, (120, 128, 140), 8, 4)
        c.box(ring, (x - 1.1, x + 1.1), (0, 0.4), (z - 1, z + 1))
        c.tree(x, z, rng.uniform(4.5, 6.5), LEAVES)
    for x, z in ((-5.4, 12.0), (-3.6, 10.6), (-2.4, 12.6)):
        colour: Colour = (170, 120, 50) if rng.random() < 0.5 else (60, 150, 215)
        c.shadow(x, z, 0.7, 0.3)
        for shift in (-0.4, 0.4):
            c.line((x + shift, 0, z), (x + shift, 1.4, z), colour, 0.08)
        c.line((x - 0.5, 1.4, z), (x + 0.5, 1.4, z), colour, 0.08)
        c.line((x - 0.4, 0.5, z), (x + 0.4, 0.7, z), (70, 70, 70), 0.07)
    _bench(c, 2.6, 9.0)
    _bench(c, 7.0, 14.0)


def parking(c: Canvas, night: bool) -> None:
    """Cars in the open."""
    rng = c.rng
    _backdrop(c, night, 36)
    c.ground(texture.asphalt(rng), (-30, 30), (1.5, 36))
    for z in range(28, 5, -3):
        for side in (-1, 1):
            near, far = side * 3.0, side * 8.0
            c.ground(
                texture.plaster(rng, (210, 212, 212), 40, 200),
                (min(near, far), max(near, far)),
                (z, z + 0.12),
            )
            if rng.random() < 0.75:
                car(c, (side * 3.4, side * 7.6), z + 0.7, night)
    c.tree(-10, 14, 6, LEAVES)
    c.tree(10.5, 20, 6, LEAVES)
    if night:
        c.glow((0, 0, 9), 3.2, 1.6)


def shed(c: Canvas, night: bool) -> None:
    """A roofed stand of bicycles."""
    rng = c.rng
    _backdrop(c, night, 40)
    c.ground(texture.surface(rng, 700, 700, (134, 140, 142), 10, 5), (-20, 20), (1.5, 40), 0.9)
    c.side(texture.tiles(rng, (120, 136, 158), 40, 18, (40, 20), brick=True), -3.4, (0, 2.4), (2, 18), 0.75)
    roof = texture.steel(rng, (150, 128, 96))
    c.quad(
        [(-3.8, 2.5, 2), (-3.8, 2.5, 18), (0.2, 2.9, 18), (0.2, 2.9, 2)],
        cv2.rotate(roof, cv2.ROTATE_90_CLOCKWISE),
        0.7,
    )
    for z in np.arange(16.5, 3.0, -0.85):
        _bicycle(c, (-2.9, -1.25), z)
    for z in (17.0, 12.0, 7.0):
        c.line((-0.1, 0, z), (-0.1, 2.85, z), (120, 120, 116), 0.1)
    c.tree(5.5, 16, 5.5, LEAVES)


def _bicycle(c: Canvas, x: tuple[float, float], z: float) -> None:
    colour: Colour = tuple(c.rng.uniform(30, 190, 3))
    wheels = c.view.project(np.array([(x[0] + 0.3, 0.33, z), (x[1] - 0.3, 0.33, z)]))
    radius = max(2, int(0.33 * c.view.focal_px / z))
    thick = max(1, radius // 11)
    c.shadow((x[0] + x[1]) / 2, z, 0.8, 0.2)
    for centre in wheels:
        cv2.circle(c.picture, (int(centre[0]), int(centre[1])), radius, (40, 40, 42), thick, cv2.LINE_AA)
    back, front = x[0] + 0.3, x[1] - 0.3
    for a, b in (
        ((back, 0.33), (-2.0, 0.82)),
        ((-2.0, 0.82), (front - 0.1, 0.8)),
        ((-2.05, 0.35), (front - 0.1, 0.8)),
    ):
        c.line((*a, z), (*b, z), colour, 0.05)
    c.line((front, 0.33, z), (front - 0.14, 1.0, z), colour, 0.05)
    c.line((front - 0.3, 1.02, z), (front, 1.0, z), (50, 50, 50), 0.05)
    c.line((-2.15, 0.9, z), (-1.95, 0.9, z), (36, 36, 36), 0.08)


def pump_house(c: Canvas, night: bool) -> None:
    """A brick house with a steel door and pipes."""
    rng = c.rng
    _backdrop(c, night, 40)
    c.ground(texture.surface(rng, 700, 700, (124, 130, 132), 12, 7), (-20, 20), (0.9, 40), 0.9)
    wall = texture.tiles(rng, (92, 104, 138), 44, 46, (36, 15), brick=True)
    c.front(wall, (-4.6, 5.2), (0, 3.6), 8.2, 0.95)
    c.side(wall, -4.6, (0, 3.6), (8.2, 12), 0.6)
    door = texture.steel(rng, (112, 126, 104))
    for x in (-1.0, 0.05):
        c.front(door, (x, x + 0.98), (0, 2.15), 8.17)
        for y in (0.3, 0.36, 0.42, 0.48):
            c.line((x + 0.25, y, 8.16), (x + 0.7, y, 8.16), (60, 66, 58), 0.03)
    c.front(texture.plaster(rng, (60, 190, 225), 80, 80), (-0.75, -0.35), (1.4, 1.8), 8.15)
    for y, x in ((2.5, 2.2), (2.8, 2.2)):
        c.line((x, y, 8.1), (5.2, y, 8.1), (150, 120, 70), 0.14)
    for x in (2.2, 3.4):
        c.line((x, 0, 8.0), (x, 2.8, 8.0), (90, 110, 150), 0.16)
    c.line((-1.2, 2.55, 8.0), (1.1, 2.55, 8.0), (190, 196, 196), 0.1)
    for x in (-6.4, 6.8, 8.0):
        c.foliage((x, 0.7, 9.0), 1.4, LEAVES)
    c.glow((0, 1.4, 7.5), 2.6, 1.35)


def roof(c: Canvas, night: bool) -> None:
    """A flat roof: parapet, solar heaters, a stair head."""
    rng = c.rng
    _backdrop(c, night, 70)
    c.ground(texture.tiles(rng, (128, 134, 138), 20, 24, (40, 40)), (-14, 14), (1.5, 20))
    c.front(texture.plaster(rng, (160, 168, 172)), (-14, 14), (0, 1.0), 20, 0.8)
    for x in (-9.5, 9.5):
        c.side(texture.plaster(rng, (160, 168, 172)), x, (0, 1.0), (2, 20), 0.75)
    c.box(texture.plaster(rng, (176, 184, 190)), (3.0, 7.5), (0, 2.7), (12, 16))
    c.front(texture.steel(rng, (104, 108, 118)), (4.4, 5.5), (0, 2.1), 11.97)
    for z in (17.0, 13.5, 10.0):
        for x in (-8.0, -5.6, -3.2):
            c.shadow(x + 1, z, 1.1, 0.3)
            panel = texture.steel(rng, (74, 52, 40))
            c.quad([(x, 1.3, z + 1), (x + 2, 1.3, z + 1), (x + 2, 0.2, z), (x, 0.2, z)], panel)
            c.line((x, 1.45, z + 1), (x + 2, 1.45, z + 1), (215, 215, 215), 0.35)
    c.line((0.5, 0, 18), (0.5, 4.5, 18), (150, 150, 150), 0.06)
    for y in (3.2, 3.7, 4.2):
        c.line((-0.2, y, 18), (1.2, y, 18), (150, 150, 150), 0.04)
