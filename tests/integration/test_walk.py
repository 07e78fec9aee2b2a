"""A walk past a real camera gives pictures of one person, or a reason in words."""

import threading
from collections.abc import Callable, Iterator

import faces
import numpy as np
import pytest
import rtsp

from api.walks import Walked, Walks
from monitor.config.cameras import EstateConfig
from monitor.core.correction import PhotoSource
from monitor.errors import (
    CameraRefused,
    CameraSilent,
    CameraUnreachable,
    NotFound,
    ShouwangError,
    WalkBusy,
    WalkRefused,
)
from monitor.services import enrolment
from monitor.vision.photo import FacePhotoReader
from monitor.vision.walk import CameraWalk, Collector

WALL = np.full((480, 720, 3), 150, np.uint8)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("walks")
    rtsp.write_walk(folder / "ada.mp4", faces.approaching(faces.ADA))
    rtsp.write_walk(folder / "two.mp4", faces.approaching(faces.ADA, faces.BEN, last_px=300))
    rtsp.write_walk(folder / "wall.mp4", [WALL])
    rtsp.write_walk(folder / "far.mp4", faces.approaching(faces.ADA, first_px=40, last_px=60))
    with rtsp.serve(folder) as port:
        yield port


def walk(address: str, longest_s: float = 10.0) -> tuple[list[list[bytes]], list[float]]:
    """The pictures of each track, and the countdown that was told."""
    told: list[float] = []
    tracks = CameraWalk(faces.detector(), longest_s).walk(address, told.append)
    return tracks, told


def reader() -> FacePhotoReader:
    return FacePhotoReader(faces.detector(), faces.embedder())


def reason(port: int, clip: str, longest_s: float = 2.0) -> str:
    with pytest.raises(WalkRefused) as caught:
        walk(f"rtsp://127.0.0.1:{port}/{clip}.mp4/play_count_0", longest_s)
    assert str(caught.value).endswith(".")
    return str(caught.value.facts["key"])


def test_who_walks_past_is_enrolled_from_the_best_pictures(port: int) -> None:
    tracks, told = walk(f"rtsp://127.0.0.1:{port}/ada.mp4/play_count_0")
    photos = enrolment.read_walk(reader(), "Gate", tracks)
    ada = reader().read(faces.portrait_path(faces.ADA).read_bytes()).embedding
    assert 3 <= len(photos) <= 5
    assert photos[0].name == "Gate 1"
    compared = enrolment.compare(photos)
    assert all(face.embedding @ ada > 0.6 for face in compared.faces) and len(compared.faces) >= 3
    assert {photo.source for photo in photos} == {PhotoSource.WALK}
    assert told == sorted(told, reverse=True) and 0 <= told[-1] <= told[0] <= 10.0


@pytest.mark.parametrize(
    ("clip", "key"), [("two", "walk_two_people"), ("wall", "walk_nobody"), ("far", "walk_poor")]
)
def test_a_walk_that_cannot_be_used_is_refused_with_the_reason(port: int, clip: str, key: str) -> None:
    assert reason(port, clip) == key


def test_somebody_far_behind_does_not_spoil_the_walk() -> None:
    collector = Collector(faces.detector())
    scene = faces.approaching(faces.ADA, first_px=400, last_px=400, steps=1)[0]
    scene[100:170, 600:670] = faces.approaching(faces.BEN, first_px=70, last_px=70, steps=1)[0][60:130, 20:90]
    for number in range(4):
        collector.look(scene, number * 0.6)
    assert [len(track) for track in collector.tracks()] == [4]


def passes(first: str, second: str) -> list[list[bytes]]:
    """Two tracks: somebody is seen twice, then somebody three times."""
    collector = Collector(faces.detector())
    for name, times in ((first, (0.0, 0.6)), (second, (6.0, 6.6, 7.2))):
        scene = faces.approaching(name, first_px=300, last_px=300, steps=1)[0]
        for at_s in times:
            collector.look(scene if at_s < 5 else scene[:, ::-1].copy(), at_s)
        collector.look(WALL, 5.0)
    return collector.tracks()


def test_the_track_seen_best_is_taken_when_one_breaks() -> None:
    tracks = passes(faces.ADA, faces.ADA)
    assert [len(track) for track in tracks] == [3, 1]
    assert len(enrolment.read_walk(reader(), "Gate", tracks)) == 3


def test_two_people_one_after_the_other_are_refused_as_well() -> None:
    with pytest.raises(WalkRefused) as caught:
        enrolment.read_walk(reader(), "Gate", passes(faces.ADA, faces.BEN))
    assert caught.value.facts["key"] == "walk_two_people"


@pytest.mark.parametrize(
    ("talk", "error"), [(rtsp.refusing, CameraRefused), (rtsp.noplay, CameraSilent | CameraUnreachable)]
)
def test_a_camera_that_gives_nothing_is_told_as_what_it_is(
    talk: Callable[..., None], error: type[Exception]
) -> None:
    with rtsp.answering(talk) as port, pytest.raises(ShouwangError) as caught:
        walk(f"rtsp://ada:secret@127.0.0.1:{port}/x")
    assert isinstance(caught.value, error)


def test_nobody_at_the_address_is_unreachable() -> None:
    with pytest.raises(CameraUnreachable):
        walk(f"rtsp://127.0.0.1:{rtsp.free_port()}/x")


class SlowWalk:
    """Is under way until it is told to end."""

    def __init__(self) -> None:
        self.began, self.end = threading.Event(), threading.Event()

    def walk(self, address: str, tell: Callable[[float], None]) -> list[list[bytes]]:
        self.began.set()
        assert self.end.wait(10)
        return [[b"a picture"]]


def test_there_is_one_walk_at_a_time(estate: EstateConfig) -> None:
    slow = SlowWalk()
    walks = Walks(lambda: estate, lambda: slow)
    taken: list[Walked] = []
    first = threading.Thread(target=lambda: taken.append(walks.walk("gate-1", lambda left_s: None)))
    first.start()
    assert slow.began.wait(10)
    with pytest.raises(WalkBusy):
        walks.walk("lift-1", lambda left_s: None)
    slow.end.set()
    first.join(10)
    assert taken == [Walked("Gate", [[b"a picture"]])]
    assert walks.walk("lift-1", lambda left_s: None).camera_name == "Lift"
    with pytest.raises(NotFound):
        walks.walk("nowhere", lambda left_s: None)
