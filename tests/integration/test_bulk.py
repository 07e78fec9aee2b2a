"""Rows that are written in bulk look as if the session had written them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import AlertRow, EventRow, PresenceRow
from monitor.bootstrap import Runtime
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Severity
from monitor.core.presence import PresenceState
from monitor.store.bulk import insert_rows, update_rows


def alert(estate_id: str, subject: str, now: datetime) -> dict[str, object]:
    return {
        "estate_id": estate_id,
        "kind": AlertKind.WELLNESS,
        "severity": Severity.WARNING,
        "state": AlertState.OPEN,
        "subject": subject,
        "episode": subject,
        "cause": Cause.UNSEEN,
        "step": Step.VISIT,
        "since": now - timedelta(hours=1),
        "opened_at": now,
        "why": {"unseen_hours": 1.5, "suspects": ["gate-1"], "text": 'a "quoted" 中文 \\ $.why'},
        "resident_id": None,
    }


COLUMNS = [
    column.name for column in AlertRow.__table__.columns if column.name not in ("id", "subject", "episode")
]


UNLIKE = {
    "kind": AlertKind.VISITOR, "severity": Severity.CRITICAL, "state": AlertState.ACKNOWLEDGED, "cause": None, "step": Step.URGENT,
}  # fmt: skip


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "with a row that differs in everything"])
def test_a_row_is_the_same_whichever_way_it_was_written(runtime: Runtime, now: datetime, others: int) -> None:
    estate_id = runtime.estate.id
    unlike = {**alert(estate_id, "unlike", now - timedelta(days=1)), **UNLIKE}
    with runtime.database.writer() as session:
        insert_rows(session, AlertRow, [unlike, alert(estate_id, "bulk", now)][1 - others :])
        session.add(AlertRow(**alert(estate_id, "session", now)))
    with runtime.database.reader() as session:
        bulk, session_ = session.scalars(
            select(AlertRow).where(AlertRow.subject != "unlike").order_by(AlertRow.subject)
        )
        assert {name: getattr(bulk, name) for name in COLUMNS} == {
            name: getattr(session_, name) for name in COLUMNS
        }
        assert session.scalars(select(AlertRow.id).where(AlertRow.opened_at == now)).all() == [
            bulk.id,
            session_.id,
        ]


def test_what_is_returned_belongs_to_its_row(runtime: Runtime, now: datetime) -> None:
    rows = [alert(runtime.estate.id, f"number {n}", now) for n in range(50)]
    with runtime.database.writer() as session:
        returned = insert_rows(session, AlertRow, rows, returning=(AlertRow.id, AlertRow.subject))
        assert {subject: session.get_one(AlertRow, id).subject for id, subject in returned} == {
            f"number {n}": f"number {n}" for n in range(50)
        }


def test_the_tables_rules_hold(runtime: Runtime, now: datetime) -> None:
    rows = [alert(runtime.estate.id, "twice", now)] * 2
    with pytest.raises(IntegrityError), runtime.database.writer() as session:
        insert_rows(session, AlertRow, rows)


def test_updates_reach_their_rows_and_no_others(runtime: Runtime, now: datetime) -> None:
    import people

    with runtime.database.writer() as session:
        ids = [people.enrol(session, runtime.estate.id, f"Resident {n}", now) for n in range(3)]
        due = {id: now + timedelta(hours=n) for n, id in enumerate(ids[:2])}
        new = [
            {
                "resident_id": id,
                "state": PresenceState.UNSEEN,
                "step": Step.PHONE if n else None,
                "due_at": at,
            }
            for n, (id, at) in enumerate(due.items())
        ]
        update_rows(session, PresenceRow, new)
    with runtime.database.reader() as session:
        rows = [session.get_one(PresenceRow, id) for id in ids]
    assert [(row.state, row.step) for row in rows] == [
        (PresenceState.UNSEEN, None),
        (PresenceState.UNSEEN, Step.PHONE),
        (PresenceState.NOT_STARTED, None),
    ]
    assert [row.due_at for row in rows[:2]] == list(due.values())


def test_nothing_is_written_of_nothing(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        assert insert_rows(session, EventRow, []) == []
        update_rows(session, PresenceRow, [])
        assert session.scalars(select(EventRow)).all() == []
