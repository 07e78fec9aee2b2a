"""What the watch has on record of somebody's passes: what it accepted, what is doubtful, and when it was blind."""

from datetime import UTC, datetime, timedelta

from monitor.core.interval import Interval
from monitor.core.passes import Pass, Record
from monitor.core.sighting import Direction
from monitor.core.silence import Doubt

START = datetime(2026, 3, 1, tzinfo=UTC)
IN = Direction.IN


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def dark(start: float, end: float) -> Interval:
    return Interval(after(start), after(end))


def test_what_passes_while_nobody_can_be_seen_is_not_on_record() -> None:
    passed = [Pass(after(h), IN, weight) for h, weight in ((0, 1.0), (4, 1.0), (5, 1.0), (6, 0.3), (8, 1.0))]
    record = Record.of(passed, [dark(5, 7), dark(4, 6)])
    assert [one.at for one in record.accepted] == [after(0), after(8)]
    assert record.doubtful == ()
    assert record.blind == (dark(4, 7),)


def test_who_passes_as_the_camera_comes_back_is_seen() -> None:
    record = Record.of([Pass(after(7), IN)], [dark(4, 7)])
    assert record.last(after(7)) == 0
    assert record.last(after(6.9)) is None
    assert record.silence_at(after(6.9)) is None


def test_a_silence_knows_the_doubts_until_the_moment_and_the_blind_time_after_its_beginning() -> None:
    passed = [Pass(after(0), IN), Pass(after(2), IN, 0.3), Pass(after(9), IN), Pass(after(10), IN, 0.4)]
    record = Record.of(passed, [dark(-5, -4), dark(3, 4), dark(20, 30)])
    first = record.silence(0, after(8))
    assert (first.since, first.doubts) == (after(0), (Doubt(after(2), 0.3),))
    assert first.blind == (dark(3, 4), dark(20, 30))
    assert record.silence(0, after(1)).doubts == ()
    second = record.silence_at(after(12))
    assert second is not None
    assert (second.since, second.doubts, second.blind) == (
        after(9),
        (Doubt(after(10), 0.4),),
        (dark(20, 30),),
    )
