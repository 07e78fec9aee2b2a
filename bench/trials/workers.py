"""Ingest processes of the whole service are killed, hung and made to end with 0, at random, again and again."""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import psutil
from service import Service, camera_file
from sqlalchemy import select

from bench.trials.cameras import Unwatched, faulty
from bench.trials.lines import Line, within
from models import BlindTimeRow, CameraRow
from monitor.clock import utc_now
from monitor.core.assignment import worker_of
from monitor.core.camera import CameraState
from monitor.core.interval import Interval
from monitor.store.database import Database

WORKERS, GIVE_UP_S = 2, 180.0
KILLED, EXITED, HUNG = "kill -9", "exit 0", "SIGSTOP"
STRIKES = {KILLED: psutil.Process.kill, EXITED: psutil.Process.terminate, HUNG: psutil.Process.suspend}
# The pool puts a process that ends five times in a minute in quarantine, as it should: faults stay below that.
FAULTS, IN_S = 4, 62.0
ASK_EVERY_S = 0.15
EXACT = timedelta(seconds=0.25)


@dataclass(frozen=True)
class Fault:
    how: str
    covered_s: float  # until all cameras are live with frames that the new process has read
    cameras: int  # of that process
    interrupted: int  # of those, how many nobody looked at meanwhile, as they saw it themselves
    disturbed: int  # cameras of the other process to which the same happened
    without_blind_time: int  # of those, how many the database does not have as blind for all of the gap
    blind_too_long_s: float  # the most that a blind time goes on after the camera was looked at again
    orphans: int


