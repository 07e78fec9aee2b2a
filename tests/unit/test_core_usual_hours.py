"""The usual hours: an alarm waits while a resident usually passes first, and no longer than that is worth."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.agreement import NIGHT, Agreement
from monitor.core.interval import Interval
from monitor.core.passes import Pass, Record
from monitor.core.rules import Fixed
from monitor.core.sighting import Direction
from monitor.core.silence import Doubt, Silence
from monitor.core.usual_hours import DAYS_NEEDED, MOVED_AT_MOST, Days, FirstSeen, UsualHours
from monitor.simulate import lives

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 2, 28, 16, tzinfo=UTC)  # in Shanghai
AWAKE = Agreement(quiet=None)


def at(day: int, hour: float) -> datetime:
    return MIDNIGHT + day * DAY + hour * HOUR


def passes(count: int, *hours: float) -> list[Pass]:
    return [Pass(at(day, hour), Direction.IN) for day in range(count) for hour in hours]


# First seen at eight, half past eight or nine, and again in the evening.
EARLY = [one for day in range(60) for one in passes(60, 8 + day % 3 / 2, 18)[2 * day : 2 * day + 2]]

# Every third day they are first seen at seven, else at three in the afternoon; one day in five not at all.
IRREGULAR = [Pass(at(day, 7 if day % 3 == 0 else 15), Direction.IN) for day in range(60) if day % 5]


def rule(hours: float, passed: Sequence[Pass] = EARLY, agreed: Agreement = AWAKE) -> UsualHours:
    return UsualHours(hours * HOUR, agreed, Days(Record.of(passed), ZONE))


def silence(day: int, hour: float, doubts: Sequence[Doubt] = (), blind: Sequence[Interval] = ()) -> Silence:
    return Silence(at(day, hour), tuple(doubts), tuple(blind))


def test_by_an_hour_somebody_was_first_seen_on_a_share_of_the_days_with_a_pass() -> None:
    seen = FirstSeen(np.array([4.0, 5.0, 5.0, 8.0]), days=5)
    assert list(seen.by(np.array([3.9, 4.0, 7.0, 8.0]))) == [0, 0.25, 0.75, 1]


def test_somebody_is_unseen_until_an_hour_as_often_as_the_days_say() -> None:
    """One day in five without a pass: S falls to 0.2 in the day after, and to 0.04 in the next."""
    seen = FirstSeen(np.array([4.0, 5.0, 5.0, 8.0]), days=5)
    hours = np.array([10.0, 24 + 3, 24 + 4, 24 + 20, 48 + 3, 48 + 8])
    assert list(seen.not_seen_until(hours)) == pytest.approx([1, 1, 0.8, 0.2, 0.2, 0.04])


def test_a_day_lasts_from_four_to_four() -> None:
    owl = Days(Record.of([*passes(20, 14, 27.5)]), ZONE)  # at home at half past three in the night
    seen = owl.before(owl.place(at(20, 14))[0])
    assert seen is not None
    assert (seen.days, list(seen.hours)) == (
        19,
        [10.0] * 19,
    )  # the first day may have begun before the record


def test_days_that_are_too_few_teach_nothing() -> None:
    days = Days(Record.of(EARLY), ZONE)
    first = days.place(EARLY[0].at)[0]
    assert days.before(first + DAYS_NEEDED) is None
    assert days.before(first + DAYS_NEEDED + 1) is not None
    assert rule(18).goes_out(silence(10, 18)) == at(11, 12)


def test_only_the_last_fifty_six_days_are_learnt_from() -> None:
    days = Days(Record.of([*passes(10, 5, 18), *EARLY[20:]]), ZONE)
    late = days.before(days.place(at(60, 12))[0])
    assert late is not None
    assert (late.days, len(late.hours), min(late.hours)) == (56, 56, 1.0)


def test_the_alarm_comes_as_soon_as_they_have_usually_passed() -> None:
    """Last seen at 18:00. 18 hours end at noon; since nine there has been nothing to wait for."""
    assert rule(18).goes_out(silence(30, 18)) == at(31, 9)


def test_the_alarm_waits_while_they_usually_pass() -> None:
    """Last seen at nine in the evening: 11.5 hours end in the middle of the usual time."""
    assert rule(11.5).goes_out(silence(30, 21)) - at(31, 9) < HOUR / 2


def test_where_the_hours_say_nothing_it_stays_where_it_was() -> None:
    """All between noon and six: nobody is first seen then."""
    assert rule(20).goes_out(silence(30, 19)) == at(31, 15)


def test_an_urgent_step_waits_for_no_morning_and_others_do() -> None:
    held = Agreement(phone=8 * HOUR, visit=16 * HOUR, urgent=30 * HOUR, quiet=NIGHT)
    assert rule(29, agreed=held).goes_out(silence(30, 18)) == at(32, 7)
    assert rule(30, agreed=held).goes_out(silence(30, 18)) == at(32, 0)


def test_while_nobody_can_be_seen_waiting_tells_nothing() -> None:
    """Blind for the whole of the usual time: there is no better moment than the fixed one."""
    assert rule(16).goes_out(silence(30, 18)) == at(31, 9)
    dark = [Interval(at(31, 7.75), at(31, 9.25))]
    assert rule(16).goes_out(silence(30, 18, blind=dark)) == at(31, 11.5)


def test_blind_time_after_the_window_changes_nothing() -> None:
    dark = [Interval(at(31, 20), at(31, 22)), Interval(at(30, 19), at(30, 20))]
    assert rule(18).goes_out(silence(30, 18, blind=dark)) == at(31, 9)


def test_what_was_out_before_a_doubt_came_stays_out() -> None:
    late = Doubt(at(31, 10), 0.9)
    assert rule(18).goes_out(silence(30, 18, [late])) == at(31, 9)


def test_a_doubt_before_it_was_out_puts_it_off() -> None:
    """Half of the time until the doubt counts as silence: 18 hours end at 19:00 instead of noon, after all usual hours."""
    doubt = Doubt(at(31, 8), 0.5)
    assert silence(30, 18, [doubt]).reaches(18 * HOUR) == at(31, 19)
    assert rule(18).goes_out(silence(30, 18, [doubt])) == at(31, 19)


def test_a_doubt_that_moves_the_best_moment_into_the_past_means_now() -> None:
    """With it the hours end later, and seen from there an earlier moment was the best one."""
    life = lives.passes(lives.LIVES[2], 150, 5, ZONE)
    since = datetime(2025, 4, 28, 6, 28, 13, tzinfo=UTC)
    doubt = Doubt(since + 30.5 * HOUR, 0.06)
    assert rule(33, life).goes_out(Silence(since)) - since == 31.25 * HOUR
    assert rule(33, life).goes_out(Silence(since, (doubt,))) == doubt.at


@given(
    st.integers(20, 59),
    st.integers(0, 23),
    st.integers(8, 72),
    st.lists(st.tuples(st.integers(1, 160), st.floats(0.02, 0.95)), min_size=1, max_size=4),
    st.sampled_from([EARLY, IRREGULAR]),
)
def test_a_doubt_changes_nothing_before_it_comes(
    day: int, hour: int, hours: int, doubtful: list[tuple[int, float]], passed: list[Pass]
) -> None:
    came = sorted({at(day, hour + half / 2): weight for half, weight in doubtful}.items())
    doubts = [Doubt(moment, weight) for moment, weight in came]
    asked = rule(hours, passed)
    before, after = (asked.goes_out(silence(day, hour, known)) for known in (doubts[:-1], doubts))
    assert after == before if before < doubts[-1].at else after >= doubts[-1].at


@given(
    st.integers(20, 59),
    st.floats(0, 24),
    st.integers(8, 96),
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 30)), max_size=2),
)
def test_it_is_moved_by_a_quarter_of_its_hours_at_most(
    day: int, hour: float, hours: int, dark: list[tuple[float, float]]
) -> None:
    blind = [Interval(at(day, hour + a), at(day, hour + a + length)) for a, length in sorted(dark)]
    alone = blind[:1] if len(blind) == 2 and blind[1].start <= blind[0].end else blind
    there = silence(day, hour, blind=alone)
    found, fixed = rule(hours).goes_out(there), Fixed(hours * HOUR, AWAKE, ZONE).goes_out(there)
    assert abs(found - fixed) <= MOVED_AT_MOST * hours * HOUR
    assert found - there.since >= rule(hours).soonest


@given(st.integers(20, 40), st.floats(0, 24), st.integers(12, 60))
def test_what_comes_after_a_silence_began_does_not_change_what_was_learnt_before(
    day: int, hour: float, hours: int
) -> None:
    there = silence(day, hour)
    until_then = [one for one in EARLY if one.at <= there.since]
    assert rule(hours).goes_out(there) == rule(hours, until_then).goes_out(there)
