"""A report that may be old never becomes fresh evidence, and one that comes twice is the same."""

from datetime import UTC, datetime, timedelta, timezone

from monitor.core.sensor_report import KEY_LIMIT, QUIET_S, CatchingUp, SensorReport
from monitor.core.sighting import Direction
from monitor.services.evidence import KEY_LIMIT as EVIDENCE_KEY_LIMIT

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
AT = datetime(2026, 11, 25, 15, 30, tzinfo=timezone(timedelta(hours=8)))


def test_a_report_counts_at_its_own_time_however_late_it_comes() -> None:
    assert SensorReport("door", AT).happened_at(NOW, fresh=False) == AT


def test_a_report_without_a_time_counts_on_arrival_only_when_it_cannot_have_waited() -> None:
    assert SensorReport("door").happened_at(NOW, fresh=True) == NOW
    assert SensorReport("door").happened_at(NOW, fresh=False) is None


def test_the_key_is_the_sensors_own() -> None:
    assert SensorReport("door", AT, key="118").own_key() == "door/118"
    assert SensorReport("gate", AT, key="118").own_key() == "gate/118"


def test_a_report_without_a_key_is_told_by_time_and_direction() -> None:
    keys = {SensorReport("gate", AT, way).own_key() for way in Direction}
    assert len(keys) == len(Direction)
    assert SensorReport("gate", AT).own_key() == SensorReport("gate", AT.astimezone(UTC)).own_key()
    assert SensorReport("gate").own_key() is None


def test_the_longest_keys_fit_where_they_are_kept() -> None:
    longest = SensorReport("d" * 60, AT.replace(microsecond=123456), key="k" * KEY_LIMIT)
    assert len(longest.own_key() or "") <= EVIDENCE_KEY_LIMIT
    keyless = SensorReport("d" * 60, AT.replace(microsecond=123456))
    assert len(keyless.own_key() or "") <= EVIDENCE_KEY_LIMIT


def test_what_comes_right_after_a_beginning_may_have_waited_until_it_is_quiet() -> None:
    catching_up = CatchingUp()
    assert not catching_up.may_have_waited(0)
    catching_up.begin(10)
    step_s = QUIET_S * 0.9
    assert [catching_up.may_have_waited(10 + n * step_s) for n in range(1, 4)] == [True] * 3
    assert not catching_up.may_have_waited(10 + 3 * step_s + QUIET_S)
