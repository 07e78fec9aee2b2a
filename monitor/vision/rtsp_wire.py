"""What comes over the connection of an RTSP session (RFC 2326, 10.12): packets of channels, and texts between them."""

import re
import socket
from dataclasses import dataclass

from monitor.errors import CameraSilent

_RECEIVE_BYTES = 1 << 18
_MOST_TEXT = 1 << 16  # of a text's head
_MOST_NONSENSE = 1000  # times in a row that bytes came which mean nothing
_PACKET = 0x24  # "$", a channel, two bytes of length
_HEAD_BYTES = 4
_LIKELY_CHANNEL = 31  # some cameras send on channels that nobody asked for; beyond this it is nonsense
# An answer or a request; or what may become one.
_TEXT = re.compile(rb"RTSP/[0-9]|[A-Z_]{3,20} (?:rtsps?:|\*)|[A-Z_]{3,20}(?:/| [rtsp]{0,5})?\Z")
_ENOUGH_BYTES = 32  # to tell
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,6})", re.I)


@dataclass(frozen=True)
class Answer:
    status: int  # 0 for a request of the camera's own
    headers: dict[str, list[str]]  # names in small letters
    body: bytes

    def one(self, name: str) -> str:
        return self.headers.get(name, [""])[0]


class Wire:
    """Receives, and cuts apart what has come."""

    def __init__(self) -> None:
        self._buffer = bytearray(_RECEIVE_BYTES)
        self._view = memoryview(self._buffer)
        self._at = self._filled = 0
        self._nonsense = 0
        self.torn = False  # something was left out before the item that `next` gave last
        self.channel = 0  # where packets are found again after nonsense

    def receive(self, connection: socket.socket) -> None:
        """Raises CameraSilent when the camera hung up, and OSError."""
        rest = self._filled - self._at
        self._view[:rest] = self._view[self._at : self._filled]
        self._at, self._filled = 0, rest
        received = connection.recv_into(self._view[rest:])
        if not received:
            raise CameraSilent()
        self._filled += received

    def next(self) -> tuple[int, memoryview] | Answer | None:
        """A packet with its channel, valid until more is received; or a text. None when more must come.

        Raises CameraSilent when nonsense goes on and on.
        """
        self.torn = False
        view = self._view
        while self._filled - self._at >= _HEAD_BYTES:
            at, left = self._at, self._filled - self._at
            if view[at] == _PACKET and view[at + 1] <= max(_LIKELY_CHANNEL, self.channel + 1):
                length = _HEAD_BYTES + (view[at + 2] << 8 | view[at + 3])
                if left < length:
                    return None
                self._at = at + length
                self._nonsense = 0
                return view[at + 1], view[at + _HEAD_BYTES : at + length]
            if view[at] in b"\r\n":  # some end their texts with a line too many
                self._at += 1
            elif _TEXT.match(view[at : min(at + _ENOUGH_BYTES, self._filled)]):
                length = self._text_length()
                if not length:
                    return None
                self._at = at + length
                return _parsed(bytes(view[at : at + length]))
            else:
                self._skip()
        return None

    def _text_length(self) -> int:
        """Of the text that begins here; 0 when more of it must come. Raises CameraSilent when it has no end."""
        data = self._buffer
        end = data.find(b"\r\n\r\n", self._at, self._filled)
        if (self._filled if end < 0 else end) - self._at > _MOST_TEXT:
            raise CameraSilent()
        if end < 0:
            return 0
        found = _LENGTH.search(data, self._at, end)
        length = end + 4 - self._at + (int(found[1]) if found else 0)
        if length > _RECEIVE_BYTES:
            raise CameraSilent()
        return length if self._filled - self._at >= length else 0

    def _skip(self) -> None:
        """To where RTP packets go on."""
        self.torn = True
        self._nonsense += 1
        if self._nonsense > _MOST_NONSENSE:
            raise CameraSilent()
        again = re.compile(rb"\$" + re.escape(bytes((self.channel,))) + rb"..[\x80-\xbf]", re.DOTALL)
        found = again.search(self._buffer, self._at + 1, self._filled)
        self._at = found.start() if found else max(self._at + 1, self._filled - _HEAD_BYTES)


def _parsed(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"RTSP/\S+ +([0-9]{3})\b", first)
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return Answer(int(status[1]) if status else 0, headers, body)
