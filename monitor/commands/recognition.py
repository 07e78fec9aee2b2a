"""Commands that set and measure how people are recognised. They parse and print; the work is done below."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.options import ConfigOption, told, use
from monitor.errors import InvalidInput

app = typer.Typer()


@app.command()
def calibrate(
    fpir: Annotated[
        str | None,
        typer.Option(
            help="Share of strangers who may get a name at most, such as 0.3%; kept for this estate."
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Set and show the thresholds that the people enrolled here ask for, and list who looks alike.

    The workers do the same with every change of the gallery; this command is for changing what is wanted, and to see why.
    """
    from monitor import bootstrap

    use(config)
    with told():
        runtime = bootstrap.start(upgrade=True)
        for line in bootstrap.calibrate(runtime, None if fpir is None else _share(fpir)):
            typer.echo(line)


def _share(text: str) -> float:
    """0.3% or 0.003."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise InvalidInput(field="--fpir", reason=f"{text} is no share such as 0.3% or 0.003") from None


@app.command()
def evaluate(
    folder: Annotated[
        Path, typer.Argument(help="Photographs with a protocol.csv, or one folder of clips a person.")
    ],
    engine: Annotated[
        list[str] | None, typer.Option(help="sface, dlib or sface+dlib; give it several times to compare.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures for machines.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a page with plot and worst pairs here.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the DET curves here, as PNG.")] = None,
) -> None:
    """Measure the recognition on your own pictures: FNIR at fixed FPIR, thresholds in force, worst pairs, time."""
    from monitor.config.settings import load_settings
    from monitor.evaluate import run

    with told():
        settings = load_settings()
        engines = tuple(engine or [settings.engine])
        run.evaluate(
            run.Order(folder, engines, settings.data_dir, settings.wanted_fpir, as_json, report, plot)
        )
