"""Evaluates on a folder of clips, one sub-folder a person: every pass, for every choice of who is enrolled.

Clips go through the path of the cameras: decoder, tracker, shots, evidence, decision.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from monitor.bootstrap import STREAM_DETECTION_PX, embedder
from monitor.core.calibration import General, calibrate, centred
from monitor.core.gallery import Gallery
from monitor.core.identification import Evidence, Identification, IdentificationPolicy, Shot, Verdict
from monitor.core.subject import Subject
from monitor.core.track import Track
from monitor.errors import CameraSilent, InvalidInput
from monitor.vision import weights
from monitor.vision.decoder import Decoder
from monitor.vision.detector import YuNetDetector
from monitor.vision.general import general
from monitor.vision.stream import Stream
from monitor.workers.recogniser import Person, Recogniser

Progress = Callable[[str], None]
SUFFIXES = (".mkv", ".mp4", ".mov", ".avi")
ENROLLED_PEOPLE = 3
TEMPLATES = 5  # the best shots of the clip that a person is enrolled from
START_S = 1000.0  # clips begin at some time, not at 0
# Shots are collected once and judged again for every choice of who is enrolled: nothing is decided on the way.
COLLECT = IdentificationPolicy(min_shots=10**6, max_shots=10**6)


@dataclass(frozen=True)
class Pass:
    """One person's walk through one clip: the shots of every track in it, the longest first."""

    person: str
    clip: str
    tracks: tuple[tuple[Shot, ...], ...]


@dataclass(frozen=True)
class Passes:
    """What was said of the passes of one choice of enrolled people."""

    enrolled: tuple[str, ...]
    right: int
    wrong_name: int
    undecided: int  # residents not named, strangers neither
    stranger_right: int
    resident_as_stranger: int
    threshold: float

    @property
    def all_right(self) -> bool:
        return not (self.wrong_name or self.undecided or self.resident_as_stranger)


def is_clip_folder(folder: Path) -> bool:
    return not (folder / "protocol.csv").is_file() and any(_clips(folder))


def evaluate(
    folder: Path, engine: str, data_dir: Path, wanted_fpir: float, progress: Progress
) -> list[Passes]:
    """Every choice of ENROLLED_PEOPLE among the people. Raises InvalidInput when there are too few."""
    people = sorted({person for person, _ in _clips(folder)})
    if len(people) < ENROLLED_PEOPLE + 1:
        raise InvalidInput(
            field="DIR", reason=f"needs sub-folders with clips of {ENROLLED_PEOPLE + 1} people or more"
        )
    made = embedder(engine, data_dir)
    detector = YuNetDetector(weights.yunet(data_dir), longest_px=STREAM_DETECTION_PX)
    passes = []
    for person, clip in _clips(folder):
        progress(f"{engine}: {clip.relative_to(folder)}")
        recogniser = Recogniser(detector, made, COLLECT)
        passes.append(Pass(person, clip.name, _tracks(clip, recogniser)))
    return [
        judge(enrolled, passes, general(made.name), wanted_fpir)
        for enrolled in combinations(people, ENROLLED_PEOPLE)
    ]


def _clips(folder: Path) -> list[tuple[str, Path]]:
    return [
        (path.parent.name, path) for path in sorted(folder.glob("*/*")) if path.suffix.lower() in SUFFIXES
    ]


def _tracks(clip: Path, recogniser: Recogniser) -> tuple[tuple[Shot, ...], ...]:
    nobody, persons = Gallery.empty(), dict[int, Person]()
    with Stream(str(clip), allow_file=True) as stream, suppress(CameraSilent):  # raised at the end of a file
        decoder = Decoder(stream)
        for packet in stream.packets():
            for frame in decoder.decode(packet):
                at_s = START_S + frame.pts_s
                if recogniser.wants(at_s):
                    persons.update({p.track.number: p for p in recogniser.look(frame.bgr(), at_s, nobody)})
    tracks = [tuple(person.evidence.shots) for person in persons.values() if person.evidence.shots]
    return tuple(sorted(tracks, key=len, reverse=True))


def judge(
    enrolled: tuple[str, ...], passes: Sequence[Pass], statistic: General, wanted_fpir: float
) -> Passes:
    """Each is enrolled from the first clip; all others are passes."""
    first = {person: next(p for p in passes if p.person == person) for person in enrolled}
    templates = [
        (Subject.resident(number), shot.embedding)
        for number, person in enumerate(enrolled)
        for shot in sorted(first[person].tracks[0], key=lambda s: -s.quality)[:TEMPLATES]
    ]
    gallery = centred(Gallery.of(templates), statistic)
    thresholds = calibrate(gallery, statistic, wanted_fpir).thresholds
    gallery = gallery.with_thresholds(thresholds)
    counts = dict.fromkeys(("right", "wrong_name", "undecided", "stranger_right", "resident_as_stranger"), 0)
    for one in passes:
        if one in first.values():
            continue
        counts[_said(one, enrolled, gallery)] += 1
    return Passes(enrolled, threshold=thresholds.resident_at, **counts)


def _live(shots: Sequence[Shot], gallery: Gallery) -> Identification | None:
    """Decided picture by picture, as it happens: a name that is given too early is given."""
    person = Person(_ANY_TRACK, Evidence(IdentificationPolicy()))
    for shot in sorted(shots, key=lambda s: s.at_s):
        person.evidence.add(shot)
        person.decide(gallery)
    return person.identification


_ANY_TRACK = Track(0, np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 0.0, 0.0)


def _said(one: Pass, enrolled: tuple[str, ...], gallery: Gallery) -> str:
    """A wrong name on any track of the pass is a wrong name; otherwise the longest track speaks."""
    found = [_live(shots, gallery) for shots in one.tracks]
    names = [enrolled[f.subject.id] for f in found if f is not None and f.named and f.subject is not None]
    if any(name != one.person for name in names):
        return "wrong_name"
    if names:
        return "right"
    if not found or found[0] is None or found[0].verdict is Verdict.UNDECIDED:
        return "undecided"
    return "resident_as_stranger" if one.person in enrolled else "stranger_right"
