"""The figures as a table, as a DET plot and as a page that holds everything."""

import html
import io
import math
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
from rich.console import Console
from rich.table import Table

from monitor.core.open_set import Share
from monitor.evaluate.figures import FPIRS, Figures, Pair
from monitor.evaluate.protocol import Picture
from monitor.vision.jpeg import encode, shrink

matplotlib.use("Agg")  # no screen
from matplotlib import pyplot as plt

THUMBNAIL_PX = 96
_COLOURS = ("#0b6e99", "#b5561c", "#4a7c2c", "#7a3e9d", "#a32638", "#5f5f5f")


def as_json(found: Sequence[Figures]) -> list[dict[str, Any]]:
    """The same figures for machines; shares are 0..1."""
    return [
        {
            "engine": f.engine,
            "enrolled": f.enrolled,
            "gallery": f.gallery,
            "probes": len(f.trial.mated),
            "strangers": len(f.trial.strangers),
            "fnir": {f"{fpir:g}": round(share.value, 5) for fpir, share in f.fnir.items()},
            "fnir_interval": {f"{fpir:g}": _rounded(share.interval) for fpir, share in f.fnir.items()},
            "threshold": round(f.threshold, 4),
            "named_strangers_at_default": round(f.named_strangers.value, 5),
            "named_strangers_interval": _rounded(f.named_strangers.interval),
            "fnir_at_default": round(f.fnir_at_default.value, 5),
            "by_gallery_size": [
                {
                    "gallery": at.gallery,
                    "threshold": round(at.threshold, 4),
                    "predicted": round(at.predicted, 5),
                    "measured": None if at.measured is None else round(at.measured, 5),
                    "draws": at.draws,
                }
                for at in f.sizes
            ],
            "not_found": f.not_found,
            "ms_per_image": round(f.ms_per_image, 1),
        }
        for f in found
    ]


def show(console: Console, found: Sequence[Figures]) -> None:
    table = Table(title="Open-set identification (ISO/IEC 19795-1), 95 % intervals in brackets")
    for column in ("engine", "photos", "gallery", *(f"FNIR at FPIR {fpir:.1%}" for fpir in FPIRS)):
        table.add_column(column, justify="right" if column != "engine" else "left")
    for column in ("threshold", "strangers named", "FNIR", "ms"):
        table.add_column(column, justify="right")
    for f in found:
        table.add_row(
            f.engine,
            str(f.enrolled),
            str(f.gallery),
            *(_told(share) for share in f.fnir.values()),
            f"{f.threshold:.3f}",
            _told(f.named_strangers),
            _told(f.fnir_at_default),
            f"{f.ms_per_image:.0f}",
        )
    console.print(table)
    console.print(
        "The last four columns are at the default settings: threshold calibrated to the gallery, margin 0.06."
    )
    sizes = Table(title="Strangers named at the default settings, by the size of the gallery")
    for column in ("engine", "photos", "gallery", "threshold", "predicted at most", "measured"):
        sizes.add_column(column, justify="left" if column == "engine" else "right")
    for f in found:
        for at in f.sizes:
            measured = "not measurable" if at.measured is None else f"{at.measured:.2%} ({at.draws} draws)"
            sizes.add_row(
                f.engine,
                str(f.enrolled),
                str(at.gallery),
                f"{at.threshold:.3f}",
                f"{at.predicted:.2%}",
                measured,
            )
    console.print(sizes)


