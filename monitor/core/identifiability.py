"""Can this camera identify? Judged from what it saw of the people who passed it (decision 14).

A pass is good when its best picture is good enough to say who it is. Counts only: no face and no name is in here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.core.identification import IdentificationPolicy
from monitor.core.interval import Interval
from monitor.core.quality import NEEDED_PX, SMALL_PX, Flaw, Quality

GOOD = IdentificationPolicy.good_quality
SEEN_OFTEN_ENOUGH = IdentificationPolicy.min_shots  # less names nobody, and is often no face at all

WINDOW = timedelta(days=7)
ENOUGH_PASSES = (
    100  # with so many, younger days are looked at only: a camera that was put right is soon believed
)
NEEDED_PASSES = 20
STILL_ENOUGH_PASSES = 10  # to go on saying that it cannot
CANNOT_BELOW, CAN_FROM = 0.2, 0.4  # share of good passes; between them what was said before stays
ADVISE_BELOW = 0.5
NIGHT_FROM, NIGHT_UNTIL = 19, 6  # o'clock, at the estate

FACE_WIDTH_M = 0.16
WIDEST_PX = 400  # wider faces are counted as this


class CameraVerdict(StrEnum):
    CAN = "can"
    CANNOT = "cannot"
    NOT_AT_NIGHT = "not_at_night"
    NOT_BY_DAY = "not_by_day"  # against the light
    NOT_YET_KNOWN = "not_yet_known"


class Light(StrEnum):
    DAY = "day"
    NIGHT = "night"


class IecClass(StrEnum):
    """What IEC 62676-4:2014 says a picture of this density is good for."""

    IDENTIFY = "identify"
    RECOGNISE = "recognise"
    OBSERVE = "observe"
    DETECT = "detect"
    NONE = "none"


_LEAST_PX_PER_M = {
    IecClass.IDENTIFY: 250.0,
    IecClass.RECOGNISE: 125.0,
    IecClass.OBSERVE: 62.5,
    IecClass.DETECT: 25.0,
    IecClass.NONE: 0.0,
}
_UNABLE = {
    CameraVerdict.CANNOT: frozenset(Light),
    CameraVerdict.NOT_AT_NIGHT: frozenset({Light.NIGHT}),
    CameraVerdict.NOT_BY_DAY: frozenset({Light.DAY}),
}


@dataclass(frozen=True)
class PassLook:
    """The best that a camera saw of one person who passed."""

    camera: str
    ended_at: datetime
    width_px: float  # the widest face, in pixels of the picture that faces are embedded from
    quality: float
    flaws: tuple[Flaw, ...]  # of the best picture


@dataclass
class Look:
    """The same while the person is in view."""

    width_px: float = 0.0
    times: int = 0
    best: Quality | None = None

    def see(self, width_px: float) -> None:
        self.times += 1
        self.width_px = max(self.width_px, width_px)

    def measure(self, quality: Quality) -> None:
        if self.best is None or quality.score > self.best.score:
            self.best = quality

    def ended(self, camera: str, at: datetime, *, decided: bool = False) -> PassLook | None:
        """None for what was seen too shortly to be a person, and for what was no face on a second look.

        Who was `decided` was seen well enough, and is hardly looked at afterwards: better pictures are not taken.
        """
        if decided:
            return PassLook(camera, at, self.width_px, max(GOOD, self.best.score if self.best else GOOD), ())
        if self.times < SEEN_OFTEN_ENOUGH:
            return None
        if self.best is not None:
            return PassLook(camera, at, self.width_px, self.best.score, self.best.flaws)
        return PassLook(camera, at, self.width_px, 0.0, (Flaw.SMALL,)) if self.width_px < SMALL_PX else None


@dataclass(frozen=True)
class Tally:
    """How many passed, and how well they were seen."""

    passes: int = 0
    good: int = 0
    widths: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))  # px: passes
    flaws: Mapping[Flaw, int] = field(
        default_factory=lambda: MappingProxyType({})
    )  # of passes that were not good

    @staticmethod
    def of(looks: Sequence[PassLook]) -> "Tally":
        poor = [look for look in looks if look.quality < GOOD]
        return Tally(
            passes=len(looks),
            good=len(looks) - len(poor),
            widths=Counter(min(int(look.width_px), WIDEST_PX) for look in looks),
            flaws=Counter(flaw for look in poor for flaw in look.flaws),
        )

    @staticmethod
    def sum(tallies: Sequence["Tally"]) -> "Tally":
        widths, flaws = Counter[int](), Counter[Flaw]()
        for tally in tallies:
            widths.update(tally.widths)
            flaws.update(tally.flaws)
        return Tally(sum(t.passes for t in tallies), sum(t.good for t in tallies), widths, flaws)

    @property
    def share(self) -> float:
        return self.good / self.passes if self.passes else 0.0

    def width_px(self, share: float) -> int:
        """So many of the passes' widest faces were at most this wide; 0 when nobody passed."""
        below = 0
        for width_px, passes in sorted(self.widths.items()):
            below += passes
            if below >= share * self.passes:
                return width_px
        return 0


@dataclass(frozen=True)
class Hour:
    """What one camera counted in one hour."""

    start: datetime
    tally: Tally


@dataclass(frozen=True)
class Advice:
    """What would help; the flaw is the key of the sentence."""

    flaw: Flaw
    share: float  # of the passes that were not good
    width_px: int
    needed_px: int
    factor: float  # how many times wider faces have to be


