"""Everybody who is watched is accounted for: on the page at any moment, and every morning."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import people
import pytest
import watching
from sqlalchemy import func, select
from watching import DAY, HOUR, SECOND

from models import DigestRow, OutboxRow, PresenceRow, TemplateRow
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.agreement import Cause
from monitor.core.presence import PresenceState
from monitor.services import alerts, digests, endings, housekeeping, messages, presence, standing
from monitor.services.absences import NewAbsence
from monitor.services.digests import Digest
from monitor.services.enrolled_well import Poorly
from monitor.services.standing import Standing

EIGHT = time(8)


def stand(
    runtime: Runtime, at: datetime, role: Role = Role.STAFF, person: str = people.SAM
) -> list[Standing]:
    with runtime.database.reader() as session:
        return standing.everybody(session, runtime.estate.id, role, person, people.ENGINE, at)


@pytest.fixture
def everybody(runtime: Runtime, now: datetime) -> dict[str, int]:
    """One resident in every state, two hours after `now`."""
    at = now - 48 * HOUR
    with runtime.database.writer() as session:
        estate = runtime.estate.id
        watching.live(session, estate, at, "gate-1", "lift-1")
        ids = {name: people.enrol(session, estate, name, at) for name in ("Seen", "Unseen", "Away", "New")}
        ids["Blind"] = people.enrol(session, estate, "Blind", at)
        ids["Gone"] = people.enrol(session, estate, "Gone", at)
        for name in ("Seen", "Away", "Blind", "Gone"):
            people.seen(session, estate, ids[name], now, camera="lift-1")
        people.seen(session, estate, ids["Unseen"], now - 30 * HOUR, camera="lift-1")
        watching.usual_ways(session, estate, ids["Blind"], "gate-1")
        watching.usual_ways(session, estate, ids["Seen"], "lift-1")
        trip = NewAbsence(now, now + 3 * DAY, "herself", "her son")
        presence.leave(session, estate, ids["Away"], trip, 30 * DAY, people.SAM, now)
        watching.last_picture(session, estate, now + HOUR, "gate-1")
        endings.withdraw(session, estate, ids["Gone"], people.SAM, now + HOUR, by_resident=True)
    watching.tick(runtime, now + 2 * HOUR)
    return ids


def test_every_watched_resident_stands_somewhere_and_the_page_says_why(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    found = {one.name: one for one in stand(runtime, now + 2 * HOUR)}
    assert {name: one.state for name, one in found.items()} == {
        "Unseen": PresenceState.UNSEEN,
        "Blind": PresenceState.BLIND,
        "New": PresenceState.NOT_STARTED,
        "Seen": PresenceState.SEEN,
        "Away": PresenceState.PAUSED,
    }
    assert found["Unseen"].unseen_for == 32 * HOUR and found["Unseen"].alert_id is not None
    assert (found["Blind"].blind_ways, found["Blind"].blind_for) == (("Gate",), HOUR)
    assert found["Away"].waits_until == now + 3 * DAY
    assert (found["Seen"].last_seen_at, found["Seen"].last_seen_place) == (now, "Lift")


def test_whom_to_think_of_first_comes_first(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    names = [one.name for one in stand(runtime, now + 2 * HOUR)]
    assert names == ["Unseen", "Blind", "New", "Seen", "Away"]


def test_the_quick_count_says_the_same(runtime: Runtime, everybody: dict[str, int], now: datetime) -> None:
    with runtime.database.reader() as session:
        count = standing.count(session, runtime.estate.id, now + 2 * HOUR)
    assert count.watched == 5 and not count.everybody and count.accounted_for == 2
    assert {state: n for state, n in count.parts.items() if n} == {
        PresenceState.SEEN: 1,
        PresenceState.UNSEEN: 1,
        PresenceState.PAUSED: 1,
        PresenceState.BLIND: 1,
        PresenceState.NOT_STARTED: 1,
    }


def test_the_duty_officer_sees_where_only_of_whose_alert_he_has_taken(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    def unseen() -> Standing:
        found = stand(runtime, now + 2 * HOUR, Role.DUTY, people.OLGA)
        assert all(one.last_seen_at is None for one in found if one.name != "Unseen")
        return next(one for one in found if one.name == "Unseen")

    assert unseen().last_seen_at is None and unseen().taken_by is None
    with runtime.database.writer() as session:
        alerts.acknowledge(session, runtime.estate.id, unseen().alert_id or 0, people.OLGA, now + 2 * HOUR)
    assert (unseen().last_seen_place, unseen().taken_by) == ("Lift", people.OLGA)


def test_the_page_is_true_when_the_watch_does_not_run(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
    late = now + 24 * HOUR + standing.NOT_LOOKED_AT_FOR
    (one,) = stand(runtime, late)
    assert one.state is PresenceState.UNSEEN  # though nothing has written it
    with runtime.database.reader() as session:
        assert not standing.watch_is_behind(session, runtime.estate.id, late)
        assert standing.watch_is_behind(session, runtime.estate.id, late + SECOND)
    watching.tick(runtime, late)
    with runtime.database.reader() as session:
        assert not standing.watch_is_behind(session, runtime.estate.id, late + SECOND)


def test_whose_step_waits_for_the_morning_is_due_until_then(runtime: Runtime, now: datetime) -> None:
    from monitor.core.agreement import Agreement

    zone = ZoneInfo("Asia/Shanghai")
    midnight = datetime.combine(now.astimezone(zone).date() + DAY, time(0), zone)
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, midnight - DAY, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, midnight - 2 * DAY, agreed=Agreement())
        people.seen(session, runtime.estate.id, ada, midnight - DAY)
    assert watching.tick(runtime, midnight) == []
    (one,) = stand(runtime, midnight)
    assert (one.state, one.waits_until) == (PresenceState.LATE, midnight + 7 * HOUR)
    assert watching.tick(runtime, midnight + 7 * HOUR - SECOND) == []
    (alert,) = watching.tick(runtime, midnight + 7 * HOUR)
    assert alert.cause is Cause.UNSEEN


# Recognised less and less


def passes(runtime: Runtime, resident_id: int, at: datetime, *days_ago: float, score: float = 0.7) -> None:
    from monitor.services import sightings
    from monitor.services.seen import Seen

    with runtime.database.writer() as session:
        for ago in days_ago:
            end = at - ago * DAY
            why = {**people.WHY, "score": score, "resident_at": 0.5}
            seen = Seen("gate-1", end - 5 * SECOND, end, why)
            sightings.record(session, runtime.estate.id, resident_id, seen, 30, end)


def poorly(runtime: Runtime, at: datetime) -> set[Poorly]:
    return set(stand(runtime, at)[0].poorly)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now - 40 * DAY, "gate-1", "lift-1")
        return people.enrol(session, runtime.estate.id, people.ADA, now - 40 * DAY)


def test_who_is_recognised_less_than_before_is_found(runtime: Runtime, ada: int, now: datetime) -> None:
    passes(runtime, ada, now, *(8 + n for n in range(20)), *(0.1 + n for n in range(7)))
    assert Poorly.FADES not in poorly(runtime, now)
    assert Poorly.FADES in poorly(runtime, now + 7 * DAY - HOUR)


def test_nobody_fades_while_they_are_away_or_the_cameras_dark(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    passes(runtime, ada, now - 8 * DAY, *(0.1 + n for n in range(20)))
    assert Poorly.FADES in poorly(runtime, now)
    trip = NewAbsence(now - 8 * DAY, now + DAY, "herself", "her son")
    with runtime.database.writer() as session:
        presence.leave(session, runtime.estate.id, ada, trip, 30 * DAY, people.SAM, now - 8 * DAY)
    assert Poorly.FADES not in poorly(runtime, now)


def test_who_only_just_counts_is_found(runtime: Runtime, ada: int, now: datetime) -> None:
    passes(runtime, ada, now, 1, 2, 3, score=0.6)
    assert Poorly.ONLY_JUST not in poorly(runtime, now)
    passes(runtime, ada, now, 1.5, 2.5, 3.5, score=0.52)
    assert Poorly.ONLY_JUST in poorly(runtime, now)


def test_who_has_one_photo_or_none_that_the_engine_knows_is_found(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    assert poorly(runtime, now) == {Poorly.ONE_PHOTO}
    with runtime.database.writer() as session:
        session.delete(session.scalars(select(TemplateRow)).one())
    assert poorly(runtime, now) == {Poorly.NO_TEMPLATE}


# The morning digest


def at(runtime: Runtime, now: datetime, clock: time) -> datetime:
    zone = ZoneInfo("Asia/Shanghai")
    return datetime.combine(now.astimezone(zone).date() + DAY, clock, zone)


def make(runtime: Runtime, moment: datetime) -> int | None:
    with runtime.database.writer() as session:
        return digests.make(session, runtime.estate.id, EIGHT, ["duty"], people.ENGINE, (2, 3), moment)


def newest(runtime: Runtime) -> Digest:
    with runtime.database.reader() as session:
        return digests.listing(session, runtime.estate.id)[0]


def test_the_digest_counts_everybody_once_and_names_nobody(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    assert make(runtime, now + 2 * HOUR) is not None
    digest = newest(runtime)
    assert digest.count.watched == 5 and digest.count.parts[PresenceState.UNSEEN] == 1
    assert digest.residents[PresenceState.BLIND] == (everybody["Blind"],)
    assert (digest.cameras_live, digest.cameras_in_use) == (2, 3)
    assert set(digest.poorly) == {everybody[name] for name in ("Seen", "Unseen", "Away", "New", "Blind")}
    with runtime.database.reader() as session:
        facts = str(session.scalars(select(DigestRow.facts)).one())
    assert not any(name in facts for name in everybody)


def test_a_digest_is_made_once_a_day_at_its_hour(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    morning = at(runtime, now, EIGHT)
    make(runtime, morning - DAY)

    def due(moment: datetime) -> bool:
        with runtime.database.reader() as session:
            return digests.is_due(session, runtime.estate.id, EIGHT, moment)

    assert not due(morning - SECOND)
    assert due(morning)
    assert make(runtime, morning + 2 * HOUR) is not None  # the service came late to it
    assert not due(morning + 3 * HOUR) and make(runtime, morning + 3 * HOUR) is None
    assert newest(runtime).day == morning.date()


def test_the_digest_is_owed_to_the_channels_and_says_it_in_words(
    runtime: Runtime, everybody: dict[str, int], now: datetime
) -> None:
    make(runtime, now + 2 * HOUR)
    with runtime.database.reader() as session:
        owed = session.scalars(select(OutboxRow).where(OutboxRow.digest_id.is_not(None))).one()
        message = messages.compose(session, owed, "http://desk")
    assert "2 of 5 accounted for" in message.body and "未见 unseen 1" in message.body
    assert message.link == "http://desk/accounted"


def test_when_all_are_accounted_for_that_is_said(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        for n in range(8):
            id = people.enrol(session, runtime.estate.id, f"Resident {n}", now)
            people.seen(session, runtime.estate.id, id, now)
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
    make(runtime, now + HOUR)
    assert "all 8 accounted for" in messages.summary(newest(runtime).count)
    with runtime.database.writer() as session:
        session.execute(PresenceRow.__table__.delete())  # type: ignore[attr-defined]
    make(runtime, now + DAY + HOUR)
    assert "nobody is watched" in messages.summary(newest(runtime).count)


def test_digests_and_absences_have_a_term(runtime: Runtime, everybody: dict[str, int], now: datetime) -> None:
    make(runtime, now)
    later = now + runtime.terms.events + DAY
    with runtime.database.writer() as session:
        purged = housekeeping.purge(session, runtime.estate.id, runtime.terms, later)
        assert (purged.digests, purged.absences) == (1, 1)
        assert (
            session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.digest_id.is_not(None))
            )
            == 0
        )


def test_whose_consent_ends_soon_is_told(runtime: Runtime, ada: int, now: datetime) -> None:
    end = now - 40 * DAY + timedelta(days=365)
    assert not stand(runtime, end - standing.CONSENT_ENDS_SOON - SECOND)[0].consent_ends_soon
    assert stand(runtime, end - standing.CONSENT_ENDS_SOON)[0].consent_ends_soon
