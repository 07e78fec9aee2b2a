"""One person's pass in front of one camera: where they are at a time, and drawing them there."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.simulate import figure
from monitor.simulate.figure import FEET_UNITS, GAITS, Layer
from monitor.simulate.scene import Scene, infrared
from monitor.simulate.texture import tinted
from monitor.simulate.view import FACE_WIDTH_M, HEIGHT, WIDTH

STEPS_PER_S = 0.9  # double steps


@dataclass(frozen=True)
class Stance:
    """Where a walker is: metres in the scene, and what the legs do."""

    x: float
    z: float
    walking: bool
    facing: bool  # towards the camera


@dataclass(frozen=True)
class Walker:
    """Comes closer, pauses, and walks away; every pass looks a little different from the enrolled photo."""

    key: str
    start_s: float
    end_s: float
    far_face_px: float
    near_face_px: float
    lane_m: float  # where they pause, to the right of the middle
    seed: int

    def stance(self, scene: Scene, at_s: float) -> Stance | None:
        """Where they are, or None before and after the pass."""
        if not self.start_s <= at_s < self.end_s:
            return None
        part = (at_s - self.start_s) / (self.end_s - self.start_s)
        far, near = scene.view.distance_m(self.far_face_px), scene.view.distance_m(self.near_face_px)
        turns_back = self.seed % 3 == 0
        arrive, leave = 0.46, 0.8
        if part < arrive:
            way = part / arrive
            return Stance(self.lane_m * (0.5 + 0.5 * way), far + (near - far) * way, True, True)
        if part < leave:
            return Stance(self.lane_m, near, False, True)
        way = (part - leave) / (1 - leave)
        if turns_back:
            return Stance(self.lane_m, near + (far - near) * 0.5 * way, True, False)
        # Past the camera, out of the picture at its side.
        side = 1 if self.lane_m >= 0 else -1
        half_width_m = WIDTH / 2 / scene.view.focal_px * near
        edge = side * (half_width_m + 0.7)
        return Stance(self.lane_m + (edge - self.lane_m) * way, near * (1 - 0.12 * way), True, True)

    def depth_m(self, scene: Scene, at_s: float) -> float:
        """Distance from the camera, to paint the far ones first."""
        stance = self.stance(scene, at_s)
        return stance.z if stance else 0.0

    def face_px(self, scene: Scene, at_s: float) -> float:
        """Width of the visible face, 0 when there is none."""
        stance = self.stance(scene, at_s)
        return scene.view.focal_px * FACE_WIDTH_M / stance.z if stance and stance.facing else 0.0

    def draw(self, picture: MatLike, scene: Scene, at_s: float) -> None:
        """Paint the walker into a BGR picture."""
        stance = self.stance(scene, at_s)
        if stance is None:
            return
        unit = scene.view.focal_px * FACE_WIDTH_M / stance.z
        rng = np.random.default_rng(self.seed)
        rhythm, sway, height_m = rng.uniform(0.85, 1.15), rng.uniform(1.0, 3.0), rng.uniform(1.36, 1.5)
        phase = at_s * STEPS_PER_S * rhythm
        bob = 0.05 * abs(np.sin(2 * np.pi * phase)) if stance.walking else 0.0
        chin = scene.view.project(np.array([(stance.x, height_m, stance.z)]))[0] - (0, bob * unit)
        feet_y = float(scene.view.project(np.array([(stance.x, 0.0, stance.z)]))[0][1])
        _contact_shadow(picture, float(chin[0]), feet_y, unit)
        gait = int(phase * GAITS) % GAITS if stance.walking else GAITS
        stretch = (feet_y - float(chin[1])) / (FEET_UNITS * unit)
        _paste(picture, _lit(figure.body(self.key, gait), scene, stance.z), chin, unit, 0.0, stretch)
        if stance.facing:
            tilt = self._tilt + sway * float(np.sin(2 * np.pi * (phase / 2 + self.seed % 7 / 7)))
            _paste(picture, _lit(self._varied_head, scene, stance.z), chin, unit, tilt, 1.0)
        else:
            _paste(picture, _lit(figure.back_of_head(self.key), scene, stance.z), chin, unit, 0.0, 1.0)

    @cached_property
    def _tilt(self) -> float:
        return float(np.random.default_rng(self.seed + 1).uniform(-6, 6))

    @cached_property
    def _varied_head(self) -> Layer:
        """This pass's version of the portrait: maybe mirrored, turned a little, other contrast, softer."""
        rng = np.random.default_rng(self.seed + 2)
        layer = figure.head(self.key)
        picture = layer.picture
        if rng.random() < 0.5:
            picture = picture[:, ::-1]
        height, width = picture.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        turn, nod = rng.uniform(-0.14, 0.14), rng.uniform(-0.09, 0.09)
        pull = np.array([[nod, turn], [-nod, -turn], [nod, turn], [-nod, -turn]]) * (width, height) * 0.5
        squeeze = np.array([1 - abs(turn) * 0.9, 1.0])
        target = (corners - layer.chin_xy) * squeeze + layer.chin_xy + pull
        matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
        turned = _kneaded(cv2.warpPerspective(picture, matrix, (width, height)), rng)
        chin = cv2.perspectiveTransform(np.array([[layer.chin_xy]], np.float32), matrix)[0, 0]
        curve = (255 * (np.arange(256) / 255) ** rng.uniform(0.75, 1.3)).astype(np.uint8)
        colours = cv2.LUT(np.ascontiguousarray(turned[..., :3]), curve)
        colours = cv2.GaussianBlur(colours, (0, 0), rng.uniform(0.9, 2.0))
        side_light = 1 + rng.uniform(-0.35, 0.35) * (np.arange(width, dtype=np.float32) / width - 0.5) * 2
        colours = np.clip(colours * side_light[None, :, None], 0, 255).astype(np.uint8)
        return Layer(np.dstack([colours, turned[..., 3]]), layer.unit_px, (float(chin[0]), float(chin[1])))


