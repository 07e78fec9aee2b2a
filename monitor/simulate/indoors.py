"""Halls, lifts and the garage."""

import cv2
import numpy as np

from monitor.simulate import texture
from monitor.simulate.canvas import Canvas
from monitor.simulate.texture import Colour


def hall(c: Canvas, night: bool) -> None:
    """A staircase hall: tiled floor, letter boxes, glass doors to the bright outside."""
    rng = c.rng
    tint = rng.uniform(-14, 14, 3)
    wall: Colour = (186 + tint[0], 198 + tint[1], 204 + tint[2])
    far = rng.uniform(6.6, 7.6)
    c.ground(texture.tiles(rng, (150, 164, 172), 10, 14, (60, 60)), (-3, 3), (0.9, far), 0.9)
    c.quad(
        [(-3, 2.7, 0.9), (3, 2.7, 0.9), (3, 2.7, far), (-3, 2.7, far)], texture.plaster(rng, (214, 218, 220))
    )
    for x, light in ((-2.2, 0.86), (2.2, 0.78)):
        c.side(texture.plaster(rng, wall), x, (0, 2.7), (0.9, far), light)
        c.side(texture.plaster(rng, (118, 140, 152)), x, (0, 1.05), (0.9, far), light)
    c.front(texture.plaster(rng, wall), (-2.2, 2.2), (0, 2.7), far, 0.9)
    _glass_doors(c, far - 0.02, night)
    side = -1 if rng.random() < 0.5 else 1
    _letter_boxes(c, side * 2.17)
    c.side(texture.plaster(rng, (196, 208, 160)), -side * 2.17, (1.25, 1.95), (3.4, 4.4))
    for row in range(6):
        z = 3.5 + row * 0.14
        c.side(texture.plaster(rng, (110, 120, 120), 60, 60), -side * 2.16, (1.35, 1.85), (z, z + 0.05), 0.9)
    for z in (2.4, 4.6):
        c.quad(
            [(-0.35, 2.69, z), (0.35, 2.69, z), (0.35, 2.69, z + 0.5), (-0.35, 2.69, z + 0.5)],
            texture.plaster(rng, (250, 252, 252), 80, 80),
        )
        c.glow((0, 2.0, z + 0.2), 2.2, 1.16)
    c.shadow(-2.0, far - 1, 1.0, 0.2)
    c.glow((0, 0.0, far - 1.2), 1.2, 1.18)


def _glass_doors(c: Canvas, z: float, night: bool) -> None:
    outside: Colour = (58, 52, 48) if night else (232, 238, 234)
    glass = texture.surface(c.rng, 300, 300, outside, 14, 1)
    c.front(glass, (-1.15, 1.15), (0.05, 2.25), z)
    if not night:
        c.front(texture.surface(c.rng, 80, 300, (150, 190, 170), 20, 4), (-1.15, 1.15), (0.5, 1.2), z)
    metal: Colour = (120, 118, 112)
    for x in (-1.15, 0.0, 1.15):
        c.line((x, 0, z), (x, 2.3, z), metal, 0.07)
    for y in (0.06, 1.1, 2.3):
        c.line((-1.15, y, z), (1.15, y, z), metal, 0.07)
    c.line((-0.1, 0.9, z), (-0.1, 1.3, z), (210, 210, 210), 0.04)
    c.line((0.1, 0.9, z), (0.1, 1.3, z), (210, 210, 210), 0.04)


def _letter_boxes(c: Canvas, x: float) -> None:
    rng = c.rng
    for row in range(5):
        for column in range(9):
            z, y = 2.6 + column * 0.3, 0.95 + row * 0.21
            box = texture.plaster(rng, (142, 132, 104), 40, 60)
            box[:3], box[:, :2] = 70, 80
            box[12:16, 15:45] = 50
            c.side(box, x, (y, y + 0.2), (z, z + 0.29), 0.85)


def lift(c: Canvas, night: bool) -> None:
    """A lift seen from its back wall: brushed steel, doors open to a landing."""
    rng = c.rng
    far = 3.3
    steel = texture.steel(rng)
    c.ground(texture.tiles(rng, (112, 118, 126), 6, 12, (60, 60)), (-3, 3), (far, 6.5), 0.75)
    for x in (-2.0, 2.0):
        c.side(texture.plaster(rng, (176, 190, 198)), x, (0, 2.6), (far, 6.5), 0.6)
    c.front(texture.tiles(rng, (170, 186, 196), 8, 6, (60, 60)), (-2, 2), (0, 2.6), 6.5, 0.66)
    c.front(texture.steel(rng, (96, 84, 74)), (0.5, 1.3), (0, 2.1), 6.45, 0.8)
    c.glow((0, 2.2, 5.0), 1.8, 1.25)
    c.ground(texture.surface(rng, 500, 500, (84, 80, 78), 6, 16), (-1.2, 1.2), (0.7, far))
    for x, light in ((-1.2, 0.95), (1.2, 0.8)):
        c.side(steel, x, (0, 2.5), (0.7, far), light)
        c.line((x * 0.97, 0.9, 0.9), (x * 0.97, 0.9, far - 0.2), (190, 190, 190), 0.05)
    c.quad(
        [(-1.2, 2.5, 0.7), (1.2, 2.5, 0.7), (1.2, 2.5, far), (-1.2, 2.5, far)],
        texture.plaster(rng, (226, 228, 226)),
    )
    c.front(steel, (-1.2, -0.75), (0, 2.5), far, 0.9)
    c.front(steel, (0.75, 1.2), (0, 2.5), far, 0.86)
    c.front(steel, (-0.8, 0.8), (2.1, 2.5), far, 0.8)
    c.front(texture.plaster(rng, (60, 60, 60), 60, 200), (-0.22, 0.22), (2.2, 2.34), far - 0.01)
    c.front(texture.plaster(rng, (70, 90, 235), 30, 30), (-0.05, 0.03), (2.23, 2.31), far - 0.02)
    panel = texture.plaster(rng, (120, 118, 116), 240, 90)
    for row in range(8):
        for column in range(2):
            top, left = 14 + row * 27, 16 + column * 36
            panel[top : top + 18, left : left + 20] = (205, 214, 218)
    c.front(panel, (0.85, 1.1), (0.9, 1.6), far - 0.01)
    poster = texture.surface(rng, 300, 220, tuple(rng.uniform(90, 230, 3)), 24, 2)
    poster[40:80, 25:195], poster[110:200, 25:195] = 240, tuple(rng.uniform(60, 240, 3))
    c.side(poster, -1.18, (1.2, 1.9), (1.6, 2.3), 0.95)
    c.glow((0, 2.3, 2.0), 1.3, 1.2)


