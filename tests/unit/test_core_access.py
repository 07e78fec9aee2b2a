"""Each role may do exactly what its work needs."""

import pytest

from monitor.core.access import ALLOWED, Action, Role, may

EVERYBODY = {
    Action.SEE_ALERTS,
    Action.HANDLE_ALERTS,
    Action.SEE_CAMERAS,
    Action.SEE_VISITS,
    Action.SEE_RESIDENTS,
}
STAFF = EVERYBODY | {
    Action.SEE_SIGHTINGS,
    Action.RECORD_CHECKS,
    Action.CORRECT,
    Action.AGREE,
    Action.REPORT_EVIDENCE,
    Action.KEEP_ROSTER,
}


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.DUTY, EVERYBODY),
        (Role.STAFF, STAFF),
        (Role.SENSOR, {Action.REPORT_EVIDENCE}),
        (Role.ADMIN, STAFF | {Action.ENROL, Action.MANAGE_CAMERAS, Action.MANAGE_RECEIVERS}),
    ],
)
def test_a_role_may_do_this_and_nothing_else(role: Role, actions: set[Action]) -> None:
    assert {action for action in Action if may(role, action)} == actions


def test_every_action_is_decided() -> None:
    assert set(ALLOWED) == set(Action)
