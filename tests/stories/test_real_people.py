"""Real people on real RTSP: 20 clips of five people, three of whom are enrolled from one clip each.

Intel sample-videos, asl_gestures, CC BY 4.0; the clips lie beside the project and are never copied into it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import rtsp
from PIL import Image
from service import Service, camera_file

CLIPS = Path(__file__).parents[3] / "shared" / "eval" / "asl-clips"
ENROLLED = {"s1": "Shen", "s2": "Gao", "s3": "Huang"}
STRANGERS = ("s4", "s5")

pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="the evaluation clips are not beside the project"),
]


def clips() -> dict[str, list[Path]]:
    """Clips by person: s1..s5."""
    found: dict[str, list[Path]] = {}
    for clip in sorted(CLIPS.glob("*/*.mkv")):
        found.setdefault(clip.parent.name[:2], []).append(clip)
    return found


def photos(clip: Path, folder: Path) -> list[str]:
    """Three pictures out of a clip."""
    with av.open(str(clip)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    paths = [folder / f"{clip.stem}-{part}.jpg" for part in (1, 2, 3)]
    for part, path in enumerate(paths, 1):
        Image.fromarray(frames[part * len(frames) // 4]).save(path, quality=95)
    return [str(path) for path in paths]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("asl")
    streams = folder / "streams"
    streams.mkdir()
    addresses = {}
    with rtsp.serve(streams) as port:
        for person, of_person in clips().items():
            for clip in of_person[1:] if person in ENROLLED else of_person:
                name = f"{person}-{clip.stem}"
                rtsp.as_a_camera_sends(clip, streams / f"{name}.mkv")
                addresses[name] = f"rtsp://127.0.0.1:{port}/{name}.mkv/play_count_0"
        running = Service(folder, camera_file(folder, addresses), cameras_per_worker=9)
        for person, name in ENROLLED.items():
            running.run("enrol", "--name", name, *photos(clips()[person][0], folder))
        with running:
            yield running


@pytest.fixture(scope="module")
def passes(service: Service) -> dict[str, list[dict[str, Any]]]:
    """Sightings by camera, once everybody has been decided."""
    wanted = {f"{person}-{clip.stem}" for person in ENROLLED for clip in clips()[person][1:]}

    def all_seen() -> bool:
        return wanted <= {sighting["camera"] for sighting in service.get("sightings", limit=200)}

    service.wait_for(all_seen, 90, "a sighting on every camera with an enrolled person")
    service.wait_for(lambda: len(service.get("visits")) >= len(STRANGERS), 60, "the visits of both strangers")
    found: dict[str, list[dict[str, Any]]] = {}
    for sighting in service.get("sightings", limit=200):
        found.setdefault(sighting["camera"], []).append(sighting)
    return found


def test_every_clip_of_an_enrolled_person_is_a_sighting_of_the_right_name(
    passes: dict[str, list[dict[str, Any]]],
) -> None:
    named = {camera: {s["resident_name"] for s in seen} for camera, seen in passes.items()}
    assert named == {camera: {ENROLLED[camera[:2]]} for camera in named}


def test_no_stranger_gets_a_name(passes: dict[str, list[dict[str, Any]]]) -> None:
    assert not [camera for camera in passes if camera.startswith(STRANGERS)]


def test_each_stranger_is_one_visit_over_all_cameras(
    service: Service, passes: dict[str, list[dict[str, Any]]]
) -> None:
    visits = service.get("visits")
    assert sorted(visit["first_camera_name"][:2] for visit in visits) == list(STRANGERS)


def test_nobody_is_called_twice_within_one_pass(passes: dict[str, list[dict[str, Any]]]) -> None:
    assert {camera: len(seen) for camera, seen in passes.items()} == dict.fromkeys(passes, 1)


def test_every_sighting_says_why(service: Service, passes: dict[str, list[dict[str, Any]]]) -> None:
    for seen in passes.values():
        why = seen[0]["why"]
        assert why["score"] >= 0.5
        assert why["shots"] >= 3
    picture = service.client.get(f"/api/v1/snapshots/{seen[0]['snapshot_id']}/face")
    assert picture.headers["content-type"] == "image/jpeg"
