"""What a decoder does not tell of H.264: lost, doubled and swapped pictures, changed parameter sets, impossible bytes.

FFmpeg fills the place of a lost picture with the one before and reports nothing; what follows is then drawn onto the
wrong picture until the next key frame. The numbers in the slice headers show it. Bytes are Annex B, as RTSP gives
them; others are not judged here.
"""

import re
from dataclasses import dataclass

_UNIT = re.compile(rb"\x00\x00\x01")
# Inside a unit the encoder breaks up these bytes, so only damage can put them there.
_IMPOSSIBLE = re.compile(rb"\x00\x00(?:[\x00\x02]|\x03[\x04-\xff])", re.DOTALL)
_SLICE, _KEY_SLICE, _SPS, _PPS = 1, 5, 7, 8
_HEADER_BYTES = 48  # enough for every field that is read
# Profiles whose parameter sets speak of chroma and scaling.
_HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_SEPARATE_PLANES = 3


@dataclass(frozen=True)
class _Sequence:
    """What of a sequence parameter set is needed to read slice headers."""

    numbers: int  # frame_num counts modulo this
    gaps_allowed: bool
    frames_only: bool
    separate_planes: bool


class PictureOrder:
    """Judges the packets of one H.264 stream in the order in which they arrive."""

    def __init__(self, extradata: bytes | None) -> None:
        self._sets: dict[tuple[int, int], bytes] = {}
        self._sequence: _Sequence | None = None
        self._last: int | None = None  # frame_num of the last picture that others refer to
        self.changed = False  # the last packet brought other parameter sets than those before
        # Files keep lengths in place of start codes; their extradata begins with a version.
        self._start_codes = not (extradata or b"").startswith(b"\1")
        if extradata:
            self.follows(extradata)

    def restart(self) -> None:
        """The next packet need not follow the last one."""
        self._last = None

    def follows(self, data: bytes) -> bool:
        """Whether a packet is free of impossible bytes and continues the ones before without a gap."""
        self.changed = False
        if not self._start_codes:
            return True
        begins = [found.end() for found in _UNIT.finditer(data)]
        ends = [begin - 3 for begin in begins[1:]] + [len(data)]
        if not begins:
            return False
        try:
            # A list, because every unit has to be taken in even when an earlier one is bad.
            return all([self._fits(data[begin:end]) for begin, end in zip(begins, ends, strict=True)])
        except IndexError:  # a header that ends too early
            return False

    def _fits(self, unit: bytes) -> bool:
        unit = unit.rstrip(b"\0")
        if not unit or unit[0] & 0x80 or _IMPOSSIBLE.search(unit):
            return False
        kind = unit[0] & 31
        if kind in (_SPS, _PPS):
            self._take_set(kind, unit)
        elif kind in (_SLICE, _KEY_SLICE):
            return self._continues(unit, kind)
        return True

    def _take_set(self, kind: int, unit: bytes) -> None:
        bits = _Bits(unit[1:_HEADER_BYTES] if kind == _PPS else unit[4:])
        key = (kind, bits.unsigned())
        self.changed |= key in self._sets and self._sets[key] != unit
        self._sets[key] = unit
        if kind == _SPS:
            self._sequence = _read_sequence(unit)

    def _continues(self, unit: bytes, kind: int) -> bool:
        if self._sequence is None:
            return True
        bits = _Bits(unit[1:_HEADER_BYTES])
        if bits.unsigned() > 0:
            return True  # not the first slice of its picture
        bits.unsigned(), bits.unsigned()  # kind of slice, picture parameter set
        if self._sequence.separate_planes:
            bits.take(2)
        number = bits.take(self._sequence.numbers.bit_length() - 1)
        is_field = not self._sequence.frames_only and bool(bits.take(1))
        referred, last = bool(unit[0] & 0x60), self._last
        if referred:
            self._last = number
        if kind == _KEY_SLICE:
            return number == 0
        if last is None or self._sequence.gaps_allowed or number == (last + 1) % self._sequence.numbers:
            return True
        return number == last and (is_field or not referred)


def _read_sequence(unit: bytes) -> _Sequence:
    bits = _Bits(unit[4:])
    bits.unsigned()  # its own number
    planes = False
    if unit[1] in _HIGH:
        chroma = bits.unsigned()
        planes = chroma == _SEPARATE_PLANES and bool(bits.take(1))
        bits.unsigned(), bits.unsigned(), bits.take(1)  # depth of luma and chroma, lossless
        if bits.take(1):
            for matrix in range(8 if chroma != _SEPARATE_PLANES else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if matrix < 6 else 64)
    numbers = 1 << (bits.unsigned() + 4)
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1), bits.unsigned(), bits.unsigned()
        for _ in range(bits.unsigned()):
            bits.unsigned()
    bits.unsigned()  # how many pictures may be referred to
    gaps = bool(bits.take(1))
    bits.unsigned(), bits.unsigned()  # width, height
    return _Sequence(min(numbers, 1 << 16), gaps, bool(bits.take(1)), planes)


def _skip_scaling(bits: "_Bits", size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            code = bits.unsigned()
            following = (last + ((code + 1) // 2 if code % 2 else -(code // 2))) % 256
        last = following or last


class _Bits:
    """Reads a unit's header bit by bit. Raises IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        clean = data.replace(b"\0\0\3", b"\0\0")
        self._left = len(clean) * 8
        self._value = int.from_bytes(clean)

    def take(self, count: int) -> int:
        if count > self._left:
            raise IndexError("the header ends here")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """An Exp-Golomb number."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)
