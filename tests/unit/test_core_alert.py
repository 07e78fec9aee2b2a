"""An alert goes from open over acknowledged to resolved, never backwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.alert import (
    NOTE_LIMIT,
    OUTCOMES,
    AlertKind,
    AlertState,
    Outcome,
    acknowledge,
    resolve,
)
from monitor.errors import Conflict, InvalidInput

ORDER = [AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.RESOLVED]


def test_an_open_alert_can_be_taken() -> None:
    assert not acknowledge(AlertState.OPEN, None, "Olga").repeated


def test_taking_ones_own_alert_again_changes_nothing() -> None:
    assert acknowledge(AlertState.ACKNOWLEDGED, "Olga", "Olga").repeated


def test_an_alert_taken_by_somebody_else_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="taken by Olga"):
        acknowledge(AlertState.ACKNOWLEDGED, "Olga", "Max")


def test_a_resolved_alert_can_neither_be_taken_nor_resolved() -> None:
    with pytest.raises(Conflict, match="already resolved"):
        acknowledge(AlertState.RESOLVED, "Olga", "Olga")
    with pytest.raises(Conflict, match="already resolved"):
        resolve(AlertKind.VISITOR, AlertState.RESOLVED, Outcome.SENT_AWAY, "")


@pytest.mark.parametrize("state", [AlertState.OPEN, AlertState.ACKNOWLEDGED])
@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("outcome", Outcome)
def test_only_an_outcome_of_its_kind_resolves_an_alert(
    kind: AlertKind, state: AlertState, outcome: Outcome
) -> None:
    if outcome in OUTCOMES[kind]:
        resolve(kind, state, outcome, "")
    else:
        with pytest.raises(InvalidInput, match=f"{outcome.value} does not fit; choose one of"):
            resolve(kind, state, outcome, "")


def test_a_note_may_have_500_characters_and_not_one_more() -> None:
    resolve(AlertKind.VISITOR, AlertState.OPEN, Outcome.SENT_AWAY, "x" * NOTE_LIMIT)
    with pytest.raises(InvalidInput, match="at most 500"):
        resolve(AlertKind.VISITOR, AlertState.OPEN, Outcome.SENT_AWAY, "x" * (NOTE_LIMIT + 1))


@given(
    st.sampled_from(AlertKind),
    st.lists(st.tuples(st.sampled_from(["Olga", "Ada"]), st.none() | st.sampled_from(Outcome))),
)
def test_whatever_people_do_an_alert_never_goes_back_and_keeps_its_owner(
    kind: AlertKind, deeds: list[tuple[str, Outcome | None]]
) -> None:
    state, owner = AlertState.OPEN, None
    for person, outcome in deeds:
        before, owner_before = state, owner
        try:
            if outcome:
                resolve(kind, state, outcome, "")
                state = AlertState.RESOLVED
            else:
                repeated = acknowledge(state, owner, person).repeated
                assert repeated == (state is AlertState.ACKNOWLEDGED)
                state, owner = AlertState.ACKNOWLEDGED, person
        except (Conflict, InvalidInput):
            pass
        assert ORDER.index(state) >= ORDER.index(before)
        assert owner_before in (None, owner)
        if state is AlertState.RESOLVED and before is not AlertState.RESOLVED:
            assert outcome in OUTCOMES[kind]
