"""A short absence does not end a sighting, and the order of arrival does not matter."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.sighting import SAME_PASS, same_pass

BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
ENDED = BEGAN + timedelta(seconds=10)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("later_s", "one_pass"), [(-1, True), (0, True), (44, True), (45, True), (46, False)]
)
def test_up_to_45_seconds_later_is_the_same_pass(later_s: int, one_pass: bool) -> None:
    seen = ENDED + timedelta(seconds=later_s)
    assert timedelta(seconds=45) == SAME_PASS
    assert same_pass(BEGAN, ENDED, seen, seen + SECOND) is one_pass


@pytest.mark.parametrize(("earlier_s", "one_pass"), [(44, True), (45, True), (46, False), (3600, False)])
def test_what_is_reported_late_is_judged_alike(earlier_s: int, one_pass: bool) -> None:
    seen_to = BEGAN - timedelta(seconds=earlier_s)
    assert same_pass(BEGAN, ENDED, seen_to - SECOND, seen_to) is one_pass
