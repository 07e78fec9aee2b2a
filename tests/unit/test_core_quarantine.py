"""A camera that ends its worker again and again is left alone; one that was only worked on by chance is not."""

from datetime import UTC, datetime, timedelta

from monitor.core.quarantine import AGAIN, FIRST, STRIKES, WITHIN, Crash, quarantined

T = datetime(2026, 11, 24, 8, tzinfo=UTC)
S = timedelta(seconds=1)
GROUP = [f"gate-{n}" for n in range(27)]
POISON, OTHER, THIRD = GROUP[:3]


def crashes(*cameras: str | None, at: datetime = T, every: timedelta = 3 * S) -> list[Crash]:
    return [Crash(at + n * every, camera) for n, camera in enumerate(cameras)]


def now_after(history: list[Crash]) -> datetime:
    return history[-1].at + S


def left_alone(history: list[Crash], group: list[str] = GROUP) -> set[str]:
    return set(quarantined(history, group, now_after(history)))


def test_nobody_is_left_alone_without_a_crash() -> None:
    assert quarantined([], GROUP, T) == {}


def test_a_camera_is_left_alone_after_three_crashes_and_for_ten_minutes() -> None:
    history = crashes(*[POISON] * STRIKES)
    assert left_alone(history[:-1]) == set()
    end = history[-1].at + FIRST
    assert quarantined(history, GROUP, end - S) == {POISON: end}
    assert quarantined(history, GROUP, end) == {}


def test_crashes_that_are_long_apart_do_not_count_together() -> None:
    assert left_alone(crashes(*[POISON] * 9, every=WITHIN / 2 + S)) == set()


def test_one_crash_soon_after_it_is_tried_again_costs_an_hour_and_never_more() -> None:
    history = crashes(*[POISON] * STRIKES)
    end = history[-1].at + FIRST
    for _ in range(3):
        history.append(Crash(end + WITHIN, POISON))
        end = history[-1].at + AGAIN
        assert quarantined(history, GROUP, now_after(history)) == {POISON: end}


def test_a_camera_that_was_well_for_a_while_begins_anew() -> None:
    history = crashes(*[POISON] * STRIKES)
    history.append(Crash(history[-1].at + FIRST + WITHIN + S, POISON))
    assert left_alone(history) == set()


def test_a_crash_elsewhere_while_it_is_tried_again_speaks_for_it() -> None:
    history = crashes(*[POISON] * STRIKES)
    end = history[-1].at + FIRST
    history += crashes(None, POISON, at=end)
    assert left_alone(history) == set()
    history += crashes(POISON, at=end + WITHIN / 2)
    assert left_alone(history) == {POISON}


def test_a_worker_that_is_killed_at_any_moment_keeps_its_cameras() -> None:
    assert left_alone(crashes(*GROUP, POISON, POISON)) == set()
    assert left_alone(crashes(None, POISON, None, POISON, None, POISON)) == set()
    assert left_alone(crashes(*[None] * 9)) == set()


def test_the_only_camera_of_a_worker_is_always_read() -> None:
    history = crashes(*[POISON] * 9)
    assert left_alone(history, [POISON]) == set()


def test_a_second_poison_camera_is_found_though_the_first_had_as_many_crashes() -> None:
    history = crashes(*[POISON] * STRIKES, *[OTHER] * STRIKES, *[THIRD] * STRIKES)
    assert left_alone(history) == {POISON, OTHER, THIRD}
    assert left_alone(crashes(POISON, OTHER, POISON, OTHER, POISON, OTHER)) == {POISON, OTHER}


def test_when_all_are_poison_the_last_one_is_read() -> None:
    history = crashes(*[POISON] * STRIKES, *[OTHER] * 2 * STRIKES)
    assert left_alone(history, [POISON, OTHER]) == {POISON}


def test_a_camera_that_the_worker_has_no_more_is_no_matter() -> None:
    history = crashes(*[POISON] * STRIKES)
    assert left_alone(history, [OTHER, THIRD]) == set()
    assert left_alone([*history, *crashes(*[OTHER] * STRIKES, at=T + 30 * S)], [OTHER, THIRD]) == {OTHER}


def test_crashes_of_the_future_are_left_out_after_the_clock_was_put_back() -> None:
    assert quarantined(crashes(*[POISON] * STRIKES, at=T + 60 * S), GROUP, T) == {}
