"""Hours are agreed with each resident, kept with who and why, and an open alert keeps those it began with."""

from datetime import datetime

import people
import pytest
import watching
from watching import HOUR

from monitor.bootstrap import Runtime
from monitor.core.agreement import Agreement, Step
from monitor.errors import InvalidInput, NotFound
from monitor.services import agreements, presence

SOONER = Agreement(phone=12 * HOUR, visit=24 * HOUR, urgent=36 * HOUR, quiet=None)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


def agree(
    runtime: Runtime, resident_id: int, agreed: Agreement, at: datetime, reason: str = "She asked."
) -> None:
    with runtime.database.writer() as session:
        presence.agree(session, runtime.estate.id, resident_id, agreed, reason, people.SAM, at)


def test_other_hours_hold_at_once(runtime: Runtime, ada: int, now: datetime) -> None:
    agree(runtime, ada, SOONER, now + HOUR)
    assert watching.row(runtime, ada).due_at == now + 12 * HOUR


def test_who_is_overdue_by_the_new_hours_is_alarmed_about_by_the_next_tick(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    agree(runtime, ada, SOONER, now + 13 * HOUR)
    (alert,) = watching.tick(runtime, now + 13 * HOUR)
    assert (alert.step, alert.why["after_hours"]) == (Step.PHONE, 12.0)


def test_every_version_stays_with_who_and_why(runtime: Runtime, ada: int, now: datetime) -> None:
    agree(runtime, ada, SOONER, now + HOUR, "Her knee; she goes out less.")
    with runtime.database.reader() as session:
        newest, first = agreements.versions(session, ada)
    assert (newest.version, newest.agreed_by, newest.reason) == (
        2,
        people.SAM,
        "Her knee; she goes out less.",
    )
    assert (first.version, first.agreed) == (1, people.AGREED)


def test_an_open_alert_keeps_the_hours_that_it_began_with(runtime: Runtime, ada: int, now: datetime) -> None:
    watching.tick(runtime, now + 24 * HOUR)
    agree(runtime, ada, SOONER, now + 25 * HOUR)
    (alert,) = watching.tick(runtime, now + 47 * HOUR)
    assert alert.step is Step.PHONE
    (alert,) = watching.tick(runtime, now + 48 * HOUR)
    assert alert.step is Step.VISIT


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_change_without_a_reason_changes_nothing(
    runtime: Runtime, ada: int, now: datetime, reason: str
) -> None:
    with pytest.raises(InvalidInput, match="say why"):
        agree(runtime, ada, SOONER, now + HOUR, reason)
    assert watching.row(runtime, ada).due_at == now + 24 * HOUR


def test_nothing_is_agreed_with_who_is_not_watched(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now, watched=False)
    with pytest.raises(NotFound):
        agree(runtime, ben, SOONER, now)


def test_who_was_watched_before_agreements_gets_the_estates_hours(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        session.get_one(watching.PresenceRow, ada).agreement_id = None
        agreements.fill(session, runtime.estate.id, SOONER, "system", now)
        assert agreements.in_force(session, ada).agreed == SOONER
    agree(runtime, ada, SOONER, now)
