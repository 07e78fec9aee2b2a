"""Commands about residents' passes. They parse and print; the work is done below."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.clock import utc_now
from monitor.commands.options import ConfigOption, told, use
from monitor.errors import InvalidInput

if TYPE_CHECKING:
    from monitor.core.agreement import Agreement
    from monitor.core.interval import Interval
    from monitor.core.schedule import DailyWindow
    from monitor.evaluate.passes_file import PassesFile
    from monitor.evaluate.replays import Order

app = typer.Typer()
TABLE_STEPS, TABLE_MISSES = "12,18,24,36,48,60,72", "0,0.3,0.5"

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV: ts_local,event (IN, OUT), perhaps person and weight.")
]
StepsOption = Annotated[
    str | None,
    typer.Option(metavar="HOURS", help="Steps to try, such as 24,48,72. [default: the agreed ones]"),
]
TableOption = Annotated[
    bool, typer.Option("--table", help=f"Steps {TABLE_STEPS} and the learnt rules, misses {TABLE_MISSES}.")
]
CombinedOption = Annotated[
    bool, typer.Option("--combined", help="Add the usual hours with as few false alarms as each fixed step.")
]
MissOption = Annotated[
    str | None,
    typer.Option(metavar="SHARES", help="Share of passes not recognised, such as 0.3 or 0,0.3,0.5."),
]
DoubtedOption = Annotated[
    float, typer.Option(min=0, max=1, help="Share of the missed passes that comes as doubtful evidence.")
]
BlindOption = Annotated[
    list[str] | None,
    typer.Option(metavar="START/END", help="Nobody could be seen from-to, in local time. Repeatable."),
]
OutageOption = Annotated[
    float,
    typer.Option(min=0, max=600, help="Hours in one piece, every 30 days, in which nobody can be seen."),
]
AgreedOption = Annotated[
    str | None, typer.Option(metavar="HOURS", help="Phone, visit, urgent. [default: as set, 24,48,72]")
]
NotBackOption = Annotated[float | None, typer.Option(help="Hours after going out. [default: as set, 12]")]
QuietOption = Annotated[
    str | None,
    typer.Option(
        metavar="FROM-UNTIL", help="When steps wait for the morning. [default: as set, 22:00-07:00]"
    ),
]
HoldOption = Annotated[bool, typer.Option("--no-night-hold", help="Steps go out at any hour.")]


@app.command()
def replay(
    file: FileArgument,
    steps: StepsOption = None,
    table: TableOption = False,
    combined: CombinedOption = False,
    miss: MissOption = None,
    doubted: DoubtedOption = 0,
    seed: Annotated[int, typer.Option(min=0, help="Another number, other misses.")] = 1,
    draws: Annotated[int, typer.Option(min=1, help="Means of so many seeds, from --seed on.")] = 1,
    blind: BlindOption = None,
    blind_file: Annotated[Path | None, typer.Option(help="The same as a CSV: start,end.")] = None,
    outage: OutageOption = 0,
    agreed: AgreedOption = None,
    not_back: NotBackOption = None,
    quiet: QuietOption = None,
    no_night_hold: HoldOption = False,
    warm_up: Annotated[float, typer.Option(min=0, help="Days at the beginning that are not judged.")] = 42,
    tick: Annotated[float, typer.Option(min=0.05, max=24, help="Hours between two looks.")] = 0.5,
    zone: Annotated[str, typer.Option(help="The time zone of the file.")] = "Asia/Shanghai",
    as_json: Annotated[bool, typer.Option("--json", help="Print the same for programs.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw false alarms against delay here, as PNG.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes for a file of many people.")] = 2,
) -> None:
    """Replay real passes through the watch: false alarms a week, and how late trouble would be noticed.

    The watch's own rule runs with a simulated clock. docs/wellness-replay.md tells the method.
    """
    from monitor.evaluate import passes_file, replays

    with told():
        local = _zone(zone)
        agreement = _agreement(agreed, not_back, quiet, no_night_hold)
        order = replays.Order(
            agreement,
            local,
            _steps(TABLE_STEPS if table and steps is None else steps, agreement),
            tuple(_shares(miss or (TABLE_MISSES if table else "0"))),
            doubted,
            seed,
            draws,
            tuple(_blind(blind or [], blind_file, local)),
            timedelta(hours=outage),
            learnt=table,
            combined=combined,
            warm_up=timedelta(days=warm_up),
            tick=timedelta(hours=tick),
        )
        _tell(file, passes_file.read(file, local), order, as_json, plot, workers)


@app.command()
def passes(
    resident: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="Only this resident. [default: everybody who is watched]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the screen.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the passes of the last 56 days for `shouwang replay`: time, direction, number of the resident.

    No name, place or picture; still personal data: delete the file after use.
    """
    from monitor import bootstrap
    from monitor.evaluate import passes_file
    from monitor.services import advice

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        with runtime.database.writer() as session:
            people, zone = advice.export(session, runtime.estate.id, resident, utc_now())
        if output is None:
            passes_file.write(sys.stdout, people, zone)
            return
        try:
            output.touch(0o600)  # it says when somebody was at home
            with output.open("w", encoding="utf-8", newline="") as opened:
                count = passes_file.write(opened, people, zone)
        except OSError as error:
            raise InvalidInput(
                field="--output", reason=f"{output} cannot be written: {error.strerror}"
            ) from None
        typer.echo(f"{output}: {count} passes of {len(people)} resident(s).")


