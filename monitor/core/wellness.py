"""A wellness check: who looks after an unseen resident, what was tried, and what was found (W10-W14)."""

from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.alert import Outcome
from monitor.errors import InvalidInput

# Staff found out nothing: so long nobody is sent again, and then the watch goes on.
LOOK_AGAIN = timedelta(hours=4)
HELP_LIMIT = 500


class AttemptKind(StrEnum):
    PHONE = "phone"  # the resident's own
    CONTACT = "contact"  # somebody they named
    DOOR = "door"


class AttemptResult(StrEnum):
    REACHED = "reached"  # they answered, and are well
    NO_ANSWER = "no_answer"
    CONTACT_KNOWS = "contact_knows"  # somebody else says where they are


RESULTS: dict[AttemptKind, tuple[AttemptResult, ...]] = {
    AttemptKind.PHONE: (AttemptResult.REACHED, AttemptResult.NO_ANSWER),
    AttemptKind.CONTACT: (AttemptResult.CONTACT_KNOWS, AttemptResult.NO_ANSWER),
    AttemptKind.DOOR: (AttemptResult.REACHED, AttemptResult.NO_ANSWER),
}
# Somebody knows where the resident is: the clock starts again.
EVIDENCE_OF_LIFE = frozenset(
    {
        Outcome.WELL_AT_HOME,
        Outcome.OUT_WITH_FAMILY,
        Outcome.HOSPITAL,
        Outcome.TRIP,
        Outcome.NEEDED_HELP,
    }
)
# They will not be seen for a while: staff are asked until when, and a planned absence begins.
AWAY = frozenset({Outcome.OUT_WITH_FAMILY, Outcome.HOSPITAL, Outcome.TRIP})


def lapses_at(taken_at: datetime, last_attempt_at: datetime | None, patience: timedelta) -> datetime:
    """When a check that somebody took and that has no outcome is everybody's again; whoever tries keeps it."""
    return max(taken_at, last_attempt_at or taken_at) + patience


def require_attempt(kind: AttemptKind, result: AttemptResult) -> None:
    if result not in RESULTS[kind]:
        allowed = ", ".join(each.value for each in RESULTS[kind])
        raise InvalidInput(field="result", reason=f"of {kind.value} is one of {allowed}")


def require_outcome(outcome: Outcome, help_given: str, away_until: datetime | None, now: datetime) -> None:
    """What belongs to an outcome. Raises InvalidInput."""
    if outcome is Outcome.NEEDED_HELP and not help_given.strip():
        raise InvalidInput(field="help_given", reason="say what was done and when")
    if len(help_given) > HELP_LIMIT:
        raise InvalidInput(field="help_given", reason=f"at most {HELP_LIMIT} characters")
    if away_until is not None and outcome not in AWAY:
        raise InvalidInput(field="away_until", reason=f"does not belong to {outcome.value}")
    if away_until is not None and away_until <= now:
        raise InvalidInput(field="away_until", reason="must lie ahead")
