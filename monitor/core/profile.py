"""Which streams of a camera to use, and what to change in its settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log


class Role(StrEnum):
    MAIN = "main"
    SUB = "sub"


WELL_KNOWN = ("h264", "hevc")  # what we read best, the better first
READABLE = (*WELL_KNOWN, "mjpeg")
SUB_WH = 640, 360  # what a sub stream should be near to
LARGEST_SUB_WH = 1280, 720
SMALLEST_MAIN_WH = 1280, 720
KEYS_APART_S = 4.0
SLOWEST_PER_S = {Role.MAIN: 8.0, Role.SUB: 4.0}
FASTEST_PER_S = 25.0
# A camera that is set to 25 a second sends 25.1 or so.
_RATE_SLACK = 0.5
CLOCK_OFF_S = 5.0


@dataclass(frozen=True)
class Profile:
    """A stream as the camera announces it. Several may show the same `source`, the lens."""

    token: str
    source: str
    codec: str  # as FFmpeg calls it: h264, hevc, mjpeg
    size_wh: tuple[int, int]
    rate: float | None = None  # pictures a second


@dataclass(frozen=True)
class Choice:
    """What one lens offers for the two streams."""

    main: Profile
    sub: Profile | None


def choices(profiles: Iterable[Profile]) -> list[Choice]:
    """One for each lens that sends something we can read, in the camera's order."""
    lenses: dict[str, list[Profile]] = {}
    for profile in profiles:
        if profile.codec in READABLE and _area(profile.size_wh):
            lenses.setdefault(profile.source, []).append(profile)
    return [_choice(lens) for lens in lenses.values()]


def _choice(profiles: Sequence[Profile]) -> Choice:
    usable = [p for p in profiles if p.codec in WELL_KNOWN] or profiles
    main = max(usable, key=lambda p: (_area(p.size_wh), -READABLE.index(p.codec), p.rate or 0.0))
    small = [p for p in usable if _area(p.size_wh) < _area(main.size_wh) and _fits(p.size_wh, LARGEST_SUB_WH)]
    sub = min(
        small, key=lambda p: (_unlike_a_sub(p.size_wh), READABLE.index(p.codec), p.rate or 0.0), default=None
    )
    return Choice(main, sub)


def _unlike_a_sub(size_wh: tuple[int, int]) -> float:
    """By ratio, so that half the size is as far away as twice."""
    return abs(log(_area(size_wh) / _area(SUB_WH)))


def _area(size_wh: tuple[int, int]) -> int:
    return size_wh[0] * size_wh[1]


def _fits(size_wh: tuple[int, int], into_wh: tuple[int, int]) -> bool:
    """Whichever way the camera is turned."""
    return max(size_wh) <= max(into_wh) and min(size_wh) <= min(into_wh)


@dataclass(frozen=True)
class Figures:
    """A stream as it was measured."""

    codec: str
    size_wh: tuple[int, int]
    announced_rate: float | None  # pictures a second
    rate: float | None
    key_interval_s: float | None  # the longest seen; none when there were fewer than two key frames
    kbit_s: float
    reordered: bool  # it has B-frames: pictures that need a later one
    open_s: float
    first_picture_s: float | None  # from the start of opening; none when no picture could be decoded
    watched_s: float


def advice(figures: Figures, role: Role) -> list[str]:
    """What to change in the camera's settings, the most important first; empty when all is well."""
    said = []
    if figures.codec not in READABLE:
        said.append(f"The codec {figures.codec} is none that we know: set it to H.264.")
    if figures.first_picture_s is None:
        said.append("No picture could be decoded: set the codec to H.264 and restart the camera.")
    said.extend(_about_size(figures.size_wh, role))
    said.extend(_about_keys(figures))
    said.extend(_about_rate(figures.rate, role))
    if figures.reordered:
        said.append("It has B-frames, which come late: set the profile to Baseline or Main without B-frames.")
    return said


def _about_size(size_wh: tuple[int, int], role: Role) -> list[str]:
    told = "{} x {}".format(*size_wh)
    if role is Role.MAIN and not _fits(SMALLEST_MAIN_WH, size_wh):
        return [f"The main stream has only {told}: set 1920 x 1080, or faces are too small."]
    if role is Role.SUB and not _fits(size_wh, LARGEST_SUB_WH):
        return [f"The sub stream has {told}, which costs much to decode: set 640 x 360."]
    return []


def _about_keys(figures: Figures) -> list[str]:
    apart_s = figures.key_interval_s
    if apart_s is None and figures.watched_s > KEYS_APART_S:
        return [f"No second key frame came in {figures.watched_s:.0f} s: set one each 1 to 2 s."]
    if apart_s is not None and apart_s > KEYS_APART_S:
        return [f"Key frames are {apart_s:.1f} s apart: set one each 1 to 2 s."]
    return []


def _about_rate(rate: float | None, role: Role) -> list[str]:
    good = "12 to 15" if role is Role.MAIN else "5"
    if rate is not None and rate < SLOWEST_PER_S[role] - _RATE_SLACK:
        return [f"Only {rate:.1f} pictures a second: somebody who walks by is seen too seldom; set {good}."]
    if rate is not None and rate > FASTEST_PER_S + _RATE_SLACK:
        return [f"{rate:.1f} pictures a second cost more than they help: set {good}."]
    return []


def announced_advice(choice: Choice) -> list[str]:
    """What the announcement of two streams alone shows to be wrong."""
    said = _about_size(choice.main.size_wh, Role.MAIN)
    if choice.main.codec not in WELL_KNOWN:
        said.append("It offers neither H.264 nor H.265: set the codec to H.264 if it has it.")
    if choice.sub is None:
        said.append("It offers no small sub stream: switch one on with 640 x 360.")
    return said


def clock_is_off(difference_s: float | None) -> bool:
    """Whether the camera's clock is too wrong for what people will look up in its own recordings."""
    return difference_s is not None and abs(difference_s) > CLOCK_OFF_S
