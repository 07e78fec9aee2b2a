"""Painting a scene in perspective."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.simulate.texture import Colour
from monitor.simulate.view import HEIGHT, WIDTH, View

Point = tuple[float, float, float]  # x, y, z in metres


@dataclass
class Canvas:
    """A picture (1080, 1920, 3) uint8 BGR that grows from far to near."""

    view: View
    rng: np.random.Generator
    picture: MatLike = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH, 3), np.uint8))

    def sky(self, top: Colour, bottom: Colour) -> None:
        rows = np.clip(np.arange(HEIGHT) / max(self.view.horizon_px, 1), 0, 1)[:, None]
        gradient = np.array(top) * (1 - rows) + np.array(bottom) * rows
        self.picture[:] = gradient[:, None, :].astype(np.uint8)

    def quad(self, corners: Sequence[Point], texture: MatLike, light: float = 1.0) -> None:
        """Lay a texture on four corners: far-left or top-left first, then clockwise in the texture."""
        target = self.view.project(np.array(corners, np.float64))
        left, top = np.maximum(np.floor(target.min(axis=0)), 0).astype(int)
        right, bottom = np.minimum(np.ceil(target.max(axis=0)) + 1, (WIDTH, HEIGHT)).astype(int)
        if right <= left or bottom <= top:
            return
        height, width = texture.shape[:2]
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, target - np.array([left, top], np.float32))
        size = (int(right - left), int(bottom - top))
        # Far surfaces shrink a lot: blur first, or tiles turn into moire.
        shrink = np.sqrt(height * width / max(float(cv2.contourArea(target)), 1.0))
        smooth = cv2.GaussianBlur(texture, (0, 0), 0.4 * shrink) if shrink > 1.3 else texture
        laid = cv2.warpPerspective(cv2.convertScaleAbs(smooth, alpha=light), matrix, size)
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillConvexPoly(mask, self._fixed(target - np.array([left, top], np.float32)), 255, cv2.LINE_AA, 4)
        region = self.picture[top:bottom, left:right]
        weight = mask.astype(np.float32) / 255
        region[:] = cv2.blendLinear(laid, region, weight, 1 - weight)

    def ground(
        self, texture: MatLike, x: tuple[float, float], z: tuple[float, float], light: float = 1.0
    ) -> None:
        (left, right), (near, far) = x, z
        self.quad([(left, 0, far), (right, 0, far), (right, 0, near), (left, 0, near)], texture, light)

    def front(
        self, texture: MatLike, x: tuple[float, float], y: tuple[float, float], z: float, light: float = 1.0
    ) -> None:
        """A wall that faces the camera; y from low to high."""
        (left, right), (low, high) = x, y
        self.quad([(left, high, z), (right, high, z), (right, low, z), (left, low, z)], texture, light)

    def side(
        self, texture: MatLike, x: float, y: tuple[float, float], z: tuple[float, float], light: float = 1.0
    ) -> None:
        """A wall along the way one looks; z from near to far."""
        (low, high), (near, far) = y, z
        self.quad([(x, high, near), (x, high, far), (x, low, far), (x, low, near)], texture, light)

    def box(
        self, texture: MatLike, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]
    ) -> None:
        """A block: the side one sees is darker than the front, the top lighter."""
        inner = x[0] if x[0] > 0 else x[1]
        if x[0] > 0 or x[1] < 0:
            self.side(texture, inner, y, z, 0.72)
        if y[1] < self.view.height_m:
            self.quad(
                [(x[0], y[1], z[1]), (x[1], y[1], z[1]), (x[1], y[1], z[0]), (x[0], y[1], z[0])],
                texture,
                1.12,
            )
        self.front(texture, x, y, z[0], 0.9)

    def line(self, start: Point, end: Point, colour: Colour, width_m: float) -> None:
        """A bar, pole or cable with a round look: a lighter streak in the middle."""
        points = self.view.project(np.array([start, end], np.float64))
        width = max(1, round(width_m * self.view.focal_px / ((start[2] + end[2]) / 2)))
        first, last = (tuple(int(v) for v in np.clip(p, -4000, 6000)) for p in points)
        cv2.line(self.picture, first, last, tuple(0.75 * c for c in colour), width, cv2.LINE_AA)
        cv2.line(
            self.picture,
            first,
            last,
            tuple(min(255, 1.15 * c) for c in colour),
            max(1, width // 3),
            cv2.LINE_AA,
        )

    def shadow(self, x: float, z: float, radius_m: float, strength: float = 0.45) -> None:
        """A soft dark patch on the ground."""
        across = radius_m * self.view.focal_px / z
        centre = self.view.project(np.array([(x, 0.0, z)]))[0]
        self._shade(centre, (across, across * 0.28), 1 - strength)

    def glow(self, at: Point, radius_m: float, gain: float) -> None:
        """A pool of light around a point; gain is what it multiplies by in the middle."""
        centre = self.view.project(np.array([at], np.float64))[0]
        radius = radius_m * self.view.focal_px / at[2]
        self._shade(centre, (radius, radius), gain)

    def foliage(self, at: Point, radius_m: float, colour: Colour) -> None:
        """A tree's crown or a bush: many small leaves, darker below."""
        centre = self.view.project(np.array([at], np.float64))[0]
        radius = radius_m * self.view.focal_px / at[2]
        count = int(np.clip(radius * 6, 150, 1800))
        spread = self.rng.normal(0, 0.42, (count, 2)).clip(-1, 1)
        order = np.argsort(-spread[:, 1])
        for dx, dy in spread[order]:
            light = 0.62 - 0.42 * dy + self.rng.normal(0, 0.13)
            leaf = tuple(float(np.clip(c * light, 0, 255)) for c in colour)
            point = (int(centre[0] + dx * radius), int(centre[1] + dy * radius * 0.85))
            size = max(1, int(radius * self.rng.uniform(0.02, 0.075)))
            cv2.ellipse(
                self.picture, point, (size, max(1, size * 2 // 3)), self.rng.uniform(0, 180), 0, 360, leaf, -1
            )

    def tree(self, x: float, z: float, height_m: float, colour: Colour) -> None:
        self.shadow(x, z, height_m * 0.3, 0.35)
        self.line((x, 0, z), (x + 0.1, height_m * 0.7, z), (52, 66, 84), 0.16)
        for _ in range(4):
            shift = self.rng.normal(0, height_m * 0.14, 2)
            self.foliage((x + shift[0], height_m * 0.78 + shift[1], z), height_m * 0.3, colour)

    def _shade(self, centre: MatLike, axes: tuple[float, float], gain: float) -> None:
        reach = 2.2
        left, top = (max(0, int(c - reach * a)) for c, a in zip(centre, axes, strict=True))
        right, bottom = (
            int(min(WIDTH, centre[0] + reach * axes[0])),
            int(min(HEIGHT, centre[1] + reach * axes[1])),
        )
        if right <= left or bottom <= top:
            return
        dy = (np.arange(top, bottom, dtype=np.float32) - centre[1])[:, None] / axes[1]
        dx = (np.arange(left, right, dtype=np.float32) - centre[0])[None, :] / axes[0]
        factor = 1 + (gain - 1) * np.exp(-1.2 * (dx**2 + dy**2))
        region = self.picture[top:bottom, left:right]
        region[:] = np.clip(region * factor[..., None], 0, 255).astype(np.uint8)

    @staticmethod
    def _fixed(points: MatLike) -> MatLike:
        """Sub-pixel corners for OpenCV: 4 fractional bits."""
        return np.round(np.clip(points, -30000, 30000) * 16).astype(np.int32)
