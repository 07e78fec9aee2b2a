"""Hours of the day, local, also past midnight."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.schedule import DailyWindow, last_at, next_at

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = DailyWindow(time(22), time(6))
DAY = DailyWindow(time(9), time(17))
MINUTE_TIMES = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))

MOMENTS = st.integers(0, 10 * 365 * 86400).map(
    lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-01T{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "at", "holds"),
    [
        (NIGHT, "21:59:59", False),
        (NIGHT, "22:00:00", True),
        (NIGHT, "22:00:01", True),
        (NIGHT, "23:59:59", True),
        (NIGHT, "00:00:00", True),
        (NIGHT, "05:59:59", True),
        (NIGHT, "06:00:00", False),
        (NIGHT, "06:00:01", False),
        (DAY, "08:59:59", False),
        (DAY, "09:00:00", True),
        (DAY, "16:59:59", True),
        (DAY, "17:00:00", False),
    ],
)
def test_a_window_holds_from_its_start_until_just_before_its_end(
    window: DailyWindow, at: str, holds: bool
) -> None:
    assert window.holds(shanghai(at), SHANGHAI) is holds


@given(MINUTE_TIMES, st.datetimes(timezones=st.just(UTC)))
def test_equal_ends_mean_all_day(at: time, now: datetime) -> None:
    assert DailyWindow(at, at).holds(now, SHANGHAI)


@given(MINUTE_TIMES, MINUTE_TIMES, st.integers(0, 24 * 60 - 1))
def test_a_window_is_what_counting_minutes_from_its_start_gives(start: time, end: time, minute: int) -> None:
    length = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60) or 24 * 60
    now = datetime.combine(date(2026, 3, 1), start, SHANGHAI) + timedelta(minutes=minute)
    assert DailyWindow(start, end).holds(now.astimezone(UTC), SHANGHAI) is (minute < length)


@given(MINUTE_TIMES, MINUTE_TIMES, st.datetimes(timezones=st.just(UTC)))
def test_either_a_window_or_its_opposite_holds(start: time, end: time, now: datetime) -> None:
    if start != end:
        assert DailyWindow(start, end).holds(now, SHANGHAI) is not DailyWindow(end, start).holds(
            now, SHANGHAI
        )


@pytest.mark.parametrize(
    ("window", "hours"),
    [(NIGHT, 8), (DAY, 8), (DailyWindow(time(7), time(7)), 0), (DailyWindow(time(0), time(23)), 23)],
)
def test_a_window_knows_how_long_it_is(window: DailyWindow, hours: int) -> None:
    assert window.length == timedelta(hours=hours)


@given(MINUTE_TIMES, MOMENTS)
def test_the_next_and_the_last_time_a_clock_shows_lie_a_day_apart_around_now(at: time, now: datetime) -> None:
    ahead, behind = next_at(at, now, SHANGHAI), last_at(at, now, SHANGHAI)
    assert behind <= now < ahead
    assert ahead - behind == timedelta(days=1)
    assert ahead.astimezone(SHANGHAI).time() == behind.astimezone(SHANGHAI).time() == at


@given(MOMENTS)
def test_a_window_ends_at_its_end_for_whoever_is_in_it(now: datetime) -> None:
    end = NIGHT.end_after(now, SHANGHAI)
    assert not NIGHT.holds(end, SHANGHAI)
    assert end == now or end.astimezone(SHANGHAI).time() == NIGHT.end


# In Berlin the clocks leap from 2 to 3 o'clock on 29 March, and show the hour from 2 to 3 twice on 25 October.
@pytest.mark.parametrize(
    ("day", "after", "found"),
    [
        ("2026-03-29", "00:59:59", "01:00:00"),  # nothing shows 2:20; from 3:00 on it is later than that
        ("2026-03-29", "01:00:00", "00:20:00 the next day"),
        ("2026-10-25", "00:19:59", "00:20:00"),
        ("2026-10-25", "00:20:00", "01:20:00"),
        ("2026-10-25", "01:10:00", "01:20:00"),
        ("2026-10-25", "01:20:00", "01:20:00 the next day"),
    ],
)
def test_a_time_that_is_shown_twice_or_leapt_over_is_found_where_the_clocks_come_to_it(
    day: str, after: str, found: str
) -> None:
    start = datetime.fromisoformat(f"{day}T{after}+00:00")
    text, _, next_day = found.partition(" ")
    ahead = datetime.fromisoformat(f"{day}T{text}+00:00") + timedelta(days=bool(next_day))
    assert next_at(time(2, 20), start, BERLIN) == ahead
    assert last_at(time(2, 20), ahead, BERLIN) == ahead
    assert last_at(time(2, 20), ahead - timedelta(seconds=1), BERLIN) <= start


@given(MINUTE_TIMES, MINUTE_TIMES, MOMENTS)
def test_quiet_hours_end_after_every_moment_in_them_whatever_the_clocks_do(
    start: time, end: time, now: datetime
) -> None:
    window = DailyWindow(start, end)
    if start != end and window.holds(now, BERLIN):
        ends = window.end_after(now, BERLIN)
        assert now < ends <= now + timedelta(hours=25)
        assert not window.holds(ends, BERLIN) or window.length > timedelta(hours=22)
