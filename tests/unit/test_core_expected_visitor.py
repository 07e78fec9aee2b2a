"""A pass has a start and an end, and the end is near."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.expected_visitor import LONGEST_PASS, PassState, check_pass, pass_state
from monitor.errors import InvalidInput

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (NOW - SECOND, PassState.COMING),
        (NOW, PassState.RUNNING),
        (NOW + HOUR - SECOND, PassState.RUNNING),
        (NOW + HOUR, PassState.ENDED),
    ],
)
def test_a_pass_holds_from_its_start_to_its_end(at: datetime, state: PassState) -> None:
    assert pass_state(NOW, NOW + HOUR, at) is state


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (NOW, NOW),
        (NOW + HOUR, NOW),
        (NOW - 2 * HOUR, NOW - HOUR),
        (NOW - HOUR, NOW),
        (NOW, NOW + LONGEST_PASS + SECOND),
    ],
)
def test_a_pass_without_a_near_end_is_refused(starts_at: datetime, ends_at: datetime) -> None:
    with pytest.raises(InvalidInput, match="ends_at"):
        check_pass(starts_at, ends_at, NOW)


def test_a_pass_may_begin_later_and_last_for_ninety_days() -> None:
    check_pass(NOW, NOW + LONGEST_PASS, NOW)
    check_pass(NOW + HOUR, NOW + 2 * HOUR, NOW)
