"""The address of the sensors' broker: read once, never shown."""

import pytest

from monitor.config.broker import BrokerAddress

CANARY = "kanarienvogel"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mqtt://broker.local", BrokerAddress("broker.local", 1883, False)),
        ("mqtt://broker/", BrokerAddress("broker", 1883, False)),
        ("mqtts://ada@10.0.0.5", BrokerAddress("10.0.0.5", 8883, True, "ada")),
        ("mqtt://ada:p%40%2F%3A@[fd00::1]:1884", BrokerAddress("fd00::1", 1884, False, "ada", "p@/:")),
        ("mqtt://ada:@broker", BrokerAddress("broker", 1883, False, "ada", "")),
    ],
)
def test_an_address_has_host_port_user_and_password(text: str, address: BrokerAddress) -> None:
    assert BrokerAddress.parse(text) == address


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (f"http://ada:{CANARY}@broker", "must start with mqtt://"),
        (f"{CANARY}", "must start with mqtt://"),
        (f"mqtt://ada:{CANARY}@broker ", "space"),
        (f"mqtt://ada:{CANARY}@b@broker", "@ as %40"),
        (f"mqtt://ada:{CANARY}/@broker", "/ as %2F"),
        (f"mqtt://ada:{CANARY}?@broker", "? as %3F"),
        (f"mqtt://ada:{CANARY}#@broker", "# as %23"),
        (f"mqtt://broker/{CANARY}", "must be like"),
        (f"mqtt://ada:{CANARY}@broker:port", "port"),
        (f"mqtt://ada:{CANARY}@broker:65536", "port"),
        (f"mqtt://ada:{CANARY}@broker:0", "port"),
        (f"mqtt://ada:{CANARY}@[broker", "host"),
        (f"mqtt://ada:{CANARY}@", "no host"),
        (f"mqtt://ada:{CANARY}@-broker", "no valid host"),
        (f"mqtt://ada:{CANARY}@{'b' * 64}.local", "no valid host"),
        (f"mqtt://:{CANARY}@broker", "no user name"),
        (f"mqtt://ada:%00{CANARY}@broker", "control character"),
    ],
)
def test_a_mistake_is_told_without_quoting_anything(text: str, part: str) -> None:
    with pytest.raises(ValueError) as refused:
        BrokerAddress.parse(text)
    assert part in str(refused.value)
    assert CANARY not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    assert CANARY not in repr(BrokerAddress.parse(f"mqtt://ada:{CANARY}@broker"))
