"""The event stream over a real socket: nothing is missed, nothing comes twice, nobody hears what is not theirs."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import people
import pytest

from api import feed, follower
from api.audience import may_hear
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.services import accounts, events

V1 = "/api/v1"
Message = dict[str, str]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "POLL_S", 0.01)
    monkeypatch.setattr(follower, "RECHECK_S", 0.05)


@pytest.fixture
def as_sam(runtime: Runtime, now: datetime) -> dict[str, str]:
    return bearer(runtime, people.SAM, now)


def bearer(runtime: Runtime, name: str, now: datetime) -> dict[str, str]:
    with runtime.database.writer() as session:
        return {"Authorization": f"Bearer {people.token(session, runtime.estate.id, name, now)}"}


def write(runtime: Runtime, now: datetime, *kinds: str, estate_id: str | None = None) -> None:
    with runtime.database.writer() as session:
        for number, kind in enumerate(kinds):
            events.append(session, estate_id or runtime.estate.id, kind, now, number=number)


def newest(runtime: Runtime) -> int:
    with runtime.database.reader() as session:
        return events.newest_id(session, runtime.estate.id)


def messages(answer: httpx.Response) -> Iterator[Message]:
    """The messages of a stream as they come."""
    message: Message = {}
    for line in answer.iter_lines():
        if line:
            key, _, value = line.partition(": ")
            message[key] = value
        elif message:
            if "id" in message:
                yield message
            message = {}


def take(answer: httpx.Response, number: int) -> list[Message]:
    found = messages(answer)
    return [next(found) for _ in range(number)]


def follow(address: str, headers: dict[str, str], last_id: int | None = None) -> Any:
    more = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    return httpx.stream("GET", f"{address}{V1}/events", headers={**headers, **more}, timeout=10)


def test_everything_after_the_last_id_is_replayed_in_order(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    write(runtime, now, *["alert.opened"] * 1203)  # three pages
    first = newest(runtime) - 1202
    with follow(address, as_sam, first) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        ids = [int(m["id"]) for m in take(answer, 1202)]
    assert ids == list(range(first + 1, first + 1203))


def test_a_message_has_id_kind_and_facts(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    write(runtime, now, "camera.state")
    with follow(address, as_sam, 0) as answer:
        (message,) = take(answer, 1)
    assert message["event"] == "camera.state"
    assert json.loads(message["data"]) == {"at": now.isoformat(), "number": 0}


def test_between_replay_and_live_nothing_is_missed_and_nothing_comes_twice(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    write(runtime, now, *["alert.opened"] * 700)
    with follow(address, as_sam, 0) as answer:
        stream = messages(answer)
        ids = [int(next(stream)["id"])]
        for _ in range(20):  # while the replay runs and after it
            write(runtime, now, *["alert.risen"] * 10)
            ids += [int(next(stream)["id"]) for _ in range(30)]
        last = newest(runtime)
        while ids[-1] < last:
            ids.append(int(next(stream)["id"]))
    assert ids == list(range(1, last + 1))


def test_without_a_last_id_the_stream_starts_now(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    write(runtime, now, "alert.opened")
    before = newest(runtime)
    with follow(address, as_sam) as answer:
        stream = messages(answer)
        write(runtime, now, "alert.risen")
        assert int(next(stream)["id"]) == before + 1


def test_an_id_from_the_future_does_not_hide_what_comes(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    with follow(address, as_sam, 10**9) as answer:
        write(runtime, now, "alert.opened")
        assert take(answer, 1)[0]["event"] == "alert.opened"


def test_the_last_id_may_stand_in_the_address(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    write(runtime, now, "alert.opened", "alert.risen")
    url = f"{address}{V1}/events?last_event_id={newest(runtime) - 1}"
    with httpx.stream("GET", url, headers=as_sam, timeout=10) as answer:
        assert take(answer, 1)[0]["event"] == "alert.risen"


def test_duty_hears_of_alerts_but_not_of_sightings(address: str, runtime: Runtime, now: datetime) -> None:
    as_olga = bearer(runtime, people.OLGA, now)
    write(
        runtime,
        now,
        "sighting.started",
        "alert.opened",
        "face.unclear",
        "sighting.started",
        "visit.started",
    )
    with follow(address, as_olga, 0) as answer:
        stream = messages(answer)
        assert [next(stream)["event"] for _ in range(2)] == ["alert.opened", "visit.started"]
        write(runtime, now, "sighting.started", "camera.state")  # live as well
        assert next(stream)["event"] == "camera.state"


def test_nothing_of_another_estate_is_heard(
    address: str, runtime: Runtime, as_sam: dict[str, str], elsewhere: Any, now: datetime
) -> None:
    write(runtime, now, "alert.opened", estate_id="elsewhere")
    write(runtime, now, "camera.state")
    with follow(address, as_sam, 0) as answer:
        stream = messages(answer)
        assert next(stream)["event"] == "camera.state"
        write(runtime, now, "alert.opened", estate_id="elsewhere")
        write(runtime, now, "visit.started")
        assert next(stream)["event"] == "visit.started"


def test_the_stream_ends_when_the_token_is_revoked(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime
) -> None:
    with follow(address, as_sam) as answer:
        with runtime.database.writer() as session:
            accounts.revoke_token(session, runtime.estate.id, people.SAM, now)
        assert list(messages(answer)) == []


def test_the_stream_ends_when_somebody_signs_out(address: str, runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.account(session, runtime.estate.id, people.OLGA, Role.DUTY, now)
    with httpx.Client(base_url=address) as browser:
        browser.post("/sign-in", data={"name": people.OLGA, "password": people.PASSWORD})
        with browser.stream("GET", f"{V1}/events") as answer:
            browser.post("/sign-out")
            assert list(messages(answer)) == []


def test_a_follower_that_fell_behind_is_ended_and_loses_nothing(
    address: str, runtime: Runtime, as_sam: dict[str, str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []
    end = feed.Subscription.end
    monkeypatch.setattr(feed, "FALLS_BEHIND_AT", 5)
    monkeypatch.setattr(feed.Subscription, "end", lambda self: (ended.append(1), end(self)))
    ids: list[int] = []
    written = 0
    while not ended or len(ids) < written:  # a burst may still be replayed: then once more
        with follow(address, as_sam, ids[-1] if ids else 0) as answer:
            stream = messages(answer)
            for burst in (0,) if ended else (1, 50):
                write(runtime, now, *["alert.opened"] * burst)
                written += burst
                ids += [int(m["id"]) for m in itertools.islice(stream, written - len(ids))]
    assert ids == list(range(1, written + 1))


def test_every_kind_that_is_written_reaches_somebody() -> None:
    written = set()
    for path in Path(events.__file__).parents[1].rglob("*.py"):
        written |= set(
            re.findall(
                r"events\.append(?:_all)?\(\s*[^,]+,\s*[^,]+,\s*\"([a-z_.]+)\"", path.read_text("utf-8")
            )
        )
    assert {"alert.opened", "sighting.started", "camera.state", "presence.changed"} <= written
    assert all(may_hear(Role.ADMIN, kind) for kind in written)
    assert not may_hear(Role.ADMIN, "something.else")
