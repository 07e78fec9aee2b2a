"""Puts the pictures of a stream together again from RTP (RFC 3550): H.264 (RFC 6184) and H.265 (RFC 7798).

FFmpeg can do this too, but reads every packet of 1,400 bytes with six calls to the system and asks Python's lock at
each: for 54 cameras that is a third of a core, and ten times what this costs (docs/measurements.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

_START = b"\x00\x00\x00\x01"
_MOST_BYTES = 8 * 1024 * 1024  # of one picture; more is nonsense
_WRAP, _HALF = 1 << 32, 1 << 31


@dataclass(frozen=True)
class Picture:
    """One coded picture in Annex B form."""

    data: bytes
    key: bool
    timestamp: int  # of the RTP clock, counted on past its 32 bits
    incomplete: bool  # something of it was lost


class Pictures:
    """Takes the RTP packets of one stream in the order of their arrival and gives whole pictures."""

    def __init__(self, add: Callable[["Pictures", memoryview], None], payload_type: int) -> None:
        self._add, self._payload_type = add, payload_type
        self._data = bytearray()
        self.key = False
        self._incomplete = False
        self._timestamp: int | None = None
        self._sequence: int | None = None

    def take(self, packet: memoryview) -> Picture | None:
        """One RTP packet; returns the picture that it completes. What is no RTP of this stream is left out."""
        if len(packet) < 12 or packet[0] >> 6 != 2 or packet[1] & 0x7F != self._payload_type:
            return None
        sequence = packet[2] << 8 | packet[3]
        begin = 12 + 4 * (packet[0] & 0x0F)
        if packet[0] & 0x10 and len(packet) >= begin + 4:  # an extension
            begin += 4 + 4 * (packet[begin + 2] << 8 | packet[begin + 3])
        end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
        timestamp = self._counted_on(int.from_bytes(packet[4:8]))
        # A camera that leaves out the mark of the last packet is told by the next one's time.
        before = self._finish() if self._timestamp is not None and timestamp != self._timestamp else None
        if self._sequence is not None and sequence != (self._sequence + 1) & 0xFFFF:
            self._incomplete = True
        self._sequence, self._timestamp = sequence, timestamp
        if begin < end:
            self._add(self, packet[begin:end])
        if len(self._data) > _MOST_BYTES:
            self._data, self._incomplete = bytearray(), True
        if packet[1] & 0x80 and before is None:
            return self._finish()
        return before

    def unit(self, header: bytes, rest: memoryview | bytes, *, key: bool) -> None:
        """A unit of the picture begins."""
        self._data += _START
        self._data += header
        self._data += rest
        self.key |= key

    def go_on(self, rest: memoryview) -> None:
        """More of the unit that has begun."""
        self._data += rest

    def lose(self) -> None:
        """Something here cannot be read."""
        self._incomplete = True

    def _finish(self) -> Picture | None:
        data, key, incomplete, timestamp = self._data, self.key, self._incomplete, self._timestamp
        self._data, self.key, self._incomplete = bytearray(), False, False
        if not data or timestamp is None:
            self._incomplete = incomplete
            return None
        return Picture(bytes(data), key, timestamp, incomplete)

    def _counted_on(self, timestamp: int) -> int:
        if self._timestamp is None:
            return timestamp
        return self._timestamp + ((timestamp - self._timestamp + _HALF) % _WRAP) - _HALF


_H264_KEY, _H264_STAP_A, _H264_FU_A = 5, 24, 28
_H265_KEYS, _H265_AP, _H265_FU = range(16, 22), 48, 49


def add_h264(picture: Pictures, payload: memoryview) -> None:
    kind = payload[0] & 0x1F
    if kind == _H264_FU_A and len(payload) > 2:
        if payload[1] & 0x80:
            header = bytes(((payload[0] & 0xE0) | (payload[1] & 0x1F),))
            picture.unit(header, payload[2:], key=payload[1] & 0x1F == _H264_KEY)
        else:
            picture.go_on(payload[2:])
    elif kind == _H264_STAP_A:
        _add_several(picture, payload[1:], lambda unit: unit[0] & 0x1F == _H264_KEY)
    elif 0 < kind < _H264_STAP_A:
        picture.unit(b"", payload, key=kind == _H264_KEY)
    else:
        picture.lose()


def add_h265(picture: Pictures, payload: memoryview) -> None:
    kind = payload[0] >> 1 & 0x3F
    if kind == _H265_FU and len(payload) > 3:
        if payload[2] & 0x80:
            inner = payload[2] & 0x3F
            header = bytes(((payload[0] & 0x81) | inner << 1, payload[1]))
            picture.unit(header, payload[3:], key=inner in _H265_KEYS)
        else:
            picture.go_on(payload[3:])
    elif kind == _H265_AP:
        _add_several(picture, payload[2:], lambda unit: unit[0] >> 1 & 0x3F in _H265_KEYS)
    elif kind < _H265_AP and len(payload) > 2:
        picture.unit(b"", payload, key=kind in _H265_KEYS)
    else:
        picture.lose()


def _add_several(picture: Pictures, rest: memoryview, is_key: Callable[[memoryview], bool]) -> None:
    """Units that share a packet, each after its length."""
    while len(rest) > 2:
        length = rest[0] << 8 | rest[1]
        unit, rest = rest[2 : 2 + length], rest[2 + length :]
        if not length or len(unit) < length:
            picture.lose()
            return
        picture.unit(b"", unit, key=is_key(unit))
