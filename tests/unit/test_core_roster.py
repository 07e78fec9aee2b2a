"""Who is on duty, and when nobody is."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.interval import Interval
from monitor.core.roster import LONGEST_SHIFT, Link, Receiver, Shift, building, gaps, on_duty
from monitor.errors import InvalidInput

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
EIGHT = datetime(2026, 11, 2, 8, tzinfo=UTC)
OLGA = Receiver(1, "Olga", Link.DUTY, ("olga",))
STATION = Receiver(2, "Station", Link.FALLBACK, ("station",))


def at(start: float, end: float) -> Interval:
    return Interval(EIGHT + start * HOUR, EIGHT + end * HOUR)


@pytest.mark.parametrize(
    ("now", "there"),
    [
        (EIGHT - SECOND, [STATION]),
        (EIGHT, [OLGA, STATION]),
        (EIGHT + 12 * HOUR - SECOND, [OLGA, STATION]),
        (EIGHT + 12 * HOUR, [STATION]),
    ],
)
def test_a_shift_begins_on_the_second_and_ends_before_its_end(now: datetime, there: list[Receiver]) -> None:
    assert on_duty([OLGA, STATION], [Shift(1, at(0, 12))], now) == there


@pytest.mark.parametrize(
    ("shifts", "free"),
    [
        ([], [at(0, 24)]),
        ([at(0, 24)], []),
        ([at(-5, 3), at(2, 8), at(10, 30)], [at(8, 10)]),
        ([at(1, 2)], [at(0, 1), at(2, 24)]),
        ([at(-9, -1)], [at(0, 24)]),
        ([at(30, 40)], [at(0, 24)]),
    ],
)
def test_gaps_are_what_no_shift_covers(shifts: list[Interval], free: list[Interval]) -> None:
    assert gaps(shifts, at(0, 24)) == free


@pytest.mark.parametrize("length", [-HOUR, timedelta(0), LONGEST_SHIFT + SECOND])
def test_a_shift_ends_after_it_begins_and_is_no_longer_than_a_person_can_work(length: timedelta) -> None:
    with pytest.raises(InvalidInput):
        Shift(1, Interval(EIGHT, EIGHT + length))


def test_the_longest_shift_is_one() -> None:
    assert Shift(1, Interval(EIGHT, EIGHT + LONGEST_SHIFT)).time.length == LONGEST_SHIFT


def test_staff_of_a_building_answer_for_it_and_others_for_all() -> None:
    sam = Receiver(3, "Sam", Link.STAFF, ("sam",), frozenset({"3"}))
    assert [sam.answers_for(each) for each in ("3", "4", None)] == [True, False, False]
    assert [OLGA.answers_for(each) for each in ("3", None)] == [True, True]


@pytest.mark.parametrize(("flat", "of"), [("3-2-501", "3"), ("12", "12"), ("", None), (None, None)])
def test_the_building_is_the_first_part_of_the_flat(flat: str | None, of: str | None) -> None:
    assert building(flat) == of
