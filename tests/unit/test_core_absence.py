"""A planned absence has an end, and who is seen coming in has come back."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.absence import LONGEST, Absence, Sign, plan, sign
from monitor.core.evidence import Evidence, EvidenceSource
from monitor.core.sighting import Direction
from monitor.errors import InvalidInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_an_absence_may_be_entered_after_it_began() -> None:
    assert plan(NOW - HOUR, NOW + HOUR, NOW) == Absence(NOW - HOUR, NOW + HOUR)


@pytest.mark.parametrize(("starts", "ends"), [(HOUR, HOUR), (-2 * HOUR, -HOUR), (-HOUR, timedelta(0))])
def test_its_end_lies_ahead_and_after_its_start(starts: timedelta, ends: timedelta) -> None:
    with pytest.raises(InvalidInput, match="must lie ahead and after the start"):
        plan(NOW + starts, NOW + ends, NOW)


def test_it_may_last_thirty_days_and_not_a_second_more() -> None:
    plan(NOW, NOW + LONGEST, NOW)
    with pytest.raises(InvalidInput, match="at most 30 days"):
        plan(NOW, NOW + LONGEST + SECOND, NOW)


def test_who_comes_back_ends_it_sooner_and_nobody_later() -> None:
    absence = Absence(NOW, NOW + 10 * HOUR, ended_at=NOW + 4 * HOUR)
    assert absence.holds(NOW) and absence.holds(NOW + 4 * HOUR - SECOND)
    assert not absence.holds(NOW - SECOND) and not absence.holds(NOW + 4 * HOUR)
    assert Absence(NOW, NOW + HOUR, ended_at=NOW + 2 * HOUR).end == NOW + HOUR


@pytest.mark.parametrize(
    ("source", "direction", "weight", "said"),
    [
        (EvidenceSource.CAMERA, Direction.IN, 1.0, Sign.BACK),
        (EvidenceSource.CAMERA, Direction.OUT, 1.0, Sign.NOTHING),
        (EvidenceSource.CAMERA, Direction.BOTH, 1.0, Sign.PERHAPS_BACK),
        (EvidenceSource.DOUBTFUL, Direction.IN, 0.3, Sign.PERHAPS_BACK),
        (EvidenceSource.DOOR_CONTACT, Direction.BOTH, 0.7, Sign.PERHAPS_BACK),
        (EvidenceSource.SEEN, Direction.BOTH, 1.0, Sign.PERHAPS_BACK),
        (EvidenceSource.VISITED, Direction.BOTH, 1.0, Sign.BACK),
        (EvidenceSource.PHONED, Direction.BOTH, 1.0, Sign.NOTHING),
    ],
)
def test_what_evidence_says_during_an_absence(
    source: EvidenceSource, direction: Direction, weight: float, said: Sign
) -> None:
    assert sign(Evidence(NOW, source, weight, direction)) is said
