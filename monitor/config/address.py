"""Addresses of camera streams. They hold passwords, so everything but `reveal()` shows them masked."""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

HIDDEN = "***"
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
# A film that stands in for a camera: a whole path on this machine.
_FILM = re.compile(r"file:///[^?#%]*\.(mp4|mkv|mov|avi)", re.I)

_WORD = re.compile(r"\S+")
# Values named like a secret, in a query or (as cheap cameras do) in the path; hidden up to the next `&`.
SECRET_VALUE = re.compile(
    r"((?:pass|passwd|password|pwd|psw|secret|token|auth|key|sig|signature)=)[^&\s]*", re.I
)
# RFC 3986 knows none of these raw. `#` is left out too: a stream has no fragment, but passwords have `#`.
NEVER_RAW = re.compile(r'[\\"<>^`{|}#]|%(?![0-9A-Fa-f]{2})')
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
ENCODE = "in user name and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"


def redact(text: str) -> str:
    """Hide user, password and secret values of every address in a free text: rather too much than too little.

    Everything up to the last `@` of the word goes, because an unencoded password may hold `/`, `:` or `@` itself.
    """
    return _WORD.sub(lambda word: _mask(word[0]), text)


def _mask(word: str) -> str:
    scheme, mark, rest = word.partition("://")
    if not mark:
        return word
    if "@" in rest:
        rest = f"{HIDDEN}@{rest.rpartition('@')[2]}"
    return scheme + mark + SECRET_VALUE.sub(rf"\1{HIDDEN}", rest)


class StreamAddress:
    """Where a stream comes from, checked once. `str()`, `repr()` and serialisation never show the password.

    rtsp and rtsps; http and https for MJPEG; file for a film that stands in for a camera, which has no host.
    """

    __slots__ = ("_full", "_masked", "host", "port")

    _full: str
    _masked: str
    host: str
    port: int

    def __init__(self, text: str) -> None:
        """Raises ValueError with a text that quotes nothing of the address."""
        parts = _split(text)
        film = parts.scheme == "file"
        object.__setattr__(self, "_full", text)
        object.__setattr__(self, "_masked", redact(text))
        object.__setattr__(self, "host", "" if film else host_of(parts))
        object.__setattr__(self, "port", 0 if film else _port(parts))

    def reveal(self) -> str:
        """The full address, for the one place that opens the stream."""
        return self._full

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a StreamAddress does not change")

    def __str__(self) -> str:
        return self._masked

    def __repr__(self) -> str:
        return f"StreamAddress({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StreamAddress) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __reduce__(self) -> tuple[type["StreamAddress"], tuple[str]]:
        """Pickled in full: worker processes need the password."""
        return StreamAddress, (self.reveal(),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def _validate(cls, value: object) -> "StreamAddress":
        if isinstance(value, StreamAddress):
            return value
        if not isinstance(value, str):
            raise ValueError("must be a text such as rtsp://10.0.0.5:554/stream")
        return cls(value)


def _split(text: str) -> SplitResult:
    """The parts of an address in which nothing can be misread; texts never quote it."""
    # urlsplit would silently drop tabs and line ends, so they are refused first.
    if " " in text or not text.isprintable():
        raise ValueError("the address has a space or a control character in it")
    if _FILM.fullmatch(text):
        return urlsplit(text)
    if not text.lower().startswith(tuple(f"{scheme}://" for scheme in DEFAULT_PORTS)):
        raise ValueError(
            "the address must start with rtsp://, rtsps://, http:// or https://, or be file:///film.mp4"
        )
    if NEVER_RAW.search(text):
        raise ValueError(f"the address has a character that must be percent-encoded; {ENCODE}")
    try:
        parts = urlsplit(text)
    except ValueError:
        # `from None`: the library's message quotes the address.
        raise ValueError("the address has no valid host") from None
    # An @ elsewhere is a password with a raw @, / or ? in it: the host would be read wrongly.
    if text.count("@") > parts.netloc.count("@") or parts.netloc.count("@") > 1:
        raise ValueError(f"the address has an @ that does not stand before the host; {ENCODE}")
    if parts.netloc.startswith(f"{HIDDEN}@"):
        raise ValueError(f"user name and password are hidden ({HIDDEN}); write them in full")
    return parts


def host_of(parts: SplitResult) -> str:
    """Raises ValueError with a text that quotes nothing of the address."""
    host = parts.hostname or ""
    if not host:
        raise ValueError("the address has no host")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if not _HOST_NAME.fullmatch(host) or any(len(label) > 63 for label in host.split(".")):
            raise ValueError("the address has no valid host") from None
    return host


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("the port must be a number from 1 to 65535")
    return port or DEFAULT_PORTS[parts.scheme]
