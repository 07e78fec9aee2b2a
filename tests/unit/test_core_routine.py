"""Learnt rules look at the 56 days before a silence, never at the silence itself, and stay within their limits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from monitor.core.agreement import NIGHT, Agreement
from monitor.core.history import History
from monitor.core.interval import Interval
from monitor.core.passes import Pass, Record
from monitor.core.replay import SimulatedClock, replay
from monitor.core.routine import ExpectedSightings, GapQuantile, LearntRule, TimeOfDay
from monitor.core.sighting import Direction
from monitor.simulate import lives

HOUR, DAY, ZERO = timedelta(hours=1), timedelta(days=1), timedelta(0)
ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 2, 28, 16, tzinfo=UTC)  # in Shanghai
AGREED = Agreement(quiet=None)


def at(day: int, hour: float) -> datetime:
    return MIDNIGHT + day * DAY + hour * HOUR


def days(count: int, *hours: float, first: int = 0) -> list[Pass]:
    return [Pass(at(day, hour), Direction.IN) for day in range(first, first + count) for hour in hours]


def history(passed: Sequence[Pass], blind: Sequence[Interval] = (), zone: ZoneInfo = ZONE) -> History:
    return History.of(Record.of(passed, blind), SimulatedClock.over(passed, ZERO), zone)


def rules(known: History, agreed: Agreement = AGREED) -> list[LearntRule]:
    return [
        GapQuantile(known, agreed, ZONE),
        TimeOfDay(known, agreed, ZONE, 1.0),
        TimeOfDay(known, agreed, ZONE, 0.98),
        ExpectedSightings(known, agreed, ZONE),
    ]


def waits_h(rule: LearntRule, passed: Sequence[Pass], blind: Sequence[Interval] = ()) -> float:
    """How long after the last pass the rule waits."""
    record = Record.of(passed, blind)
    silence = record.silence(len(record.accepted) - 1, record.accepted[-1].at)
    return (rule.goes_out(silence) - silence.since) / HOUR


def test_ticks_know_the_half_hour_of_the_local_day_through_a_change_of_the_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 23, tzinfo=UTC)  # midnight; at two the clocks go to three
    known = history([Pass(start, Direction.IN), Pass(start + DAY, Direction.IN)], zone=berlin)
    assert list(known.slots[:6]) == [0, 1, 2, 3, 6, 7]
    assert known.days[46] == known.days[0] + 1


def test_blind_time_is_no_time_in_which_somebody_could_be_seen() -> None:
    known = history(days(2, 8, 18), [Interval(at(0, 10), at(0, 14)), Interval(at(-1, 0), at(0, 9))])
    assert list(known.seeable(np.array([0.0, 1, 2, 6, 7]))) == [0, 0, 1, 1, 2]


def test_the_rule_of_gaps_waits_as_long_as_one_gap_in_a_hundred_lasts() -> None:
    passed = [*days(30, 8, 18), *days(15, 8, 18, first=31), *days(14, 8, 18, first=47)]  # twice 38 hours
    known = history(passed)
    gaps_h = [(b.at - a.at) / HOUR for a, b in pairwise(passed) if b.at > passed[-1].at - 56 * DAY]
    assert waits_h(rules(known)[0], passed) == pytest.approx(np.quantile(gaps_h, 0.99))
    assert waits_h(rules(known)[0], passed[:60]) == pytest.approx(18)  # 14 hours each: the lower limit


def test_gaps_that_ended_before_the_window_are_forgotten() -> None:
    passed = [*days(1, 8), *days(60, 8, 18, first=20)]  # a gap of 20 days, 60 days ago
    assert waits_h(rules(history(passed))[0], passed) == 18


def test_the_time_of_day_knows_how_long_somebody_is_unseen_at_that_hour() -> None:
    """Every day at 8 and 18: at half past seven they are unseen for 13.5 hours, and with the neighbours for 14."""
    passed = days(60, 8, 18)
    known = history(passed)
    longest = TimeOfDay(known, AGREED, ZONE, 1.0)
    # From 18 on: at 10 next morning unseen for 16 h; there, the line is 2 h + 2.5 h, so the lower limit decides.
    assert waits_h(longest, passed) == 14.5
    # From 8 on: 12 h later it is 20 o'clock, where 2.5 h is usual.
    assert waits_h(longest, passed[:-1]) == 12


def test_a_quantile_is_sooner_than_the_longest_and_what_is_missing_does_not_count() -> None:
    passed = [*days(30, 8, 18), *days(25, 8, 18, first=32)]
    known = history(passed)
    longest, often = TimeOfDay(known, AGREED, ZONE, 1.0), TimeOfDay(known, AGREED, ZONE, 0.9)
    assert waits_h(often, passed) < waits_h(longest, passed) <= 72


def test_the_lines_of_the_day_are_the_quantiles_of_three_half_hours() -> None:
    passed = days(57, 8, 18)
    lines_h = TimeOfDay(history(passed), AGREED, ZONE, 1.0)._lines_h(passed[-1].at)
    assert lines_h[15] == pytest.approx(13.5)  # 07:30, at eight they pass
    assert lines_h[14] == pytest.approx(13.5)  # from its neighbour
    assert lines_h[16] == pytest.approx(13.5)
    assert lines_h[17] == pytest.approx(1.0)


def test_expected_sightings_wait_through_the_hours_in_which_nobody_passes() -> None:
    """Half past eight and half past six: each gap expects one pass, and no longer one is usual."""
    passed = days(60, 8.5, 18.5)
    rule = ExpectedSightings(history(passed), AGREED, ZONE)
    assert waits_h(rule, passed) == pytest.approx(14, abs=0.5)
    assert waits_h(rule, passed[:-1]) == pytest.approx(12)  # the lower limit: overdue since ten hours


@pytest.mark.parametrize("quantile", [1.0, 0.98, 0.5])
def test_the_lines_of_an_irregular_life_are_those_of_the_formula(quantile: float) -> None:
    passed = lives.passes(lives.LIVES[4], 100, 3, ZONE)
    known, since = history(passed), passed[-40].at
    by_slot: dict[int, list[float]] = {slot: [] for slot in range(48)}
    tick = passed[0].at
    while tick <= since:
        if tick > since - 56 * DAY:
            local = tick.astimezone(ZONE)
            unseen_h = min((tick - one.at) / HOUR for one in passed if one.at <= tick)
            by_slot[2 * local.hour + local.minute // 30].append(unseen_h)
        tick += HOUR / 2
    around = [by_slot[(b - 1) % 48] + by_slot[b] + by_slot[(b + 1) % 48] for b in range(48)]
    wanted = [np.quantile(values, quantile) for values in around]
    assert TimeOfDay(known, AGREED, ZONE, quantile)._lines_h(since) == pytest.approx(wanted)


def test_passes_are_expected_in_their_hour_and_not_while_nobody_can_be_seen() -> None:
    passed = days(60, 8.5, 18.5)  # the clock begins at half past eight
    dark = [Interval(at(58, 18), at(58, 18.5))]
    known = history(passed, dark)
    seen, window = known.learnt(passed[-1].at, 56 * DAY)
    expected = ExpectedSightings(known, AGREED, ZONE)._expected(seen, window, slice(0, len(known.ticks_h)))
    assert expected[0] == 0
    steps = np.diff(expected)[:48]  # of a day
    assert steps[0] == pytest.approx(0.5) and steps[1:19] == pytest.approx(0)
    assert steps[19:21] == pytest.approx(56 / 111, abs=0.01) and steps[47] == pytest.approx(0.5)
    hidden = int(np.searchsorted(known.ticks_h, known.hours(dark[0].start)))
    assert np.diff(expected)[hidden] == 0 < np.diff(expected)[hidden + 1]


@pytest.mark.parametrize("number", range(4))
def test_no_learnt_rule_is_sooner_than_its_shortest_or_later_than_72_hours(number: int) -> None:
    busy = days(60, *range(7, 22))
    assert waits_h(rules(history(busy))[number], busy) == (18 if number == 0 else 12)
    rare = [one for n, one in enumerate(days(60, 9)) if n % 5 == 0]
    assert waits_h(rules(history(rare))[number], rare) == 72


@pytest.mark.parametrize("number", range(4))
def test_without_anything_to_learn_from_the_longest_is_waited(number: int) -> None:
    """The very first pass was missed, and the second is between two ticks."""
    passed = [Pass(at(0, 8), Direction.IN), Pass(at(0, 8.2), Direction.IN), Pass(at(2, 8), Direction.IN)]
    record = Record(tuple(passed[1:]))
    known = History.of(record, SimulatedClock.over(passed, ZERO), ZONE)
    silence = record.silence(0, passed[1].at)
    assert rules(known)[number].goes_out(silence) == silence.since + 72 * HOUR


@pytest.mark.parametrize("number", range(4))
def test_blind_time_puts_every_learnt_rule_off(number: int) -> None:
    passed = days(60, 8, 18)
    dark = [Interval(at(59, 20), at(60, 6))]
    seen = waits_h(rules(history(passed))[number], passed)
    assert waits_h(rules(history(passed, dark))[number], passed, dark) >= seen + 7


@pytest.mark.parametrize("number", range(4))
def test_learnt_rules_wait_for_the_morning(number: int) -> None:
    passed = days(60, 9, 10)  # from 10 on, 12 hours end at 22 o'clock
    held = waits_h(rules(history(passed), Agreement(quiet=NIGHT))[number], passed)
    awake = waits_h(rules(history(passed))[number], passed)
    assert held == (21 if awake < 21 else awake)


@pytest.mark.parametrize("number", range(4))
def test_what_a_silence_becomes_does_not_change_what_was_learnt_before_it(number: int) -> None:
    passed = days(60, 8, 18)
    known = [*passed, *days(1, 12, first=75)]
    short, long = rules(history(passed))[number], rules(history(known))[number]
    record = Record.of(passed)
    silence = record.silence(len(passed) - 1, passed[-1].at)
    assert short.goes_out(silence) == long.goes_out(silence)


def test_learnt_rules_can_be_replayed() -> None:
    passed = [*days(60, 8.5, 18.5), *days(5, 8.5, 18.5, first=63)]
    clock = SimulatedClock.over(passed)
    known = History.of(Record.of(passed), clock, ZONE)
    found = replay(clock, Record.of(passed), rules(known), [at(58, 3)])
    assert [one.false_alarms for one in found] == [1, 1, 1, 1]
    assert all(0 < one.delays_h[0] < 24 for one in found)
