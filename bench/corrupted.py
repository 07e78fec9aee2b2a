"""Wrong names on corrupted streams: the real way from packets to a decision, with and without the damage checks.

    python bench/corrupted.py --streams 1000            (about 20 minutes on two cores)
    python bench/corrupted.py --clean                   what the checks cost on clean video

Takes the evaluation clips beside the project (or in the folder that CLIPS names), or, where they are absent, clips made of the sample portraits. Each
stream is encoded anew, corrupted by a seeded recipe (tests/faults/corruption.py) and looked at with a gallery of three
of the five people. A wrong name is somebody enrolled under another's name, or a stranger under any.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import combinations
from pathlib import Path

import av
import cv2
import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from faults.corruption import RECIPES, SEVERITIES, Coded, corrupt, kind_of, units

from monitor.bootstrap import Vision, vision
from monitor.config.settings import Settings
from monitor.core.calibration import calibrate, centred
from monitor.core.damage import Condition, is_damaged
from monitor.core.gallery import Gallery
from monitor.core.ports import Image
from monitor.core.subject import Subject
from monitor.simulate.portraits import cut_out
from monitor.vision.damage import FaceCheck, marks_of
from monitor.vision.decoder import Decoder
from monitor.vision.jpeg import encode as to_jpeg
from monitor.vision.packet import Packet, Timeline
from monitor.vision.stream import Stream, _packet
from monitor.workers.recogniser import Recogniser

CLIPS = Path(os.environ.get("CLIPS", Path(__file__).parents[2] / "shared" / "eval" / "asl-clips"))
FPS, MOST_FRAMES, ENROLLED = 30, 72, 3
LOOK_EVERY_S = 0.1
CLEAN_CRFS = (18, 23, 28, 33, 38)
PORTRAIT_PEOPLE = ("004m", "005f", "011m", "024f", "039f")
KINDS = (*RECIPES, "resized")
_KEY_SLICE = 5


@dataclass(frozen=True)
class Coding:
    """How a clip is encoded."""

    crf: int = 28
    group: int = 15
    b_frames: int = 0
    entropy: str = "cabac"
    size_wh: tuple[int, int] | None = None
    codec: str = "libx264"


CODINGS = (
    Coding(24),
    Coding(32, group=30),
    Coding(28, group=12, entropy="vlc"),
    Coding(26, group=20, b_frames=2),
)


@dataclass(frozen=True)
class Job:
    clip: tuple[str, int]  # person, number
    other: tuple[str, int]
    enrolled: tuple[str, ...]
    coding: Coding
    kind: str
    severity: int
    seed: int
    portraits: bool


@dataclass
class Outcome:
    wrong: bool = False
    named: bool = False
    stranger: bool = False
    frames: int = 0
    looked: int = 0

    @property
    def word(self) -> str:
        if self.wrong:
            return "wrong"
        return "named" if self.named else "stranger" if self.stranger else "undecided"


class Blind(FaceCheck):
    """Lets everything pass: how it was before."""

    def damaged(self, image_bgr: Image, boxes_xyxy: np.ndarray) -> bool:
        return False

    def fresh(self, image_bgr: Image, boxes_xyxy: np.ndarray) -> list[int]:
        return list(range(len(boxes_xyxy)))


def people(portraits: bool) -> dict[str, list[Path | str]]:
    """The clips of each person; the first is enrolled from."""
    if portraits:
        return {key: [f"{key}:{n}" for n in range(3)] for key in PORTRAIT_PEOPLE}
    found: dict[str, list[Path | str]] = defaultdict(list)
    for clip in sorted(CLIPS.glob("*/*.mkv")):
        found[clip.parent.name[:2]].append(clip)
    return dict(found)


@lru_cache(maxsize=4)  # 65 MB each
def pictures(person: str, number: int, portraits: bool) -> list[Image]:
    source = people(portraits)[person][number]
    if portraits:
        return list(_drawn(person, number))
    with av.open(str(source)) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return frames[:MOST_FRAMES]


def _drawn(key: str, number: int) -> Iterator[Image]:
    """A head that sways before a wall, with sensor noise; face about 75 px."""
    luck = np.random.default_rng(number)
    hall = np.random.default_rng(9).integers(70, 170, (12, 16, 3)).astype(np.uint8)
    wall = cv2.resize(hall, (480, 360), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    head = cut_out(key).astype(np.float32)
    phase = 1.3 * number
    for n in range(MOST_FRAMES):
        scale = 0.47 + 0.03 * np.sin(phase + n / 25)
        at_x, at_y = 150 + 18 * np.sin(phase + n / 14), 110 + 5 * np.sin(phase + n / 9)
        place = np.array([[scale, 0, at_x], [0, scale, at_y]], np.float32)
        over = cv2.warpAffine(head, place, (480, 360), flags=cv2.INTER_AREA)
        alpha = over[..., 3:] / 255
        mixed = wall * (1 - alpha) + over[..., :3] * alpha + luck.normal(0, 2.0, wall.shape)
        yield np.clip(mixed, 0, 255).astype(np.uint8)


@cache
def encoded(person: str, number: int, coding: Coding, portraits: bool) -> tuple[Path, tuple[Coded, ...]]:
    """The stream as a file to open, and its packets as RTSP would hand them over."""
    frames = pictures(person, number, portraits)
    path = Path(_folder().name) / f"{person}-{number}-{abs(hash(coding))}.ts"
    options = {
        "crf": str(coding.crf),
        "g": str(coding.group),
        "bf": str(coding.b_frames),
        "preset": "veryfast",
    }
    options |= {"sc_threshold": "0", "coder": coding.entropy}
    if coding.codec == "libx265":
        x265 = f"keyint={coding.group}:bframes={coding.b_frames}:log-level=none:scenecut=0"
        options = {"crf": str(coding.crf), "preset": "ultrafast", "x265-params": x265}
    with av.open(str(path), "w", format="mpegts") as container:
        video = container.add_stream(coding.codec, rate=FPS, options=options)
        video.width, video.height = coding.size_wh or frames[0].shape[1::-1]
        video.pix_fmt = "yuv420p"
        for picture in frames:
            shown = picture if coding.size_wh is None else cv2.resize(picture, coding.size_wh)
            container.mux(video.encode(av.VideoFrame.from_ndarray(shown, "bgr24")))
        container.mux(video.encode(None))
    with av.open(str(path)) as container:
        raw = [packet for packet in container.demux(video=0) if packet.size]
    return path, tuple(Coded(bytes(p), p.is_keyframe, float(p.pts * p.time_base)) for p in raw)


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="shouwang-corrupted-")


@cache
def eyes() -> Vision:
    return vision(Settings(data_dir=Path(_folder().name)))


@cache
def templates(person: str, portraits: bool) -> tuple[np.ndarray, ...]:
    """Three pictures out of the first clip, read as enrolment photos are."""
    frames = pictures(person, 0, portraits)
    photos = [to_jpeg(frames[part * len(frames) // 4], quality=95) for part in (1, 2, 3)]
    return tuple(eyes().photos.read(photo).embedding for photo in photos)


@cache
def gallery(enrolled: tuple[str, ...], portraits: bool) -> Gallery:
    made = Gallery.of(
        [(Subject.resident(n), e) for n, name in enumerate(enrolled) for e in templates(name, portraits)]
    )
    recognition = eyes().recognition
    people = centred(made, recognition.general)
    return people.with_thresholds(calibrate(people, recognition.general, recognition.wanted_fpir).thresholds)


def arriving(stream: Sequence[Coded]) -> Iterator[tuple[Packet, Coded]]:
    """Packets as monitor.vision.stream makes them."""
    timeline = Timeline()
    for coded in stream:
        raw = av.Packet(coded.data)
        raw.time_base, raw.pts = Fraction(1, 90_000), round(coded.pts_s * 90_000)
        # The parser finds key frames by their bytes; so what is left of one is none.
        raw.is_keyframe = coded.key and (
            not coded.data[4:5].isascii() or any(kind_of(u) == _KEY_SLICE for u in units(coded.data))
        )
        yield _packet(raw, timeline, coded.pts_s), coded


def watch(
    path: Path,
    stream: Sequence[Coded],
    names: Sequence[str],
    enrolled: tuple[str, ...],
    known: Gallery,
    checked: bool,
) -> Outcome:
    """Look at one stream; `names` tells who is in each of the two streams that it may be made of."""
    outcome = Outcome()
    recogniser = Recogniser(
        eyes().detector,
        eyes().embedder,
        Settings().identification(),
        check=FaceCheck() if checked else Blind(),
    )
    # Who may be in the pictures of each group: whose packets came since its key frame. A decoder shows some later.
    groups: list[tuple[float, set[str]]] = [(float("-inf"), set())]
    next_look_s = 0.0
    with Stream(str(path), allow_file=True) as opened:
        decoder = Decoder(opened)
        for packet, coded in arriving(stream):
            if packet.key:
                groups.append((packet.pts_s, set()))
            groups[-1][1].add(names[coded.stream])
            for frame in decoder.decode(packet):
                outcome.frames += 1
                if checked and frame.condition is not Condition.WHOLE:
                    continue
                if checked:
                    recogniser.enter(frame.scene)
                if frame.pts_s < next_look_s or not recogniser.wants(frame.pts_s):
                    continue
                next_look_s = frame.pts_s + LOOK_EVERY_S
                outcome.looked += 1
                for person in recogniser.look(frame.bgr(), frame.pts_s, known):
                    found = person.identification
                    if found is None:
                        continue
                    outcome.stranger |= found.verdict.value == "stranger"
                    if found.named and found.subject is not None:
                        outcome.named = True
                        outcome.wrong |= enrolled[found.subject.id] not in _of(groups, frame.pts_s)
                recogniser.left(frame.pts_s)
    return outcome


def _of(groups: Sequence[tuple[float, set[str]]], at_s: float) -> set[str]:
    return [names for begin_s, names in groups if begin_s <= at_s][-1]


def run(job: Job, compare: bool = True) -> tuple[Job, Outcome, Outcome]:
    """(job, without the checks, with them); without comparison the first stays empty."""
    path, stream = encoded(*job.clip, job.coding, job.portraits)
    coding = (
        Coding(job.coding.crf, job.coding.group, size_wh=(352, 288)) if job.kind == "resized" else job.coding
    )
    _, other = encoded(*job.other, coding, job.portraits)
    kind = ("switched" if job.severity == 1 else "spliced") if job.kind == "resized" else job.kind
    broken = corrupt(kind, stream, other, job.severity, job.seed)
    known, names = gallery(job.enrolled, job.portraits), (job.clip[0], job.other[0])
    after = watch(path, broken, names, job.enrolled, known, checked=True)
    before = watch(path, broken, names, job.enrolled, known, checked=False) if compare else Outcome()
    return job, before, after


def jobs(streams: int, portraits: bool, codec: str = "libx264", first: int = 0) -> list[Job]:
    """Every kind and severity in turn; people, clips, codings and galleries rotate."""
    cast = people(portraits)
    names = sorted(cast)
    probes = [(name, n) for name in names for n in range(1, len(cast[name]))]
    galleries = list(combinations(names, ENROLLED))
    cells = [(kind, severity) for kind in KINDS for severity in SEVERITIES]
    made = []
    for seed in range(first, first + streams):
        kind, severity = cells[seed % len(cells)]
        luck = np.random.default_rng(seed)
        clip = probes[luck.integers(len(probes))]
        others = [probe for probe in probes if probe[0] != clip[0]]
        other = others[luck.integers(len(others))]
        coding = CODINGS[luck.integers(len(CODINGS))]
        if codec != "libx264":
            coding = Coding(coding.crf, coding.group, codec=codec)
        enrolled = galleries[luck.integers(len(galleries))]
        made.append(Job(clip, other, enrolled, coding, kind, severity, seed, portraits))
    return made


@dataclass
class Cell:
    """What became of the streams of one kind and severity."""

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    looked_before: int = 0
    looked_after: int = 0

    def add(self, before: Outcome, after: Outcome) -> None:
        self.before[before.word] += 1
        self.after[after.word] += 1
        self.looked_before += before.looked
        self.looked_after += after.looked


def trial(
    work: Sequence[Job], processes: int, compare: bool = True
) -> tuple[dict[tuple[str, int], Cell], list[tuple[Job, Outcome, Outcome]]]:
    """What became of the streams by kind and severity, and the streams with a wrong name."""
    cells: dict[tuple[str, int], Cell] = defaultdict(Cell)
    each = partial(run, compare=compare)
    wrong = []
    with ProcessPoolExecutor(processes) as pool:
        done = pool.map(each, work, chunksize=2) if processes > 1 else map(each, work)
        for number, (job, before, after) in enumerate(done, 1):
            cells[job.kind, job.severity].add(before, after)
            if before.wrong or after.wrong:
                wrong.append((job, before, after))
            if number % 50 == 0:
                print(f"\n{table(cells)}\n{number} of {len(work)}", file=sys.stderr, flush=True)
    return cells, wrong


WORDS = ("named", "stranger", "undecided", "wrong")


def table(cells: dict[tuple[str, int], Cell]) -> str:
    lines = [
        "| damage | severity | streams | without the checks: "
        + " / ".join(WORDS)
        + " | with them: "
        + " / ".join(WORDS)
        + " | pictures used |",
        "|---|---|---|---|---|---|",
    ]
    total = Cell()
    for (kind, severity), cell in sorted(cells.items()):
        lines.append(_line(kind, str(severity), cell))
        total.before += cell.before
        total.after += cell.after
        total.looked_before += cell.looked_before
        total.looked_after += cell.looked_after
    return "\n".join([*lines, _line("**all**", "", total)])


def _line(kind: str, severity: str, cell: Cell) -> str:
    before, after = (" / ".join(str(c[word]) for word in WORDS) for c in (cell.before, cell.after))
    used = cell.looked_after / max(1, cell.looked_before)
    return f"| {kind} | {severity} | {cell.before.total()} | {before} | {after} | {used:.0%} |"


@dataclass
class Clean:
    """What the checks find on video that nobody damaged."""

    frames: int = 0
    not_whole: int = 0
    looked: int = 0
    faces: int = 0
    damaged: int = 0
    still: int = 0
    torn: float = 0.0
    filled: float = 0.0


def clean(portraits: bool, crf: int) -> Clean:
    """Every clip at one quality; every frame is decoded, and every LOOK_EVERY_S one is looked at."""
    found = Clean()
    for person, clips in people(portraits).items():
        for number in range(len(clips)):
            path, stream = encoded(person, number, Coding(crf), portraits)
            check, next_s = FaceCheck(), 0.0
            with Stream(str(path), allow_file=True) as opened:
                decoder = Decoder(opened)
                for packet, _ in arriving(stream):
                    for frame in decoder.decode(packet):
                        found.frames += 1
                        found.not_whole += frame.condition is not Condition.WHOLE
                        image = frame.bgr()
                        boxes_xyxy = eyes().detector.detect(image).boxes_xyxy
                        found.faces += len(boxes_xyxy)
                        for box_xyxy in boxes_xyxy:
                            marks = marks_of(image, box_xyxy)
                            found.damaged += is_damaged(marks)
                            found.torn, found.filled = (
                                max(found.torn, marks.torn),
                                max(found.filled, marks.filled),
                            )
                        if frame.pts_s >= next_s:
                            next_s = frame.pts_s + LOOK_EVERY_S
                            found.looked += len(boxes_xyxy)
                            found.still += len(boxes_xyxy) - len(check.fresh(image, boxes_xyxy))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--codec", choices=("libx264", "libx265"), default="libx264")
    parser.add_argument("--portraits", action="store_true", help="use the sample portraits in any case")
    parser.add_argument("--clean", action="store_true", help="what the checks cost on clean video")
    parser.add_argument("--json", type=Path, help="write the counts to this file")
    asked = parser.parse_args()
    portraits = asked.portraits or not CLIPS.is_dir()
    if asked.clean:
        print("| CRF | frames | not whole | faces | damaged | most torn | most filled | looked at | still |")
        print("|---|---|---|---|---|---|---|---|---|")
        for crf in CLEAN_CRFS:
            c = clean(portraits, crf)
            counts = f"{c.frames} | {c.not_whole} | {c.faces} | {c.damaged} | {c.torn:.3f} | {c.filled:.3f}"
            print(f"| {crf} | {counts} | {c.looked} | {c.still} |", flush=True)
        return
    began_s = time.monotonic()
    cells, wrong = trial(jobs(asked.streams, portraits, asked.codec, asked.first), asked.processes)
    print(table(cells))
    for job, _, after in wrong:
        print(f"wrong name {'with the checks' if after.wrong else 'without'}: {job}")
    print(f"\n{asked.streams} streams in {(time.monotonic() - began_s) / 60:.1f} minutes.")
    if asked.json:
        asked.json.write_text(
            json.dumps(
                [
                    {
                        "kind": kind,
                        "severity": severity,
                        "without": dict(cell.before),
                        "with": dict(cell.after),
                    }
                    for (kind, severity), cell in sorted(cells.items())
                ],
                indent=1,
            )
        )
    sys.exit(any(after.wrong for _, _, after in wrong))


if __name__ == "__main__":
    main()
