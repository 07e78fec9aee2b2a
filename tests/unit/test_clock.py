"""All processes of a machine count by one scale, whatever happens to the machine's clock."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from machine import SimulatedMachine, installed

from monitor import clock
from monitor.clock import Machine, Steady, monotonic_s, utc_now
from monitor.core.scale import FOLLOWED, Scale, dump
from monitor.workers.clock_keeper import ClockKeeper

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run" / "clock.json"


@pytest.fixture
def machine(file: Path) -> Iterator[SimulatedMachine]:
    with installed(SimulatedMachine(NOON), file) as machine:
        yield machine


def another_process(file: Path) -> Steady:
    steady = Steady()
    steady.share(file)
    return steady


def test_utc_does_not_follow_a_jump_of_the_machines_clock(machine: SimulatedMachine) -> None:
    assert utc_now() == NOON
    machine.ahead = HOUR
    machine.go_on(MINUTE)
    assert utc_now() == NOON + MINUTE


def test_time_asleep_counts(machine: SimulatedMachine) -> None:
    before, before_s = utc_now(), monotonic_s()
    machine.go_on(10 * MINUTE)
    assert (utc_now() - before, monotonic_s() - before_s) == (10 * MINUTE, 600.0)


def test_a_process_that_starts_after_a_jump_counts_as_the_others_do(
    machine: SimulatedMachine, file: Path
) -> None:
    ClockKeeper(file).keep()
    machine.ahead = HOUR
    assert another_process(file).now() == utc_now() == NOON


def test_what_the_keeper_takes_over_all_processes_do_within_a_second(
    machine: SimulatedMachine, file: Path
) -> None:
    keeper, other = ClockKeeper(file), another_process(file)
    keeper.keep()
    machine.ahead = HOUR
    for _ in range(11):
        assert other.now() == utc_now() == machine.true
        machine.go_on(MINUTE)
        keeper.keep()
    assert utc_now() == machine.true + HOUR
    machine.go_on(SECOND)
    assert other.now() == machine.true + HOUR
    assert keeper.leap is not None and keeper.leap.length == HOUR
    keeper.leap_is_recorded()
    assert keeper.leap is None


def test_a_deviation_is_known_to_every_process_until_it_is_over(
    machine: SimulatedMachine, file: Path
) -> None:
    keeper, other = ClockKeeper(file), another_process(file)
    machine.ahead = -8 * HOUR
    utc_now()
    machine.ahead = timedelta(0)
    keeper.keep()
    machine.go_on(SECOND)
    said = other.scale().deviation
    assert said is not None and said.by == 8 * HOUR
    assert clock.deviation() == said
    machine.ahead = -8 * HOUR
    machine.go_on(SECOND)
    keeper.keep()
    assert clock.deviation() is None


def test_what_reads_the_clock_does_not_go_back_while_it_is_set_right(
    machine: SimulatedMachine, file: Path
) -> None:
    keeper = ClockKeeper(file)
    keeper.keep()
    machine.ahead = -FOLLOWED
    machine.go_on(SECOND)
    before = utc_now()
    keeper.keep()
    assert utc_now() == before
    machine.go_on(FOLLOWED + SECOND)
    assert utc_now() == before + SECOND == machine.wall()


def test_another_run_of_the_machine_goes_on_from_the_last_moment_that_was_kept(
    machine: SimulatedMachine, file: Path
) -> None:
    keeper = ClockKeeper(file)
    keeper.keep()
    machine.go_on(HOUR)
    keeper.keep()
    machine.restart(off=HOUR, wall=datetime(1970, 1, 1, tzinfo=UTC))
    after = another_process(file)
    assert after.now() == NOON + HOUR + timedelta(seconds=machine.up_s)


def test_the_file_is_written_now_and_then_and_belongs_to_its_owner_alone(
    machine: SimulatedMachine, file: Path
) -> None:
    keeper = ClockKeeper(file)
    keeper.keep()
    first = file.read_text()
    machine.go_on(SECOND)
    keeper.keep()
    assert file.read_text() == first
    machine.go_on(MINUTE)
    keeper.keep()
    assert file.read_text() != first
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_clock_is_as_none(machine: SimulatedMachine, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("half a fi")
    assert another_process(file).now() == NOON
    ClockKeeper(file).keep()
    assert another_process(file).now() == NOON


def test_a_jump_that_cannot_be_shared_is_not_followed(
    machine: SimulatedMachine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = ClockKeeper(file)
    keeper.keep()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.workers.clock_keeper.replace_file", full)
    machine.ahead = FOLLOWED
    machine.go_on(SECOND)
    keeper.keep()
    assert utc_now() == NOON + SECOND


def test_on_this_machine_the_clocks_can_be_read() -> None:
    machine = Machine()
    reading = machine.read()
    assert reading.boot == Machine().boot() != ""
    assert machine.boot_s() >= reading.boot_s > 0
    assert abs(reading.wall - machine.wall()) < HOUR
    assert reading.kept in (True, False)


def test_a_process_that_stood_still_between_two_clocks_reads_them_again(
    machine: SimulatedMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls = iter([10 * MINUTE, timedelta(0)])

    def wall() -> datetime:
        machine.go_on(next(walls))
        return machine.true

    monkeypatch.setattr(machine, "wall", wall)
    reading = machine.read()
    assert reading.wall == machine.true
    assert reading.boot_s == machine.up_s


def test_a_file_is_read_again_only_when_it_has_changed(machine: SimulatedMachine, file: Path) -> None:
    ClockKeeper(file).keep()
    other = another_process(file)
    other.now()
    times = file.stat()
    file.write_text(dump(Scale("start-1", NOON, NOON)).ljust(times.st_size))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    machine.go_on(MINUTE)
    assert other.now() == NOON + MINUTE
