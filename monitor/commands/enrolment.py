"""Commands that enrol residents. They parse and print; the work is done below."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import ConfigOption, told, use
from monitor.errors import InvalidInput

if TYPE_CHECKING:
    from monitor.workers.enroller import Enroller

app = typer.Typer()


@app.command()
def enrol(
    photos: Annotated[
        list[Path] | None, typer.Argument(help="Three to five photos with one face each; ten at most.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The resident's name.")] = "",
    flat: Annotated[str | None, typer.Option("--flat", help="Building-unit-room, such as 3-2-501.")] = None,
    watched: Annotated[
        bool, typer.Option("--watch", help="Notice when this resident is not seen for a set time.")
    ] = False,
    keep_photos: Annotated[
        bool, typer.Option("--keep-photos", help="They agreed to keep the face pictures for a later engine.")
    ] = False,
    allow_duplicate: Annotated[
        bool, typer.Option("--allow-duplicate", help="It is another person than the one who is enrolled.")
    ] = False,
    walk: Annotated[
        str | None,
        typer.Option("--walk", metavar="CAMERA", help="Take the photos from a walk past this camera."),
    ] = None,
    from_folder: Annotated[
        Path | None, typer.Option("--from-folder", help="Enrol everybody on the residents.csv of a folder.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from-folder: print the verdicts and write nothing.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Enrol a resident who has SIGNED the consent form; today's date is recorded as the day of consent.

    With --from-folder a whole list: docs/enrolment.md tells its columns.
    """
    from monitor import bootstrap
    from monitor.services.enrolment import NewResident

    use(config)
    with told():
        if sum((bool(photos), walk is not None, from_folder is not None)) != 1:
            raise InvalidInput(field="PHOTOS", reason="give photos, or --walk CAMERA, or --from-folder DIR")
        if dry_run and from_folder is None:
            raise InvalidInput(field="--dry-run", reason="is for --from-folder")
        runtime = bootstrap.start(upgrade=True)
        enroller = bootstrap.enroller(runtime)
        if from_folder is not None:
            _enrol_folder(enroller, from_folder, dry_run)
            return
        defaults = runtime.enrolment_defaults
        new = NewResident(
            name,
            flat,
            watched,
            defaults.consent_days,
            "command line",
            keep_photos=keep_photos,
            agreed=defaults.agreed,
        )
        if walk is None:
            report = enroller.files(new, photos or [], allow_duplicate=allow_duplicate)
        else:
            typer.echo(f"Let {name} walk towards {walk} now, alone, looking into the camera.")
            report = enroller.walk(new, walk, _count_down(), allow_duplicate=allow_duplicate)
        for line in report.lines:
            typer.echo(line)
        if not report.kept:
            raise typer.Exit(1)


def _count_down() -> Callable[[float], None]:
    """Tells each second once."""
    last = -1

    def tell(left_s: float) -> None:
        nonlocal last
        if math.ceil(left_s) != last:
            last = math.ceil(left_s)
            typer.echo(f"{last} s")

    return tell


def _enrol_folder(enroller: "Enroller", folder: Path, dry_run: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from monitor.workers import enroller as reports

    results = []
    for result in enroller.folder(folder, dry_run=dry_run):
        results.append(result)
        if reports.is_mistake(result):
            typer.echo(reports.where(folder, result), err=True)
    results.sort(key=lambda result: result.line)
    table = Table("line", "name", "flat", "outcome", "photos kept", "what to know")
    for result in results:
        line, name, flat, outcome, _, kept, refused, careful, reason = reports.cells(result)
        notes = [part for part in (reason, refused, careful) if part]
        table.add_row(*(Text(cell) for cell in (line, name, flat, outcome, kept, "\n".join(notes))))
    Console().print(table)
    if not dry_run:
        typer.echo(f"The report is in {reports.write_report(folder, results)}.")
    if any(reports.is_mistake(result) for result in results):
        raise typer.Exit(1)


@app.command()
def renew(config: ConfigOption = None) -> None:
    """Make templates for the engine in force from the pictures that residents agreed to keep.

    Needed once after another engine was chosen; can be repeated, and can run beside the service.
    """
    from monitor import bootstrap

    use(config)
    with told():
        done = bootstrap.enroller(bootstrap.start(upgrade=True)).renew()
    typer.echo(f"{done.made} template(s) made.")
    if done.without_face:
        typer.echo(f"{done.without_face} kept picture(s) show no good face to this engine.")
    for person in done.lacking:
        typer.echo(f"needs new photos: {person.name} {person.flat or ''} (resident {person.resident_id})")
