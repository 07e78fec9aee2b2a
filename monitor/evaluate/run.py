"""The command `shouwang evaluate`: measure, then print and write."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from monitor.core.engine import ENGINES
from monitor.errors import InvalidInput
from monitor.evaluate import clips, photographs, report
from monitor.evaluate.clips import Passes


@dataclass(frozen=True)
class Order:
    """What is to be measured and where the results go; figures always go to standard output."""

    folder: Path
    engines: tuple[str, ...]
    data_dir: Path
    wanted_fpir: float
    as_json: bool
    page: Path | None
    plot: Path | None


def evaluate(order: Order) -> None:
    """Progress goes to standard error. Raises InvalidInput, ConfigError."""
    for engine in order.engines:
        if engine not in ENGINES:
            raise InvalidInput(field="--engine", reason=f"{engine} is none of {', '.join(ENGINES)}")
    told, progress = Console(), Console(stderr=True)

    def say(line: str) -> None:
        progress.print(line, highlight=False)

    (_clips if clips.is_clip_folder(order.folder) else _photographs)(order, told, say)


def _photographs(order: Order, told: Console, say: Callable[[str], None]) -> None:
    pictures, found = photographs.evaluate(
        order.folder, order.engines, order.data_dir, order.wanted_fpir, say
    )
    if order.page or order.plot:
        plot_png = report.det_png(found)
        if order.plot:
            order.plot.write_bytes(plot_png)
        if order.page:
            title = f"Recognition on {order.folder.name}"
            order.page.write_text(report.page(pictures, found, plot_png, title), "utf-8")
    if order.as_json:
        sys.stdout.write(json.dumps(report.as_json(found), indent=1) + "\n")
    else:
        report.show(told, found)


def _clips(order: Order, told: Console, say: Callable[[str], None]) -> None:
    if order.page or order.plot:
        raise InvalidInput(field="--report", reason="clips have a table only; leave --report and --plot out")
    found = {
        engine: clips.evaluate(order.folder, engine, order.data_dir, order.wanted_fpir, say)
        for engine in order.engines
    }
    if order.as_json:
        rows = [{"engine": engine, **asdict(one)} for engine, passes in found.items() for one in passes]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return
    for engine, passes in found.items():
        told.print(_table(engine, passes))


def _table(engine: str, passes: Sequence[Passes]) -> Table:
    table = Table(title=f"{engine}: passes, for every choice of who is enrolled")
    table.add_column("enrolled", no_wrap=True)
    for column in ("right", "wrong name", "not clear", "stranger right", "resident as stranger", "threshold"):
        table.add_column(column, justify="right")
    for one in passes:
        table.add_row(
            ", ".join(name.split("_")[0] for name in one.enrolled),
            str(one.right),
            str(one.wrong_name),
            str(one.undecided),
            str(one.stranger_right),
            str(one.resident_as_stranger),
            f"{one.threshold:.3f}",
        )
    return table