def det_png(found: Sequence[Figures]) -> bytes:
    """The DET curves, both axes logarithmic, with the thresholds in force marked."""
    figure, axes = plt.subplots(figsize=(7.5, 5.5), dpi=110)
    for number, f in enumerate(found):
        colour = _COLOURS[number % len(_COLOURS)]
        least_fpir, least_fnir = 0.5 / len(f.trial.strangers), 0.5 / len(f.trial.mated)
        above, missed = f.trial.det()
        axes.step(
            np.maximum(above, least_fpir),
            np.maximum(missed, least_fnir),
            where="post",
            color=colour,
            label=f"{f.engine}, {f.enrolled} photo{'s' if f.enrolled > 1 else ''}, {f.gallery} enrolled",
        )
        x = max(f.trial.fpir_at(f.threshold).value, least_fpir)
        y = max(f.trial.fnir_at(f.threshold).value, least_fnir)
        axes.plot([x], [y], "o", color=colour, markersize=8, markeredgecolor="black")
    for fpir in FPIRS:
        axes.axvline(fpir, color="#bbbbbb", linewidth=0.8, zorder=0)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="FPIR: strangers who get a name",
        ylabel="FNIR: enrolled people missed",
    )
    axes.set_xlim(right=1.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    axes.grid(visible=True, which="both", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.legend(loc="upper right", fontsize=9)
    axes.set_title("DET curves; the dots are the thresholds in force", fontsize=11)
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight")
    plt.close(figure)
    return out.getvalue()


def page(pictures: Sequence[Picture], found: Sequence[Figures], plot_png: bytes, title: str) -> str:
    """A page that needs nothing but itself. It shows faces of the evaluated folder: keep it as you keep them."""
    parts = [_HEAD.format(title=html.escape(title)), f"<h1>{html.escape(title)}</h1>", _figures_table(found)]
    parts.append(f'<img alt="DET curves" src="data:image/png;base64,{b64encode(plot_png).decode()}">')
    parts.append(_sizes_table(found))
    for f in found:
        parts.append(f"<h2>{html.escape(f.engine)}, {f.enrolled} enrolled: the worst pairs</h2>")
        for wrong, told in ((True, "Strangers closest to a name"), (False, "Residents missed")):
            pairs = [pair for pair in f.worst if pair.wrong_name is wrong]
            parts.append(f"<h3>{told}</h3>")
            parts.append("".join(_pair(pictures, pair, f.threshold) for pair in pairs) or "<p>None.</p>")
    return "\n".join([*parts, "</body></html>"])


def _told(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.2%} [{low:.1%}, {high:.1%}]"


def _rounded(interval: tuple[float, float]) -> list[float | None]:
    return [None if math.isnan(edge) else round(edge, 5) for edge in interval]


_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2327}}
table{{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}}
td,th{{border:1px solid #ccd2d6;padding:.3rem .6rem;text-align:right;white-space:nowrap}}
td:first-child,th:first-child{{text-align:left}}th{{background:#f1f4f6}}img{{max-width:100%}}
figure{{display:inline-block;margin:.4rem;padding:.4rem;border:1px solid #ccd2d6;text-align:center}}
figure.over{{border:2px solid #a32638}}figcaption{{font-size:.8rem}}</style></head><body>"""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _figures_table(found: Sequence[Figures]) -> str:
    header = ["engine", "photos", "gallery", *(f"FNIR at FPIR {fpir:.1%}" for fpir in FPIRS)]
    header += ["threshold in force", "strangers named there", "FNIR there", "ms per image", "no face found"]
    rows = [
        [
            f.engine,
            str(f.enrolled),
            str(f.gallery),
            *(_told(share) for share in f.fnir.values()),
            f"{f.threshold:.3f}",
            _told(f.named_strangers),
            _told(f.fnir_at_default),
            f"{f.ms_per_image:.1f}",
            str(f.not_found),
        ]
        for f in found
    ]
    return _table(header, rows)


def _sizes_table(found: Sequence[Figures]) -> str:
    rows = [
        [
            f.engine,
            str(f.enrolled),
            str(at.gallery),
            f"{at.threshold:.3f}",
            f"{at.predicted:.2%}",
            "not measurable" if at.measured is None else f"{at.measured:.2%}",
        ]
        for f in found
        for at in f.sizes
    ]
    header = ["engine", "photos", "gallery", "threshold", "strangers named: predicted at most", "measured"]
    return "<h2>Strangers named at the default settings, by the size of the gallery</h2>" + _table(
        header, rows
    )


def _pair(pictures: Sequence[Picture], pair: Pair, threshold: float) -> str:
    probe, enrolled = pictures[pair.probe], pictures[pair.enrolled]
    over = ' class="over"' if pair.wrong_name and pair.score >= threshold else ""
    score = "another person, or no face" if pair.score < 0 else f"{pair.score:.3f}"
    told = f"{html.escape(probe.subject)} / {html.escape(enrolled.subject)}<br>{score}"
    return f"<figure{over}>{_thumbnail(probe.path)} {_thumbnail(enrolled.path)}<figcaption>{told}</figcaption></figure>"


def _thumbnail(path: Path) -> str:
    image = cv2.imread(str(path))
    if image is None:
        return ""
    jpeg = encode(shrink(np.asarray(image, np.uint8), THUMBNAIL_PX), quality=80)
    return f'<img alt="" src="data:image/jpeg;base64,{b64encode(jpeg).decode()}">'
