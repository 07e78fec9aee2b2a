"""What other sensors report through a real MQTT broker: taken once, at its own time, and never from long ago."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import broker as brokers
import people
import pytest
from broker import TOPIC, Broker
from paho.mqtt.client import Client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import EventRow, EvidenceRow
from monitor.bootstrap import Runtime, watch
from monitor.clock import utc_now
from monitor.config.broker import BrokerAddress
from monitor.core import sensor_report
from monitor.core.evidence import EvidenceSource
from monitor.core.sighting import Direction
from monitor.heartbeat import Heartbeat
from monitor.sensors import inbox
from monitor.sensors.inbox import Incoming
from monitor.sensors.mqtt import MqttBroker
from monitor.services import sensor_broker, sensors
from monitor.services.sensor_broker import SAID_LATE, News, SensorBroker
from monitor.services.sensors import NewSensor
from monitor.store.database import Database
from monitor.workers import broker_news, sensor_listener
from monitor.workers.scheduler import Housekeeping
from monitor.workers.sensor_listener import SensorListener

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with brokers.running(tmp_path_factory.mktemp("mqtt") / "broker") as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensor_listener, "BEAT_S", 0.05)
    monkeypatch.setattr(sensor_listener, "LONGEST_RETRY_S", 0.1)
    monkeypatch.setattr(broker_news, "STEADY_AFTER_S", 0.05)
    monkeypatch.setattr(broker_news, "AWAY_AFTER_S", 0.3)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, with a door contact and a call button."""
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - HOUR)
        for slug, kind in (("door", EvidenceSource.DOOR_CONTACT), ("button", EvidenceSource.CALL_BUTTON)):
            sensors.add(session, runtime.estate.id, NewSensor(slug, kind, ada), people.ANNA, now)
    return ada


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Ours at the broker: another one for every test, so that none finds messages of one before it."""
    return f"shouwang-{abs(hash(request.node.name))}"


class Away(Database):
    """A database that is away until it is told to be back."""

    def __init__(self, real: Database) -> None:
        self._real, self.back, self.asked = real, Event(), Event()

    @contextmanager
    def writer(self) -> Iterator[Session]:
        if not self.back.is_set():
            self.asked.set()
            raise OperationalError("", {}, Exception("the database is locked"))
        with self._real.writer() as session:
            yield session


class Forgetful(MqttBroker):
    """Its acknowledgements get lost."""

    def done(self, incoming: Incoming) -> None:
        self._inbox.take_off(incoming)


@contextmanager
def listening(
    runtime: Runtime,
    url: str,
    name: str,
    *,
    database: Database | None = None,
    kind: type[MqttBroker] = MqttBroker,
) -> Iterator[MqttBroker]:
    broker = kind(BrokerAddress.parse(url), TOPIC, name)
    listener = SensorListener(runtime.estate.id, database or runtime.database, broker, utc_now)
    stop = Event()
    thread = listener.start(stop)
    try:
        yield broker
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def until(question: Callable[[], bool], what: str) -> None:
    pause = Event()
    for _ in range(1000):
        if question():
            return
        pause.wait(0.01)
    raise AssertionError(f"waited in vain for {what}")


def rows(runtime: Runtime) -> list[EvidenceRow]:
    with runtime.database.reader() as session:
        return list(session.scalars(select(EvidenceRow).order_by(EvidenceRow.id)))


def until_taken(runtime: Runtime, number: int = 1) -> list[EvidenceRow]:
    until(lambda: len(rows(runtime)) >= number, f"{number} pieces of evidence")
    return rows(runtime)


def status(runtime: Runtime) -> SensorBroker | None:
    with runtime.database.reader() as session:
        return sensor_broker.get(session, runtime.estate.id, utc_now())


def until_connected(runtime: Runtime, connected: bool = True) -> None:
    def asked() -> bool:
        found = status(runtime)
        return found is not None and found.connected is connected

    until(asked, f"a broker that is connected: {connected}")


def until_refused(runtime: Runtime, number: int = 1) -> None:
    def asked() -> bool:
        found = status(runtime)
        return found is not None and found.refused >= number

    until(asked, f"{number} refused messages")


def refused(runtime: Runtime) -> list[tuple[str, str]]:
    """Sensor and reason of every event."""
    with runtime.database.reader() as session:
        found = session.scalars(
            select(EventRow).where(EventRow.kind == "sensor.refused").order_by(EventRow.id)
        )
        return [(row.facts["sensor"], row.facts["reason"]) for row in found]


def test_a_report_is_evidence_of_the_sensors_kind_and_weight(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime
) -> None:
    at = (now - HOUR).isoformat()
    with listening(runtime, server.url, name):
        until_connected(runtime)
        server.say("door", f'{{"at": "{at}", "key": "118", "direction": "out", "note": "hall"}}')
        (row,) = until_taken(runtime)
    assert (row.resident_id, row.source, row.weight) == (ada, EvidenceSource.DOOR_CONTACT, 0.7)
    assert (row.at, row.direction, row.note) == (now - HOUR, Direction.OUT, "hall")
    assert (row.key, row.by) == ("door/118", "mqtt")


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_an_empty_message_counts_when_it_arrives(
    runtime: Runtime, server: Broker, name: str, ada: int, qos: int
) -> None:
    with listening(runtime, server.url, name):
        until_connected(runtime)
        before = utc_now()
        server.say("button", qos=qos)
        (row,) = until_taken(runtime)
    assert before <= row.at <= utc_now()


def test_what_was_published_while_nobody_listened_counts_at_its_own_time(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime
) -> None:
    with listening(runtime, server.url, name):
        until_connected(runtime)
    server.say("door", f'{{"at": "{(now - HOUR).isoformat()}"}}')
    with listening(runtime, server.url, name):
        (row,) = until_taken(runtime)
    assert row.at == now - HOUR


def test_what_waited_at_the_broker_without_a_time_is_no_evidence(
    runtime: Runtime, server: Broker, name: str, ada: int
) -> None:
    with listening(runtime, server.url, name):
        until_connected(runtime)
    server.say("door")
    server.say("button", '{"key": "118"}')
    with listening(runtime, server.url, name):
        until_refused(runtime, 2)
    assert rows(runtime) == []
    assert refused(runtime) == [("door", "no_time"), ("button", "no_time")]


def test_a_report_without_a_time_counts_again_when_the_broker_has_caught_up(
    runtime: Runtime, server: Broker, name: str, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensor_report, "QUIET_S", 0.0)
    with listening(runtime, server.url, name):
        until_connected(runtime)
    with listening(runtime, server.url, name):
        until_connected(runtime)
        server.say("door")
        until_taken(runtime)


def test_a_retained_message_is_never_evidence(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime
) -> None:
    """Neither when its sender publishes it nor when a broker brings it again; not even with a time."""
    payload = f'{{"at": "{now.isoformat()}"}}'
    server.say("door", payload, retain=True)
    try:
        with listening(runtime, server.url, name):
            until_connected(runtime)
            server.say("door", payload, retain=True)
            server.say("button", payload)
            (row,) = until_taken(runtime)
            until_refused(runtime)
        assert row.source is EvidenceSource.CALL_BUTTON
        assert refused(runtime) == [("door", "retained")]
    finally:
        server.say("door", retain=True)  # an empty one clears it


def test_a_message_that_is_delivered_twice_is_taken_once(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime
) -> None:
    with listening(runtime, server.url, name, kind=Forgetful):
        until_connected(runtime)
        server.say("door", f'{{"at": "{now.isoformat()}"}}')
        server.say("door", f'{{"at": "{now.isoformat()}", "key": "118"}}')
        server.say("button")
        until_taken(runtime, 3)
    with listening(runtime, server.url, name):
        until_refused(runtime)
        server.say("button", f'{{"at": "{now.isoformat()}"}}')
        until_taken(runtime, 4)
    assert len(rows(runtime)) == 4
    assert refused(runtime) == [("button", "no_time")]


def test_the_keys_of_two_sensors_do_not_meet(runtime: Runtime, server: Broker, name: str, ada: int) -> None:
    with listening(runtime, server.url, name):
        until_connected(runtime)
        server.say("door", '{"key": "118"}')
        server.say("button", '{"key": "118"}')
        found = until_taken(runtime, 2)
    assert {row.source for row in found} == {EvidenceSource.DOOR_CONTACT, EvidenceSource.CALL_BUTTON}


def test_a_broker_that_comes_back_is_connected_again_and_nothing_is_lost(
    runtime: Runtime, tmp_path: Path, name: str, ada: int, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor.workers.broker_news")
    with brokers.running(tmp_path / "broker") as server, listening(runtime, server.url, name):
        until_connected(runtime)
        server.stop()
        until_connected(runtime, False)
        server.start()
        server.say("door", f'{{"at": "{now.isoformat()}"}}')
        until_taken(runtime)
        until_connected(runtime)
    told = [record.getMessage().split(" is ")[1].partition(":")[0] for record in caplog.records]
    assert told == ["connected", "away", "connected"]
    with runtime.database.reader() as session:
        events = session.scalars(
            select(EventRow).where(EventRow.kind == "sensor.broker").order_by(EventRow.id)
        )
        assert [row.facts["connected"] for row in events] == [True, False, True]


def test_while_the_database_is_away_the_broker_keeps_the_report(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime
) -> None:
    away = Away(runtime.database)
    with listening(runtime, server.url, name, database=away) as broker:
        until(lambda: broker.reads, "the connection")
        server.say("door", f'{{"at": "{now.isoformat()}"}}')
        assert away.asked.wait(10)
    with listening(runtime, server.url, name):
        (row,) = until_taken(runtime)
    assert row.at == now


def test_a_report_that_waited_for_the_database_counts_when_it_arrived(
    runtime: Runtime,
    server: Broker,
    name: str,
    ada: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "QUIET_S", 0.0)
    away = Away(runtime.database)
    with listening(runtime, server.url, name, database=away) as broker:
        until(lambda: broker.reads, "the connection")
        server.say("door")
        assert away.asked.wait(10)
        came_back = utc_now()
        away.back.set()
        (row,) = until_taken(runtime)
        until_connected(runtime)
        server.say("button")
        until_refused(runtime)
    assert row.at < came_back
    assert refused(runtime) == [("button", "no_time")]  # the broker may have held it back meanwhile
    waited = [r.getMessage() for r in caplog.records if "waits at the broker" in r.getMessage()]
    assert len(waited) == 1


def test_what_can_never_be_taken_is_counted_and_each_kind_told_once(
    runtime: Runtime, server: Broker, name: str, ada: int, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now - HOUR)
        people.withdraw(session, ben, now - HOUR)
        sensors.add(
            session, runtime.estate.id, NewSensor("card", EvidenceSource.GATE_CARD, ben), people.ANNA, now
        )
    with listening(runtime, server.url, name):
        until_connected(runtime)
        for _ in range(2):
            server.say("window")
            server.say("Ada's door")
            server.say("door", "Ada is at home")
            server.say("door", f'{{"at": "{(now + HOUR).isoformat()}"}}')
            server.say("card")
        until_refused(runtime, 10)
    expected = [
        ("window", "unknown_sensor"),
        ("", "unknown_sensor"),
        ("door", "not_understood"),
        ("door", "future"),
        ("card", "not_watched"),
    ]
    assert refused(runtime) == expected
    told = [record.getMessage() for record in caplog.records if "was not taken" in record.getMessage()]
    assert len(told) == len(expected)
    assert not any(secret in line for line in told for secret in ("Ada", "Ben"))
    assert rows(runtime) == []


def test_a_sensor_that_was_taken_and_fails_again_is_told_again(
    runtime: Runtime, server: Broker, name: str, ada: int
) -> None:
    with listening(runtime, server.url, name):
        until_connected(runtime)
        server.say("door", "?")
        until_refused(runtime)
        server.say("door")
        until_taken(runtime)
        server.say("door", "?")
        until_refused(runtime, 2)
    assert refused(runtime) == [("door", "not_understood")] * 2


def test_the_watch_listens_as_long_as_it_runs_where_a_broker_is_configured(
    runtime: Runtime, server: Broker, ada: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Housekeeping, "purge", lambda _: None)  # nobody waits for its end
    configured = {"mqtt_url": SecretStr(server.url)}
    without, runtime.settings = runtime.settings, runtime.settings.model_copy(update=configured)
    stop = Event()
    running = Thread(target=watch(runtime).run, args=(stop, Heartbeat()))
    running.start()
    until_connected(runtime)
    server.say("door", f'{{"at": "{now.isoformat()}"}}')
    until_taken(runtime)
    stop.set()
    running.join(10)
    assert not running.is_alive()
    runtime.settings = without
    watch(runtime)
    assert status(runtime) is None


def test_a_watch_that_says_nothing_any_more_is_not_believed(runtime: Runtime, now: datetime) -> None:
    def at(moment: datetime) -> SensorBroker | None:
        with runtime.database.reader() as session:
            return sensor_broker.get(session, runtime.estate.id, moment)

    with runtime.database.writer() as session:
        sensor_broker.tell(session, runtime.estate.id, News(True), now - HOUR)
        sensor_broker.tell(session, runtime.estate.id, News(True), now)
    assert at(now + SAID_LATE) == SensorBroker(True, now - HOUR, 0, None)
    assert at(now + 2 * SAID_LATE) == SensorBroker(False, now, 0, None)


def test_a_broker_that_refuses_us_is_told_without_the_password(
    runtime: Runtime, server: Broker, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(runtime, server.url_with("a wrong kanarienvogel"), name):
        until_connected(runtime, False)
    assert "is away: it refuses us: Not authorized" in caplog.text
    assert "kanarienvogel" not in caplog.text


def test_a_broker_that_does_not_let_us_read_is_away(
    runtime: Runtime, server: Broker, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Mosquitto never says so, others do."""

    class Deaf(MqttBroker):
        def _on_subscribe(self, client: Client, data: Any, number: int, *_: Any) -> None:
            refused = ReasonCode(PacketTypes.SUBACK, "Not authorized")
            super()._on_subscribe(client, data, number, [refused], None)

    with listening(runtime, server.url, name, kind=Deaf):
        until_connected(runtime, False)
    assert "does not let us read shouwang/evidence/+: Not authorized" in caplog.text
