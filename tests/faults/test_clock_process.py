"""F10 on the real process: somebody sets the machine's clock while `shouwang watch` runs (libfaketime)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import people
import programs
import pytest
from sqlalchemy import select
from watch_process import ACTS, WatchProcess, wait_for, watching

from models import AlertRow, CameraRow
from monitor.bootstrap import Runtime
from monitor.clock import Steady, utc_now
from monitor.core.evidence import EvidenceSource
from monitor.services import evidence
from monitor.services.evidence import Said
from monitor.workers import clock_keeper

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Machine:
    """A machine whose clock the test sets, and a watch on it."""

    runtime: Runtime
    library: Path
    setting: Path
    watch: WatchProcess | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.setting),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set_clock(self, ahead: str) -> None:
        beside = self.setting.with_suffix(".new")
        beside.write_text(ahead)
        beside.replace(self.setting)

    def overdue(self, name: str) -> int:
        return self.seen(name, 25 * HOUR)

    def seen(self, name: str, ago: timedelta) -> int:
        now = utc_now()
        with self.runtime.database.writer() as session:
            id = people.enrol(session, self.runtime.estate.id, name, now - 2 * DAY)
            said = Said(now - ago, id, EvidenceSource.SEEN)
            evidence.record(session, self.runtime.estate.id, said, people.SAM, now)
        return id

    def alerts(self) -> dict[int, datetime]:
        """When each resident was alarmed about, by our clock."""
        with self.runtime.database.reader() as session:
            rows = session.scalars(select(AlertRow).where(AlertRow.resident_id.is_not(None)))
            return {row.resident_id: row.opened_at for row in rows if row.resident_id is not None}

    def finds(self, resident: int) -> None:
        """Waits until the watch has found this one, and not at another time than now."""
        wait_for(lambda: resident in self.alerts(), "the alert", self.watch.said if self.watch else str)
        assert abs(self.alerts()[resident] - utc_now()) < HOUR


@pytest.fixture
def machine(runtime: Runtime, tmp_path: Path) -> Iterator[Machine]:
    library = programs.faketime()
    with runtime.database.writer() as session:
        for camera in session.scalars(select(CameraRow)):
            camera.identifies = False  # nobody waits for cameras that nobody reads here
    runtime.settings.cameras_file.write_text(
        runtime.settings.cameras_file.read_text("utf-8").replace(
            "direction:", "identifies: false, direction:", 2
        ),
        "utf-8",
    )
    machine = Machine(runtime, library, tmp_path / "clock-is-ahead")
    machine.set_clock("+0")
    yield machine


def test_a_clock_that_is_set_a_day_on_or_back_alarms_nobody_falsely_and_hides_nobody(
    machine: Machine,
) -> None:
    ada = machine.seen(people.ADA, timedelta(0))
    shared = Steady()
    shared.share(clock_keeper.path(machine.runtime.settings.data_dir))
    with watching(machine.runtime, "first", machine.environment) as machine.watch:
        machine.watch.says(ACTS)
        machine.finds(machine.overdue("Ben"))

        machine.set_clock("+1d")
        machine.watch.says("ahead of ours")
        machine.finds(machine.overdue("Cleo"))
        told = wait_for(lambda: shared.scale().deviation, "what people are told")
        assert abs(told.by - DAY) < HOUR

        machine.set_clock("-1d")
        machine.watch.says("behind ours")
        machine.finds(machine.overdue("Dan"))

        machine.set_clock("+0")
        machine.watch.says("agrees with ours again")
        assert shared.now() - utc_now() < HOUR

    machine.set_clock("+1d")
    with watching(machine.runtime, "second", machine.environment) as machine.watch:
        machine.watch.says(ACTS)
        machine.finds(machine.overdue("Eve"))
    assert ada not in machine.alerts()
