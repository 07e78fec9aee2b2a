"""A check ends with an outcome and what belongs to it; who takes it keeps it as long as they try."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.alert import OUTCOMES, AlertKind, Outcome
from monitor.core.wellness import (
    AWAY,
    EVIDENCE_OF_LIFE,
    HELP_LIMIT,
    RESULTS,
    AttemptKind,
    AttemptResult,
    lapses_at,
    require_attempt,
    require_outcome,
)
from monitor.errors import InvalidInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_not_getting_in_a_fault_and_dying_are_no_evidence_of_life() -> None:
    assert set(OUTCOMES[AlertKind.WELLNESS]) - EVIDENCE_OF_LIFE == {
        Outcome.COULD_NOT_ENTER,
        Outcome.TECHNICAL,
        Outcome.DECEASED,
    }


def test_a_check_lapses_an_hour_after_it_was_taken_or_last_tried() -> None:
    assert lapses_at(NOW, None, HOUR) == NOW + HOUR
    assert lapses_at(NOW, NOW + 0.5 * HOUR, HOUR) == NOW + 1.5 * HOUR


@pytest.mark.parametrize("kind", AttemptKind)
@pytest.mark.parametrize("result", AttemptResult)
def test_an_attempt_has_a_result_of_its_kind(kind: AttemptKind, result: AttemptResult) -> None:
    if result in RESULTS[kind]:
        require_attempt(kind, result)
    else:
        with pytest.raises(InvalidInput, match=f"of {kind.value} is one of"):
            require_attempt(kind, result)


@pytest.mark.parametrize("help_given", ["", "  ", "x" * (HELP_LIMIT + 1)])
def test_who_needed_help_got_some_and_it_is_said_in_few_words(help_given: str) -> None:
    require_outcome(Outcome.NEEDED_HELP, "doctor called at 9:10", None, NOW)
    with pytest.raises(InvalidInput):
        require_outcome(Outcome.NEEDED_HELP, help_given, None, NOW)


@pytest.mark.parametrize("outcome", OUTCOMES[AlertKind.WELLNESS])
def test_only_who_is_away_is_away_until(outcome: Outcome) -> None:
    if outcome in AWAY:
        require_outcome(outcome, "", NOW + HOUR, NOW)
        with pytest.raises(InvalidInput, match="must lie ahead"):
            require_outcome(outcome, "", NOW, NOW)
    else:
        with pytest.raises(InvalidInput, match="does not belong"):
            require_outcome(outcome, "help", NOW + HOUR, NOW)
