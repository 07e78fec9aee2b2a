"""Where other sensors report: the address of an MQTT broker, and the topic above the sensors' ids."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from monitor.config.address import ENCODE, NEVER_RAW, host_of

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True)
class BrokerAddress:
    """`password` is a secret; `repr()` does not show it."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @staticmethod
    def parse(text: str) -> "BrokerAddress":
        """Raises ValueError with a text that quotes nothing of the address."""
        if " " in text or not text.isprintable():
            raise ValueError("the address has a space or a control character in it")
        scheme, mark, rest = text.partition("://")
        if not mark or scheme not in _PORTS:
            raise ValueError("the address must start with mqtt:// or mqtts://")
        # What stands after the host is most likely a password with a raw / or ? in it.
        if NEVER_RAW.search(text) or rest.count("@") > 1 or "/" in rest.removesuffix("/") or "?" in rest:
            raise ValueError(f"the address must be like mqtt://user:password@host:1883; {ENCODE}")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            # `from None`: the library's message quotes the address.
            raise ValueError("the address has no valid host, or its port is not from 1 to 65535") from None
        if port == 0:
            raise ValueError("the port must be a number from 1 to 65535")
        user, password = _word(parts.username), _word(parts.password)
        if password is not None and not user:
            raise ValueError("the address has a password but no user name")
        return BrokerAddress(host_of(parts), port or _PORTS[scheme], scheme == "mqtts", user, password)


def require_topic(topic: str) -> str:
    """Raises ValueError for what cannot stand above the sensors' ids."""
    if not topic.isprintable() or any(sign in topic for sign in "+#"):
        raise ValueError("must be a plain topic such as shouwang/evidence, without + and #")
    if topic.startswith("$") or not all(topic.split("/")):
        raise ValueError("must be a plain topic such as shouwang/evidence, without $ before and empty parts")
    return topic


def _word(text: str | None) -> str | None:
    plain = unquote(text) if text is not None else None
    if plain is not None and not plain.isprintable():
        raise ValueError("user name or password has a control character in it")
    return plain
