"""User and password of a camera: typed in fields of their own, kept beside the camera file, referred to in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from monitor.config.address import HIDDEN, SECRET_VALUE, StreamAddress
from monitor.errors import CameraMistakes

STREAMS = ("main", "sub")
_PARTS = re.compile(r"([a-z]+://)(?:([^@]*)@)?(.*)", re.I | re.S)
_MOVED = "type user and password again: the address names another machine"
_HIDDEN = f"what is shown as {HIDDEN} is hidden; write it in full"


def shown(address: StreamAddress | None) -> str:
    """What a form may show: the address without user and password."""
    return "" if address is None else str(address).replace(f"{HIDDEN}@", "", 1)


def variable(slug: str, stream: str = "", number: int = 0) -> str:
    """The name of a camera's password in the camera file, or of one in the path or query of a stream."""
    name = f"SHOUWANG_{slug.upper().replace('-', '_')}_PASSWORD"
    return f"{name}_{stream.upper()}_{number}" if stream else name


def is_of(name: str, slug: str) -> bool:
    """Whether this variable is one of the camera's."""
    return re.fullmatch(rf"{variable(slug)}(_(MAIN|SUB)_\d+)?", name) is not None


@dataclass
class Rewriting:
    """From what was typed to how the addresses of one camera are written, and the passwords to keep beside them."""

    slug: str
    typed: Mapping[str, str | None]  # of main, sub, user and password those that were typed; sub None: none
    before: Mapping[str, str | None]  # how main and sub are written now, nothing for a new camera
    hosts: Mapping[str, str]  # the machines they name now
    streams: dict[str, str | None] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Raises CameraMistakes."""
        user, password = self._login()
        if password is not None and not user and (user == "" or not self._old_login("main")):
            if password:
                raise CameraMistakes([("user", "is missing")])
            user = ""
        if password:
            self.passwords[variable(self.slug)] = password
        for stream in STREAMS:
            text = self.typed[stream] if stream in self.typed else self.before.get(stream)
            if text:
                self.streams[stream] = self._address(stream, text, user, password)
            elif stream in self.typed:
                self.streams[stream] = None

    def _login(self) -> tuple[str | None, str | None]:
        """None: as it was. What was typed into the address itself counts where the fields were left alone."""
        user, password = self.typed.get("user"), self.typed.get("password")
        for stream in STREAMS:
            login = _split(self.typed.get(stream) or "")[1]
            if user is None and password is None and login:
                name, _, word = login.partition(":")
                user, password = unquote(name), unquote(word)
        return user, password

    def _address(self, stream: str, text: str, user: str | None, password: str | None) -> str:
        scheme, login, rest = _split(text)
        if stream in self.typed:
            if HIDDEN in rest:
                raise CameraMistakes([(stream, _HIDDEN)])
            login, rest = self._old_login(stream), self._without_secrets(stream, rest)
        name, _, word = login.partition(":")
        if password is None and user != "" and word and self._moved(stream):
            raise CameraMistakes([("password", _MOVED)])
        if user is not None:
            name = quote(user, safe="")
        if password is not None:
            word = f"${{{variable(self.slug)}}}" if password else ""
        login = f"{name}:{word}" if word else name
        return f"{scheme}{login}@{rest}" if name else scheme + rest

    def _old_login(self, stream: str) -> str:
        """How user and password stand there now; a sub stream that is new takes those of the main one."""
        return _split(self.before.get(stream) or self.before.get("main") or "")[1]

    def _moved(self, stream: str) -> bool:
        """A password is not sent to another machine than the one it was typed for."""
        if stream not in self.typed:
            return False
        host = StreamAddress(self.typed[stream] or "").host
        return host != self.hosts.get(stream, self.hosts.get("main", host))

    def _without_secrets(self, stream: str, rest: str) -> str:
        """Cheap cameras have the password in path or query."""
        numbers = iter(range(1, 100))

        def take(match: re.Match[str]) -> str:
            value = match[0][len(match[1]) :]
            if not value:
                return match[0]
            name = variable(self.slug, stream, next(numbers))
            self.passwords[name] = unquote(value)
            return f"{match[1]}${{{name}}}"

        return SECRET_VALUE.sub(take, rest)


def _split(text: str) -> tuple[str, str, str]:
    """Scheme, user and password as written, the rest."""
    match = _PARTS.fullmatch(text)
    return (match[1], match[2] or "", match[3]) if match else ("", "", text)