def garage(c: Canvas, night: bool) -> None:
    """An underground garage: pillars, bays, cars, strip lights."""
    rng = c.rng
    c.ground(texture.surface(rng, 900, 900, (108, 124, 112), 12, 5), (-14, 14), (1.5, 30), 0.75)
    c.quad(
        [(-14, 3, 1.5), (14, 3, 1.5), (14, 3, 30), (-14, 3, 30)], texture.plaster(rng, (110, 112, 112)), 0.6
    )
    for x in (-9.5, 9.5):
        c.side(texture.plaster(rng, (150, 156, 158)), x, (0, 3), (1.5, 30), 0.4)
    c.front(texture.plaster(rng, (150, 156, 158)), (-14, 14), (0, 3), 30, 0.5)
    c.ground(texture.plaster(rng, (90, 160, 180), 60, 400), (-0.1, 0.1), (2, 28), 0.8)
    for z in range(26, 3, -4):
        for x in (-3.2, 3.2):
            sign = 1 if x > 0 else -1
            c.ground(
                texture.plaster(rng, (205, 208, 208), 40, 200),
                (min(x, x + sign * 5), max(x, x + sign * 5)),
                (z, z + 0.12),
            )
            if rng.random() < 0.62:
                car(c, (x + sign * 0.5, x + sign * 4.6), z + 0.9, night)
            pillar = texture.plaster(rng, (164, 170, 172))
            pillar[240:], pillar[300:340] = (70, 190, 215), 40
            c.box(pillar, (x - 0.25, x + 0.25), (0, 3), (z - 0.2, z + 0.2))
        c.line((-1.6, 2.8, z), (1.6, 2.8, z), (250, 250, 245), 0.08)
        c.glow((0, 1.6, z), 2.0, 1.06)
    for z in (5, 9, 15):
        c.glow((0, 0, z), 2.0, 1.2)


def car(c: Canvas, x: tuple[float, float], z: float, night: bool) -> None:
    """A parked car seen from its side."""
    rng = c.rng
    low, high = min(x), max(x)
    length = high - low
    blue, green, red = (float(v) for v in rng.choice([35, 60, 110, 185, 210]) + rng.normal(0, 5, 3))
    colour = (blue, green, red)
    paint = texture.surface(rng, 120, 400, colour, 6, 1)
    paint[:50] = (paint[:50] * 1.15).clip(0, 255)
    paint[96:] = paint[96:] // 2
    c.shadow((low + high) / 2, z, length * 0.55, 0.55)
    c.box(paint, (low, high), (0.22, 0.82), (z, z + 1.7))
    roof_y, glass = 1.42, texture.surface(rng, 100, 300, (66, 58, 50), 16, 1)
    front, back = low + 0.22 * length, high - 0.16 * length
    corners = [
        (front + 0.4, roof_y, z + 0.1),
        (back - 0.3, roof_y, z + 0.1),
        (back, 0.82, z),
        (front, 0.82, z),
    ]
    c.quad(corners, glass)
    c.quad(
        [(front + 0.4, roof_y + 0.02, z + 1.5), (back - 0.3, roof_y + 0.02, z + 1.5), corners[1], corners[0]],
        paint,
        1.1,
    )
    middle = (front + back) / 2
    c.line((middle, 0.82, z), (middle, roof_y, z + 0.1), colour, 0.07)
    for wheel in (low + 0.19 * length, high - 0.19 * length):
        _wheel(c, wheel, z)


def _wheel(c: Canvas, x: float, z: float) -> None:
    centre = c.view.project(np.array([(x, 0.32, z)]))[0]
    radius = 0.32 * c.view.focal_px / z
    point = (int(centre[0]), int(centre[1]))
    cv2.circle(c.picture, point, max(2, int(radius)), (28, 28, 28), -1, cv2.LINE_AA)
    cv2.circle(c.picture, point, max(1, int(radius * 0.6)), (150, 150, 150), -1, cv2.LINE_AA)
    cv2.circle(c.picture, point, max(1, int(radius * 0.22)), (70, 70, 70), -1, cv2.LINE_AA)
