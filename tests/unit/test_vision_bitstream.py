"""The numbers in the slice headers betray what is missing, doubled or swapped."""

from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest

from monitor.vision.bitstream import PictureOrder


@cache
def packets(entropy: str = "cabac", b_frames: int = 0, interlaced: bool = False) -> tuple[bytes, ...]:
    """40 pictures of moving noise, key frames every 16, as RTSP would give them."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 128, 96, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    context.options = {
        "g": "16",
        "bf": str(b_frames),
        "coder": entropy,
        "sc_threshold": "0",
        "preset": "veryfast",
    }
    if interlaced:
        context.options |= {"flags": "+ildct+ilme"}
    noise = np.random.default_rng(3).integers(0, 255, (96, 200, 3)).astype(np.uint8)
    made = []
    for n in range(40):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, n : n + 128]), "bgr24")
        frame.pts = n
        made += [bytes(p) for p in context.encode(frame)]
    made += [bytes(p) for p in context.encode(None)]
    return tuple(made)


def judged(stream: list[bytes]) -> list[bool]:
    order = PictureOrder(None)
    return [order.follows(data) for data in stream]


@pytest.mark.parametrize(
    "coding",
    [("cabac", 0, False), ("vlc", 0, False), ("cabac", 2, False), ("cabac", 0, True), ("vlc", 3, False)],
)
def test_a_stream_as_it_was_sent_follows(coding: tuple[str, int, bool]) -> None:
    assert all(judged(list(packets(*coding))))


def test_a_lost_packet_is_missed_at_the_next_one() -> None:
    stream = list(packets())
    del stream[5]
    assert judged(stream).index(False) == 5


def test_a_lost_key_frame_is_missed() -> None:
    stream = list(packets())
    del stream[16]
    assert False in judged(stream)


def test_the_last_one_before_a_key_frame_is_not_missed_because_nothing_refers_to_it() -> None:
    stream = list(packets())
    del stream[15]
    assert all(judged(stream))


def test_packets_twice_or_in_the_wrong_order_do_not_follow() -> None:
    stream = list(packets())
    assert judged([*stream[:6], stream[5], *stream[6:]]).index(False) == 6
    assert False in judged([*stream[:5], stream[6], stream[5], *stream[7:]])


@pytest.mark.parametrize("wrong", [b"\0\0\0\0\0\0", b"\0\0\2", b"\0\0\3\x80"])
def test_bytes_that_no_encoder_writes_are_noticed(wrong: bytes) -> None:
    stream = list(packets())
    middle = len(stream[4]) // 2
    stream[4] = stream[4][:middle] + wrong + stream[4][middle + len(wrong) :]
    assert judged(stream)[4] is False


def test_a_header_that_ends_too_early_does_not_follow() -> None:
    stream = list(packets())
    assert judged([*stream[:4], stream[4][:6]])[-1] is False
    assert judged([b"\0\0\0\1\x67\x64\0"]) == [False]


def test_other_parameter_sets_are_told_once() -> None:
    order = PictureOrder(None)
    changed = []
    for data in (packets()[0], packets()[1], packets("vlc")[0], packets("vlc")[1]):
        order.follows(data)
        changed.append(order.changed)
    assert changed == [False, False, True, False]


def test_after_a_restart_the_next_packet_may_be_any() -> None:
    order = PictureOrder(None)
    for data in packets()[:3]:
        order.follows(data)
    order.restart()
    assert order.follows(packets()[9])


def test_the_length_prefixed_packets_of_a_file_are_not_judged() -> None:
    order = PictureOrder(b"\1\x64\0\x16")
    assert order.follows(b"\0\0\1\x20\x41\0\0\0\0")


def test_bytes_without_any_unit_do_not_follow() -> None:
    assert judged([b"\x41\x9a"]) == [False]