@dataclass(frozen=True)
class Figures:
    """What was measured in one light."""

    verdict: CameraVerdict  # CAN, CANNOT or NOT_YET_KNOWN
    days: int
    passes: int
    good: int
    share: float
    median_px: int
    widest_tenth_px: int  # nine of ten faces are at most this wide
    px_per_m: float  # of the median face
    iec: IecClass
    advice: tuple[Advice, ...]  # what helps most first


@dataclass(frozen=True)
class Judgement:
    verdict: CameraVerdict
    lights: Mapping[Light, Figures]


def light_at(hour: int) -> Light:
    """Night by the clock of the estate."""
    return Light.DAY if NIGHT_UNTIL <= hour < NIGHT_FROM else Light.NIGHT


def identifies_at(verdict: CameraVerdict, hour: int) -> bool:
    """Whether what a camera says at this hour of the estate counts. What is not known yet is the operator's word."""
    return light_at(hour) not in _UNABLE.get(verdict, ())


def iec_class(px_per_m: float) -> IecClass:
    return next(found for found, least in _LEAST_PX_PER_M.items() if px_per_m >= least)


def judge(hours: Sequence[Hour], zone: ZoneInfo, now: datetime, before: CameraVerdict) -> Judgement:
    """Judge a camera by the last days; `before` is what was said of it until now."""
    figures = {}
    for light in Light:
        of_light = [h for h in hours if light_at(_middle(h).astimezone(zone).hour) is light]
        figures[light] = _figures(*_recent(of_light, now), cannot_before=light in _UNABLE.get(before, ()))
    return Judgement(_together(figures[Light.DAY].verdict, figures[Light.NIGHT].verdict), figures)


def unable(verdict: CameraVerdict, zone: ZoneInfo, since: datetime, until: datetime) -> list[Interval]:
    """The time by the clock in which a camera that can identify in one light only could not."""
    lights, spans = _UNABLE.get(verdict, frozenset()), []
    day, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    while day <= last:
        dawn, dusk = (datetime.combine(day, time(hour), zone) for hour in (NIGHT_UNTIL, NIGHT_FROM))
        next_dawn = datetime.combine(day + timedelta(days=1), time(NIGHT_UNTIL), zone)
        spans += [(dawn, dusk)] if Light.DAY in lights else []
        spans += [(dusk, next_dawn)] if Light.NIGHT in lights else []
        day += timedelta(days=1)
    return [
        Interval(start.astimezone(until.tzinfo), min(end.astimezone(until.tzinfo), until))
        for start, end in spans
        if start <= until and end > since
    ]


def _middle(hour: Hour) -> datetime:
    return hour.start + timedelta(minutes=30)  # zones with half hours


def _recent(hours: Sequence[Hour], now: datetime) -> tuple[Tally, int]:
    """As many whole days back as it takes for enough passes, and how many those were."""
    days, recent = 0, list[Hour]()
    while days < WINDOW.days and sum(h.tally.passes for h in recent) < ENOUGH_PASSES:
        days += 1
        recent = [h for h in hours if _middle(h) > now - timedelta(days=days)]
    return Tally.sum([h.tally for h in recent]), days


def _figures(tally: Tally, days: int, *, cannot_before: bool) -> Figures:
    median_px = tally.width_px(0.5)
    px_per_m = median_px / FACE_WIDTH_M
    return Figures(
        _verdict(tally, cannot_before=cannot_before),
        days,
        tally.passes,
        tally.good,
        tally.share,
        median_px,
        tally.width_px(0.9),
        px_per_m,
        iec_class(px_per_m),
        _advice(tally, median_px),
    )


def _verdict(tally: Tally, *, cannot_before: bool) -> CameraVerdict:
    if tally.passes < (STILL_ENOUGH_PASSES if cannot_before else NEEDED_PASSES):
        return CameraVerdict.NOT_YET_KNOWN
    return (
        CameraVerdict.CANNOT
        if tally.share < (CAN_FROM if cannot_before else CANNOT_BELOW)
        else CameraVerdict.CAN
    )


def _advice(tally: Tally, median_px: int) -> tuple[Advice, ...]:
    """What most of the poor passes had; if no flaw is in half of them, the one that most had."""
    if tally.passes < NEEDED_PASSES or tally.share >= ADVISE_BELOW:
        return ()
    poor = tally.passes - tally.good
    helpful = {f: n for f, n in tally.flaws.items() if f is not Flaw.SMALL or median_px < NEEDED_PX}
    ranked = sorted(helpful, key=lambda flaw: (-helpful[flaw], list(Flaw).index(flaw)))
    common = [flaw for flaw in ranked if helpful[flaw] * 2 >= poor] or ranked[:1]
    factor = ceil(10 * NEEDED_PX / max(median_px, 1)) / 10
    return tuple(Advice(f, helpful[f] / poor, median_px, int(NEEDED_PX), max(factor, 1.0)) for f in common)


def _together(day: CameraVerdict, night: CameraVerdict) -> CameraVerdict:
    """A camera that cannot by day is not believed at night before that is measured; the other way round it is."""
    by_day, at_night = day is not CameraVerdict.CANNOT, night is not CameraVerdict.CANNOT
    if not by_day and night is not CameraVerdict.CAN:
        return CameraVerdict.CANNOT
    if not by_day:
        return CameraVerdict.NOT_BY_DAY
    if not at_night:
        return CameraVerdict.NOT_AT_NIGHT
    return CameraVerdict.CAN if CameraVerdict.CAN in (day, night) else CameraVerdict.NOT_YET_KNOWN
