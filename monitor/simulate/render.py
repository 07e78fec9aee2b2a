"""Renders the cameras and encodes each picture twice, main 1920x1080 and sub 640x360, as H.264 in MP4.

5 frames a second keep 54 cameras within two cores; a key frame comes every two seconds. Files are kept in a folder
named after what went into them, so that the second run has nothing to do.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np
from cv2.typing import MatLike

from monitor.simulate.scene import Scene, scene
from monitor.simulate.script import Pass, Story, story, walkers
from monitor.simulate.site import SPOTS, Spot
from monitor.simulate.view import HEIGHT, WIDTH
from monitor.simulate.walker import Walker

RENDERER_VERSION = 1  # raise it when pictures change
FPS = 4
KEY_FRAME_EVERY_S = 2
MAIN_WH, SUB_WH = (WIDTH, HEIGHT), (640, 360)
EMPTY_LOOP_S = 24.0  # where nobody comes by a short loop is enough
NOISE_TILES = 5
_NOISE_MIDDLE = 16

Progress = Callable[[int, int], None]  # cameras done, cameras in all


@dataclass(frozen=True)
class Job:
    """One camera to render."""

    spot: Spot
    passes: tuple[Pass, ...]
    loop_s: float
    folder: Path


def stream_name(camera_id: str, stream: str) -> str:
    """The file of a camera's stream; `stream` is main or sub."""
    return f"{camera_id}-{stream}.mp4"


def streams_folder(cache: Path, spots: Sequence[Spot] = SPOTS, told: Story | None = None) -> Path:
    """Where these cameras with this story are kept; the name changes with everything the pictures depend on."""
    told = told or story()
    recipe = repr((RENDERER_VERSION, FPS, KEY_FRAME_EVERY_S, told, tuple(spots)))
    return cache / f"streams-{sha256(recipe.encode()).hexdigest()[:16]}"


def render(
    cache: Path,
    spots: Sequence[Spot] = SPOTS,
    told: Story | None = None,
    progress: Progress | None = None,
    processes: int = 2,
) -> Path:
    """Make what is missing and return the folder with the streams. Safe to stop at any time and to start again."""
    told = told or story()
    folder = streams_folder(cache, spots, told)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [spot for spot in spots if not _is_complete(folder, spot.camera_id)]
    done = len(spots) - len(missing)
    report = progress or (lambda _done, _total: None)
    report(done, len(spots))
    jobs = [_job(spot, told, folder) for spot in missing]
    # The longest first, so that no worker is left alone with one at the end.
    jobs.sort(key=lambda job: -len(job.passes))
    for _ in _run(jobs, processes):
        done += 1
        report(done, len(spots))
    return folder


