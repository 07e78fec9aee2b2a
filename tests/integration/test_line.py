"""What is decoded of a stream, and when."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import rtsp

from monitor.core.damage import Condition
from monitor.vision.packet import Packet
from monitor.vision.stream import Stream
from monitor.workers.line import Line

FRAMES, GROUP = rtsp.FRAMES, rtsp.GROUP
NOW_S, LATE_S = 1000.0, 1.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    rtsp.write_clip(path)
    return path


def line_with(clip: Path, waited_s: float, count: int = FRAMES, *, queued: bool) -> tuple[Line, list[Packet]]:
    """A line on which the packets of a clip have come so long ago."""
    line = Line(queued=queued)
    with Stream(str(clip), allow_file=True) as stream:
        line.opened(stream.coding)
        packets = [replace(p, arrived_s=NOW_S - waited_s) for p in islice(stream.packets(), count)]
    for packet in packets:
        line.take(packet)
    return line, packets


def test_what_waits_for_a_moment_is_decoded_whole(clip: Path) -> None:
    line, _ = line_with(clip, 0.3, queued=True)
    frames, waited_s = line.queue(NOW_S, LATE_S, keys_only=False)
    assert (len(frames), waited_s) == (FRAMES, pytest.approx(0.3))
    assert line.queue(NOW_S, LATE_S, keys_only=False) == ([], 0.0)


def test_what_has_waited_for_long_is_left_out_up_to_the_last_key_frame(clip: Path) -> None:
    line, _ = line_with(clip, 2.0, queued=True)
    frames, waited_s = line.queue(NOW_S, LATE_S, keys_only=False)
    assert (len(frames), waited_s) == (FRAMES - 2 * GROUP, pytest.approx(2.0))


def test_far_behind_only_key_frames_are_decoded(clip: Path) -> None:
    line, packets = line_with(clip, 0.3, queued=True)
    frames, _ = line.queue(NOW_S, LATE_S, keys_only=True)
    assert len(frames) == sum(packet.key for packet in packets)


def test_a_closer_look_begins_with_the_kept_key_frame_and_goes_on(clip: Path) -> None:
    line, packets = line_with(clip, 0.0, GROUP + 2, queued=False)
    assert len(list(line.onwards())) == 2
    assert list(line.onwards()) == []
    line.take(replace(packets[0], pts_s=9.0))
    assert len(list(line.onwards())) == 1
    line.rest()
    assert len(list(line.onwards())) == 1


def test_a_key_frame_is_looked_at_alone_once(clip: Path) -> None:
    line, packets = line_with(clip, 0.0, GROUP - 1, queued=False)
    assert len(line.still()) == 1
    assert line.still() == []
    line.take(packets[0])
    assert line.still() == []  # the same picture says nothing new
    line.take(replace(packets[0], pts_s=9.0))
    assert len(line.still()) == 1


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_key_frame_alone_is_whole_though_others_may_be_shown_before_it(
    tmp_path: Path, b_frames: int
) -> None:
    rtsp.write_clip(tmp_path / "clip.mp4", b_frames)
    line, packets = line_with(tmp_path / "clip.mp4", 0.0, 1, queued=False)
    (frame,) = line.still()
    assert frame.condition is Condition.WHOLE
    assert frame.pts_s == pytest.approx(packets[0].pts_s)
