"""A resident's usual ways are the cameras that see a good part of their passes."""

from datetime import UTC, datetime, timedelta

from monitor.core.ways import ONE_PASS, PASSES_NEEDED, Seen, passes, usual_ways

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LIFT, HALL, GATE, SIDE = 1, 2, 3, 4


def walk(n: int, *cameras: int) -> list[Seen]:
    """The n-th pass, one camera a minute."""
    return [Seen(START + n * HOUR + k * MINUTE, camera) for k, camera in enumerate(cameras)]


def test_sightings_shortly_after_one_another_are_one_pass() -> None:
    seen = [Seen(START, LIFT), Seen(START + ONE_PASS, GATE), Seen(START + 2 * ONE_PASS + MINUTE, LIFT)]
    assert passes(list(reversed(seen))) == [frozenset({LIFT, GATE}), frozenset({LIFT})]


def test_a_camera_that_sees_one_pass_in_five_is_on_the_usual_way_and_a_rarer_one_is_not() -> None:
    seen = [
        one
        for n in range(10)
        for one in walk(n, LIFT, *([GATE] if n < 2 else []), *([SIDE] if n < 1 else []))
    ]
    assert usual_ways(seen) == {LIFT, GATE}


def test_too_few_passes_say_nothing() -> None:
    few = [one for n in range(PASSES_NEEDED - 1) for one in walk(n, LIFT, HALL)]
    assert usual_ways(few) is None
    assert usual_ways([*few, *walk(9, LIFT)]) == {LIFT, HALL}


def test_who_passes_everywhere_alike_has_no_usual_way() -> None:
    assert usual_ways([one for n in range(12) for one in walk(n, n)]) is None
