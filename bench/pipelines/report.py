"""The measurements as a table, as JSON and as a picture."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from bench.pipelines.found import Outcome

matplotlib.use("Agg")  # no screen
from matplotlib import pyplot as plt

DISTURBED_CORES = 0.3
_COLOURS = ("#0b6e99", "#b5561c", "#5f5f5f")


def machine() -> str:
    name = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else ():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores ({name}), Python {platform.python_version()}"


def as_json(outcomes: Sequence[Outcome], minutes: float) -> list[dict[str, Any]]:
    """`cores` and `rss_mb` are for the whole estate; `cameras` tells how many it was measured on."""
    return [
        {
            "pipeline": one.pipeline,
            "estate_cameras": one.estate,
            "cameras": one.cameras,
            "minutes": minutes,
            "cpu_s_per_camera_minute": round(one.cpu_s_per_camera_minute, 3),
            "cores": round(one.cores, 3),
            "rss_mb": round(one.rss_mb, 1),
            "measured_cores": round(one.cost.cores, 3),
            "measured_rss_mb": round(one.cost.rss_mb, 1),
            "passes_shown": len(one.shown),
            "passes_found": len(one.delays_s),
            "passes_named": one.named,
            "event_p50_s": _rounded(one.delay_s(50)),
            "event_p95_s": _rounded(one.delay_s(95)),
            "server_cores": round(one.server.cores, 3),
            "elsewhere_cores": round(one.elsewhere_cores, 3),
            "note": one.note,
            "machine": machine(),
        }
        for one in outcomes
    ]


def show(outcomes: Sequence[Outcome], minutes: float, streams: str) -> None:
    estate = outcomes[0].estate
    print(f"\n{machine()}; {streams}; {minutes:g} min a pipeline\n")
    print(
        f"| pipeline | measured on | CPU s per camera-minute | cores for {estate} | MB for {estate} "
        "| passes found | right name | clear face to event p50, p95 |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for one in outcomes:
        on = f"{one.cameras} cameras" + ("" if one.scale == 1 else f", scaled by {one.scale:.1f}")
        print(
            f"| {one.pipeline} | {on} | {one.cpu_s_per_camera_minute:.2f} | {one.cores:.2f} | {one.rss_mb:.0f} "
            f"| {len(one.delays_s)} of {len(one.shown)} | {one.named} "
            f"| {_seconds(one.delay_s(50))}, {_seconds(one.delay_s(95))} |"
        )
    print()
    for other in outcomes[1:]:
        times = other.cpu_s_per_camera_minute / outcomes[0].cpu_s_per_camera_minute
        print(
            f"{other.pipeline} takes {times:.1f} times the processor time of {outcomes[0].pipeline} for a camera."
        )
    for one in outcomes:
        print(
            f"{one.pipeline}: {one.note}; the cameras (RTSP server, not counted) took {one.server.cores:.2f} cores, "
            f"other work on this machine {one.elsewhere_cores:.2f}."
        )
        if one.elsewhere_cores > DISTURBED_CORES:
            print(
                "  That is too much beside a measurement: times are longer and passes are missed. Repeat it."
            )


def plot(outcomes: Sequence[Outcome], file: Path) -> None:
    """Cores, passes found, and how soon."""
    figure, (cores, found, soon) = plt.subplots(1, 3, figsize=(13, 4))
    names = [one.pipeline for one in outcomes]
    colours = [_COLOURS[number % len(_COLOURS)] for number in range(len(names))]
    bars = cores.bar(names, [one.cores for one in outcomes], color=colours)
    cores.bar_label(bars, [f"{one.cores:.2f}" for one in outcomes])
    cores.set(title=f"Cores for {outcomes[0].estate} cameras", ylabel="cores")
    shares = [100 * len(one.delays_s) / max(len(one.shown), 1) for one in outcomes]
    bars = found.bar(names, shares, color=colours)
    found.bar_label(bars, [f"{len(one.delays_s)} of {len(one.shown)}" for one in outcomes])
    found.set(title="Passes found", ylabel="%", ylim=(0, 110))
    for one, colour in zip(outcomes, colours, strict=True):
        if not one.delays_s:
            continue
        delays = np.sort(one.delays_s)
        share = 100 * np.arange(len(delays) + 1) / len(one.shown)
        soon.step([delays[0], *delays], share, where="post", color=colour, label=one.pipeline)
    soon.set(title="From the first clear face to the event", xlabel="s", ylabel="% of passes", ylim=(0, 105))
    soon.grid(alpha=0.3)
    if any(one.delays_s for one in outcomes):
        soon.legend()
    figure.text(0.01, 0.01, machine(), fontsize=7, color="#555555")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f} s"
