"""F10, F22: the machine's clock jumps; nobody is alarmed falsely, nobody is missed (`make trial-clock` is the whole of it)."""

from datetime import timedelta
from pathlib import Path

import pytest

from bench.trials import clock_jumps
from monitor import clock
from monitor.core import scale

MOMENTS = 1


@pytest.mark.parametrize("number", range(MOMENTS))
@pytest.mark.parametrize("kind", clock_jumps.KINDS)
def test_an_evening_with_a_jump_is_alarmed_as_one_without(
    tmp_path: Path, migrated_file: Path, kind: str, number: int
) -> None:
    outcome = clock_jumps.live(tmp_path, migrated_file, kind, number)
    assert (outcome.false, outcome.missed) == ((), ())


def test_the_trial_would_notice_a_service_that_goes_by_the_machines_clock(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock.Steady, "now", lambda _: clock.wall_now())
    outcome = clock_jumps.live(tmp_path, migrated_file, "1 day back", 0)
    assert outcome.false and outcome.missed


def test_the_trial_would_notice_a_leap_that_is_not_left_out(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.services.cameras.leave_out", lambda *_: None)
    assert clock_jumps.live(tmp_path, migrated_file, "1 h ahead", 0).false


def test_the_trial_would_notice_a_clock_that_is_believed_too_soon(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "BELIEVED_AFTER", timedelta(0))
    assert clock_jumps.live(tmp_path, migrated_file, "ahead and back after minutes", 0).false
