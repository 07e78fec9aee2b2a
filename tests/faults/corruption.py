"""What wires, switches and cameras do to H.264: pure functions on packets, the same for the same seed.

A recipe takes the packets of one stream (Annex B, as RTSP gives them), a second stream for those that mix two, a
random generator and a severity (1 mild, 2, 3 heavy), and returns the packets that arrive. Key frames without a
recipe that speaks of them stay whole, so that a stream starts.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

SEVERITIES = (1, 2, 3)
_START = re.compile(b"\x00\x00\x01")
_SLICE, _KEY_SLICE, _SPS, _PPS = 1, 5, 7, 8


@dataclass(frozen=True)
class Coded:
    """One compressed picture as it arrives. `stream` tells which of two streams it is of."""

    data: bytes
    key: bool
    pts_s: float
    stream: int = 0


Coding = Sequence[Coded]
Recipe = Callable[[Coding, Coding, random.Random, int], list[Coded]]


def units(data: bytes) -> list[bytes]:
    """The NAL units of a packet, each with its start code."""
    starts = [
        found.start() - (data[found.start() - 1 : found.start()] == b"\0") for found in _START.finditer(data)
    ]
    ends = [*starts[1:], len(data)] if starts else []
    return [data[begin:end] for begin, end in zip(starts, ends, strict=True)]


def kind_of(unit: bytes) -> int:
    """nal_unit_type of a unit with its start code."""
    return unit[unit.index(1) + 1] & 31


def _slice_start(data: bytes) -> int:
    """Where the coded blocks begin, about: behind the slice header."""
    at = 0
    for unit in units(data):
        if kind_of(unit) in (_SLICE, _KEY_SLICE):
            return min(at + 14, len(data) - 1)
        at += len(unit)
    return min(14, len(data) - 1)


def _some(stream: Coding, luck: random.Random, count: int, *, keys: bool = False) -> set[int]:
    """`count` numbers of packets, none of them in the first three."""
    able = [n for n, packet in enumerate(stream) if n > 2 and (keys or not packet.key)]
    return set(luck.sample(able, min(count, len(able))))


def _each(
    stream: Coding, luck: random.Random, count: int, change: Callable[[bytes], bytes], *, keys: bool = False
) -> list[Coded]:
    hit = _some(stream, luck, count, keys=keys)
    return [replace(p, data=change(p.data)) if n in hit else p for n, p in enumerate(stream)]


def _place(data: bytes, luck: random.Random) -> int:
    start = _slice_start(data)
    return luck.randrange(start, max(start + 1, len(data)))


def flipped_bits(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Single bits of the coded blocks are wrong: 1, 4 or 16 in each packet that is hit."""

    def flip(data: bytes) -> bytes:
        wrong = bytearray(data)
        for _ in range((1, 4, 16)[severity - 1]):
            wrong[_place(data, luck)] ^= 1 << luck.randrange(8)
        return bytes(wrong)

    return _each(stream, luck, 2 * severity, flip, keys=severity > 1)