def run(folder: Path, kills: int, others: int, cameras: int = 54) -> list[Fault]:
    luck = random.Random(9)
    strikes = [KILLED] * kills + [EXITED, HUNG] * others
    luck.shuffle(strikes)
    with faulty(folder, cameras) as served:
        addresses = {each.name: served.address(each.name) for each in served}
        file = camera_file(folder, addresses, subs=addresses)
        unwatched = Unwatched(served)
        service = Service(folder, file, cameras_per_worker=-(-cameras // WORKERS))
        with service:
            trial = _Trial(service, cameras, unwatched, luck)
            found = [trial.strike(how) for how in strikes]
        left = len(_processes(folder))
        assert not left, f"{left} processes outlive the service"
        return found


class _Trial:
    def __init__(self, service: Service, cameras: int, unwatched: Unwatched, luck: random.Random) -> None:
        self._service, self._cameras, self._unwatched, self._luck = service, cameras, unwatched, luck
        self._struck: dict[str, deque[float]] = {}
        begun = utc_now()
        service.wait_for(lambda: self._all_live(begun), GIVE_UP_S, "the first frames")

    def strike(self, how: str) -> Fault:
        name = self._next()
        process = self._ingest()[name]
        at, began_s = utc_now(), monotonic()
        STRIKES[how](process)
        begun: list[datetime] = []  # when the new process was first there; it has read nothing by then

        def covered() -> bool:
            new = self._ingest().get(name)
            if not begun and new is not None and new.pid != process.pid:
                begun.append(utc_now())
            return bool(begun) and self._all_live(begun[0])

        self._service.wait_for(covered, GIVE_UP_S, f"the cameras of {name} after {how}")
        covered_s = monotonic() - began_s
        self._struck[name].append(monotonic())
        gaps = {
            camera: Interval(at, again)
            for camera, told in self._unwatched.gaps.items()
            for _, again in told
            if again > at
        }
        own = {c for c in self._unwatched.gaps if worker_of(c, WORKERS) == _number(name) - 1}
        others = len(gaps.keys() - own)
        counts = len(own), len(gaps) - others, others
        return Fault(how, covered_s, *counts, *self._judge(gaps), self._orphans())

    def _next(self) -> str:
        """A process at random, of those that have not ended too often."""
        Event().wait(self._luck.uniform(1.0, 5.0))
        names = sorted(self._ingest())
        while True:
            ready = [name for name in names if self._may(name)]
            if ready:
                return self._luck.choice(ready)
            Event().wait(1.0)

    def _may(self, name: str) -> bool:
        times_s = self._struck.setdefault(name, deque(maxlen=FAULTS))
        return len(times_s) < FAULTS or monotonic() - times_s[0] > IN_S

    def _ingest(self) -> dict[str, psutil.Process]:
        processes = self._service.processes()
        return {name: process for name, process in processes.items() if name.startswith("ingest")}

    def _all_live(self, since: datetime) -> bool:
        Event().wait(ASK_EVERY_S)
        cameras = self._service.get("cameras")
        return len(cameras) == self._cameras and all(
            camera["state"] == CameraState.LIVE and datetime.fromisoformat(camera["last_frame_at"]) > since
            for camera in cameras
        )

    def _judge(self, gaps: dict[str, Interval]) -> tuple[int, float]:
        """How many of these gaps the database does not have as blind, and by how much blind times are too long."""
        missing, too_long_s = 0, 0.0
        with _blind(self._service.folder) as blind:
            for camera, gap in gaps.items():
                over = [
                    end
                    for start, end in blind.get(camera, [])
                    if start <= gap.start + EXACT and end is not None and end >= gap.end - EXACT
                ]
                missing += not over
                if over:
                    too_long_s = max(too_long_s, (min(over) - gap.end).total_seconds())
        return missing, too_long_s

    def _orphans(self) -> int:
        ingest = self._ingest()
        parents = {process.ppid() for process in ingest.values()}
        own = {pid for parent in parents for pid in _family(parent)}
        return len(_processes(self._service.folder) - own) + len(ingest) - WORKERS


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _family(parent: int) -> set[int]:
    return {parent} | {child.pid for child in psutil.Process(parent).children(recursive=True)}


def _processes(folder: Path) -> set[int]:
    """All that work on this folder, whoever their parent is."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.environ().get("SHOUWANG_DATA_DIR") == str(folder / "data"):
                found.add(process.pid)
    return found


@contextmanager
def _blind(folder: Path) -> Iterator[dict[str, list[tuple[datetime, datetime | None]]]]:
    """The blind times of each camera, as the service has written them."""
    opened = Database(f"sqlite:///{folder / 'data' / 'shouwang.db'}")
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    with opened.reader() as session:
        rows = select(CameraRow.slug, BlindTimeRow.started_at, BlindTimeRow.ended_at).join(
            CameraRow, CameraRow.id == BlindTimeRow.camera_id
        )
        for slug, start, end in session.execute(rows):
            found.setdefault(slug, []).append((start, end))
    yield found
    opened.dispose()


def lines(faults: Sequence[Fault]) -> list[Line]:
    found = [
        within("worker killed (kill -9) → all cameras live", _covered_s(faults, KILLED), 15.0, 30.0),
        within("worker ended with 0 → all cameras live", _covered_s(faults, EXITED), 15.0, 30.0),
        # A hang is noticed after 10 s; the rest is as after a kill.
        within("worker hung (SIGSTOP) → all cameras live", _covered_s(faults, HUNG), 25.0, 40.0),
    ]
    gaps, missing = (
        sum(x.interrupted + x.disturbed for x in faults),
        sum(x.without_blind_time for x in faults),
    )
    disturbed = sum(x.disturbed for x in faults)
    too_long_s, orphans = max(x.blind_too_long_s for x in faults), sum(x.orphans for x in faults)
    return [
        *[line for line in found if line.figures["count"]],
        Line(
            "gaps of cameras that are not blind time in the database",
            "0",
            f"{missing} of {gaps}; blind at most {too_long_s:.1f} s longer than unwatched",
            missing == 0 and gaps >= sum(x.cameras for x in faults),
            {"gaps": gaps, "missing": missing, "too_long_s": too_long_s},
        ),
        Line(
            "cameras of the other worker that lost a second",
            "0",
            f"{disturbed}",
            disturbed == 0,
            {"disturbed": disturbed},
        ),
        Line("processes that outlived their end", "0", f"{orphans}", orphans == 0, {"orphans": orphans}),
    ]


def _covered_s(faults: Sequence[Fault], how: str) -> list[float]:
    return [fault.covered_s for fault in faults if fault.how == how]
