"""What a replay prints: a table with bars, the same for programs, and a picture as PNG."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from monitor.core.passes import Pass
from monitor.core.schedule import DAY
from monitor.errors import InvalidInput
from monitor.evaluate.replay_rows import FIXED, OTHER, USUAL, Row
from monitor.evaluate.replays import Order, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAR = 8  # characters
PARTS = " ▏▎▍▌▋▊▉█"
COLOURS = {OTHER: "#9aa5ab", USUAL: "#b5561c"}


def as_json(outcome: Outcome, seed: int) -> str:
    """One object a rule and share of misses; delays in hours, null where there is none."""
    rows = [asdict(row) | {"seed": seed} for row in outcome.rows]
    for row in rows:
        row.update({key: round(value, 4) for key, value in row.items() if isinstance(value, float)})
    return json.dumps(rows, indent=1)


def title(people: Mapping[str, Sequence[Pass]], outcome: Outcome, order: Order) -> str:
    """Whose passes these are, and with what they were replayed."""
    spans = [(passes[-1].at - passes[0].at) / DAY for passes in people.values()]
    count = sum(len(passes) for passes in people.values())
    quiet = order.agreed.quiet
    return (
        f"{len(people)} {'person' if len(people) == 1 else 'people'}, {sum(spans) / len(spans):.1f} days "
        f"({outcome.rows[0].weeks:.1f} weeks judged), {count} passes; "
        f"{f'means of {order.draws} draws, ' if order.draws > 1 else ''}"
        f"{f'night hold {quiet.start:%H:%M}-{quiet.end:%H:%M}' if quiet else 'no night hold'}"
    )


def show(console: Console, outcome: Outcome, title: str) -> None:
    console.print(title, highlight=False)
    for miss in sorted({row.miss for row in outcome.rows}):
        rows = [row for row in outcome.rows if row.miss == miss]
        console.print(
            f"\n{miss:.0%} of the passes missed; false alarms a week and person, delay in hours",
            highlight=False,
        )
        console.print(_rules([row for row in rows if row.around_h is None]))
        instead = [row for row in rows if row.around_h is not None]
        if instead:
            console.print(_instead(instead))
        if any(row.phone_rounds for row in rows):
            console.print(
                f"After 12 blind hours: {rows[0].phone_rounds:.1f} calls a person, beside these.",
                highlight=False,
            )


def plot(file: Path, outcome: Outcome, title: str) -> None:
    """False alarms a week against mean delay, as PNG. Raises InvalidInput when it cannot be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    misses = sorted({row.miss for row in outcome.rows})
    figure = Figure(figsize=(1.6 + 4.6 * len(misses), 4.8), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=10)
    panels = figure.subplots(1, len(misses), squeeze=False, sharey=True)[0]
    for axes, miss in zip(panels, misses, strict=True):
        _panel(axes, [row for row in outcome.rows if row.miss == miss], outcome.swept, miss)
    panels[0].set_ylabel("false alarms a week and person")
    try:
        figure.savefig(file, format="png")
    except OSError as error:
        raise InvalidInput(field="--plot", reason=f"{file} cannot be written: {error.strerror}") from None


def _panel(axes: "Axes", rows: Sequence[Row], swept: Sequence[Row], miss: float) -> None:
    from matplotlib.ticker import LogLocator

    least = 0.5 / rows[0].weeks  # none at all is drawn as half an alarm
    axes.plot([], [], "o", color="#0b6e99", label="fixed steps")
    for kind, colour in COLOURS.items():
        found = [
            row for row in swept if (row.rule, row.miss) == (kind, miss) and row.delay_mean_h is not None
        ]
        if found:
            axes.plot(
                [row.delay_mean_h or 0 for row in found],
                [max(row.false_alarms_per_week, least) for row in found],
                "-",
                color=colour,
                label={OTHER: "fixed, 12 to 96 h", USUAL: "usual hours, around 12 to 96 h"}[kind],
            )
    markers = iter("s^Dv")
    for row in rows:
        if row.delay_mean_h is None or row.around_h is not None:
            continue
        at = [row.delay_mean_h], [max(row.false_alarms_per_week, least)]
        if row.rule.startswith(FIXED):
            axes.plot(*at, "o", color="#0b6e99")
            text = row.rule.removeprefix(FIXED)
            axes.annotate(text, (at[0][0], at[1][0]), xytext=(5, 4), textcoords="offset points", fontsize=8)
        else:
            axes.plot(*at, next(markers), color="#4a7c2c", label=row.rule)
    axes.set(
        yscale="log", xlabel="mean delay, hours", xlim=(0, None), title=f"{miss:.0%} of the passes missed"
    )
    axes.set_xlim(right=1.08 * axes.get_xlim()[1])  # room for the last label
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter("")
    axes.grid(visible=True, which="both", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.legend(fontsize=8, loc="upper right")


def _rules(rows: Sequence[Row]) -> Table:
    table = Table(box=SIMPLE)
    held = any(row.night_hold_adds_h is not None for row in rows)
    for name in ("rule", "false alarms", "mean delay"):
        table.add_column(name, no_wrap=True)
    for name in ("p95", *(["night hold"] if held else [])):
        table.add_column(name, justify="right", no_wrap=True)
    most = max(row.false_alarms_per_week for row in rows)
    longest = max(row.delay_mean_h or 0 for row in rows)
    for row in rows:
        table.add_row(
            row.rule,
            f"{row.false_alarms_per_week:5.2f} {_bar(row.false_alarms_per_week, most)}",
            f"{_hours(row.delay_mean_h):>5} {_bar(row.delay_mean_h or 0, longest)}",
            _hours(row.delay_p95_h),
            *([_hours(row.night_hold_adds_h, "+")] if held else []),
        )
    return table


def _instead(rows: Sequence[Row]) -> Table:
    table = Table(
        title="No more false alarms than that, and the shortest delay:", title_justify="left", box=SIMPLE
    )
    table.add_column("rule", no_wrap=True)
    for name in ("a week", "hours", "p95"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            f"{row.rule}: {row.around_h:g} h",
            f"{row.false_alarms_per_week:.2f}",
            _hours(row.delay_mean_h),
            _hours(row.delay_p95_h),
        )
    return table


def _hours(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.1f}"


def _bar(value: float, most: float) -> str:
    eighths = max(round(8 * BAR * value / most), 1) if value else 0
    return PARTS[-1] * (eighths // 8) + PARTS[eighths % 8].strip()
