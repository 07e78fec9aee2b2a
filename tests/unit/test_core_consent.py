"""Consent holds from its date to its end unless it was withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.consent import Purpose, in_force

SECOND = timedelta(seconds=1)
GIVEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
UNTIL = GIVEN + timedelta(days=365)
WITHDRAWN = GIVEN + timedelta(days=10)


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (GIVEN - SECOND, False),
        (GIVEN, True),
        (GIVEN + SECOND, True),
        (UNTIL - SECOND, True),
        (UNTIL, False),
        (UNTIL + SECOND, False),
    ],
)
def test_consent_holds_from_its_date_to_its_end(now: datetime, holds: bool) -> None:
    assert in_force(GIVEN, UNTIL, None, now) is holds


@pytest.mark.parametrize(
    ("now", "holds"), [(WITHDRAWN - SECOND, True), (WITHDRAWN, False), (WITHDRAWN + SECOND, False)]
)
def test_a_withdrawal_works_at_once(now: datetime, holds: bool) -> None:
    assert in_force(GIVEN, UNTIL, WITHDRAWN, now) is holds


def test_a_withdrawal_before_the_date_leaves_nothing() -> None:
    assert not in_force(GIVEN, UNTIL, GIVEN - SECOND, GIVEN)


def test_consent_is_given_for_a_purpose() -> None:
    assert {p.value for p in Purpose} == {"recognition", "wellness", "keep_photo"}
