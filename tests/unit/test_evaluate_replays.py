"""Files of passes are read with care, and what a replay leaves to chance is left to it fairly."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.core.agreement import Agreement
from monitor.core.interval import Interval
from monitor.core.passes import Pass
from monitor.core.replay import HOUR
from monitor.core.sighting import Direction
from monitor.errors import BadPasses, InvalidInput
from monitor.evaluate import passes_file
from monitor.evaluate.draws import MONTH, Misses, outages, recognised
from monitor.evaluate.replay_rows import Row
from monitor.evaluate.replays import Order, run
from monitor.simulate import lives

ZONE = ZoneInfo("Asia/Shanghai")
AWAKE = Agreement(quiet=None)
START = datetime(2026, 3, 1, tzinfo=UTC)  # eight in the morning
IN, OUT, BOTH = Direction.IN, Direction.OUT, Direction.BOTH
LIFE = lives.passes(lives.LIVES[0], 150, 1, ZONE)


def file(tmp_path: Path, *rows: str, header: str = "ts_local,event") -> Path:
    path = tmp_path / "passes.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def test_passes_are_read_as_local_times_in_any_case_and_without_a_direction(tmp_path: Path) -> None:
    rows = [
        "2026-03-01 08:00:00,IN",
        "2026-03-01T09:00,out",
        "2026-03-01 10:00:00,",
        "2026-03-01 11:00:00, Both ",
    ]
    found = passes_file.read(file(tmp_path, *rows), ZONE)
    assert list(found.people) == [""]
    assert [one.direction for one in found.people[""]] == [IN, OUT, BOTH, BOTH]
    assert [one.at for one in found.people[""]] == [START + n * HOUR for n in range(4)]
    assert found.notes == ()


def test_a_time_with_an_offset_is_that_moment_and_local_clocks_may_change(tmp_path: Path) -> None:
    rows = ["2026-03-29 01:30:00,IN", "2026-03-29 03:30:00,IN", "2026-03-29T03:30:00+00:00,IN"]
    found = passes_file.read(file(tmp_path, *rows), ZoneInfo("Europe/Berlin")).people[""]
    assert [one.at.hour for one in found] == [0, 1, 3]


def test_a_file_that_went_through_a_spreadsheet_is_read(tmp_path: Path) -> None:
    rows = ["2026/3/1 8:00,进", "2026/03/01 09:00:30,出"]
    path = file(tmp_path)
    path.write_bytes("\r\n".join(["\ufeffts_local,event", *rows]).encode())
    (first, second) = passes_file.read(path, ZONE).people[""]
    assert (first.at, first.direction) == (START, IN)
    assert (second.at, second.direction) == (START + HOUR + timedelta(seconds=30), OUT)


def test_in_and_out_and_in_again_within_a_minute_ends_at_home(tmp_path: Path) -> None:
    rows = [f"2026-03-01 08:00,{event}" for event in ("IN", "OUT", "IN", "IN")]
    found = passes_file.read(file(tmp_path, *rows), ZONE)
    assert [one.direction for one in found.people[""]] == [IN, OUT, IN]
    assert found.notes == ("1 row(s) that stand there twice were left out",)


def test_two_weeks_without_a_pass_are_told_as_perhaps_away(tmp_path: Path) -> None:
    rows = ["2026-03-01 08:00:00,OUT", "2026-03-15 08:00:00,IN"]
    (note,) = passes_file.read(file(tmp_path, *rows), ZONE).notes
    assert note.startswith("nobody passed for 14 days from 2026-03-01 on")
    rows = ["2026-03-01 08:00:01,OUT", "2026-03-15 08:00:00,IN"]
    assert passes_file.read(file(tmp_path, *rows), ZONE).notes == ()


def test_people_and_weights_have_columns_of_their_own(tmp_path: Path) -> None:
    rows = ["2026-03-01 08:00:00,IN,10,", "2026-03-01 09:00:00,IN,9,0.3"]
    found = passes_file.read(file(tmp_path, *rows, header="ts_local,event,person,weight"), ZONE)
    assert list(found.people) == ["9", "10"]
    assert (found.people["9"][0].weight, found.people["10"][0].weight) == (0.3, 1.0)


def test_rows_out_of_order_are_sorted_and_rows_that_stand_there_twice_are_left_out_and_both_is_told(
    tmp_path: Path,
) -> None:
    rows = ["2026-03-01 09:00:00,OUT", "2026-03-01 08:00:00,IN", "2026-03-01 08:00:00,IN"]
    found = passes_file.read(file(tmp_path, *rows), ZONE)
    assert [one.at for one in found.people[""]] == [START, START + HOUR]
    assert [note[:8] for note in found.notes] == ["1 row(s)", "the rows"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("yesterday,IN", "passes.csv:2: ts_local: yesterday is no time such as"),
        (",IN", "passes.csv:2: ts_local: nothing is no time such as"),
        ("0001-01-01 00:00:00,IN", "passes.csv:2: ts_local: 0001-01-01 00:00:00: the year must lie between"),
        ("2026-03-01 08:00:00,INTO", "passes.csv:2: event: INTO is neither IN nor OUT"),
        ("2026-03-01 08:00:00,IN,2", "passes.csv:2: weight: 2 is no number above 0 and up to 1"),
        ("2026-03-01 08:00:00,IN,much", "passes.csv:2: weight: much is no number"),
    ],
)
def test_a_mistake_names_file_line_and_column(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(BadPasses) as error:
        passes_file.read(file(tmp_path, row, header="ts_local,event,weight"), ZONE)
    assert told in str(error.value)


def test_many_mistakes_are_counted_and_the_first_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadPasses, match=r"passes\.csv:21: .*\n\.\.\. and 5 more$"):
        passes_file.read(file(tmp_path, *["never,IN"] * 25), ZONE)


def test_a_file_that_is_none_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(BadPasses, match="cannot be read: No such file"):
        passes_file.read(tmp_path / "nowhere.csv", ZONE)
    with pytest.raises(
        BadPasses, match="event: not found; the first line must be ts_local,event, and is ts_local;event"
    ):
        passes_file.read(file(tmp_path, "2026-03-01 08:00:00;IN", header="ts_local;event"), ZONE)
    with pytest.raises(BadPasses, match="there is no pass in this file"):
        passes_file.read(file(tmp_path), ZONE)
    binary = tmp_path / "picture.csv"
    binary.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(BadPasses, match="is no CSV in UTF-8"):
        passes_file.read(binary, ZONE)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    passed = {"7": [Pass(START, BOTH), Pass(START + HOUR, IN)], "8": [Pass(START, OUT)]}
    out = io.StringIO()
    assert passes_file.write(out, passed, ZONE) == 3
    assert out.getvalue().splitlines()[:2] == ["ts_local,event,person", "2026-03-01 08:00:00,,7"]
    path = tmp_path / "passes.csv"
    path.write_text(out.getvalue(), "utf-8")
    assert passes_file.read(path, ZONE).people == passed


def test_blind_times_come_from_a_file_or_one_by_one(tmp_path: Path) -> None:
    dark = Interval(START, START + 2 * HOUR)
    rows = file(tmp_path, "2026-03-01 08:00,2026-03-01 10:00", header="start,end")
    assert passes_file.read_blind(rows, ZONE) == [dark]
    assert passes_file.blind_period("2026-03-01 08:00/2026-03-01T10:00", ZONE) == dark
    with pytest.raises(BadPasses, match=r"passes\.csv:2: end: must come after the start"):
        passes_file.read_blind(file(tmp_path, "2026-03-01,2026-02-01", header="start,end"), ZONE)
    with pytest.raises(ValueError, match="end: nothing is no time"):
        passes_file.blind_period("2026-03-01", ZONE)


def test_a_share_of_the_passes_is_missed_and_another_seed_misses_others() -> None:
    seen = recognised(LIFE, Misses(0.3), 1, 0)
    assert 0.6 < len(seen) / len(LIFE) < 0.8
    assert seen == recognised(LIFE, Misses(0.3), 1, 0)
    assert seen != recognised(LIFE, Misses(0.3), 2, 0) and seen != recognised(LIFE, Misses(0.3), 1, 1)
    assert recognised(LIFE, Misses(), 1, 0) == LIFE


def test_some_missed_passes_are_doubtful_evidence_and_now_and_then_it_is_somebody_else() -> None:
    seen = recognised(LIFE, Misses(0.5, 0.5), 1, 0)
    doubtful = [one for one in seen if not one.accepted]
    true = {one.at for one in LIFE}
    assert 0.2 < sum(one.at in true for one in doubtful) / len(LIFE) < 0.3
    assert 5 < sum(one.at not in true for one in doubtful) < 30  # one in ten days
    assert seen == sorted(seen, key=lambda one: one.at)


def test_there_is_one_outage_in_every_thirty_days() -> None:
    found = outages(START, START + 3 * MONTH, 24 * HOUR, 1)
    assert [one.length for one in found] == [24 * HOUR] * 3
    assert [(one.start - START) // MONTH for one in found] == [0, 1, 2]
    assert all((one.end - START - timedelta(seconds=1)) // MONTH == n for n, one in enumerate(found))
    assert found != outages(START, START + 3 * MONTH, 24 * HOUR, 2)
    assert outages(START, START + MONTH, 0 * HOUR, 1) == []


def rows(order: Order, people: int = 1) -> dict[tuple[str, float], Row]:
    drawn = lives.people(people, 120, 5, ZONE)
    return {(row.rule, row.miss): row for row in run(drawn, order, 1).rows}


def test_each_step_has_a_row_and_what_is_out_has_no_delay() -> None:
    found = rows(Order(AWAKE, ZONE, (24 * HOUR, 48 * HOUR), (0.0, 0.5)))
    assert list(found) == [
        (rule, miss) for miss in (0.0, 0.5) for rule in ("fixed 24 h", "fixed 48 h", "out, not back 12 h")
    ]
    day, two = found["fixed 24 h", 0.0], found["fixed 48 h", 0.0]
    assert day.false_alarms_per_week == day.false_alarms / day.weeks > two.false_alarms_per_week
    assert (day.delay_mean_h or 0) < (two.delay_mean_h or 0)
    assert found["fixed 24 h", 0.5].false_alarms > day.false_alarms
    out = found["out, not back 12 h", 0.0]
    assert (out.false_alarms, out.delay_mean_h, out.delay_p95_h) == (0, None, None)
    assert day.night_hold_adds_h is None


def test_several_people_and_draws_are_means() -> None:
    order = Order(AWAKE, ZONE, (24 * HOUR,), (0.3,), seed=4, draws=2)
    drawn = lives.people(2, 120, 5, ZONE)
    together = run(drawn, order, 1).rows[0]
    assert (together.people, together.draws) == (2, 2)
    alone = [
        run(drawn, Order(AWAKE, ZONE, (24 * HOUR,), (0.3,), seed=seed, draws=1), 1).rows[0] for seed in (4, 5)
    ]
    assert together.false_alarms == sum(row.false_alarms for row in alone) / 2
    assert together.delay_mean_h == pytest.approx(sum(row.delay_mean_h or 0 for row in alone) / 2)


def test_where_nothing_is_left_to_chance_one_draw_is_enough() -> None:
    assert Order(AWAKE, ZONE, (24 * HOUR,), draws=12).draws_of(0.0) == 1
    assert Order(AWAKE, ZONE, (24 * HOUR,), draws=12, outage=HOUR).draws_of(0.0) == 12


def test_the_night_hold_is_told_and_the_urgent_step_has_none() -> None:
    found = rows(Order(Agreement(), ZONE, (24 * HOUR, 30 * HOUR, 72 * HOUR)))
    assert (found["fixed 30 h", 0.0].night_hold_adds_h or 0) > 1
    assert found["fixed 72 h", 0.0].night_hold_adds_h == 0


def test_an_outage_brings_phone_rounds_that_are_no_false_alarms() -> None:
    with_outage = rows(Order(AWAKE, ZONE, (24 * HOUR,), outage=24 * HOUR))["fixed 24 h", 0.0]
    assert with_outage.phone_rounds >= 2
    assert with_outage.false_alarms <= rows(Order(AWAKE, ZONE, (24 * HOUR,)))["fixed 24 h", 0.0].false_alarms


def test_learnt_rules_and_the_usual_hours_are_rows_when_they_are_asked_for() -> None:
    found = rows(Order(AWAKE, ZONE, (24 * HOUR,), learnt=True, combined=True))
    names = [rule for rule, _ in found]
    assert names[2:6] == [
        "gap q.99 (18..72)",
        "time-of-day max + 2 h",
        "time-of-day q.98 + 2 h",
        "expected sightings q.99",
    ]
    fixed, other, usual = (
        found[name, 0.0]
        for name in ("fixed 24 h", "other hours for fixed 24 h", "usual hours for fixed 24 h")
    )
    for row in (other, usual):
        assert row.false_alarms_per_week <= fixed.false_alarms_per_week
        assert row.around_h is not None
    assert (other.delay_mean_h or 0) <= (fixed.delay_mean_h or 0)


def test_who_has_too_few_passes_is_left_out_and_told_and_nobody_left_is_an_error() -> None:
    short = LIFE[:20]
    order = Order(AWAKE, ZONE, (24 * HOUR,))
    found = run({"a": LIFE, "b": short}, order, 1)
    assert found.rows[0].people == 1
    assert found.notes == ("the passes of 1 of 2 people span too few days and were left out",)
    with pytest.raises(InvalidInput, match="only warm up"):
        run({"b": short}, order, 1)


def test_where_no_pass_says_which_way_it_led_that_is_told(tmp_path: Path) -> None:
    undirected = [Pass(one.at, BOTH) for one in LIFE]
    found = run({"a": LIFE, "b": undirected}, Order(AWAKE, ZONE, (24 * HOUR,)), 1)
    assert found.notes == (
        "no pass of 1 of 2 people says which way it led: all their time counts as at home",
    )


def test_many_people_are_shared_among_processes_and_come_out_the_same() -> None:
    order = Order(AWAKE, ZONE, (24 * HOUR,), (0.3,))
    drawn = lives.people(20, 60, 5, ZONE)
    assert run(drawn, order, 2) == run(drawn, order, 1)
