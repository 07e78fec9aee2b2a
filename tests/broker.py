"""A real MQTT broker for the length of a test, and somebody who publishes to it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from programs import required
from rtsp import free_port

TOPIC = "shouwang/evidence"
USER, PASSWORD = "ada", "p@/kanarienvogel:%#"
_CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
user root
persistence true
persistence_location {folder}/
"""


class Broker:
    """Mosquitto on a free port of this machine; it remembers sessions over `stop` and `start`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        folder.mkdir()
        passwords = folder / "passwords"
        passwords.touch(0o600)
        subprocess.run(
            [required("mosquitto_passwd"), "-b", passwords, USER, PASSWORD], check=True, capture_output=True
        )
        configuration = _CONFIGURATION.format(port=self.port, folder=folder)
        (folder / "mosquitto.conf").write_text(configuration, encoding="utf-8")
        self._running: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return self.url_with(PASSWORD)

    def url_with(self, password: str) -> str:
        return f"mqtt://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}"

    def start(self) -> None:
        self._running = subprocess.Popen(
            [required("mosquitto"), "-c", str(self._folder / "mosquitto.conf")],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._running.stderr is not None
        for line in self._running.stderr:
            if "running" in line:
                return
        raise AssertionError("mosquitto did not start")

    def stop(self) -> None:
        """In order, so that it writes down what it keeps for whom. Twice is fine."""
        if self._running is not None:
            self._running.terminate()
            self._running.communicate(timeout=30)
            self._running = None

    def say(self, sensor: str, payload: str | bytes = b"", *, qos: int = 1, retain: bool = False) -> None:
        """Publish as a sensor would; returns when the broker has it."""
        with publisher(self.port) as client:
            client.publish(f"{TOPIC}/{sensor}", payload, qos, retain).wait_for_publish(10)


@contextmanager
def running(folder: Path) -> Iterator[Broker]:
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@contextmanager
def publisher(port: int) -> Iterator[Client]:
    client = Client(CallbackAPIVersion.VERSION2, "a-sensor", protocol=MQTTv5)
    client.username_pw_set(USER, PASSWORD)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()
