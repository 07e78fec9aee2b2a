"""Messages stay until they are done, are acknowledged where they came from, and say whether they may be old."""

import pytest

from monitor.core.sensor_report import QUIET_S
from monitor.sensors import inbox as inboxes
from monitor.sensors.inbox import MOST_UNACKNOWLEDGED, Inbox, Incoming


class Clock:
    s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(inboxes, "monotonic_s", clock)
    return clock


@pytest.fixture
def inbox(clock: Clock) -> Inbox:
    """Connected to a broker that did not know us."""
    inbox = Inbox()
    inbox.connected(continued=False)
    return inbox


def put(inbox: Inbox, number: int, *, again: bool = False, retained: bool = False) -> None:
    inbox.put("door", b"", number, retained=retained, again=again)


def oldest(inbox: Inbox) -> Incoming:
    found = inbox.first(0)
    assert found is not None
    return found


def test_the_oldest_stays_until_it_is_taken_off(inbox: Inbox) -> None:
    put(inbox, 1)
    put(inbox, 2)
    assert oldest(inbox) is oldest(inbox)
    assert inbox.take_off(oldest(inbox)) == 1
    assert inbox.take_off(oldest(inbox)) == 2
    assert inbox.first(0) is None


def test_a_message_that_no_broker_keeps_is_not_acknowledged(inbox: Inbox) -> None:
    put(inbox, 0)
    assert inbox.take_off(oldest(inbox)) is None


def test_an_older_connections_numbers_are_not_acknowledged(inbox: Inbox) -> None:
    """The broker may have given the number to another message."""
    put(inbox, 1)
    put(inbox, 2)
    inbox.disconnected()
    assert inbox.take_off(oldest(inbox)) is None
    inbox.connected(continued=False)
    assert inbox.take_off(oldest(inbox)) is None


def test_a_message_that_comes_again_while_it_waits_is_one_and_keeps_its_arrival(
    inbox: Inbox, clock: Clock
) -> None:
    put(inbox, 7)
    inbox.disconnected()
    inbox.connected(continued=True)
    clock.s += 1
    put(inbox, 7, again=True)
    waiting = oldest(inbox)
    assert waiting.fresh and waiting.arrived_s == 100.0
    assert inbox.take_off(waiting) == 7
    assert inbox.first(0) is None


def test_a_message_that_is_sent_again_or_was_retained_is_not_fresh(inbox: Inbox) -> None:
    put(inbox, 1, again=True)
    put(inbox, 2, retained=True)
    put(inbox, 3)
    found = []
    while (waiting := inbox.first(0)) is not None:
        found.append(waiting.fresh)
        inbox.take_off(waiting)
    assert found == [False, False, True]


def test_nothing_is_fresh_after_a_reconnect_until_it_is_quiet(inbox: Inbox, clock: Clock) -> None:
    inbox.connected(continued=True)
    put(inbox, 1)
    clock.s += QUIET_S
    put(inbox, 2)
    first = oldest(inbox)
    inbox.take_off(first)
    assert (first.fresh, oldest(inbox).fresh) == (False, True)


def test_nothing_is_fresh_after_messages_had_to_wait_for_us(inbox: Inbox, clock: Clock) -> None:
    """A broker sends a few and holds the others back until the first is acknowledged."""
    put(inbox, 1)
    clock.s += 3600
    inbox.take_off(oldest(inbox))
    put(inbox, 2)
    assert not oldest(inbox).fresh


def test_what_nobody_keeps_is_held_up_to_a_limit_and_the_rest_is_counted(inbox: Inbox) -> None:
    for _ in range(MOST_UNACKNOWLEDGED + 3):
        put(inbox, 0)
    put(inbox, 1)
    assert (inbox.take_lost(), inbox.take_lost()) == (3, 0)
    for _ in range(MOST_UNACKNOWLEDGED):
        inbox.take_off(oldest(inbox))
    assert inbox.take_off(oldest(inbox)) == 1
