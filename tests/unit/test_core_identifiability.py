"""A camera is judged by how well it saw who passed: by day and by night, from enough people, and without flapping."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.identifiability import (
    GOOD,
    SEEN_OFTEN_ENOUGH,
    WIDEST_PX,
    CameraVerdict,
    Figures,
    Hour,
    IecClass,
    Judgement,
    Light,
    Look,
    PassLook,
    Tally,
    identifies_at,
    iec_class,
    judge,
    light_at,
    unable,
)
from monitor.core.quality import NEEDED_PX, Flaw, Quality

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)  # noon at the estate
NOON, MIDNIGHT = NOW - timedelta(hours=1), NOW - timedelta(hours=12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CAN, CANNOT, UNKNOWN = CameraVerdict.CAN, CameraVerdict.CANNOT, CameraVerdict.NOT_YET_KNOWN


def passed(
    good: int,
    poor: int,
    *,
    at: datetime = NOON,
    width_px: float = 38,
    flaws: tuple[Flaw, ...] = (Flaw.SMALL,),
) -> Hour:
    looks = [PassLook("gate", at, 90, GOOD, ())] * good + [PassLook("gate", at, width_px, 0.1, flaws)] * poor
    return Hour(at, Tally.of(looks))


def judged(*hours: Hour, before: CameraVerdict = UNKNOWN) -> Judgement:
    return judge(hours, SHANGHAI, NOW, before)


def by_day(*hours: Hour, before: CameraVerdict = UNKNOWN) -> Figures:
    return judged(*hours, before=before).lights[Light.DAY]


@pytest.mark.parametrize(
    ("good", "poor", "verdict"),
    [
        (0, 0, UNKNOWN),
        (0, 19, UNKNOWN),
        (19, 0, UNKNOWN),
        (0, 20, CANNOT),
        (3, 17, CANNOT),
        (4, 16, CAN),
        (20, 0, CAN),
    ],
)
def test_a_camera_cannot_when_fewer_than_a_fifth_of_twenty_passes_were_good(
    good: int, poor: int, verdict: CameraVerdict
) -> None:
    assert judged(passed(good, poor)).verdict is verdict


@pytest.mark.parametrize(
    ("good", "poor", "before", "verdict"),
    [
        (7, 13, CANNOT, CANNOT),
        (8, 12, CANNOT, CAN),
        (7, 13, CAN, CAN),
        (7, 13, CameraVerdict.NOT_BY_DAY, CANNOT),
        (7, 13, CameraVerdict.NOT_AT_NIGHT, CAN),
        (0, 10, CANNOT, CANNOT),
        (0, 9, CANNOT, UNKNOWN),
        (0, 10, CAN, UNKNOWN),
    ],
)
def test_it_takes_more_to_leave_a_verdict_than_to_stay(
    good: int, poor: int, before: CameraVerdict, verdict: CameraVerdict
) -> None:
    assert by_day(passed(good, poor), before=before).verdict is verdict


@pytest.mark.parametrize(
    ("day", "night", "verdict"),
    [
        ((20, 0), (0, 20), CameraVerdict.NOT_AT_NIGHT),
        ((0, 0), (0, 20), CameraVerdict.NOT_AT_NIGHT),
        ((0, 20), (20, 0), CameraVerdict.NOT_BY_DAY),
        ((0, 20), (0, 20), CANNOT),
        ((0, 20), (0, 0), CANNOT),
        ((20, 0), (0, 0), CAN),
        ((0, 0), (20, 0), CAN),
        ((5, 5), (5, 5), UNKNOWN),
    ],
)
def test_day_and_night_are_judged_apart(
    day: tuple[int, int], night: tuple[int, int], verdict: CameraVerdict
) -> None:
    assert judged(passed(*day, at=NOON), passed(*night, at=MIDNIGHT)).verdict is verdict


@pytest.mark.parametrize(
    ("verdict", "noon", "midnight"),
    [
        (CAN, True, True),
        (UNKNOWN, True, True),
        (CANNOT, False, False),
        (CameraVerdict.NOT_AT_NIGHT, True, False),
        (CameraVerdict.NOT_BY_DAY, False, True),
    ],
)
def test_evidence_counts_in_the_light_in_which_the_camera_can(
    verdict: CameraVerdict, noon: bool, midnight: bool
) -> None:
    assert (identifies_at(verdict, 12), identifies_at(verdict, 0)) == (noon, midnight)


def test_night_is_from_seven_to_six_by_the_clock_of_the_estate() -> None:
    nights = [hour for hour in range(24) if light_at(hour) is Light.NIGHT]
    assert nights == [0, 1, 2, 3, 4, 5, 19, 20, 21, 22, 23]


def test_a_camera_that_was_put_right_is_believed_by_its_last_days() -> None:
    long_ago, yesterday = passed(0, 300, at=NOON - 4 * DAY), passed(100, 0, at=NOON)
    figures = by_day(long_ago, yesterday, before=CANNOT)
    assert (figures.verdict, figures.days, figures.passes) == (CAN, 1, 100)
    few = by_day(long_ago, passed(99, 0, at=NOON), before=CANNOT)
    assert (few.verdict, few.days, few.passes) == (CANNOT, 5, 399)


def test_what_is_older_than_a_week_does_not_count() -> None:
    assert by_day(passed(0, 50, at=NOON - 7 * DAY)).passes == 0


def test_figures_are_those_of_the_widest_face_of_each_pass() -> None:
    looks = [PassLook("gate", NOON, width_px, 0.1, (Flaw.SMALL,)) for width_px in range(21, 41)]
    figures = by_day(Hour(NOON, Tally.of(looks)))
    assert (figures.median_px, figures.widest_tenth_px) == (30, 38)
    assert figures.px_per_m == pytest.approx(30 / 0.16)
    assert figures.iec is IecClass.RECOGNISE


def test_a_face_as_wide_as_the_picture_has_an_end() -> None:
    assert Tally.of([PassLook("gate", NOON, 1900.0, 0.9, ())]).widths == {WIDEST_PX: 1}


def test_nobody_has_no_width() -> None:
    assert Tally().width_px(0.5) == 0 and Tally().share == 0
    assert by_day().iec is IecClass.NONE


@pytest.mark.parametrize(
    ("px_per_m", "found"),
    [
        (250, IecClass.IDENTIFY), (249.9, IecClass.RECOGNISE), (125, IecClass.RECOGNISE), (62.5, IecClass.OBSERVE),
        (62, IecClass.DETECT), (25, IecClass.DETECT), (24.9, IecClass.NONE),
    ],
)  # fmt: skip
def test_densities_have_their_class(px_per_m: float, found: IecClass) -> None:
    assert iec_class(px_per_m) is found


def test_small_faces_are_told_how_much_narrower_the_view_must_be() -> None:
    (advice,) = by_day(passed(0, 20, width_px=38)).advice
    assert (advice.flaw, advice.width_px, advice.needed_px, advice.factor, advice.share) == (
        Flaw.SMALL, 38, NEEDED_PX, 1.6, 1.0,
    )  # fmt: skip


def test_faces_that_are_wide_enough_are_not_called_small() -> None:
    figures = by_day(passed(0, 20, width_px=70, flaws=(Flaw.SMALL, Flaw.DARK)))
    assert [advice.flaw for advice in figures.advice] == [Flaw.DARK]


def test_what_most_passes_lacked_comes_first_and_what_few_lacked_is_left_out() -> None:
    hours = [
        passed(0, 8, width_px=70, flaws=(Flaw.TURNED,)),
        passed(0, 12, width_px=70, flaws=(Flaw.BLURRED, Flaw.DARK)),
    ]
    assert [advice.flaw for advice in by_day(*hours).advice] == [Flaw.BLURRED, Flaw.DARK]


def test_without_a_common_flaw_the_most_frequent_one_is_told() -> None:
    hours = [passed(0, 8, width_px=70, flaws=(flaw,)) for flaw in (Flaw.TURNED, Flaw.DARK, Flaw.BRIGHT)]
    assert [advice.flaw for advice in by_day(*hours).advice] == [Flaw.TURNED]


@pytest.mark.parametrize("hour", [passed(10, 10), passed(0, 19), passed(0, 20, width_px=70, flaws=())])
def test_no_advice_where_none_is_known_or_needed(hour: Hour) -> None:
    assert by_day(hour).advice == ()


def look(times: int, width_px: float, *qualities: Quality) -> Look:
    found = Look()
    for _ in range(times):
        found.see(width_px)
    for quality in qualities:
        found.measure(quality)
    return found


def test_what_was_seen_too_shortly_is_nobody() -> None:
    assert look(SEEN_OFTEN_ENOUGH - 1, 90).ended("gate", NOW) is None


def test_a_face_too_small_for_any_picture_is_counted_as_small() -> None:
    assert look(3, 20).ended("gate", NOW) == PassLook("gate", NOW, 20, 0.0, (Flaw.SMALL,))


def test_what_is_wide_and_no_face_on_a_second_look_is_nobody() -> None:
    assert look(9, 50).ended("gate", NOW) is None


def test_the_best_picture_speaks_for_the_pass() -> None:
    blurred, good = Quality(0.2, (Flaw.BLURRED,)), Quality(0.6, ())
    assert look(3, 70, blurred, good, blurred).ended("gate", NOW) == PassLook("gate", NOW, 70, 0.6, ())


def test_a_camera_that_cannot_at_night_is_blind_from_dusk_to_dawn() -> None:
    since = NOW - DAY
    (night,) = unable(CameraVerdict.NOT_AT_NIGHT, SHANGHAI, since, NOW)
    assert (night.start, night.end) == (NOW - 17 * HOUR, NOW - 6 * HOUR)  # 19:00 to 06:00 in Shanghai
    yesterday, today = unable(CameraVerdict.NOT_BY_DAY, SHANGHAI, since, NOW)
    assert (yesterday.end, today.start, today.end) == (night.start, night.end, NOW)


def test_one_moment_of_a_night_is_blind_and_one_of_the_day_is_not() -> None:
    midnight = NOW - 12 * HOUR
    assert [span.end for span in unable(CameraVerdict.NOT_AT_NIGHT, SHANGHAI, midnight, midnight)] == [
        midnight
    ]
    assert unable(CameraVerdict.NOT_AT_NIGHT, SHANGHAI, NOW, NOW) == []


@pytest.mark.parametrize("verdict", [CAN, UNKNOWN])
def test_a_camera_that_can_is_blind_at_no_hour(verdict: CameraVerdict) -> None:
    assert unable(verdict, SHANGHAI, NOW - 3 * DAY, NOW) == []


TALLIES = st.lists(
    st.builds(
        PassLook,
        st.just("gate"),
        st.just(NOON),
        st.floats(1, 500),
        st.floats(0, 1),
        st.lists(st.sampled_from(Flaw), unique=True).map(tuple),
    ),
    max_size=8,
)


@given(TALLIES, TALLIES)
def test_counting_in_parts_is_counting_at_once(some: Sequence[PassLook], others: Sequence[PassLook]) -> None:
    assert Tally.sum([Tally.of(some), Tally.of(others)]) == Tally.of([*some, *others])


def test_who_was_decided_early_was_seen_well_enough() -> None:
    look = Look()
    look.see(41.0)
    look.measure(Quality(0.2, (Flaw.SMALL,)))
    look.see(112.0)
    seen = look.ended("gate", NOON, decided=True)
    assert seen is not None
    assert (Tally.of([seen]).good, seen.width_px, seen.flaws) == (1, 112.0, ())
    assert Look().ended("gate", NOON, decided=True) is not None
