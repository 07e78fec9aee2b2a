"""The machine's clock jumps; the scale of time believes it when it stays, and never goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.interval import Interval
from monitor.core.scale import (
    BELIEVED_AFTER,
    BELIEVED_AFTER_START,
    FOLLOWED,
    Deviation,
    Reading,
    Scale,
    begin,
    dump,
    judge,
    load,
)

BOOTED = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
LONG, LONG_AFTER_START = BELIEVED_AFTER.total_seconds(), BELIEVED_AFTER_START.total_seconds()
SCALE = Scale("first", BOOTED, BOOTED)


def reading(
    boot_s: float, ahead: timedelta = timedelta(0), *, boot: str = "first", kept: bool = False
) -> Reading:
    """The machine's clock is ahead of what it was at the start of the machine plus the time since."""
    return Reading(boot, boot_s, BOOTED + timedelta(seconds=boot_s) + ahead, kept)


def looked(scale: Scale, *readings: Reading) -> Scale:
    for each in readings:
        scale = judge(scale, each)
    return scale


def test_without_a_kept_scale_it_begins_with_the_clock_of_the_machine() -> None:
    assert begin(None, reading(100.0)).at(160.0) == BOOTED + timedelta(seconds=160)


def test_within_one_run_of_the_machine_the_kept_scale_goes_on_whatever_the_clock_says() -> None:
    assert begin(SCALE, reading(100.0, -HOUR)) == SCALE


def test_another_run_of_the_machine_goes_on_from_the_last_moment_and_has_not_believed_its_clock() -> None:
    kept = replace(SCALE, last_at=BOOTED + 5 * HOUR, deviation=Deviation(HOUR, BOOTED))
    begun = begin(kept, reading(20.0, boot="second"))
    assert (begun.boot, begun.booted_at, begun.settled, begun.deviation) == (
        "second",
        kept.last_at,
        False,
        None,
    )


def test_a_leap_that_is_not_on_record_is_not_forgotten_when_the_machine_starts_again() -> None:
    leap = Interval(BOOTED, BOOTED + HOUR)
    assert begin(replace(SCALE, leap=leap), reading(20.0, boot="second")).leap == leap


def test_where_runs_of_the_machine_have_no_name_nothing_kept_is_used() -> None:
    assert begin(replace(SCALE, boot=""), reading(20.0, HOUR, boot="")).booted_at == BOOTED + HOUR


@pytest.mark.parametrize("by", [FOLLOWED, -FOLLOWED, SECOND, -SECOND])
def test_a_small_difference_is_followed_at_once(by: timedelta) -> None:
    found = judge(SCALE, reading(100.0, by))
    assert (found.booted_at, found.deviation, found.leap) == (BOOTED + by, None, None)


def test_two_readings_that_are_not_of_the_same_moment_change_nothing() -> None:
    assert judge(SCALE, reading(100.0, timedelta(milliseconds=99))) == SCALE


def test_a_jump_ahead_is_believed_after_ten_minutes_and_what_was_left_out_is_known() -> None:
    before = looked(SCALE, reading(100.0, HOUR), reading(100.0 + LONG - 1, HOUR))
    assert before.booted_at == BOOTED
    assert before.deviation == Deviation(HOUR, BOOTED + 100 * SECOND)
    after = judge(before, reading(100.0 + LONG, HOUR))
    assert (after.booted_at, after.deviation) == (BOOTED + HOUR, None)
    at = before.at(100.0 + LONG)
    assert after.leap == Interval(at, at + HOUR)


def test_a_jump_ahead_that_is_taken_back_leaves_nothing() -> None:
    assert looked(SCALE, reading(100.0, HOUR), reading(100.0 + LONG - 1), reading(100.0 + 2 * LONG)) == SCALE


def test_a_clock_that_jumps_again_begins_its_ten_minutes_again() -> None:
    found = looked(SCALE, reading(100.0, HOUR), reading(400.0, 2 * HOUR), reading(100.0 + LONG, 2 * HOUR))
    assert found.booted_at == BOOTED
    assert judge(found, reading(400.0 + LONG, 2 * HOUR)).booted_at == BOOTED + 2 * HOUR


def test_a_clock_that_says_that_it_is_kept_right_waits_for_its_ten_minutes_too() -> None:
    assert judge(SCALE, reading(100.0, HOUR, kept=True)).booted_at == BOOTED


def test_a_jump_back_is_told_and_never_followed() -> None:
    found = looked(SCALE, reading(100.0, -HOUR), reading(100.0 + 100 * LONG, -HOUR))
    assert (found.booted_at, found.leap) == (BOOTED, None)
    assert found.deviation == Deviation(-HOUR, BOOTED + 100 * SECOND)


def test_a_leap_that_is_not_on_record_yet_grows_with_the_next_one() -> None:
    leap = Interval(BOOTED, BOOTED + SECOND)
    found = looked(replace(SCALE, leap=leap), reading(100.0, HOUR), reading(100.0 + LONG, HOUR))
    assert found.leap == Interval(BOOTED, found.at(100.0 + LONG))


@pytest.mark.parametrize(
    ("at_s", "kept", "believed"),
    [(21.0, True, True), (20.0 + LONG_AFTER_START - 1, False, False), (20.0 + LONG_AFTER_START, False, True)],
)
def test_after_a_start_the_clock_is_believed_once_it_is_kept_right_or_has_stayed_for_two_minutes(
    at_s: float, kept: bool, believed: bool
) -> None:
    begun = replace(SCALE, settled=False)
    found = looked(begun, reading(20.0, HOUR), reading(at_s, HOUR, kept=kept))
    assert (found.settled, found.booted_at == BOOTED + HOUR) == (believed, believed)


def test_a_machine_that_starts_in_1970_goes_on_by_itself_until_its_clock_is_set_right() -> None:
    begun = replace(SCALE, settled=False)
    lost = looked(begun, reading(20.0, -500_000 * HOUR, kept=True), reading(20.0 + LONG, -500_000 * HOUR))
    assert (lost.booted_at, lost.settled) == (BOOTED, False)
    assert judge(lost, reading(21.0 + LONG, 8 * HOUR, kept=True)).booted_at == BOOTED + 8 * HOUR


@pytest.mark.parametrize(
    "scale",
    [
        SCALE,
        Scale("b", BOOTED, BOOTED + HOUR, False, Deviation(-HOUR, BOOTED), Interval(BOOTED, BOOTED + HOUR)),
    ],
)
def test_what_is_written_down_reads_the_same(scale: Scale) -> None:
    assert load(dump(scale)) == scale


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", dump(SCALE).replace("2026", "soon")])
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        load(text)


def test_keeping_notes_the_moment_from_which_another_run_goes_on() -> None:
    assert SCALE.kept_at(60.0).last_at == BOOTED + 60 * SECOND
