"""A connection to an MQTT broker that comes back by itself.

MQTT 5, because only it says of every message whether its sender asked the broker to retain it: a bridge or a reconnect brings
such messages again, long after the door was opened.
"""

from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from monitor.config.broker import BrokerAddress
from monitor.sensors.inbox import Inbox, Incoming

KEEPALIVE_S = 30
CONNECT_WITHIN_S = 3.0
FIRST_RETRY_S, LONGEST_RETRY_S = 1, 60
KEPT_S = 7 * 24 * 3600  # how long the broker keeps messages while we are away
AT_ONCE = 20
LONGEST_PACKET_BYTES = 65_536


class MqttBroker:
    """Messages under one topic, kept by the broker until `done`. Used from one thread; `name` is ours at the broker."""

    def __init__(self, address: BrokerAddress, topic: str, name: str) -> None:
        self.place = f"{address.host}:{address.port}"
        self.reads = False  # connected, and allowed to read the topic
        self.trouble = "nobody answers there" + (" whose certificate we trust" if address.tls else "")
        self._address, self._topic, self._nobody = address, topic, self.trouble
        self._inbox = Inbox()
        client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5, manual_ack=True)
        client.username_pw_set(address.user, address.password)
        if address.tls:
            client.tls_set()
        client.connect_timeout = CONNECT_WITHIN_S
        client.reconnect_delay_set(FIRST_RETRY_S, LONGEST_RETRY_S)
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_subscribe = self._on_disconnect, self._on_subscribe
        client.on_message = self._on_message
        self._client = client

    def start(self) -> None:
        """Connect, now or as soon as the broker is there; touches no network by itself."""
        asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # the package types most
        asked.SessionExpiryInterval = KEPT_S
        asked.ReceiveMaximum = AT_ONCE
        asked.MaximumPacketSize = LONGEST_PACKET_BYTES
        host, port = self._address.host, self._address.port
        self._client.connect_async(host, port, KEEPALIVE_S, clean_start=False, properties=asked)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def first(self, wait_s: float) -> Incoming | None:
        """The oldest message that is not done."""
        self._client.loop_start()  # does nothing while its thread lives
        return self._inbox.first(wait_s)

    def done(self, incoming: Incoming) -> None:
        """It is kept, or never will be: the broker may forget it."""
        number = self._inbox.take_off(incoming)
        if number is not None:
            # When this does not reach the broker, the message comes again.
            self._client.ack(number, 1)

    def take_lost(self) -> int:
        """Messages that nobody keeps and that we had no room for, since the last time."""
        return self._inbox.take_lost()

    def _on_connect(
        self, client: Client, _: Any, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.trouble = f"it refuses us: {reason}"
            return
        self._inbox.connected(continued=flags.session_present)
        wanted = SubscribeOptions(
            qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        client.subscribe(f"{self._topic}/+", options=wanted)

    def _on_subscribe(
        self, _client: Client, _: Any, _number: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self.reads = not any(reason.is_failure for reason in reasons)
        if not self.reads:
            self.trouble = f"it does not let us read {self._topic}/+: {reasons[0]}"

    def _on_connect_fail(self, _client: Client, _: Any) -> None:
        self.trouble = self._nobody

    def _on_disconnect(
        self,
        _client: Client,
        _: Any,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self.reads:
            by_broker = flags.is_disconnect_packet_from_server
            self.trouble = f"it closed the connection: {reason}" if by_broker else "the connection broke"
        self.reads = False
        self._inbox.disconnected()

    def _on_message(self, _client: Client, _: Any, message: MQTTMessage) -> None:
        try:
            sensor = message.topic.rpartition("/")[2]
        except UnicodeDecodeError:
            sensor = ""  # no sensor's id; it is refused like any other that does not exist
        self._inbox.put(
            sensor,
            bytes(message.payload),
            message.mid if message.qos else 0,
            retained=message.retain,
            again=message.dup,
        )
