"""Puts the pictures of a stream together again from RTP (RFC 3550): H.264 (RFC 6184) and H.265 (RFC 7798).

FFmpeg can do this too, but reads every packet of 1,400 bytes with six calls to the system and asks Python's lock at
each: for 54 cameras that is a third of a core, and ten times what this costs (docs/measurements.md).
"""

from collections.abc import Callable, Sequence
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
        self._key = self._coded = self._incomplete = False
        self._fragment = False  # more of a unit may come
        self._marks = True  # the camera marks the last packet of a picture and no other
        self._timestamp: int | None = None
        self._finished: int | None = None  # the time of the last picture
        self._sequence: int | None = None

    def take(self, packet: memoryview) -> Sequence[Picture]:
        """One RTP packet; returns the pictures that it completes. What is no RTP of this stream is left out."""
        if len(packet) < 12 or packet[0] >> 6 != 2 or packet[1] & 0x7F != self._payload_type:
            return ()
        sequence = packet[2] << 8 | packet[3]
        begin = 12 + 4 * (packet[0] & 0x0F)
        if packet[0] & 0x10 and len(packet) >= begin + 4:  # an extension
            begin += 4 + 4 * (packet[begin + 2] << 8 | packet[begin + 3])
        end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
        timestamp = self._counted_on(int.from_bytes(packet[4:8]))
        lost = self._sequence is not None and sequence != (self._sequence + 1) & 0xFFFF
        done: tuple[Picture, ...] = ()
        # A camera that leaves out the mark of the last packet is told by the next one's time.
        if self._coded and timestamp != self._timestamp:
            self._incomplete |= lost  # what is missing may be its end
            done = self._finish()
        if lost:
            self._incomplete, self._fragment = True, False
        self._sequence, self._timestamp = sequence, timestamp
        if begin < end:
            self._add(self, packet[begin:end])
        if len(self._data) > _MOST_BYTES:
            self._data, self._incomplete = bytearray(), True
        # Some mark parameter sets, which stand apart from the picture that they belong to.
        if packet[1] & 0x80 and self._marks and self._coded:
            done += self._finish()
        return done

    def unit(
        self, header: bytes, rest: memoryview, *, coded: bool, key: bool, fragment: bool = False
    ) -> None:
        """A unit of the picture begins; `rest` follows its header."""
        if coded and not self._coded and len(rest):
            if not rest[0] & 0x80:
                # Not the first slice of its picture: that was lost, or came under a mark of its own.
                self._marks &= self._incomplete or self._timestamp != self._finished
                self._incomplete = True
            elif key:
                self._incomplete = False  # it needs nothing of what was lost before it
        self._data += _START
        self._data += header
        self._data += rest
        self._coded |= coded
        self._key |= key
        self._fragment = fragment

    def go_on(self, rest: memoryview) -> None:
        """More of the unit that has begun."""
        if self._fragment:
            self._data += rest
        else:
            self._incomplete = True

    def lose(self) -> None:
        """Something here cannot be read."""
        self._incomplete = True

    def _finish(self) -> tuple[Picture, ...]:
        assert self._timestamp is not None
        picture = Picture(bytes(self._data), self._key, self._timestamp, self._incomplete)
        self._finished, self._data = self._timestamp, bytearray()
        self._key = self._coded = self._incomplete = self._fragment = False
        return (picture,)

    def _counted_on(self, timestamp: int) -> int:
        if self._timestamp is None:
            return timestamp
        return self._timestamp + ((timestamp - self._timestamp + _HALF) % _WRAP) - _HALF


_H264_SLICE, _H264_KEY, _H264_SEI, _H264_STAP_A, _H264_FU_A = 1, 5, 6, 24, 28
_H264_CODED = (_H264_SLICE, _H264_KEY)
_H264_NOTHING = (0, 30, 31)  # to be ignored
_H265_CODED, _H265_KEYS, _H265_AP, _H265_FU, _H265_NOTHING = range(32), range(16, 22), 48, 49, range(51, 64)
_RECOVERY_POINT = 6


def add_h264(picture: Pictures, payload: memoryview) -> None:
    kind = payload[0] & 0x1F
    if kind == _H264_FU_A and len(payload) > 2:
        if payload[1] & 0x80:
            inner = payload[1] & 0x1F
            header = bytes((payload[0] & 0xE0 | inner,))
            coded, key = inner in _H264_CODED, inner == _H264_KEY
            picture.unit(header, payload[2:], coded=coded, key=key, fragment=True)
        else:
            picture.go_on(payload[2:])
    elif kind == _H264_STAP_A:
        _add_several(picture, payload[1:], _add_h264_unit, 1)
    elif 0 < kind < _H264_STAP_A:
        _add_h264_unit(picture, payload)
    elif kind not in _H264_NOTHING:
        picture.lose()


def _add_h264_unit(picture: Pictures, unit: memoryview) -> None:
    kind = unit[0] & 0x1F
    key = kind == _H264_KEY or (kind == _H264_SEI and _is_recovery_point(unit[1:]))
    picture.unit(bytes(unit[:1]), unit[1:], coded=kind in _H264_CODED, key=key)


def _is_recovery_point(messages: memoryview) -> bool:
    """Whether decoding may begin here although it is no IDR picture. FFmpeg holds back what is not whole yet."""
    while len(messages) > 2 and messages[0] != 0xFF and messages[1] != 0xFF:
        if messages[0] == _RECOVERY_POINT:
            return True
        messages = messages[2 + messages[1] :]
    return False


def add_h265(picture: Pictures, payload: memoryview) -> None:
    kind = payload[0] >> 1 & 0x3F
    if kind == _H265_FU and len(payload) > 3:
        if payload[2] & 0x80:
            inner = payload[2] & 0x3F
            header = bytes((payload[0] & 0x81 | inner << 1, payload[1]))
            coded, key = inner in _H265_CODED, inner in _H265_KEYS
            picture.unit(header, payload[3:], coded=coded, key=key, fragment=True)
        else:
            picture.go_on(payload[3:])
    elif kind == _H265_AP:
        _add_several(picture, payload[2:], _add_h265_unit, 2)
    elif kind < _H265_AP and len(payload) >= 2:
        _add_h265_unit(picture, payload)
    elif kind not in _H265_NOTHING:
        picture.lose()


def _add_h265_unit(picture: Pictures, unit: memoryview) -> None:
    kind = unit[0] >> 1 & 0x3F
    picture.unit(bytes(unit[:2]), unit[2:], coded=kind in _H265_CODED, key=kind in _H265_KEYS)


def _add_several(
    picture: Pictures, rest: memoryview, add: Callable[[Pictures, memoryview], None], header_bytes: int
) -> None:
    """Units that share a packet, each after its length."""
    while len(rest) > 2:
        length = rest[0] << 8 | rest[1]
        unit, rest = rest[2 : 2 + length], rest[2 + length :]
        if not header_bytes <= length == len(unit):
            picture.lose()
            return
        add(picture, unit)
