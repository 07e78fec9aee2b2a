"""An alert climbs from those on duty to the next until somebody takes it; whoever is told is told by a second channel too."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import select
from watching import DAY, HOUR, SECOND

from models import OutboxRow
from monitor.bootstrap import Runtime
from monitor.core.alert import Outcome
from monitor.core.roster import Language, Link
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import alerts, chain, messages, outbox, roster, wellness
from monitor.services.roster import NewReceiver, NewShift
from monitor.services.wellness import Found

MINUTE = timedelta(minutes=1)
CHANNELS = ("desk", "olga", "olga-sms", "sam", "lea", "station")


class Site:
    """Ada in building 3 is overdue at `now`; who is on duty is up to the test."""

    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self.runtime, self.estate, self.now = runtime, runtime.estate.id, now
        self.channels = CHANNELS
        with runtime.database.writer() as session:
            watching.live(session, self.estate, now - 2 * DAY, "gate-1", "lift-1")
            self.ada = people.enrol(session, self.estate, people.ADA, now - 2 * DAY, flat="3-2-501")
            people.seen(session, self.estate, self.ada, now - 24 * HOUR - SECOND, camera="lift-1")

    def receive(self, name: str, link: Link, *channels: str, buildings: tuple[str, ...] = ()) -> int:
        new = NewReceiver(name, link, channels, frozenset(buildings), Language.ENGLISH)
        with self.runtime.database.writer() as session:
            return roster.enter_receiver(session, self.estate, new, CHANNELS, self.now)

    def on_duty(self, name: str, link: Link, *channels: str, buildings: tuple[str, ...] = ()) -> int:
        id = self.receive(name, link, *channels, buildings=buildings)
        with self.runtime.database.writer() as session:
            shift = NewShift(id, self.now - HOUR, self.now + 11 * HOUR)
            roster.enter_shift(session, self.estate, shift, people.ANNA, self.now)
        return id

    def everybody(self) -> None:
        self.on_duty("Olga", Link.DUTY, "olga", "olga-sms")
        self.on_duty("Sam", Link.STAFF, "sam", buildings=("3",))
        self.on_duty("Lea", Link.LEAD, "lea")
        self.receive("Station", Link.FALLBACK, "station")

    def tick(self, at: datetime) -> None:
        with self.runtime.database.writer() as session:
            alerts.lapse(session, self.estate, self.channels, at)
            chain.escalate(session, self.estate, self.channels, at)
        with self.runtime.database.writer() as session:
            watching.ticks.tick(session, self.estate, self.channels, at)

    def told(self, since: datetime) -> list[str]:
        """The channels that owe something since then."""
        with self.runtime.database.reader() as session:
            rows = session.scalars(
                select(OutboxRow).where(OutboxRow.created_at >= since).order_by(OutboxRow.id)
            )
            return sorted(row.channel for row in rows)

    def alert(self) -> alerts.Alert:
        with self.runtime.database.reader() as session:
            (found,) = alerts.listing(session, self.estate)
            return found


@pytest.fixture
def site(runtime: Runtime, now: datetime) -> Site:
    return Site(runtime, now)


def test_an_alert_climbs_link_by_link_until_it_is_taken(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    assert site.told(now) == ["desk", "olga", "olga-sms"]
    for minutes, told in ((15, ["desk", "sam"]), (30, ["desk", "lea"]), (60, ["desk", "station"])):
        at = now + minutes * MINUTE
        site.tick(at - SECOND)
        assert site.told(at - SECOND) == []
        site.tick(at)
        assert site.told(at) == told
        site.tick(at)
        assert site.told(at) == told  # once
    site.tick(now + 120 * MINUTE)
    assert site.told(now + 120 * MINUTE) == ["desk", "lea", "station"]


def test_whoever_takes_it_stops_the_chain(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    with site.runtime.database.writer() as session:
        alerts.acknowledge(session, site.estate, site.alert().id, people.OLGA, now + MINUTE)
    site.tick(now + 16 * MINUTE)
    assert site.told(now + MINUTE) == []


def test_taken_and_left_the_chain_begins_anew(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    site.tick(now + 15 * MINUTE)
    with site.runtime.database.writer() as session:
        alerts.acknowledge(session, site.estate, site.alert().id, people.OLGA, now + 16 * MINUTE)
    lapses = now + 16 * MINUTE + alerts.LAPSES_AFTER
    site.tick(lapses)
    assert site.told(lapses) == ["desk", "olga", "olga-sms"]
    site.tick(lapses + 15 * MINUTE)
    assert site.told(lapses + 15 * MINUTE) == ["desk", "sam"]


def test_what_is_closed_climbs_no_more(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    with site.runtime.database.writer() as session:
        (check,) = wellness.listing(session, site.estate, open_only=True, limit=9)
        found = Found(Outcome.WELL_AT_HOME)
        wellness.record(session, site.estate, check.id, found, people.SAM, now + MINUTE)
    site.tick(now + 20 * MINUTE)
    assert site.told(now + MINUTE) == []


def test_with_nobody_on_duty_the_fallback_is_told_at_once(site: Site, now: datetime) -> None:
    site.receive("Olga", Link.DUTY, "olga")
    site.receive("Station", Link.FALLBACK, "station")
    site.tick(now)
    assert site.told(now) == ["desk", "station"]


@pytest.mark.parametrize("entered", [False, True])
def test_with_no_fallback_either_it_goes_everywhere(site: Site, now: datetime, entered: bool) -> None:
    if entered:
        site.receive("Olga", Link.DUTY, "olga")
    site.tick(now)
    assert site.told(now) == sorted(CHANNELS)


def test_a_visit_for_which_there_is_neither_staff_nor_fallback_goes_everywhere(
    site: Site, now: datetime
) -> None:
    site.on_duty("Olga", Link.DUTY, "olga")
    site.tick(now)
    assert site.told(now) == ["desk", "olga"]
    at = now + 24 * HOUR + MINUTE
    with site.runtime.database.writer() as session:
        olga = roster.get(session, site.estate, at).receivers[0].id
        roster.enter_shift(session, site.estate, NewShift(olga, at - HOUR, at + HOUR), people.ANNA, at)
    site.tick(at)
    assert site.told(at) == sorted([*CHANNELS, *CHANNELS])  # the visit, and the chain that came to its end


def test_who_has_only_a_channel_that_is_not_set_up_any_more_is_as_good_as_absent(
    site: Site, now: datetime
) -> None:
    site.everybody()
    site.channels = tuple(channel for channel in CHANNELS if not channel.startswith("olga"))
    site.tick(now)
    assert site.told(now) == ["desk", "station"]


def test_staff_of_other_buildings_are_left_in_peace(site: Site, now: datetime) -> None:
    site.on_duty("Olga", Link.DUTY, "olga")
    site.on_duty("Sam", Link.STAFF, "sam", buildings=("4",))
    site.on_duty("Lea", Link.LEAD, "lea")
    site.tick(now)
    site.tick(now + 15 * MINUTE)
    assert site.told(now + 15 * MINUTE) == ["desk", "lea"]


def test_a_higher_step_tells_everybody_up_to_its_link(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    with site.runtime.database.writer() as session:
        alerts.acknowledge(session, site.estate, site.alert().id, people.OLGA, now + MINUTE)
    site.tick(now + 12 * HOUR - 61 * MINUTE)
    at = now + 12 * HOUR - SECOND  # 36 h: the visit; the shifts have ended an hour ago
    site.tick(at)
    assert "station" in site.told(at)


def test_an_alert_keeps_the_policy_that_it_began_with(
    site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.everybody()
    site.tick(now)
    monkeypatch.setattr("monitor.services.chain.POLICIES", {})
    site.tick(now + 15 * MINUTE)
    assert site.told(now + 15 * MINUTE) == ["desk", "sam"]


def claim(site: Site, channel: str, at: datetime) -> outbox.Delivery | None:
    with site.runtime.database.writer() as session:
        return outbox.claim(session, [channel], "http://desk", at)


def test_the_second_channel_is_tried_after_a_minute(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    assert claim(site, "olga-sms", now + 60 * SECOND - SECOND) is None
    assert claim(site, "olga-sms", now + 60 * SECOND) is not None


def test_what_the_first_channel_took_needs_no_second(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    first = claim(site, "olga", now)
    assert first is not None
    with site.runtime.database.writer() as session:
        assert outbox.record_sent(session, first, "receipt", now + SECOND)
        owed = outbox.unsent(session, site.estate)
    assert claim(site, "olga-sms", now + HOUR) is None
    assert "olga-sms" not in owed


def test_the_first_channel_still_owes_what_the_second_took(site: Site, now: datetime) -> None:
    site.everybody()
    site.tick(now)
    second = claim(site, "olga-sms", now + MINUTE)
    assert second is not None
    with site.runtime.database.writer() as session:
        assert outbox.record_sent(session, second, "receipt", now + MINUTE)
    assert claim(site, "olga", now + MINUTE) is not None


def test_everybody_is_told_in_their_language(site: Site, now: datetime) -> None:
    site.on_duty("Olga", Link.DUTY, "olga")
    site.tick(now)
    with site.runtime.database.reader() as session:
        rows = {row.channel: row for row in session.scalars(select(OutboxRow))}
        to_olga, to_all = (messages.compose(session, rows[name], "http://desk") for name in ("olga", "desk"))
    assert (to_olga.title, to_all.title) == ("Not seen", "平安关怀: 未见 / Not seen")
    assert "please phone" in to_olga.body and "请" not in to_olga.body


def test_the_roster_shows_who_is_there_and_the_gaps_of_a_week(site: Site, now: datetime) -> None:
    site.everybody()
    with site.runtime.database.reader() as session:
        found = roster.get(session, site.estate, now)
    assert [each.name for each in found.on_duty] == ["Lea", "Olga", "Sam", "Station"]
    assert {(gap.link, gap.starts_at, gap.ends_at) for gap in found.gaps} == {
        (link, now + 11 * HOUR, now + 7 * DAY) for link in (Link.DUTY, Link.STAFF, Link.LEAD)
    }
    assert not found.without_fallback


def test_an_estate_without_receivers_has_no_gaps_to_speak_of(site: Site, now: datetime) -> None:
    with site.runtime.database.reader() as session:
        assert roster.get(session, site.estate, now) == roster.Roster((), (), (), ())


def test_a_shift_hands_over_a_note(site: Site, now: datetime) -> None:
    site.on_duty("Olga", Link.DUTY, "olga")
    with site.runtime.database.writer() as session:
        (shift,) = roster.get(session, site.estate, now).shifts
        roster.hand_over(session, site.estate, shift.id, " lift 3 is out of order ", people.OLGA, now)
        (noted,) = roster.get(session, site.estate, now).shifts
    assert (noted.note, noted.noted_by) == ("lift 3 is out of order", people.OLGA)


def test_what_cannot_be_entered_says_why(site: Site, now: datetime) -> None:
    olga = site.on_duty("Olga", Link.DUTY, "olga")
    station = site.receive("Station", Link.FALLBACK, "station")
    with site.runtime.database.writer() as session:
        for new, error in (
            (NewReceiver("Olga", Link.DUTY, ("olga",)), Conflict),
            (NewReceiver(" ", Link.DUTY, ("olga",)), InvalidInput),
            (NewReceiver("Max", Link.DUTY, ()), InvalidInput),
            (NewReceiver("Max", Link.DUTY, ("pager",)), InvalidInput),
        ):
            with pytest.raises(error):
                roster.enter_receiver(session, site.estate, new, CHANNELS, now)
        for shift, wrong in (
            (NewShift(olga, now, now + HOUR), Conflict),
            (NewShift(olga, now - 2 * DAY, now - DAY), InvalidInput),
            (NewShift(station, now, now + HOUR), InvalidInput),
            (NewShift(99, now, now + HOUR), NotFound),
        ):
            with pytest.raises(wrong):
                roster.enter_shift(session, site.estate, shift, people.ANNA, now)


def test_who_is_removed_is_told_no_more_but_still_gets_what_was_owed(site: Site, now: datetime) -> None:
    olga = site.on_duty("Olga", Link.DUTY, "olga")
    site.tick(now)
    with site.runtime.database.writer() as session:
        roster.remove_receiver(session, site.estate, olga, now)
    assert claim(site, "olga", now) is not None
    with site.runtime.database.reader() as session:
        assert roster.get(session, site.estate, now).shifts == ()
