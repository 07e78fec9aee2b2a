"""A pass has a consent, a start and an end, and leaves nothing behind."""

from datetime import datetime, timedelta

import people
import pytest
from sqlalchemy import select

from models import ExpectedVisitorRow, VisitorTemplateRow, VisitRow
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.expected_visitor import PassState
from monitor.core.subject import Subject
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import enrolment, estate, expected_visitors, housekeeping, visits
from monitor.services.enrolment import Photo
from monitor.services.expected_visitors import NewPass
from monitor.services.seen import Seen

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LI, PHOTO = "Li", Photo("li.jpg", people.photo_face("Li"), None)


def expect(
    runtime: Runtime, now: datetime, name: str = LI, starts: timedelta = -HOUR, ends: timedelta = HOUR
) -> int:
    with runtime.database.writer() as session:
        return people.expect(
            session, runtime.estate.id, name, now, starts_at=now + starts, ends_at=now + ends
        )


def listed(runtime: Runtime, at: datetime, role: Role = Role.ADMIN) -> list[tuple[str, PassState]]:
    with runtime.database.reader() as session:
        found = expected_visitors.listing(session, runtime.estate.id, role, at)
        return [(visitor.name, visitor.state) for visitor in found]


def in_gallery(runtime: Runtime, at: datetime) -> tuple[Subject, ...]:
    with runtime.database.reader() as session:
        return enrolment.gallery(session, runtime.estate.id, people.ENGINE, at).people


def test_running_passes_come_first_and_only_who_enrols_sees_the_others(
    runtime: Runtime, now: datetime
) -> None:
    expect(runtime, now, "Gone", ends=HOUR)
    expect(runtime, now, "Soon", starts=3 * HOUR, ends=4 * HOUR)
    expect(runtime, now, "Here", ends=5 * HOUR)
    at = now + 2 * HOUR
    running = ("Here", PassState.RUNNING)
    assert listed(runtime, at) == [running, ("Soon", PassState.COMING), ("Gone", PassState.ENDED)]
    assert listed(runtime, at, Role.DUTY) == listed(runtime, at, Role.STAFF) == [running]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consent": False}, "consent"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"ends": -HOUR}, "ends_at"),
        ({"ends": 91 * DAY}, "ends_at"),
        ({"photos": []}, "photos"),
        ({"photos": [Photo("wall.jpg", None, None)]}, "photos"),
    ],
)
def test_without_consent_reason_end_or_usable_photo_nothing_is_kept(
    runtime: Runtime, now: datetime, changed: dict, field: str
) -> None:
    given = {"name": LI, "reason": "nurse", "consent": True, "ends": HOUR, "photos": [PHOTO], **changed}
    new = NewPass(given["name"], given["reason"], now, now + given["ends"], given["consent"], people.ANNA)
    with pytest.raises(InvalidInput, match=field), runtime.database.writer() as session:
        expected_visitors.create(session, runtime.estate.id, new, given["photos"], people.ENGINE, now)
    assert listed(runtime, now) == []


def test_templates_are_in_the_gallery_only_while_the_pass_holds(runtime: Runtime, now: datetime) -> None:
    visitor_id = expect(runtime, now, starts=HOUR, ends=2 * HOUR)
    moments = (now, now + HOUR, now + 2 * HOUR)
    assert [in_gallery(runtime, at) for at in moments] == [(), (Subject.expected(visitor_id),), ()]


