"""The empty picture of a camera, and how its lens and its light look."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.simulate import indoors, outdoors
from monitor.simulate.canvas import Canvas
from monitor.simulate.site import INDOORS, Kind, Spot
from monitor.simulate.texture import tinted
from monitor.simulate.view import HEIGHT, WIDTH, View

_PAINTERS: dict[Kind, Callable[[Canvas, bool], None]] = {
    Kind.GATE: outdoors.gate,
    Kind.HALL: indoors.hall,
    Kind.LIFT: indoors.lift,
    Kind.PATH: outdoors.path,
    Kind.YARD: outdoors.yard,
    Kind.GARAGE: indoors.garage,
    Kind.PARKING: outdoors.parking,
    Kind.SHED: outdoors.shed,
    Kind.PUMP_HOUSE: outdoors.pump_house,
    Kind.ROOF: outdoors.roof,
}


@dataclass(frozen=True)
class Scene:
    """What a camera shows when nobody is there."""

    view: View
    picture: MatLike  # (1080, 1920, 3) uint8 BGR
    night: bool
    warmth: float  # -1 bluish .. 1 yellowish light on people
    brightness: float  # of people, 1 = as photographed
    noise: float  # standard deviation in grey levels


def scene(spot: Spot) -> Scene:
    """Paint a camera's background; the same for the same camera every time."""
    rng = np.random.default_rng(crc32(spot.camera_id.encode()))
    # Cameras that identify hang little above the faces; the others look down from a mast.
    wide, height = {Kind.LIFT: (1060.0, 1.9), Kind.HALL: (1350.0, 1.95)}.get(spot.kind, (1450.0, 2.05))
    if not spot.identifies:
        height = 2.6
    view = View(wide * rng.uniform(0.95, 1.05), rng.uniform(200, 260), height)
    canvas = Canvas(view, rng)
    _PAINTERS[spot.kind](canvas, spot.night)
    picture = _lens(canvas.picture, rng)
    indoor = spot.kind in INDOORS
    if spot.night:
        return Scene(view, infrared(picture, 0.5), True, 0.0, 0.9, 3.2)
    warmth = float(rng.uniform(0.0, 0.7) if indoor else rng.uniform(-0.6, 0.5))
    return Scene(
        view, _tinted(picture, warmth), False, warmth, float(rng.uniform(0.82, 1.0)), 1.7 if indoor else 1.3
    )


def infrared(picture: MatLike, gain: float) -> MatLike:
    """Grey with hardly any colour, as cameras show it under their own infrared light."""
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.convertScaleAbs(cv2.addWeighted(grey, 0.93, picture, 0.07, 0), alpha=gain, beta=6)


def _lens(picture: MatLike, rng: np.random.Generator) -> MatLike:
    """Softness, uneven light and darker corners."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.1)
    y, x = np.mgrid[0:HEIGHT:8, 0:WIDTH:8].astype(np.float32)
    radius = np.hypot((x - WIDTH / 2) / WIDTH, (y - HEIGHT / 2) / HEIGHT)
    slope = rng.uniform(-0.08, 0.08) * (x / WIDTH - 0.5)
    light = cv2.resize((1.04 - 0.55 * radius**2 + slope).astype(np.float32), (WIDTH, HEIGHT))
    lit: MatLike = np.clip(soft * light[..., None], 0, 255).astype(np.uint8)
    return lit


def _tinted(picture: MatLike, warmth: float) -> MatLike:
    return tinted(picture, (1 - 0.09 * warmth, 1.0, 1 + 0.07 * warmth))
