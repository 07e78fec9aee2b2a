"""A replay says what the watch would have done: the same as looking at every tick, only sooner."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.agreement import DEFAULT, NIGHT, Agreement, Step
from monitor.core.interval import Interval
from monitor.core.passes import Pass, Record
from monitor.core.presence import Watched, assess
from monitor.core.replay import LEFT_OUT, TICK, SimulatedClock, phone_rounds, replay
from monitor.core.rules import Fixed, NotBack
from monitor.core.sighting import Direction
from monitor.errors import InvalidInput

HOUR, DAY, ZERO = timedelta(hours=1), timedelta(days=1), timedelta(0)
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, 0, 10, tzinfo=UTC)  # ten past eight in the morning
AWAKE = Agreement(quiet=None)
IN, OUT, BOTH = Direction.IN, Direction.OUT, Direction.BOTH


def after(hours: float) -> datetime:
    return START + hours * HOUR


def passes(*at_h: float, directions: Sequence[Direction] = (IN,)) -> list[Pass]:
    return [Pass(after(h), directions[n % len(directions)]) for n, h in enumerate(at_h)]


def clock(passed: Sequence[Pass], warm_up: timedelta = ZERO) -> SimulatedClock:
    return SimulatedClock.over(passed, warm_up)


def fixed(hours: float, agreed: Agreement = AWAKE) -> Fixed:
    return Fixed(hours * HOUR, agreed, ZONE)


def alarms(passed: Sequence[Pass], hours: float, agreed: Agreement = AWAKE, warm_up: timedelta = ZERO) -> int:
    (found,) = replay(clock(passed, warm_up), Record.of(passed), [fixed(hours, agreed)], [])
    return found.false_alarms


def delay_h(passed: Sequence[Pass], at_h: float, hours: float, agreed: Agreement = AWAKE) -> float:
    (found,) = replay(clock(passed), Record.of(passed), [fixed(hours, agreed)], [after(at_h)])
    return found.delays_h[0]


def test_a_walk_that_has_nothing_left_after_the_warm_up_says_how_long_the_passes_span() -> None:
    with pytest.raises(InvalidInput, match=r"they span 2\.0 days, and the first 2 only warm up"):
        SimulatedClock.over(passes(0, 48), 2 * DAY)
    with pytest.raises(InvalidInput, match=r"they span 0\.0 days"):
        SimulatedClock.over([])


def test_the_clock_begins_with_the_first_pass_and_goes_in_half_hours() -> None:
    found = clock(passes(0, 48))
    assert found.look(after(0)) == after(0)
    assert found.look(after(0.01)) == after(0.5)
    assert found.look(after(7.5)) == after(7.5)
    assert found.weeks == pytest.approx(2 / 7)


def test_a_gap_is_one_false_alarm_when_it_is_out_at_any_tick_before_it_ends() -> None:
    assert alarms(passes(0, 24.2, 30), 24) == 1
    assert alarms(passes(0, 24.0, 30), 24) == 0  # a pass at the tick counts at the tick
    assert alarms(passes(0, 100, 30 + 100), 24) == 2
    assert alarms(passes(0, 0.1, 24.4, 30), 24) == 0  # out at 24.1, and the next tick is 24.5
    assert alarms(passes(0, 0.1, 24.5, 30), 24) == 0
    assert alarms(passes(0, 0.1, 24.6, 30), 24) == 1


def test_gaps_that_end_in_the_warm_up_are_not_judged_and_those_that_reach_into_the_test_are() -> None:
    assert alarms(passes(0, 40, 50), 24, warm_up=45 * HOUR) == 0
    assert alarms(passes(0, 46, 50), 24, warm_up=45 * HOUR) == 1
    assert alarms(passes(0, 45, 50), 24, warm_up=45 * HOUR) == 0
    assert alarms(passes(0, 45.4, 50), 24, warm_up=45.2 * HOUR) == 0  # there is no tick between


def test_the_delay_lasts_from_the_trouble_to_the_tick_at_which_it_is_out() -> None:
    passed = passes(0, 10, 300)
    assert delay_h(passed, 10, 24) == 24
    assert delay_h(passed, 13.5, 24) == 20.5
    assert delay_h(passed, 40, 24) == 0  # it was out already
    assert delay_h(passes(0, 10.2, 300), 10.5, 24) == 24  # due at 34.2, seen at 34.5


def test_a_night_hold_takes_alarms_away_and_adds_delay_but_not_to_the_urgent_step() -> None:
    """Last seen at 20:10; 24 h later it is 20:10, 28 h later ten past midnight."""
    passed = [Pass(START, IN), *passes(12, 12 + 30, 300)]
    assert (alarms(passed, 28), alarms(passed, 28, DEFAULT)) == (2, 1)
    assert delay_h(passed, 12, 28) == 28
    assert delay_h(passed, 12, 28, DEFAULT) == 35  # the first tick after seven is ten past
    urgent = Agreement(phone=4 * HOUR, visit=8 * HOUR, urgent=28 * HOUR)
    assert delay_h(passed, 12, 28, urgent) == 28


def test_trouble_is_tried_every_three_and_a_half_hours_at_home_without_the_last_eight_days() -> None:
    passed = [Pass(START, IN), Pass(after(30), OUT), Pass(after(37), IN), Pass(after(48) + LEFT_OUT, IN)]
    assert [(at - START) / HOUR for at in clock(passed).tried(passed)] == [
        *(3.5 * n for n in range(9)),
        38.5,
        42,
        45.5,
    ]
    assert clock(passed, 2 * DAY).tried(passed) == [after(48)]


def test_a_doubtful_pass_says_nothing_about_where_they_truly_are() -> None:
    passed = [Pass(START, IN), Pass(after(1), OUT, 0.3), Pass(after(4) + LEFT_OUT, IN)]
    assert clock(passed).tried(passed) == [after(0), after(3.5)]


def test_without_directions_all_time_counts_as_time_at_home() -> None:
    passed = [Pass(START, BOTH), Pass(after(4) + LEFT_OUT, BOTH)]
    assert clock(passed).tried(passed) == [after(0), after(3.5)]
    mixed = [Pass(START, BOTH), Pass(after(1), IN), Pass(after(4) + LEFT_OUT, BOTH)]
    assert clock(mixed).tried(mixed) == [after(3.5)]


def test_who_was_never_seen_is_not_alarmed_about() -> None:
    passed = passes(0, 300)
    (found,) = replay(clock(passed), Record(tuple(passes(20))), [fixed(24)], [after(3.5), after(21)])
    assert found.delays_h == (23.0,)


def test_who_went_out_is_waited_for_apart_and_never_at_home() -> None:
    passed = passes(0, 13, 30, 300, directions=(OUT, IN))
    record = Record.of(passed)
    rule = NotBack(AWAKE, ZONE, record)
    (found,) = replay(clock(passed), record, [rule], [after(14)])
    assert (found.false_alarms, found.delays_h) == (2, ())
    assert rule.goes_out(record.silence(0, after(1))) == after(12)


def test_a_silence_of_somebody_who_is_not_on_record_never_goes_out() -> None:
    assert NotBack(AWAKE, ZONE, Record(())).goes_out(Record(tuple(passes(0))).silence(0, after(1))) is None


def test_an_outage_that_hides_a_pass_pauses_the_clock() -> None:
    passed = passes(0, 20, 40)
    dark = [Interval(after(15), after(39))]
    (found,) = replay(clock(passed), Record.of(passed, dark), [fixed(17)], [after(3.5)])
    assert (found.false_alarms, found.delays_h) == (0, (37.5,))


@pytest.mark.parametrize(
    ("start", "end", "rounds"),
    [(5, 17.1, 1), (5, 17, 0), (5, 16.9, 0), (40, 80, 1), (-5, 20, 0), (45, 58, 0)],
)
def test_staff_phone_once_when_nobody_could_have_seen_them_for_twelve_hours(
    start: float, end: float, rounds: int
) -> None:
    """The last of them ends after the record; before the first pass nobody is watched."""
    dark = [Interval(after(start), after(end))]
    assert phone_rounds(clock(passes(0, 56)), Record.of(passes(0, 56), dark)) == rounds


def test_blind_times_that_follow_one_another_add_up_to_the_phone_call() -> None:
    dark = [Interval(after(5), after(12)), Interval(after(13), after(19))]
    assert phone_rounds(clock(passes(0, 56)), Record.of(passes(0, 56), dark)) == 1


# The naive watch: at every tick the rule itself is asked, with nothing but what is on record until then.


def asked(record: Record, hours: int, agreed: Agreement, now: datetime) -> bool:
    """Whether the step of so many hours is out."""
    urgent = hours * HOUR >= agreed.urgent
    steps = (hours - 2, hours - 1, hours) if urgent else (hours, 200, 201)
    asking = Agreement(*(h * HOUR for h in steps), quiet=agreed.quiet)
    seen = [one.at for one in record.accepted if one.at <= now]
    dark = [Interval(b.start, min(b.end, now)) for b in record.blind if b.start < now]
    watched = Watched(
        asking,
        consent_until=after(10_000),
        last_evidence_at=seen[-1] if seen else None,
        doubtful=[doubt for doubt in record.doubtful if doubt.at <= now],
        blind=dark,
        blind_now=any(b.start <= now < b.end for b in record.blind),
    )
    step = assess(watched, ZONE, now).step
    return step is not None and step >= (Step.URGENT if urgent else Step.PHONE)


def naive_alarms(clock: SimulatedClock, record: Record, hours: int, agreed: Agreement) -> int:
    found, tick = set(), clock.first
    while tick <= clock.last:
        if tick >= clock.judged_from and asked(record, hours, agreed, tick):
            found.add(record.last(tick))
        tick += TICK
    return len(found - {len(record.accepted) - 1})


def naive_delay_h(
    clock: SimulatedClock, record: Record, hours: int, agreed: Agreement, moment: datetime
) -> float:
    known = Record(
        tuple(one for one in record.accepted if one.at <= moment),
        tuple(one for one in record.doubtful if one.at <= moment),
        record.blind,
    )
    tick = clock.look(moment)
    while not asked(known, hours, agreed, tick):
        tick += TICK
    return (tick - moment) / HOUR


QUARTERS = st.integers(0, 4 * 24 * 6)
LIVES = st.lists(st.tuples(QUARTERS, st.sampled_from([1.0, 1.0, 1.0, 0.3, 0.7])), min_size=2, max_size=12)
OUTAGES = st.lists(st.tuples(QUARTERS, st.integers(1, 120)), max_size=3)


@settings(max_examples=150, deadline=None)
@given(LIVES, OUTAGES, st.sampled_from([8, 24, 30, 48, 72]), st.booleans(), st.integers(0, 96))
def test_a_replay_is_the_watch_asked_at_every_tick(
    life: list[tuple[int, float]], dark: list[tuple[int, int]], hours: int, held: bool, warm_up: int
) -> None:
    passed = [
        Pass(START, IN),
        *(Pass(after(q / 4 + 0.1 * (q % 3)), IN, weight) for q, weight in sorted(life)),
        Pass(after(24 * 7), IN),
    ]
    agreed = Agreement(quiet=NIGHT if held else None)
    record = Record.of(passed, [Interval(after(a / 4), after((a + length) / 4)) for a, length in dark])
    there = clock(passed, warm_up / 4 * 2.2 * HOUR)
    tried = [after(h) for h in (50, 71.5, 95.5)]
    (found,) = replay(there, record, [fixed(hours, agreed)], tried)
    assert found.false_alarms == naive_alarms(there, record, hours, agreed)
    known = [at for at in tried if record.last(at) is not None]
    assert list(found.delays_h) == [naive_delay_h(there, record, hours, agreed, at) for at in known]


@settings(max_examples=100, deadline=None)
@given(OUTAGES, st.integers(1, 20))
def test_phone_rounds_are_what_the_watch_asks_for_at_its_ticks(
    dark: list[tuple[int, int]], seen: int
) -> None:
    passed = passes(0, *(n * 140 / seen for n in range(1, seen)), 24 * 6)
    record = Record.of(passed, [Interval(after(a / 4), after((a + length) / 4)) for a, length in dark])
    there, phoned, tick = clock(passed), set(), START
    while tick <= there.last:
        for number, b in enumerate(record.blind):
            silence = record.silence_at(tick)
            if b.start <= tick < b.end and silence and silence.blind_for(tick) >= 12 * HOUR:
                phoned.add(number)
        tick += TICK
    assert phone_rounds(there, record) == len(phoned)