def dropped(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Whole packets are lost: 1, 3 or 9."""
    hit = _some(stream, luck, 3 ** (severity - 1))
    return [p for n, p in enumerate(stream) if n not in hit]


def burst_lost(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Several packets in a row are lost, a key frame among them or not."""
    begin, count = luck.randrange(3, max(4, len(stream) - 4)), 4 * severity
    return [p for n, p in enumerate(stream) if not begin <= n < begin + count]


def middle_lost(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """A tenth, a quarter or a half of the packet's middle is lost, as when RTP packets are."""

    def cut(data: bytes) -> bytes:
        start = _place(data, luck)
        return data[:start] + data[start + max(1, round(len(data) * (0.1, 0.25, 0.5)[severity - 1])) :]

    return _each(stream, luck, 2 * severity, cut, keys=severity > 1)


def truncated(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """The end of the packet is lost: the last tenth, half, or nearly all."""

    def cut(data: bytes) -> bytes:
        return data[: max(_slice_start(data) + 1, round(len(data) * (0.9, 0.5, 0.05)[severity - 1]))]

    return _each(stream, luck, 2 * severity, cut, keys=severity > 1)


def swapped(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Neighbours arrive in the wrong order; each keeps the time of its place."""
    mixed = list(stream)
    for n in _some(stream, luck, 2 * severity):
        if not mixed[n - 1].key and not mixed[n].key:
            here, before = mixed[n], mixed[n - 1]
            mixed[n - 1], mixed[n] = replace(here, pts_s=before.pts_s), replace(before, pts_s=here.pts_s)
    return mixed


def doubled(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Packets arrive twice."""
    hit = _some(stream, luck, 3 * severity)
    return [p for n, packet in enumerate(stream) for p in [packet] * (2 if n in hit else 1)]


def zeroed(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """A range of the packet is zero."""

    def blank(data: bytes) -> bytes:
        start, count = _place(data, luck), round(len(data) * (0.02, 0.1, 0.4)[severity - 1]) + 4
        return data[:start] + bytes(len(data[start : start + count])) + data[start + count :]

    return _each(stream, luck, 2 * severity, blank, keys=severity > 1)


def inserted(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Bytes that nobody sent stand in the packet."""

    def add(data: bytes) -> bytes:
        start = _place(data, luck)
        return data[:start] + luck.randbytes((1, 8, 200)[severity - 1]) + data[start:]

    return _each(stream, luck, 2 * severity, add, keys=severity > 1)


def key_start_lost(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """The start of every second key frame after the first is lost (mild), of every one, or the whole frame."""
    keys = [n for n, p in enumerate(stream) if p.key and n][:: 2 if severity == 1 else 1]
    if severity == 3:
        return [p for n, p in enumerate(stream) if n not in keys]
    return [
        replace(p, data=p.data[max(_slice_start(p.data), len(p.data) // 3) :]) if n in keys else p
        for n, p in enumerate(stream)
    ]


def spliced(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Another camera's packets follow from the middle of a group on.

    Mild: the other stream is anywhere in a group of its own. Then: at the same place of its group, so that nothing
    in the numbering betrays it. Heavy: there and back several times.
    """
    if severity < 3:
        cut = _middle(stream, luck)
        from_ = cut if severity == 2 else max(1, cut - luck.randrange(1, 6))
        rest = [replace(p, stream=1) for p in other[from_:]]
        times = [p.pts_s for p in stream]
        step = times[1] - times[0]
        return [*stream[:cut], *(replace(p, pts_s=times[cut] + n * step) for n, p in enumerate(rest))]
    cuts, side, mixed = _some(stream, luck, 4), 0, []
    for n, packet in enumerate(stream[: len(other)]):
        side ^= n in cuts
        mixed.append(replace(other[n], pts_s=packet.pts_s, stream=1) if side else packet)
    return mixed


def switched(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Another camera's stream follows at a key frame, as when a recorder changes its channel."""
    keys = [n for n, p in enumerate(stream) if p.key and n]
    cut = luck.choice(keys) if keys else len(stream)
    return [
        *stream[:cut],
        *(replace(p, pts_s=q.pts_s, stream=1) for p, q in zip(other[cut:], stream[cut:], strict=False)),
    ]


def other_parameters(stream: Coding, other: Coding, luck: random.Random, severity: int) -> list[Coded]:
    """Wrong bytes in the parameter sets (mild), none at all, or the other stream's ones before this one's pictures."""
    foreign = [u for p in other if p.key for u in units(p.data) if kind_of(u) in (_SPS, _PPS)][:2]

    def change(data: bytes) -> bytes:
        parts = []
        for unit in units(data):
            if kind_of(unit) not in (_SPS, _PPS):
                parts.append(unit)
            elif severity == 1:
                wrong = bytearray(unit)
                wrong[luck.randrange(6, len(unit))] ^= 1 << luck.randrange(8)
                parts.append(bytes(wrong))
        return b"".join([*(foreign if severity == 3 else []), *parts])

    keys = [n for n, p in enumerate(stream) if p.key and n]
    hit = set(keys[:1]) | (_some(stream, luck, 1) if severity == 3 else set())
    return [replace(p, data=change(p.data)) if n in hit else p for n, p in enumerate(stream)]


def _middle(stream: Coding, luck: random.Random) -> int:
    able = [n for n, p in enumerate(stream) if n > 3 and not p.key and n < len(stream) * 2 // 3]
    return luck.choice(able)


RECIPES: dict[str, Recipe] = {
    "flipped bits": flipped_bits,
    "dropped": dropped,
    "burst lost": burst_lost,
    "middle lost": middle_lost,
    "truncated": truncated,
    "swapped": swapped,
    "doubled": doubled,
    "zeroed": zeroed,
    "inserted": inserted,
    "key start lost": key_start_lost,
    "spliced": spliced,
    "switched": switched,
    "other parameters": other_parameters,
}
# A change of resolution is `switched` or `spliced` with an `other` of another size.


def corrupt(kind: str, stream: Coding, other: Coding, severity: int, seed: int) -> list[Coded]:
    """The packets that arrive: the same for the same seed."""
    return RECIPES[kind](stream, other, random.Random(f"{kind} {severity} {seed}"), severity)