def test_the_next_change_of_the_gallery_is_known(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.enrol(session, runtime.estate.id, people.ADA, now)
    expect(runtime, now, starts=HOUR, ends=2 * HOUR)
    consent_ends = now + 365 * DAY
    expected = [(0, HOUR), (1, 2 * HOUR), (2, consent_ends - now)]
    with runtime.database.reader() as session:
        for hours, change in expected:
            at = now + hours * HOUR
            assert enrolment.gallery_changes_at(session, runtime.estate.id, at) == now + change
        assert enrolment.gallery_changes_at(session, runtime.estate.id, consent_ends) is None


def test_a_running_pass_ends_at_once_with_its_templates(runtime: Runtime, now: datetime) -> None:
    visitor_id = expect(runtime, now)
    with runtime.database.writer() as session:
        before = estate.get(session, runtime.estate.id).gallery_version
        expected_visitors.end(session, runtime.estate.id, visitor_id, now)
        session.flush()
        assert estate.get(session, runtime.estate.id).gallery_version > before
        assert session.scalars(select(VisitorTemplateRow)).all() == []
    assert listed(runtime, now) == [(LI, PassState.ENDED)]
    with pytest.raises(Conflict), runtime.database.writer() as session:
        expected_visitors.end(session, runtime.estate.id, visitor_id, now)


def test_a_pass_that_never_began_goes_as_a_whole(runtime: Runtime, now: datetime) -> None:
    visitor_id = expect(runtime, now, starts=HOUR, ends=2 * HOUR)
    with runtime.database.writer() as session:
        expected_visitors.end(session, runtime.estate.id, visitor_id, now)
    with runtime.database.reader() as session:
        assert session.scalars(select(ExpectedVisitorRow)).all() == []
        assert session.scalars(select(VisitorTemplateRow)).all() == []
    with pytest.raises(NotFound), runtime.database.writer() as session:
        expected_visitors.end(session, runtime.estate.id, visitor_id, now)


def test_templates_go_with_the_pass_and_the_name_with_the_term_of_visits(
    runtime: Runtime, now: datetime
) -> None:
    visitor_id, policy = expect(runtime, now), runtime.visit_policy
    seen = Seen("gate-1", now, now, {})
    with runtime.database.writer() as session:
        visits.record_expected(session, runtime.estate.id, visitor_id, seen, policy, now)

    def keep_house(at: datetime) -> tuple[int, int, list[int | None]]:
        with runtime.database.writer() as session:
            housekeeping.purge(session, runtime.estate.id, runtime.terms, at)
        with runtime.database.reader() as session:
            rows = (
                session.scalars(select(table)).all() for table in (VisitorTemplateRow, ExpectedVisitorRow)
            )
            templates, passes = (len(found) for found in rows)
            return templates, passes, list(session.scalars(select(VisitRow.visitor_id)))

    assert keep_house(now) == (1, 1, [visitor_id])
    assert keep_house(now + HOUR) == (0, 1, [visitor_id])
    assert keep_house(now + HOUR + 7 * DAY) == (0, 0, [])


def test_nobody_is_greeted_whose_pass_does_not_hold(runtime: Runtime, now: datetime) -> None:
    visitor_id = expect(runtime, now, starts=HOUR, ends=2 * HOUR)
    with runtime.database.writer() as session:
        for at in (now, now + 2 * HOUR):
            seen = Seen("gate-1", at, at, {})
            kept = visits.record_expected(
                session, runtime.estate.id, visitor_id, seen, runtime.visit_policy, at
            )
            assert kept is None
        assert session.scalars(select(VisitRow)).all() == []


def test_who_is_there_now_is_known_by_name(runtime: Runtime, now: datetime) -> None:
    visitor_id, policy = expect(runtime, now, ends=DAY), runtime.visit_policy
    with runtime.database.writer() as session:
        people.stranger(session, runtime.estate.id, now, alarm=False)
        visits.record_expected(
            session, runtime.estate.id, visitor_id, Seen("gate-1", now, now, {}), policy, now
        )
        for at, there in ((now + policy.gap, [LI]), (now + 2 * policy.gap, [])):
            found = visits.expected_running(session, runtime.estate.id, policy.gap, at)
            assert [visit.visitor_name for visit in found] == there


def test_whoever_comes_back_after_the_gap_is_greeted_again(runtime: Runtime, now: datetime) -> None:
    visitor_id, policy = expect(runtime, now, ends=DAY), runtime.visit_policy
    with runtime.database.writer() as session:
        ids = [
            visits.record_expected(
                session, runtime.estate.id, visitor_id, Seen("gate-1", at, at, {}), policy, at
            )
            for at in (now, now + policy.gap, now + 3 * policy.gap)
        ]
    assert ids[0] == ids[1] != ids[2]
