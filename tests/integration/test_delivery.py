"""What an alert owes is sent until the channel has it, and never marked as done before."""

import threading
from datetime import datetime, timedelta

import people
import pytest
from fakes import FakeChannel
from sqlalchemy import select

from models import OutboxRow
from monitor.bootstrap import Runtime
from monitor.core.breaker import FAILURES, PAUSE_S
from monitor.errors import NotifyError
from monitor.services import alerts, outbox
from monitor.services import tick as ticks
from monitor.workers.sender import Sender


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def steady_s(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel("wecom")


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def sender(runtime: Runtime, channel: FakeChannel, clock: Clock, now: datetime) -> Sender:
    """A sender with one wellness alert of Ada waiting."""
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - timedelta(days=2), flat="3-2-501")
        people.seen(session, runtime.estate.id, ada, now - timedelta(hours=25))
        ticks.tick(session, runtime.estate.id, ["desk", "wecom"], now)
    return Sender(runtime.database, channel, "http://desk", clock, clock.steady_s)


def every(runtime: Runtime, channel: str) -> list[OutboxRow]:
    with runtime.database.reader() as session:
        return list(session.scalars(select(OutboxRow).where(OutboxRow.channel == channel)))


def rows(runtime: Runtime) -> dict[str, OutboxRow]:
    with runtime.database.reader() as session:
        return {row.channel: row for row in session.scalars(select(OutboxRow))}


def test_a_message_carries_the_least_and_a_link(sender: Sender, channel: FakeChannel) -> None:
    assert sender.send_one()
    (message,) = channel.sent
    assert "Ada" in message.body
    assert "3 号楼" in message.body
    assert "501" not in message.body
    assert message.link.startswith("http://desk/alerts/")


def test_done_is_the_channels_receipt(runtime: Runtime, sender: Sender) -> None:
    assert rows(runtime)["wecom"].sent_at is None
    sender.send_one()
    assert rows(runtime)["wecom"].receipt == "receipt-1"
    assert not sender.send_one()


def test_a_channel_that_is_down_gets_the_same_message_later(
    runtime: Runtime, sender: Sender, channel: FakeChannel, clock: Clock
) -> None:
    channel.broken = NotifyError(channel="wecom", reason="down")
    for _ in range(20):
        clock.now += timedelta(seconds=61)
        assert sender.send_one()
    assert rows(runtime)["wecom"].attempts == 20
    channel.broken = None
    clock.now += timedelta(seconds=60)
    assert sender.send_one()
    assert [message.key for message in channel.sent] == [rows(runtime)["wecom"].key]


def test_another_sender_waits_until_the_lease_is_over(runtime: Runtime, sender: Sender, clock: Clock) -> None:
    with runtime.database.writer() as session:
        first = outbox.claim(session, ["wecom"], "", clock.now)
        assert first is not None
        assert outbox.claim(session, ["wecom"], "", clock.now) is None
    clock.now += outbox.LEASE + timedelta(seconds=1)
    with runtime.database.writer() as session:
        second = outbox.claim(session, ["wecom"], "", clock.now)
        assert second is not None
        assert second.message.key == first.message.key
        assert not outbox.record_sent(session, first, "late", clock.now)
        assert outbox.record_sent(session, second, "in time", clock.now)


def test_the_desks_receipt_is_that_somebody_had_it_on_the_screen(
    runtime: Runtime, sender: Sender, now: datetime
) -> None:
    with runtime.database.writer() as session:
        assert outbox.desk_owes(session, runtime.estate.id)
        shown = [alert.id for alert in alerts.listing(session, runtime.estate.id)]
        outbox.shown_on_desk(session, runtime.estate.id, shown, now)
        assert not outbox.desk_owes(session, runtime.estate.id)
    assert rows(runtime)["desk"].receipt == "shown"


def test_a_slow_channel_keeps_nobody_waiting_but_itself(
    runtime: Runtime, sender: Sender, now: datetime
) -> None:
    release, arrived = threading.Event(), threading.Event()

    class Slow(FakeChannel):
        def send(self, message: object) -> str:
            arrived.set()
            release.wait(10)
            return "at last"

    with runtime.database.writer() as session:
        people.stranger(session, runtime.estate.id, now)
        for name in ("slow", "wecom"):
            session.add(
                OutboxRow(
                    estate_id=runtime.estate.id,
                    alert_id=1,
                    channel=name,
                    key=name,
                    created_at=now,
                    next_try_at=now,
                )
            )
    thread = threading.Thread(target=Sender(runtime.database, Slow("slow"), "", Clock(now)).send_one)
    thread.start()
    assert arrived.wait(10)
    while sender.send_one():
        pass
    assert rows(runtime)["slow"].sent_at is None
    release.set()
    thread.join(10)
    assert rows(runtime)["slow"].receipt == "at last"


def test_a_channel_that_is_down_is_given_a_rest_and_gets_everything_as_soon_as_it_is_back(
    runtime: Runtime, sender: Sender, channel: FakeChannel, clock: Clock
) -> None:
    with runtime.database.writer() as session:
        for number in range(3):
            ben = people.enrol(session, runtime.estate.id, f"Ben {number}", clock.now - timedelta(days=2))
            people.seen(session, runtime.estate.id, ben, clock.now - timedelta(hours=25))
        ticks.tick(session, runtime.estate.id, ["desk", "wecom"], clock.now)
    channel.broken = NotifyError(channel="wecom", reason="down")
    tries = 0
    for _ in range(30 * 60):
        clock.now += timedelta(seconds=1)
        tries += sender.send_one()
    assert 30 < tries <= 30 * 60 / PAUSE_S + 2 * FAILURES
    channel.broken, back_at = None, clock.now
    while sum(row.sent_at is not None for row in every(runtime, "wecom")) < 4:
        clock.now += timedelta(seconds=1)
        sender.send_one()
    assert clock.now - back_at <= timedelta(seconds=60)


def test_a_message_that_is_refused_for_good_gives_the_channel_no_rest(
    sender: Sender, channel: FakeChannel, clock: Clock
) -> None:
    channel.broken = NotifyError(channel="wecom", reason="unknown recipient", permanent=True)
    for _ in range(FAILURES + 1):
        assert sender.send_one()
        clock.now += timedelta(hours=1)
