"""A camera's verdict in sentences with numbers, what would help, and what was counted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from api.desk.access import Viewer
from api.desk.components.basics import chip, fact, moment, tag, text
from monitor.core.identifiability import CameraVerdict, Figures, Light
from monitor.core.quality import Flaw
from monitor.services.identifiability import WIDTH_STEP_PX, Identifiability

_LOOKS = {CameraVerdict.CAN: ("good", "good"), CameraVerdict.NOT_YET_KNOWN: ("unknown", "")}
_DOES_NOT = ("warning", "warning")


def can_identify(viewer: Viewer, known: Identifiability) -> None:
    words = viewer.words
    with tag("section", "panel stack"):
        text(words.can_it_identify, name="h2")
        with tag("div", "row"):
            drawing, look = _LOOKS.get(known.verdict, _DOES_NOT)
            chip(drawing, words.camera_verdict[known.verdict], look)
            if known.since is not None:
                with tag("span", "soft small"):
                    moment(viewer.times, known.since)
        text(words.verdict_means[known.verdict] if known.identifies else words.not_for_identifying, name="p")
        advice = list(dict.fromkeys(_advice(viewer, known)))
        if advice:
            text(words.advice, name="h3")
        for sentence in advice:
            fact("info", sentence)
        for light, figures in known.lights.items():
            _light(viewer, light, figures, known.needed_passes)


def charts(viewer: Viewer, known: Identifiability) -> None:
    words = viewer.words
    with _chart(words.chart_widths, words.chart_widths_hint.format(days=known.days, needed=known.needed_px)):
        most = max((width.passes for width in known.widths), default=0)
        for width in known.widths:
            low, high = width.from_px, width.from_px + WIDTH_STEP_PX
            said = words.chart_width_bar.format(low=low, high=high, n=width.passes)
            wide_enough = width.passes if low >= known.needed_px else 0
            _bar(said, str(low) if low % 20 == 0 else "", width.passes, wide_enough, most)
        if not known.widths:
            text(words.chart_nobody.format(days=known.days), "soft")
    with _chart(words.chart_hours, words.chart_hours_hint.format(days=known.days)):
        most = max(hour.passes for hour in known.hours)
        for hour in known.hours:
            said = words.chart_hour_bar.format(hour=hour.hour, passes=hour.passes, good=hour.good)
            _bar(said, str(hour.hour) if hour.hour % 6 == 0 else "", hour.passes, hour.good, most)


def _light(viewer: Viewer, light: Light, figures: Figures, needed: int) -> None:
    words = viewer.words
    with tag("div", "light") as part:
        part.props["data-light"] = light.value
        text(words.light[light], name="h3")
        if not figures.passes:
            text(words.light_nobody, "soft", "p")
            return
        share = round(100 * figures.share)
        text(
            words.light_passes.format(
                good=figures.good, passes=figures.passes, days=figures.days, share=share
            ),
            name="p",
        )
        text(
            words.light_faces.format(
                width=figures.median_px,
                widest=figures.widest_tenth_px,
                density=round(figures.px_per_m),
                iec=words.iec[figures.iec],
            ),
            name="p",
        )
        if figures.verdict is CameraVerdict.NOT_YET_KNOWN:
            text(words.light_too_few.format(passes=figures.passes, needed=needed), "soft", "p")


def _advice(viewer: Viewer, known: Identifiability) -> Iterable[str]:
    for light, figures in known.lights.items():
        for advice in figures.advice:
            by_day = advice.flaw is Flaw.DARK and light is Light.DAY
            yield viewer.words.camera_advice["dark_by_day" if by_day else advice.flaw.value].format(
                width=advice.width_px, needed=advice.needed_px, factor=f"{advice.factor:g}"
            )


@contextmanager
def _chart(title: str, hint: str) -> Iterator[None]:
    with tag("figure", "panel chart"):
        text(title, name="h2")
        with tag("div", "bars"):
            yield
        text(hint, "soft small", "figcaption")


def _bar(said: str, label: str, whole: int, part: int, most: int) -> None:
    """One column: `part` of the `whole` is drawn dark."""
    with tag("div", "column") as column:
        column.props.update({"title": said, "role": "img", "aria-label": said})
        with tag("div", "rod"), tag("div", "whole").style(f"height: {100 * whole / max(most, 1):.1f}%"):
            tag("div", "part").style(f"height: {100 * part / max(whole, 1):.1f}%")
        text(label, "tick-label")