@lru_cache(maxsize=96)
def _shone_on(layer: Layer, night: bool, gain: float, warmth: float) -> Layer:
    """A layer in a scene's light. Kept, because the same figure is drawn in many frames."""
    colours = cv2.cvtColor(layer.picture, cv2.COLOR_BGRA2BGR)
    if night:
        lit = infrared(colours, gain)
    else:
        lit = tinted(colours, (gain * (1 - 0.12 * warmth), gain, gain * (1 + 0.1 * warmth)))
    return Layer(cv2.merge([*cv2.split(lit), layer.picture[..., 3]]), layer.unit_px, layer.chin_xy)


def _lit(layer: Layer, scene: Scene, z: float) -> Layer:
    """The scene's light on a layer; infrared light fades with the distance, in small steps."""
    fading = round(float(np.clip(1.15 - 0.09 * z, 0.5, 1.0)) * 25) / 25 if scene.night else 1.0
    return _shone_on(layer, scene.night, fading * scene.brightness, scene.warmth)


def _kneaded(picture: MatLike, rng: np.random.Generator) -> MatLike:
    """Shift the features a little against each other, as another expression and another lens would."""
    height, width = picture.shape[:2]
    shift = rng.normal(0, 2.7, (2, 9, 8)).astype(np.float32)
    x, y = (cv2.resize(s, (width, height), interpolation=cv2.INTER_CUBIC) for s in shift)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, columns + x, rows + y, cv2.INTER_LINEAR)


def _contact_shadow(picture: MatLike, x: float, y: float, unit: float) -> None:
    """Darken the ground under the feet."""
    half_w, half_h = int(1.5 * unit), int(0.35 * unit)
    left, right = max(0, int(x) - half_w), min(WIDTH, int(x) + half_w)
    top, bottom = max(0, int(y) - half_h), min(HEIGHT, int(y) + half_h)
    if right <= left or bottom <= top:
        return
    dy = (np.arange(top, bottom, dtype=np.float32) - y)[:, None] / half_h
    dx = (np.arange(left, right, dtype=np.float32) - x)[None, :] / half_w
    factor = 1 - 0.5 * np.clip(1 - dx**2 - dy**2, 0, 1)
    region = picture[top:bottom, left:right]
    region[:] = (region * factor[..., None]).astype(np.uint8)


def _paste(
    picture: MatLike, layer: Layer, chin: MatLike, unit: float, tilt_deg: float, stretch: float
) -> None:
    """Blend a layer so that its chin falls on `chin` and one unit measures `unit` pixels."""
    source, scale, origin = layer.picture, unit / layer.unit_px, np.array(layer.chin_xy)
    while scale < 0.6:  # halve first, or small figures shimmer
        source = cv2.resize(source, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        scale, origin = scale * 2, origin / 2
    angle = np.deg2rad(tilt_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    turn = np.diag([1.0, stretch]) @ turn
    height, width = source.shape[:2]
    corners = (np.array([[0, 0], [width, 0], [width, height], [0, height]]) - origin) @ turn.T + chin
    left, top = (int(max(0, v)) for v in np.floor(corners.min(axis=0)))
    right, bottom = (
        int(min(limit, v)) for limit, v in zip((WIDTH, HEIGHT), np.ceil(corners.max(axis=0)), strict=True)
    )
    if right <= left or bottom <= top:
        return
    matrix = np.hstack([turn, (chin - turn @ origin - (left, top))[:, None]])
    laid = cv2.warpAffine(source, matrix, (right - left, bottom - top))
    weight = cv2.extractChannel(laid, 3).astype(np.float32) / 255
    region = picture[top:bottom, left:right]
    region[:] = cv2.blendLinear(cv2.cvtColor(laid, cv2.COLOR_BGRA2BGR), region, weight, 1 - weight)
