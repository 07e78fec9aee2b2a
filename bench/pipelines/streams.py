"""Draws the clips and encodes them as a camera would: 1080p15 at 2 Mbit/s and 640x360 at 5 fps. Made once and kept."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np
from cv2.typing import MatLike

from bench.pipelines.passes import Clip, Passer
from monitor.simulate.scene import Scene, scene
from monitor.simulate.view import HEIGHT, WIDTH

RECIPE_VERSION = 1  # raise it when pictures change
MAIN_FPS, SUB_FPS, KEY_FRAME_EVERY_S = 15, 5, 2
MAIN_KBIT_S, SUB_KBIT_S = 2000, 200
SUB_WH = (640, 360)
NOISE_TILES, NOISE_MIDDLE = 7, 16

ClearTimes = dict[str, list[tuple[float, float]]]


def make(
    cache: Path, clips: Sequence[Clip], say: Callable[[str], None], processes: int = 2
) -> tuple[Path, ClearTimes]:
    """Make what is missing; returns the folder and, for each clip, when its passes show a clear face."""
    recipe = repr(
        (RECIPE_VERSION, MAIN_FPS, SUB_FPS, KEY_FRAME_EVERY_S, MAIN_KBIT_S, SUB_KBIT_S, tuple(clips))
    )
    folder = cache / f"clips-{sha256(recipe.encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [clip for clip in clips if not _truth_file(folder, clip).is_file()]
    if missing:
        say(f"Drawing and encoding {len(missing)} clips of {clips[0].loop_s:.0f} s, once.")
        # Spawn, because OpenCV and PyAV hold threads that do not survive a fork.
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for done in as_completed([pool.submit(draw, clip, folder) for clip in missing]):
                say(f"  {done.result()}")
    return folder, {clip.name: json.loads(_truth_file(folder, clip).read_text()) for clip in clips}


def draw(clip: Clip, folder: Path) -> str:
    """Both streams of a clip, then its truth: a clip counts as made when the truth is there."""
    cv2.setNumThreads(1)
    empty = scene(clip.spot)
    files = [folder / f"{clip.name}-{stream}.mp4" for stream in ("main", "sub")]
    parts = [file.with_suffix(f".{os.getpid()}.part") for file in files]
    every = MAIN_FPS // SUB_FPS
    with (
        _Encoder(parts[0], (WIDTH, HEIGHT), MAIN_FPS, MAIN_KBIT_S) as main,
        _Encoder(parts[1], SUB_WH, SUB_FPS, SUB_KBIT_S) as sub,
    ):
        for number, (luma, chroma) in enumerate(_frames(clip, empty)):
            main.write(luma, chroma)
            if number % every == 0:
                half_wh = (SUB_WH[0] // 2, SUB_WH[1] // 2)
                sub.write(
                    cv2.resize(luma, SUB_WH, interpolation=cv2.INTER_AREA),
                    [cv2.resize(c, half_wh, interpolation=cv2.INTER_AREA) for c in chroma],
                )
    for part, file in zip(parts, files, strict=True):
        part.replace(file)
    truth = _truth_file(folder, clip)
    written = truth.with_suffix(f".{os.getpid()}.part")
    written.write_text(json.dumps([one.clear(empty, MAIN_FPS) for one in clip.passes]))
    written.replace(truth)
    return clip.name


def told(folder: Path, clips: Sequence[Clip]) -> str:
    """The streams in a few words, with the bit rates that came out."""
    kbit_s = {
        stream: sum((folder / f"{clip.name}-{stream}.mp4").stat().st_size for clip in clips)
        / sum(clip.loop_s for clip in clips)
        * 8e-3
        for stream in ("main", "sub")
    }
    return (
        f"main {WIDTH}x{HEIGHT} at {MAIN_FPS} fps, {kbit_s['main']:.0f} kbit/s, "
        f"sub {SUB_WH[0]}x{SUB_WH[1]} at {SUB_FPS} fps, {kbit_s['sub']:.0f} kbit/s, H.264, "
        f"a key frame every {KEY_FRAME_EVERY_S} s"
    )


def _truth_file(folder: Path, clip: Clip) -> Path:
    return folder / f"{clip.name}.json"


def _frames(clip: Clip, empty: Scene) -> Iterator[tuple[MatLike, list[MatLike]]]:
    """Luma (1080, 1920) and two chroma planes (540, 960) of every frame; the scene stands still but for the noise."""
    walkers = [one.walker() for one in clip.passes]
    rng = np.random.default_rng([*clip.name.encode()])
    noise, still = _noise(rng, empty.noise), _planes(empty.picture)
    for number in range(round(clip.loop_s * MAIN_FPS)):
        at_s = number / MAIN_FPS
        present = [walker for walker in walkers if walker.start_s <= at_s < walker.end_s]
        luma, chroma = _planes(_peopled(empty, present, at_s)) if present else still
        # Never the same tile twice in a row: the encoder would see a frozen picture.
        tile = noise[(number * 3 + number // NOISE_TILES) % NOISE_TILES]
        yield cv2.addWeighted(luma, 1.0, tile, 1.0, -NOISE_MIDDLE), chroma


def _peopled(empty: Scene, present: Sequence[Passer], at_s: float) -> MatLike:
    picture = empty.picture.copy()
    for walker in present:
        walker.draw(picture, empty, at_s)
    return picture


def _planes(picture: MatLike) -> tuple[MatLike, list[MatLike]]:
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    chroma = yuv[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)
    return yuv[:HEIGHT], [chroma[0], chroma[1]]


def _noise(rng: np.random.Generator, spread: float) -> list[MatLike]:
    """Full-size tiles around NOISE_MIDDLE, faint and slightly coarse, as sensors give it after their own smoothing."""
    tiles = []
    for _ in range(NOISE_TILES):
        grain = rng.standard_normal((HEIGHT, WIDTH), np.float32) * (1.1 * spread) + NOISE_MIDDLE
        tiles.append(cv2.GaussianBlur(np.clip(grain, 0, 255).astype(np.uint8), (3, 3), 0.7))
    return tiles


class _Encoder:
    """Writes planes of one size to an H.264 MP4 as a camera's encoder would: even bit rate, no B-frames."""

    def __init__(self, path: Path, size_wh: tuple[int, int], fps: int, kbit_s: int) -> None:
        self._container = av.open(str(path), "w", format="mp4")
        gop = fps * KEY_FRAME_EVERY_S
        stream = self._container.add_stream(
            "libx264",
            rate=fps,
            options={
                "preset": "veryfast",
                "tune": "zerolatency",
                "b": f"{kbit_s}k",
                "maxrate": f"{kbit_s}k",
                "bufsize": f"{2 * kbit_s}k",
                "threads": "1",
                "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:bframes=0",
            },
        )
        stream.width, stream.height = size_wh
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, fps)
        self._stream, self._number, self._fps = stream, 0, fps

    def __enter__(self) -> "_Encoder":
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def write(self, luma: MatLike, chroma: Sequence[MatLike]) -> None:
        height, width = luma.shape
        planes = np.concatenate([luma.reshape(-1), chroma[0].reshape(-1), chroma[1].reshape(-1)])
        frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuv420p")
        frame.pts, frame.time_base = self._number, Fraction(1, self._fps)
        self._number += 1
        self._container.mux(self._stream.encode(frame))