def render_camera(job: Job) -> None:
    """Render one camera's loop; both files appear together and complete, or not at all."""
    cv2.setNumThreads(1)
    files = {stream: job.folder / stream_name(job.spot.camera_id, stream) for stream in ("main", "sub")}
    parts = {stream: file.with_suffix(f".{os.getpid()}.part") for stream, file in files.items()}
    with (
        _Encoder(parts["main"], MAIN_WH, crf=32, most_kbit_s=900) as main,
        _Encoder(parts["sub"], SUB_WH, crf=30, most_kbit_s=250) as sub,
    ):
        for luma, chroma in _frames(job):
            main.write(luma, chroma)
            sub.write(
                cv2.resize(luma, SUB_WH, interpolation=cv2.INTER_AREA),
                [
                    cv2.resize(c, (SUB_WH[0] // 2, SUB_WH[1] // 2), interpolation=cv2.INTER_AREA)
                    for c in chroma
                ],
            )
    # The main stream last: a camera counts as rendered when both are there.
    for stream in ("sub", "main"):
        parts[stream].replace(files[stream])


def _job(spot: Spot, told: Story, folder: Path) -> Job:
    passes = told.on(spot.camera_id)
    return Job(spot, passes, told.loop_s if passes else min(told.loop_s, EMPTY_LOOP_S), folder)


def _run(jobs: Sequence[Job], processes: int) -> Iterator[None]:
    if processes <= 1 or len(jobs) <= 1:
        for job in jobs:
            render_camera(job)
            yield
        return
    # Spawn, because OpenCV and PyAV hold threads that do not survive a fork.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(render_camera, job) for job in jobs]):
            future.result()
            yield


def _is_complete(folder: Path, camera_id: str) -> bool:
    return all((folder / stream_name(camera_id, stream)).is_file() for stream in ("main", "sub"))


def _frames(job: Job) -> Iterator[tuple[MatLike, list[MatLike]]]:
    """Luma (1080, 1920) and the two chroma planes (540, 960) of every frame, uint8."""
    empty = scene(job.spot)
    figures = walkers(job.spot, job.passes)
    empty_planes = _planes(empty.picture)
    rng = np.random.default_rng([len(job.passes), *job.spot.camera_id.encode()])
    noise = _noise(rng, empty.noise)
    # Clouds and flicker: the light swings slowly, and a whole number of times in a loop.
    phase, swings = rng.uniform(0, 2 * np.pi), int(rng.integers(2, 5))
    for number in range(round(job.loop_s * FPS)):
        at_s = number / FPS
        present = [figure for figure in figures if figure.start_s <= at_s < figure.end_s]
        luma, chroma = _planes(_peopled(empty, present, at_s)) if present else empty_planes
        gain = 1 + 0.025 * np.sin(phase + 2 * np.pi * swings * at_s / job.loop_s)
        tile = noise[int(rng.integers(NOISE_TILES))]
        yield cv2.addWeighted(luma, float(gain), tile, 1.0, -_NOISE_MIDDLE), chroma


def _peopled(empty: Scene, present: Sequence[Walker], at_s: float) -> MatLike:
    picture = empty.picture.copy()
    for figure in sorted(present, key=lambda f: -f.depth_m(empty, at_s)):
        figure.draw(picture, empty, at_s)
    return picture


def _planes(picture: MatLike) -> tuple[MatLike, list[MatLike]]:
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    chroma = yuv[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)
    return yuv[:HEIGHT], [chroma[0], chroma[1]]


def _noise(rng: np.random.Generator, spread: float) -> list[MatLike]:
    """Full-size noise around _NOISE_MIDDLE, slightly coarse as sensors give it after their own smoothing."""
    tiles = []
    for _ in range(NOISE_TILES):
        grain = rng.standard_normal((HEIGHT, WIDTH), np.float32) * (1.1 * spread) + _NOISE_MIDDLE
        tiles.append(cv2.GaussianBlur(np.clip(grain, 0, 255).astype(np.uint8), (3, 3), 0.7))
    return tiles


class _Encoder:
    """Writes planes of one size to an H.264 MP4 without B-frames."""

    def __init__(self, path: Path, size_wh: tuple[int, int], crf: int, most_kbit_s: int) -> None:
        self._container = av.open(str(path), "w", format="mp4")
        gop = FPS * KEY_FRAME_EVERY_S
        stream = self._container.add_stream(
            "libx264",
            rate=FPS,
            options={
                "preset": "ultrafast",
                "tune": "zerolatency",
                "crf": str(crf),
                "maxrate": f"{most_kbit_s}k",
                "bufsize": f"{2 * most_kbit_s}k",
                "threads": "1",
                "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:bframes=0",
            },
        )
        stream.width, stream.height = size_wh
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        self._stream, self._number = stream, 0

    def __enter__(self) -> "_Encoder":
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def write(self, luma: MatLike, chroma: Sequence[MatLike]) -> None:
        height, width = luma.shape
        planes = np.concatenate([luma.reshape(-1), chroma[0].reshape(-1), chroma[1].reshape(-1)])
        frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuv420p")
        frame.pts, frame.time_base = self._number, Fraction(1, FPS)
        self._number += 1
        self._container.mux(self._stream.encode(frame))
