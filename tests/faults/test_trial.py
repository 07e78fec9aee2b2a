"""The long fault trial (bench/faults.py) in small: everything comes back, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.trials import isolation, outages, reconnects, restart, workers
from bench.trials.lines import percentile
from bench.trials.patience import patience
from monitor.workers import connections


@pytest.fixture
def soon() -> Iterator[None]:
    """Connections try again at once and give up soon."""
    again = dict.fromkeys(("FIRST_RETRY_S", "LONGEST_RETRY_S", "KNOCK_EVERY_S"), 0.2)
    given_up = dict.fromkeys(
        ("CONNECT_WITHIN_S", "OPEN_WITHIN_S", "FIRST_PACKET_WITHIN_S", "SILENT_AFTER_S"), 1.0
    )
    with patience(**again, **given_up):
        yield


@pytest.mark.usefixtures("soon")
def test_every_outage_is_noticed_and_ends(tmp_path: Path) -> None:
    times = outages.Times(outage_s=(1.0, 2.0), healthy_s=(0.5, 1.0))
    found = outages.run(tmp_path, 1, times=times)
    assert sorted(one.mode for one in found) == sorted(outages.MODES)
    assert [one.mode for one in found if one.back_s is None] == [outages.FIN]


@pytest.mark.usefixtures("soon")
def test_all_are_back_after_a_switch_restart_and_few_opened_at_once(tmp_path: Path) -> None:
    (once,) = restart.run(tmp_path, 1, cameras=12, outage_s=1.0)
    assert once.handshakes <= restart.WORKERS * connections.OPENING_AT_ONCE


@pytest.mark.usefixtures("soon")
def test_the_age_of_frames_is_known_with_and_without_dead_cameras(tmp_path: Path) -> None:
    stretches = isolation.run(tmp_path, 1, cameras=5, dead=2, stretch_s=1.0)
    assert [one.dead for one in stretches] == [0, 2, 0]
    for one in stretches:
        assert len(one.ages_s) > 10
        assert 0 < percentile(one.ages_s, 50) < 5


def test_connections_that_a_camera_ends_hold_no_descriptors(tmp_path: Path) -> None:
    held = reconnects.run(tmp_path, 160)
    assert held[-1].connections >= 160
    assert abs(held[-1].descriptors - held[0].descriptors) <= 5


def test_a_killed_worker_leaves_no_gap_that_is_not_blind_and_no_orphan(tmp_path: Path) -> None:
    (fault,) = workers.run(tmp_path, kills=1, others=0, cameras=4)
    assert 0 < fault.cameras == fault.interrupted
    assert (fault.disturbed, fault.without_blind_time, fault.orphans) == (0, 0, 0)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5.0, 1.0, 2.0, 4.0, 3.0], 50) == 3.0
    assert percentile(list(range(1, 101)), 95) == 95