def _tell(
    file: Path, found: "PassesFile", order: "Order", as_json: bool, plot: Path | None, workers: int
) -> None:
    from rich.console import Console

    from monitor.evaluate import replay_report, replays

    outcome = replays.run(found.people, order, workers)
    for note in (*found.notes, *outcome.notes):
        typer.echo(f"{file}: {note}.", err=True)
    title = replay_report.title(found.people, outcome, order)
    if as_json:
        typer.echo(replay_report.as_json(outcome, order.seed))
    else:
        replay_report.show(Console(), outcome, title)
    if plot is not None:
        replay_report.plot(plot, outcome, title)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found; a folder; no path at all
        raise InvalidInput(field="--zone", reason=f"{name} is no time zone such as Asia/Shanghai") from None


def _agreement(agreed: str | None, not_back: float | None, quiet: str | None, no_hold: bool) -> "Agreement":
    """As set for this site, but for what is given."""
    from monitor.config.settings import load_settings

    found = load_settings().agreement()
    if agreed is not None:
        hours = [timedelta(hours=number) for number in _numbers("--agreed", agreed)]
        if len(hours) != 3:
            raise InvalidInput(
                field="--agreed", reason="give the hours of phone, visit and urgent, such as 24,48,72"
            )
        found = replace(found, phone=hours[0], visit=hours[1], urgent=hours[2])
    if not_back is not None:
        found = replace(found, not_back=timedelta(hours=not_back))
    if quiet is not None:
        found = replace(found, quiet=_window(quiet))
    return replace(found, quiet=None) if no_hold else found


def _window(text: str) -> "DailyWindow":
    from monitor.core.schedule import DailyWindow

    start, _, end = text.partition("-")
    try:
        return DailyWindow(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise InvalidInput(field="--quiet", reason=f"{text} is not like 22:00-07:00") from None


def _steps(text: str | None, agreed: "Agreement") -> tuple[timedelta, ...]:
    from monitor.core.agreement import LONGEST, SHORTEST

    if text is None:
        return agreed.phone, agreed.visit, agreed.urgent
    steps = tuple(timedelta(hours=number) for number in _numbers("--steps", text))
    if not all(SHORTEST <= step <= LONGEST for step in steps):
        raise InvalidInput(field="--steps", reason="each must lie between 4 and 336 hours")
    return steps


def _shares(text: str) -> list[float]:
    shares = _numbers("--miss", text)
    if not all(0 <= share < 1 for share in shares):
        raise InvalidInput(field="--miss", reason=f"{text} is no share such as 0.3, or 0,0.3,0.5")
    return shares


def _numbers(option: str, text: str) -> list[float]:
    """Each once, in the order given."""
    try:
        return list(dict.fromkeys(float(part) for part in text.split(",")))
    except ValueError:
        raise InvalidInput(
            field=option, reason=f"{text} is no number, or numbers with commas between them"
        ) from None


def _blind(periods: Sequence[str], file: Path | None, zone: ZoneInfo) -> list["Interval"]:
    from monitor.evaluate import passes_file

    found = [] if file is None else passes_file.read_blind(file, zone)
    for text in periods:
        try:
            found.append(passes_file.blind_period(text, zone))
        except ValueError as error:
            raise InvalidInput(field="--blind", reason=f"{text}: {error}") from None
    return found
