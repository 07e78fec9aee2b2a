"""What all commands share: where the camera file is, and how errors are told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from monitor.errors import ShouwangError

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The camera file. [default: $SHOUWANG_CAMERAS_FILE or cameras.yaml]"),
]


@contextmanager
def told() -> Iterator[None]:
    """Our own errors are sentences for people: print them and end with 1."""
    try:
        yield
    except ShouwangError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def use(config: Path | None) -> None:
    """Child processes read the same variable."""
    if config is not None:
        os.environ["SHOUWANG_CAMERAS_FILE"] = str(config)
