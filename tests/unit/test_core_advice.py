"""Advice says what each choice of hours would have meant, flags what fits badly, and changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.advice import CHOICES_H, NEEDED, Advice, Flag, advise, enough, sooner
from monitor.core.agreement import Agreement, Step
from monitor.core.interval import Interval
from monitor.core.passes import Pass
from monitor.core.schedule import DailyWindow
from monitor.core.sighting import Direction

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 2, 28, 16, tzinfo=UTC)  # in Shanghai
NOW = MIDNIGHT + 56 * DAY + 12 * HOUR
AWAKE = Agreement(quiet=None)
IN, OUT, BOTH = Direction.IN, Direction.OUT, Direction.BOTH


def passes(*left_out: int, way: Direction = IN, days: int = 57) -> list[Pass]:
    """Every day at ten, but for some days."""
    return [Pass(MIDNIGHT + day * DAY + 10 * HOUR, way) for day in range(days) if day not in left_out]


def advice(passed: Sequence[Pass], agreed: Agreement = AWAKE, blind: Sequence[Interval] = ()) -> Advice:
    return advise(passed, blind, agreed, ZONE, NOW)


def test_there_is_enough_when_the_first_pass_is_fifty_six_days_old() -> None:
    passed = passes()
    second = timedelta(seconds=1)
    assert not enough(passed, passed[0].at + NEEDED - second)
    assert enough(passed, passed[0].at + NEEDED)
    assert not enough(passed[:1], NOW) and not enough([], NOW)


def test_every_choice_and_every_agreed_step_is_judged() -> None:
    agreed = Agreement(phone=20 * HOUR, visit=48 * HOUR, urgent=96 * HOUR, quiet=None)
    found = advice(passes(), agreed)
    assert [choice.after / HOUR for choice in found.choices] == sorted({*CHOICES_H, 20, 96})
    assert {choice.after / HOUR: choice.step for choice in found.choices if choice.step} == {
        20: Step.PHONE,
        48: Step.VISIT,
        96: Step.URGENT,
    }
    assert found.of(Step.VISIT).after == 48 * HOUR


def test_alerts_are_counted_a_month() -> None:
    """Three days without a pass in 56 days and two hours: 3 gaps of 48 hours."""
    found = advice(passes(10, 20, 30))
    assert found.choices[3].alerts_a_month == pytest.approx(3 * 365.25 / 12 / (56 + 1 / 12))
    assert found.of(Step.VISIT).alerts_a_month == 0  # a pass at the tick counts at the tick
    assert (found.since, found.passes) == (MIDNIGHT + 10 * HOUR, 54)


def test_a_delay_is_from_trouble_at_a_random_hour_until_staff_are_told() -> None:
    visit = advice(passes()).of(Step.VISIT)
    assert visit.delay_mean_h == pytest.approx(36, abs=0.5)  # 24 to 48 hours are left
    assert visit.delay_p95_h == pytest.approx(47, abs=1)


def test_of_somebody_who_was_never_at_home_no_delay_is_known() -> None:
    visit = advice(passes(way=OUT)).of(Step.VISIT)
    assert (visit.delay_mean_h, visit.delay_p95_h) == (None, None)
    assert sooner(passes(way=OUT), [], AWAKE, ZONE, NOW) == ()


def test_hours_that_cry_wolf_or_sleep_are_flagged_step_by_step() -> None:
    """24 hours and ten minutes between passes: a day is out each time, 48 hours never, 49 are twice as long as ever."""
    late = [Pass(MIDNIGHT + n * (DAY + HOUR / 6), IN) for n in range(56)]
    agreed = Agreement(phone=24 * HOUR, visit=48 * HOUR, urgent=49 * HOUR, quiet=None)
    found = advice(late, agreed)
    assert found.of(Step.PHONE).flags == (Flag.CRIES_WOLF,)
    assert found.of(Step.VISIT).flags == ()
    assert found.of(Step.URGENT).flags == (Flag.SLEEPS,)
    assert found.gap_q99_h == pytest.approx(24 + 1 / 6)


@pytest.mark.parametrize(("gaps", "flagged"), [(3, ()), (4, (Flag.CRIES_WOLF,))])
def test_more_than_two_alerts_a_month_cry_wolf(gaps: int, flagged: tuple[Flag, ...]) -> None:
    found = advice(passes(*range(10, 10 + 5 * gaps, 5)))
    assert found.choices[3].after == 36 * HOUR
    assert found.choices[3].flags == flagged


def test_who_went_out_and_was_not_seen_again_is_counted_apart() -> None:
    found = advice(passes(way=OUT))
    assert found.not_back_a_month == pytest.approx(30.4, abs=0.5)
    assert found.not_back_flags == (Flag.CRIES_WOLF,)
    assert advice(passes()).not_back_flags == ()


def test_the_night_hold_is_part_of_what_would_have_happened() -> None:
    """Out at ten in the morning plus 36 hours is ten at night, and at seven there was still nobody."""
    held = Agreement(quiet=DailyWindow(time(22), time(7)))
    night = advice(passes(10), held).choices[3]
    assert night.alerts_a_month > 0
    assert night.delay_mean_h is not None
    assert night.delay_mean_h == pytest.approx((advice(passes(10)).choices[3].delay_mean_h or 0) + 9, abs=0.5)


def test_time_in_which_nobody_could_see_them_does_not_count() -> None:
    away = [
        Interval(MIDNIGHT + 10 * DAY, MIDNIGHT + 11 * DAY),
        Interval(MIDNIGHT + 10 * DAY, MIDNIGHT + 10.5 * DAY),
    ]
    found = advice(passes(10), blind=away)
    assert found.choices[3].alerts_a_month == 0
    assert found.gap_q99_h == pytest.approx(24)


def test_the_usual_hours_are_offered_where_they_would_have_told_sooner() -> None:
    """First seen at eight to ten, last at eleven, three or seven: who is not seen until ten will not be seen that day."""
    first, last = (8, 9, 10), (19, 11, 15)
    passed = [
        Pass(MIDNIGHT + day * DAY + hour * HOUR, BOTH)
        for day in range(57)
        for hour in (first[day % 3], last[day // 2 % 3])
        if day % 9 and MIDNIGHT + day * DAY + hour * HOUR < NOW
    ]
    found = {one.step: one for one in sooner(passed, [], AWAKE, ZONE, NOW)}
    fixed = advise(passed, [], AWAKE, ZONE, NOW)
    assert Step.VISIT in found
    for step, one in found.items():
        choice = fixed.of(step)
        assert one.alerts_a_month <= choice.alerts_a_month
        assert one.sooner_h > 0
        assert one.delay_mean_h + one.sooner_h <= (choice.delay_mean_h or 0) + 1e-9


def test_what_other_fixed_hours_would_do_as_well_is_not_offered_as_the_usual_hours() -> None:
    """A pass every day at ten: 24 hours have no alert at all, and nothing is sooner than they are."""
    assert sooner(passes(), [], AWAKE, ZONE, NOW) == ()


def test_where_they_would_not_have_told_sooner_nothing_is_offered() -> None:
    """Nobody tries less than 12 hours."""
    soon = Agreement(phone=4 * HOUR, visit=5 * HOUR, urgent=6 * HOUR, quiet=None)
    busy = [Pass(MIDNIGHT + 3 * n * HOUR, BOTH) for n in range(8 * 56)]
    assert sooner(busy, [], soon, ZONE, NOW) == ()
