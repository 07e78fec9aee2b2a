"""Gets the sample estate ready: streams, addresses, a fresh database, the story."""

import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import models
from monitor.clock import utc_now
from monitor.errors import ShouwangError
from monitor.simulate import render, seed
from monitor.simulate.site import DARK_CAMERA

SAMPLE = Path(models.__file__).parent.parent / "cameras.yaml"
ZONE = ZoneInfo("Asia/Shanghai")
NIGHT_LASTS = timedelta(hours=10)
GOES_DARK_AFTER_S = 90
MAIN_PORT, DARK_PORT = 8554, 8555  # as in cameras.yaml


class SampleMissing(ShouwangError):
    """The sample estate's file {path} is not there. Run the demo from a checkout of Shouwang."""


@dataclass(frozen=True)
class Ready:
    """What the demo runs with."""

    environment: dict[str, str]
    servers: list[tuple[str, list[str]]]  # name and command of each RTSP server
    passwords: dict[str, str]
    night: tuple[str, str]


def prepare(folder: Path, port: int, say: Callable[[str], None]) -> Ready:
    """Draw the streams (once), write this run's camera file, forget the last run. Raises SampleMissing."""
    if not SAMPLE.is_file():
        raise SampleMissing(path=SAMPLE)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    streams = _streams(folder / "streams", say)
    shutil.rmtree(folder / "service", ignore_errors=True)
    ports = {MAIN_PORT: _free(MAIN_PORT), DARK_PORT: _free(DARK_PORT)}
    now = utc_now().astimezone(ZONE)
    night = (f"{now - timedelta(hours=1):%H:%M}", f"{now + NIGHT_LASTS:%H:%M}")
    _camera_file(folder / "cameras.yaml", ports, night)
    server = [sys.executable, "-m", "monitor.simulate.server", str(streams)]
    dark = ["--dark-after", str(GOES_DARK_AFTER_S)]
    return Ready(
        environment={
            "SHOUWANG_DATA_DIR": str(folder / "service"),
            "SHOUWANG_CAMERAS_FILE": str(folder / "cameras.yaml"),
            "SHOUWANG_PORT": str(port),
            "SHOUWANG_TICK_S": "5",
            # No quiet hours: who tries it at night sees the alert too.
            "SHOUWANG_QUIET_FROM": "07:00",
            "SHOUWANG_QUIET_UNTIL": "07:00",
            "SHOUWANG_CAMERA_USER": "viewer",
            "SHOUWANG_CAMERA_PASSWORD": secrets.token_urlsafe(9),
        },
        servers=[
            ("cameras", [*server, "--port", str(ports[MAIN_PORT])]),
            ("dark-camera", [*server, "--port", str(ports[DARK_PORT]), *dark]),
        ],
        passwords=_passwords(folder / "sign-in.json"),
        night=night,
    )


def welcome(ready: Ready, address: str) -> str:
    """What a newcomer needs to know."""
    people = "\n".join(f"    {name:<6} {ready.passwords[name]}" for name in seed.ACCOUNTS)
    return f"""
  The sample estate is starting; all 54 cameras are live within about half a minute.

  Desk  {address}

{people}

  What you will see: a wellness alert for a resident not seen for 49 hours, visitors at the gates
  ("night" is set to {ready.night[0]}-{ready.night[1]} here, so that you need not wait for it), residents passing, and
  camera {DARK_CAMERA} going dark after {GOES_DARK_AFTER_S} s. Staff see more: where every watched resident stands, the
  check at the door, and what other hours would have meant. The streams run at {render.FPS} frames/s, to spare this
  machine. Ctrl-C ends everything.
"""


def _streams(cache: Path, say: Callable[[str], None]) -> Path:
    folder = render.streams_folder(cache)
    if not folder.is_dir():
        say("Drawing and encoding 54 cameras, once. Later starts take seconds.")
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("cameras", total=None)
        return render.render(
            cache, progress=lambda done, total: progress.update(task, completed=done, total=total)
        )


def _camera_file(path: Path, ports: dict[int, int], night: tuple[str, str]) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for written, free in ports.items():
        text = text.replace(f"127.0.0.1:{written}/", f"127.0.0.1:{free}/")
    text = text.replace('from: "22:00"', f'from: "{night[0]}"')
    text = text.replace('to: "06:00"', f'to: "{night[1]}"')
    path.write_text(text, encoding="utf-8")


def _passwords(path: Path) -> dict[str, str]:
    """The same at every start of this demo, and different in every demo."""
    if path.is_file():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {name: "-".join(secrets.token_hex(3) for _ in range(3)) for name in seed.ACCOUNTS}
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(made, file)
    return made


def _free(port: int) -> int:
    """The port itself, or another one when somebody has it."""
    for candidate in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            free: int = probe.getsockname()[1]
            return free
    return port
