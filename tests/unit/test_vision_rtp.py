"""RTP packets by hand (RFC 3550, 6184, 7798), and whatever else may come."""

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.vision.rtp import Picture, Pictures, add_h264, add_h265

START = b"\0\0\0\1"
TYPE = 96
SPS, PPS, AUD, SEI = b"\x67\x42\x00\x1e", b"\x68\xce\x38\x80", b"\x09\xf0", b"\x06\x05\x01\x00\x80"
IDR, SLICE, LATER_SLICE = b"\x65\x88\x84\x00", b"\x41\x9a\x02\x03", b"\x41\x22\x02\x03"
RECOVERY = b"\x06\x06\x01\xc4\x80"
VPS_5, SPS_5, PPS_5 = b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1"
IDR_5, CRA_5, SLICE_5 = b"\x26\x01\xaf\x11", b"\x2a\x01\xaf\x11", b"\x02\x01\xd0\x22"
END_5 = b"\x48\x01"  # of the sequence: a header and no more


def packet(
    payload: bytes,
    sequence: int,
    timestamp: int = 0,
    *,
    mark: bool = False,
    payload_type: int = TYPE,
    sources: int = 0,
    extension: bytes | None = None,
    padding: int = 0,
) -> bytes:
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | sources
    head = struct.pack(
        "!BBHII", first, payload_type | 0x80 * mark, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 7
    )
    head += b"\1\2\3\4" * sources
    if extension is not None:
        head += struct.pack("!HH", 0xABAC, len(extension) // 4) + extension
    return head + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


def taken(pictures: Pictures, packets: Iterable[bytes]) -> list[Picture]:
    return [picture for each in packets for picture in pictures.take(memoryview(each))]


def h264(*packets: bytes) -> list[Picture]:
    return taken(Pictures(add_h264, TYPE), packets)


def h265(*packets: bytes) -> list[Picture]:
    return taken(Pictures(add_h265, TYPE), packets)


def fragments(unit: bytes, size: int) -> list[bytes]:
    """FU-A."""
    parts = [unit[at : at + size] for at in range(1, len(unit), size)]
    ends = [0x80 * (n == 0) | 0x40 * (n == len(parts) - 1) for n in range(len(parts))]
    head = bytes([unit[0] & 0xE0 | 28])
    return [head + bytes([end | unit[0] & 0x1F]) + part for end, part in zip(ends, parts, strict=True)]


def fragments_5(unit: bytes, size: int) -> list[bytes]:
    """FU of H.265."""
    parts = [unit[at : at + size] for at in range(2, len(unit), size)]
    ends = [0x80 * (n == 0) | 0x40 * (n == len(parts) - 1) for n in range(len(parts))]
    head = bytes([unit[0] & 0x81 | 49 << 1, unit[1]])
    kind = unit[0] >> 1 & 0x3F
    return [head + bytes([end | kind]) + part for end, part in zip(ends, parts, strict=True)]


def together(*units: bytes) -> bytes:
    """STAP-A."""
    return b"\x78" + b"".join(struct.pack("!H", len(unit)) + unit for unit in units)


def together_5(*units: bytes) -> bytes:
    """AP."""
    return b"\x60\x01" + b"".join(struct.pack("!H", len(unit)) + unit for unit in units)


def annex_b(*units: bytes) -> bytes:
    return b"".join(START + unit for unit in units)


def test_a_unit_in_a_packet_of_its_own_is_a_picture() -> None:
    assert h264(packet(IDR, 1, 90, mark=True)) == [Picture(annex_b(IDR), True, 90, False)]
    assert h264(packet(SLICE, 1, 90, mark=True)) == [Picture(annex_b(SLICE), False, 90, False)]
    assert h265(packet(IDR_5, 1, mark=True)) == [Picture(annex_b(IDR_5), True, 0, False)]
    assert h265(packet(SLICE_5, 1, mark=True)) == [Picture(annex_b(SLICE_5), False, 0, False)]


def test_everything_before_the_mark_belongs_to_the_picture() -> None:
    units = [AUD, SPS, PPS, SEI, IDR, LATER_SLICE]
    packets = [packet(unit, n, mark=unit is LATER_SLICE) for n, unit in enumerate(units)]
    assert h264(*packets) == [Picture(annex_b(*units), True, 0, False)]


def test_units_that_share_a_packet_are_taken_apart() -> None:
    assert h264(packet(together(SPS, PPS, IDR), 1, mark=True)) == [
        Picture(annex_b(SPS, PPS, IDR), True, 0, False)
    ]
    assert h265(packet(together_5(VPS_5, SPS_5, PPS_5, CRA_5), 1, mark=True)) == [
        Picture(annex_b(VPS_5, SPS_5, PPS_5, CRA_5), True, 0, False)
    ]


def test_a_unit_over_many_packets_is_put_together() -> None:
    unit, unit_5 = IDR + bytes(range(250)), CRA_5 + bytes(range(250))
    parts, parts_5 = fragments(unit, 20), fragments_5(unit_5, 20)
    assert len(parts) > 10
    assert h264(*[packet(p, n, mark=n == len(parts) - 1) for n, p in enumerate(parts)]) == [
        Picture(annex_b(unit), True, 0, False)
    ]
    assert h265(*[packet(p, n, mark=n == len(parts_5) - 1) for n, p in enumerate(parts_5)]) == [
        Picture(annex_b(unit_5), True, 0, False)
    ]


def test_a_short_unit_at_the_end_of_a_sequence_is_no_loss() -> None:
    assert h265(packet(IDR_5, 1), packet(END_5, 2, mark=True)) == [
        Picture(annex_b(IDR_5, END_5), True, 0, False)
    ]


def test_without_marks_the_time_of_the_next_packet_ends_a_picture() -> None:
    found = h264(packet(SPS, 1), packet(IDR, 2), packet(SLICE, 3, 90), packet(SLICE, 4, 180))
    assert found == [
        Picture(annex_b(SPS, IDR), True, 0, False),
        Picture(annex_b(SLICE), False, 90, False),
    ]


def test_one_missing_mark_holds_up_no_later_picture() -> None:
    """Both are given at once: the one that the time ends, and the one that its own mark ends."""
    pictures = Pictures(add_h264, TYPE)
    assert taken(pictures, [packet(IDR, 1)]) == []
    assert len(taken(pictures, [packet(SLICE, 2, 90, mark=True)])) == 2
    assert len(taken(pictures, [packet(SLICE, 3, 180, mark=True)])) == 1


def test_marked_parameter_sets_stay_with_their_picture() -> None:
    """Some cameras mark every unit, and some give the sets a time of their own."""
    found = h264(
        packet(SPS, 1, mark=True),
        packet(PPS, 2, mark=True),
        packet(IDR, 3, mark=True),
        packet(SPS, 4, 80),
        packet(IDR, 5, 90, mark=True),
    )
    assert found == [
        Picture(annex_b(SPS, PPS, IDR), True, 0, False),
        Picture(annex_b(SPS, IDR), True, 90, False),
    ]


def test_marks_within_pictures_are_found_out_and_believed_no_more() -> None:
    """The first picture is torn apart; from then on the times tell."""
    found = h264(
        *(packet(unit, n, 0, mark=True) for n, unit in enumerate((IDR, LATER_SLICE))),
        *(packet(unit, n + 2, 90, mark=True) for n, unit in enumerate((SLICE, LATER_SLICE))),
        packet(SLICE, 4, 180, mark=True),
    )
    assert found[-1] == Picture(annex_b(SLICE, LATER_SLICE), False, 90, False)
    assert found[1].incomplete


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_lost_packet_makes_its_picture_incomplete(missing: int) -> None:
    parts = fragments(SLICE + bytes(250), 100)
    before, after = packet(IDR, 0, mark=True), packet(SLICE, 4, 180, mark=True)
    middle = [packet(p, n + 1, 90, mark=n == 2) for n, p in enumerate(parts)]
    assert len(middle) == 3
    del middle[missing]
    found = {picture.timestamp: picture.incomplete for picture in h264(before, *middle, after)}
    # Without its beginning nothing is left of a unit; without its end the next one's beginning could be lost too.
    assert (
        found
        == [{0: False, 180: True}, {0: False, 90: True, 180: False}, {0: False, 90: True, 180: True}][missing]
    )


def test_a_lost_picture_is_told_by_the_next() -> None:
    found = h264(
        packet(IDR, 1, mark=True), packet(SLICE, 3, 180, mark=True), packet(SLICE, 4, 270, mark=True)
    )
    assert [picture.incomplete for picture in found] == [False, True, False]


def test_a_key_picture_does_not_suffer_from_what_was_lost_before_it() -> None:
    found = h264(packet(SLICE, 1, mark=True), packet(SPS, 3, 90), packet(IDR, 4, 90, mark=True))
    assert [picture.incomplete for picture in found] == [False, False]
    parts = fragments(IDR + bytes(250), 100)
    (second,) = h264(packet(parts[0], 2), packet(parts[2], 4, mark=True))
    assert second.incomplete


def test_who_comes_in_the_middle_of_a_picture_knows_it() -> None:
    parts = fragments(IDR + bytes(250), 100)
    (first,) = h264(packet(parts[1], 1), packet(parts[2], 2), packet(SLICE, 3, mark=True))
    assert first.incomplete
    assert first.data == annex_b(SLICE)  # no bytes without a beginning
    (second,) = h264(packet(LATER_SLICE, 1, mark=True))
    assert second.incomplete


def test_numbers_and_times_begin_anew_at_their_end() -> None:
    found = h264(
        packet(IDR, 65_535, 2**32 - 90, mark=True),
        packet(SLICE, 0, 0, mark=True),
        packet(SLICE, 1, 90, mark=True),
    )
    assert [(p.timestamp - found[0].timestamp, p.incomplete) for p in found] == [
        (0, False),
        (90, False),
        (180, False),
    ]


def test_a_time_before_the_last_one_is_kept() -> None:
    """Pictures that refer to later ones come after those."""
    found = h264(
        packet(IDR, 1, 0, mark=True), packet(SLICE, 2, 180, mark=True), packet(SLICE, 3, 90, mark=True)
    )
    assert [picture.timestamp for picture in found] == [0, 180, 90]


def test_padding_extension_and_sources_are_no_part_of_the_picture() -> None:
    more = packet(IDR, 1, mark=True, sources=2, extension=b"\x10\xff" * 4, padding=5)
    assert h264(more) == [Picture(annex_b(IDR), True, 0, False)]
    assert h264(packet(IDR, 1, mark=True, extension=b"")) == [Picture(annex_b(IDR), True, 0, False)]


def test_a_packet_of_padding_only_is_no_loss() -> None:
    found = h264(packet(IDR, 1), packet(b"", 2, padding=4), packet(LATER_SLICE, 3, mark=True))
    assert found == [Picture(annex_b(IDR, LATER_SLICE), True, 0, False)]


def test_other_payload_types_and_versions_are_left_out() -> None:
    sound = packet(b"\x55" * 20, 500, 7, payload_type=0, mark=True)
    old = bytes([0x40]) + packet(IDR, 9)[1:]
    assert h264(packet(IDR, 1), sound, old, packet(LATER_SLICE, 2, mark=True)) == [
        Picture(annex_b(IDR, LATER_SLICE), True, 0, False)
    ]


@pytest.mark.parametrize("payload", [b"\x00\x11", b"\x1e\x11", b"\x1f\x11"])
def test_kinds_that_nobody_uses_are_ignored(payload: bytes) -> None:
    assert h264(packet(IDR, 1), packet(payload, 2, mark=True)) == [Picture(annex_b(IDR), True, 0, False)]


@pytest.mark.parametrize(
    "payload",
    [b"\x19\0\0\0", b"\x7c\x85", b"\x78\x00\x09\x41", b"\x78\x00\x00\x41\x41", b"\x1d\0\0\0\0"],
    ids=["STAP-B", "FU-A without bytes", "STAP-A cut off", "STAP-A of nothing", "FU-B"],
)
def test_what_cannot_be_read_makes_the_picture_incomplete(payload: bytes) -> None:
    (picture,) = h264(packet(IDR, 1), packet(payload, 2, mark=True))
    assert picture.incomplete


@pytest.mark.parametrize("payload", [b"\x64\x01\x11", b"\x62\x01\x81", b"\x60\x01\x00\x01\x26", b"\x26"])
def test_what_cannot_be_read_of_h265_makes_the_picture_incomplete(payload: bytes) -> None:
    (picture,) = h265(packet(IDR_5, 1), packet(payload, 2, mark=True))
    assert picture.incomplete


def test_a_recovery_point_is_a_key_picture() -> None:
    """Cameras with a rolling refresh send no other."""
    (picture,) = h264(packet(RECOVERY, 1), packet(SLICE, 2, mark=True))
    assert picture.key
    (picture,) = h264(packet(together(SEI + RECOVERY[1:], SLICE), 1, mark=True))
    assert not picture.key  # the message before ends the list with its 0x80
    (picture,) = h264(packet(together(b"\x06\x05\x01\x00" + RECOVERY[1:], SLICE), 1, mark=True))
    assert picture.key


def test_a_picture_without_end_is_given_up() -> None:
    pictures = Pictures(add_h264, TYPE)
    part = fragments(IDR + bytes(120_000), 60_000)
    taken(pictures, [packet(part[0], 0)])
    more = memoryview(packet(part[1], 0))
    for number in range(1, 400):
        pictures.take(memoryview(bytes(more[:2]) + struct.pack("!H", number) + bytes(more[4:])))
    (picture,) = taken(pictures, [packet(SLICE, 400, 90)])
    assert picture.incomplete and len(picture.data) < 9_000_000


H264_UNITS = st.tuples(
    st.sampled_from([0x41, 0x65, 0x06, 0x67, 0x68, 0x09, 0x01]), st.binary(min_size=3, max_size=400)
)
H265_UNITS = st.tuples(
    st.sampled_from([0x02, 0x26, 0x2A, 0x40, 0x42, 0x44, 0x4E]), st.binary(min_size=4, max_size=400)
)


@given(st.data(), st.booleans(), st.integers(0, 65_535), st.integers(0, 2**32 - 1))
def test_any_split_of_units_comes_back_byte_by_byte(
    data: st.DataObject, is_265: bool, sequence: int, timestamp: int
) -> None:
    """Of pictures whose first slice is a first slice; alone, together or in fragments, marked or not."""
    last = (b"\x02\x01" if is_265 else b"\x41") + b"\x88" + b"\x77" * 5
    drawn = data.draw(
        st.lists(st.lists(H265_UNITS if is_265 else H264_UNITS, max_size=4), min_size=1, max_size=4)
    )
    packets: list[bytes] = []
    for number, raw in enumerate(drawn):
        units = [*(_first_slice(head, rest, is_265) for head, rest in raw), last]
        payloads: list[bytes] = []
        while units:
            how = data.draw(st.sampled_from(["alone", "together", "fragments"]))
            if how == "together":
                count = data.draw(st.integers(1, len(units)))
                payloads.append((together_5 if is_265 else together)(*units[:count]))
                units = units[count:]
            elif how == "fragments":
                size = data.draw(st.integers(1, 200))
                payloads += (fragments_5 if is_265 else fragments)(units.pop(0), size)
            else:
                payloads.append(units.pop(0))
        mark = data.draw(st.booleans())
        for n, payload in enumerate(payloads):
            packets.append(
                packet(
                    payload,
                    sequence + len(packets),
                    timestamp + 3000 * number,
                    mark=mark and n == len(payloads) - 1,
                    sources=data.draw(st.integers(0, 2)),
                    padding=data.draw(st.sampled_from([0, 0, 1, 7])),
                )
            )
    packets.append(packet(last, sequence + len(packets), timestamp + 3000 * len(drawn)))
    found = taken(Pictures(add_h265 if is_265 else add_h264, TYPE), packets)
    wanted = [annex_b(*(_first_slice(h, r, is_265) for h, r in raw), last) for raw in drawn]
    assert [picture.data for picture in found] == wanted
    assert [picture.timestamp for picture in found] == [timestamp + 3000 * n for n in range(len(drawn))]
    assert not any(picture.incomplete for picture in found)


def _first_slice(head: int, rest: bytes, is_265: bool) -> bytes:
    return bytes([head]) + (b"\x01" if is_265 else b"") + bytes([rest[0] | 0x80]) + rest[1:]


@given(st.lists(st.binary(max_size=60), max_size=30), st.booleans())
def test_no_bytes_raise_an_error(payloads: list[bytes], is_265: bool) -> None:
    pictures = Pictures(add_h265 if is_265 else add_h264, TYPE)
    for number, payload in enumerate(payloads):
        pictures.take(memoryview(payload))
        wrapped = packet(payload, number, number // 3, mark=bool(number % 2))
        for picture in pictures.take(memoryview(wrapped)):
            assert isinstance(picture.data, bytes)


@given(st.lists(st.binary(min_size=10, max_size=60), max_size=30))
def test_no_header_raises_an_error(tails: list[bytes]) -> None:
    """Of our version and type, with whatever flags and lengths."""
    pictures = Pictures(add_h264, TYPE)
    for tail in tails:
        pictures.take(memoryview(bytes([0x80 | tail[0] & 0x3F, TYPE | tail[1] & 0x80]) + tail[2:]))
