"""What is agreed makes sense, and the quiet hours hold back what can wait."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.agreement import LONGEST, NIGHT, SHORTEST, Agreement, Cause, Step
from monitor.core.schedule import DailyWindow
from monitor.errors import InvalidInput

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "hours",
    [
        (24, 24, 72),
        (24, 72, 72),
        (48, 24, 72),
        (SHORTEST / HOUR - 0.01, 48, 72),
        (24, 48, LONGEST / HOUR + 0.01),
    ],
)
def test_steps_must_rise_within_the_bounds(hours: tuple[float, float, float]) -> None:
    phone, visit, urgent = (hour * HOUR for hour in hours)
    with pytest.raises(InvalidInput, match="must rise and lie between 4 and 336"):
        Agreement(phone=phone, visit=visit, urgent=urgent)


@pytest.mark.parametrize("not_back", [SHORTEST - SECOND, LONGEST + SECOND])
def test_the_hours_of_not_being_back_have_bounds_too(not_back: timedelta) -> None:
    with pytest.raises(InvalidInput, match="not_back"):
        Agreement(not_back=not_back)


def test_the_bounds_themselves_are_allowed() -> None:
    Agreement(phone=SHORTEST, visit=2 * SHORTEST, urgent=LONGEST, not_back=SHORTEST)


@pytest.mark.parametrize("quiet", [(time(22), time(22)), (time(20), time(8, 0, 1))])
def test_quiet_hours_are_no_more_than_a_night(quiet: tuple[time, time]) -> None:
    with pytest.raises(InvalidInput, match="12 hours at most"):
        Agreement(quiet=DailyWindow(*quiet))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-01T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("falls_due", "goes_out"),
    [
        ("21:59:59", "21:59:59"),
        ("06:59:59", "07:00:00"),
        ("00:00:00", "07:00:00"),
        ("07:00:00", "07:00:00"),
        ("07:00:01", "07:00:01"),
    ],
)
def test_what_falls_due_at_night_goes_out_in_the_morning(falls_due: str, goes_out: str) -> None:
    assert Agreement().goes_out(Step.VISIT, at(falls_due), ZONE) == at(goes_out)


def test_what_falls_due_late_in_the_evening_goes_out_the_next_morning() -> None:
    assert Agreement().goes_out(Step.PHONE, at("22:00:00"), ZONE) == at("07:00:00") + 24 * HOUR


def test_urgent_steps_and_who_wants_no_quiet_hours_are_not_held_back() -> None:
    assert Agreement().goes_out(Step.URGENT, at("23:00:00"), ZONE) == at("23:00:00")
    assert Agreement(quiet=None).goes_out(Step.PHONE, at("23:00:00"), ZONE) == at("23:00:00")


def test_a_night_in_a_zone_that_changes_its_clocks_ends_by_the_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 22, tzinfo=UTC)  # 23:00; the clocks go forward at two
    assert NIGHT.end_after(before, berlin) == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_who_is_out_is_phoned_by_the_sooner_of_two_hours() -> None:
    agreed = Agreement(phone=24 * HOUR, not_back=12 * HOUR)
    assert agreed.until(Step.PHONE, Cause.NOT_BACK) == 12 * HOUR
    assert agreed.until(Step.PHONE, Cause.UNSEEN) == 24 * HOUR
    assert agreed.until(Step.VISIT, Cause.NOT_BACK) == agreed.visit
    assert agreed.until(Step.URGENT, Cause.NOT_BACK) == agreed.urgent


@pytest.mark.parametrize("step", list(Step))
def test_other_hours_for_one_step_leave_the_others_as_they_are(step: Step) -> None:
    before = Agreement(quiet=NIGHT)
    after = before.changed(step, before.until(step, Cause.UNSEEN) + timedelta(hours=1))
    moved = {each: after.until(each, Cause.UNSEEN) - before.until(each, Cause.UNSEEN) for each in Step}
    assert moved == {each: timedelta(hours=each is step) for each in Step}
    assert after.quiet == NIGHT


def test_a_step_is_not_moved_over_the_next() -> None:
    with pytest.raises(InvalidInput, match="must rise"):
        Agreement().changed(Step.PHONE, Agreement().visit)
