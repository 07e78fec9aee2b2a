"""Evidence by others than cameras is recorded once, whoever reports it and however often."""

import threading
from datetime import datetime, timedelta

import people
import pytest
from locks import until_somebody_waits
from sqlalchemy import select

from models import EventRow, EvidenceRow
from monitor.bootstrap import Runtime
from monitor.core.evidence import EvidenceSource
from monitor.services import evidence
from monitor.services.evidence import Recorded, Said

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    with runtime.database.writer() as session:
        return people.enrol(session, runtime.estate.id, people.ADA, now - HOUR)


def test_two_reports_with_one_key_at_the_same_moment_are_one(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    said = Said(now, ada, EvidenceSource.PHONED, key="call-7")
    came, found = threading.Event(), list[Recorded]()

    def slower() -> None:
        came.set()
        with runtime.database.writer() as session:
            found.append(evidence.record(session, runtime.estate.id, said, people.SAM, now))

    other = threading.Thread(target=slower)
    with runtime.database.writer() as session:
        first = evidence.record(session, runtime.estate.id, said, people.SAM, now)
        other.start()
        assert came.wait(5)
        until_somebody_waits(runtime.database)
    other.join(10)
    (second,) = found
    assert (first.id, first.repeated, second.id, second.repeated) == (second.id, False, first.id, True)
    with runtime.database.reader() as session:
        assert len(session.scalars(select(EvidenceRow)).all()) == 1
        recorded = select(EventRow).where(EventRow.kind == "evidence.recorded")
        assert len(session.scalars(recorded).all()) == 1
