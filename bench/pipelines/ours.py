"""Pipeline (a): Shouwang's own ingest processes, as `shouwang up` starts them. What they say is read from its event log."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy.exc import SQLAlchemyError

from bench.pipelines.compare import Shows
from bench.pipelines.cost import Meter, measure
from bench.pipelines.found import Outcome, Said, judge
from bench.pipelines.passes import WALKERS, Camera
from bench.pipelines.served import Server, free_port
from monitor.clock import utc_now
from monitor.core.access import Role
from monitor.errors import NotFound
from monitor.services import events, residents, status
from monitor.simulate.people import everybody
from monitor.store.database import Database

NAME = "shouwang"
ESTATE = "bench"
LIVE_WITHIN_S = 120.0
# Afterwards everything has started, and a pass that is measured has been seen from its beginning.
SETTLES_S = 20.0
TAIL_S = 16.0  # how long the last pass and its event may take after the measured time
_KINDS = ("sighting.started", "visit.started", "face.unclear")


@dataclass(frozen=True)
class Service:
    """A running `shouwang up`."""

    up: "subprocess.Popen[bytes]"
    database: Database
    log: Path

    def check(self) -> None:
        if self.up.poll() is not None:
            sys.exit(f"the service ended; see {self.log}")

    def processes(self, *, ingest: bool) -> list[psutil.Process]:
        """The ingest processes, or all others with their supervisor."""
        top = psutil.Process(self.up.pid)
        children = {child: "ingest" in _words(child) for child in top.children()}
        return [child for child, reads in children.items() if reads == ingest]


def run(folder: Path, estate: Sequence[Camera], server: Server, shows: Shows, lasts_s: float) -> Outcome:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _camera_file(folder / "cameras.yaml", estate, server)
    with _service(folder) as service:
        live = _wait_until_live(service, len(estate))
        time.sleep(SETTLES_S)
        meters = [
            Meter(lambda: service.processes(ingest=True)),
            Meter(lambda: service.processes(ingest=False)),
            Meter(lambda: [server.process]),
        ]
        from_s = time.monotonic()
        (ingest, others, serving), elsewhere = measure(meters, lasts_s, service.check)
        passes = shows(estate, from_s, time.monotonic())
        time.sleep(TAIL_S if passes else 0)
        service.check()
        delays, named = judge(passes, _said(service.database))
        service.database.dispose()
    note = f"the watch and the API beside it took {others.cores:.2f} cores, {others.rss_mb:.0f} MB"
    if live < len(estate):
        note += f"; only {live} of {len(estate)} cameras were live at the start"
    if ingest.ended:
        note += f"; {ingest.ended} process(es) ended meanwhile"
    return Outcome(
        NAME, len(estate), len(estate), ingest, 0.0, serving, elsewhere, tuple(passes), delays, named, note
    )


@contextmanager
def _service(folder: Path) -> Iterator[Service]:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")},
        "SHOUWANG_DATA_DIR": str(folder / "service"),
        "SHOUWANG_CAMERAS_FILE": str(folder / "cameras.yaml"),
        "SHOUWANG_PORT": str(free_port()),
    }
    _enrol(folder / "enrol", environment)
    log = folder / "service.log"
    with log.open("wb") as written:
        command = [sys.executable, "-m", "monitor.cli", "up"]
        up = subprocess.Popen(command, env=environment, stdout=written, stderr=written)
        try:
            yield Service(up, Database(f"sqlite:///{folder / 'service' / 'shouwang.db'}"), log)
        finally:
            up.terminate()
            up.wait(30)


def _enrol(folder: Path, environment: Mapping[str, str]) -> None:
    """Everybody who walks lives here: a stranger's passes would be merged into one visit over all cameras."""
    folder.mkdir()
    people, today = everybody(), f"{utc_now() - timedelta(days=1):%Y-%m-%d}"
    lines = ["name,flat,watched,keep_photos,consent_on,consent_until,photos"]
    for number, key in enumerate(WALKERS, 1):
        shutil.copy(people[key].photo, folder / f"{key}.jpg")
        lines.append(f"{key},1-1-{number}01,no,no,{today},,{key}.jpg")
    (folder / "residents.csv").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "monitor.cli", "enrol", "--from-folder", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the walkers could not be enrolled:\n{done.stdout}{done.stderr}")


def _camera_file(path: Path, estate: Sequence[Camera], server: Server) -> None:
    lines = [f"estate: {{id: {ESTATE}, name: Bench, time_zone: Asia/Shanghai}}", "cameras:"]
    lines += [
        f"  - {{id: {camera.id}, name: {camera.id}, place: {camera.clip.spot.kind.value}, direction: in, "
        f'main: "{server.address(camera, "main")}", sub: "{server.address(camera, "sub")}", '
        f"position: [{number}, 0], heading_deg: 0, field_of_view_deg: 80, range_m: 12}}"
        for number, camera in enumerate(estate)
    ]
    path.write_text("\n".join(lines) + "\n")


def _wait_until_live(service: Service, cameras: int) -> int:
    """Until all are live, or for LIVE_WITHIN_S; returns how many are."""
    live, end_s = 0, time.monotonic() + LIVE_WITHIN_S
    while live < cameras and time.monotonic() < end_s:
        time.sleep(1)
        service.check()
        try:
            with service.database.reader() as session:
                live = status.get(session, ESTATE, utc_now()).live
        except (SQLAlchemyError, NotFound):
            pass  # still making its tables
    return live


def _said(database: Database) -> list[Said]:
    """What the event log says of cameras; its wall times are brought onto the monotonic clock."""
    behind_s = time.time() - time.monotonic()
    with database.reader() as session:
        people = residents.listing(session, ESTATE, Role.ADMIN, NAME, utc_now())
        names = {one.id: one.name for one in people}
        said, newest = [], 0
        while page := events.after(session, ESTATE, newest):
            newest = page[-1].id
            said += [
                Said(
                    event.facts["camera"],
                    event.at.timestamp() - behind_s,
                    names.get(event.facts.get("resident_id", -1)),
                )
                for event in page
                if event.kind in _KINDS
            ]
    return said


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []
