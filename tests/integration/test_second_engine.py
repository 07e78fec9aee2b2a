"""The second engine works in a process of its own, beside the frames."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import faces
import numpy as np
import pytest

from monitor.core.embedding import unit
from monitor.core.gallery import Gallery, Thresholds
from monitor.core.identification import IdentificationPolicy, Verdict
from monitor.core.ports import Image
from monitor.core.subject import Subject
from monitor.errors import EngineFailed
from monitor.vision.dlib_embedder import DlibEmbedder, face_pictures
from monitor.vision.general import dlib_mean
from monitor.vision.jpeg import shrink
from monitor.vision.pair import PairEmbedder
from monitor.workers.recogniser import Recogniser
from monitor.workers.second_opinion import SecondOpinion

ADA, BEN = Subject.resident(1), Subject.resident(2)
NO_68_POINTS = """
import dlib
read = []
load = dlib.shape_predictor
dlib.shape_predictor = lambda path: read.append(path) or load(path)
from monitor.vision.dlib_process import library
library()
assert read and not [path for path in read if "68" in path], read
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[DlibEmbedder]:
    made = DlibEmbedder(dlib_mean())
    yield made
    made.close()


def embedded(engine: DlibEmbedder, name: str) -> np.ndarray:
    image = faces.portrait(name)
    return engine.embed(image, faces.detector().detect(image).landmarks_xy[:1])


def child_of(engine: DlibEmbedder) -> int:
    assert engine._child is not None
    return engine._child.pid


def test_two_photos_of_one_man_are_more_alike_than_two_men(engine: DlibEmbedder) -> None:
    first, second = (embedded(engine, name)[0] for name in faces.SAME_MAN)
    other = embedded(engine, faces.ADA)[0]
    assert first @ second > first @ other + 0.03
    assert np.linalg.norm(first) == pytest.approx(1.0, abs=1e-5)


def test_no_face_is_no_question(engine: DlibEmbedder) -> None:
    nobody = face_pictures(faces.portrait(faces.ADA), np.zeros((0, 5, 2), np.float32))
    assert engine.embed_pictures(nobody).shape == (0, 128)


def test_a_killed_engine_is_said_and_comes_back(engine: DlibEmbedder) -> None:
    before = embedded(engine, faces.ADA)
    os.kill(child_of(engine), signal.SIGKILL)
    with pytest.raises(EngineFailed, match="started again"):
        embedded(engine, faces.ADA)
    assert np.allclose(embedded(engine, faces.ADA), before, atol=1e-5)


def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import numpy as np, os; from monitor.vision.dlib_embedder import DlibEmbedder, SIDE_PX\n"
        "e = DlibEmbedder(None); e.embed_pictures(np.zeros((1, SIDE_PX, SIDE_PX, 3), np.uint8))\n"
        "print(e._child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    child = int(done.stdout)  # the pipe is closed by now, so the child has read its end too
    os_says = subprocess.run(
        ["tail", f"--pid={child}", "-f", "/dev/null"], timeout=20, check=False
    )  # returns when it is gone
    assert os_says.returncode == 0


def test_the_file_that_is_not_for_commercial_use_is_never_loaded() -> None:
    subprocess.run([sys.executable, "-c", NO_68_POINTS], check=True)


def filmed(image: Image, at_s: float) -> Image:
    """No two frames of a camera are the same to the bit."""
    noise = np.random.default_rng(int(at_s * 10)).integers(0, 3, image.shape, np.uint8)
    return np.asarray(np.clip(image.astype(np.int16) + noise, 0, 255), np.uint8)


def test_in_doubt_a_person_is_decided_once_the_second_engine_has_answered(engine: DlibEmbedder) -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    portrait = shrink(faces.portrait(faces.ADA), 400)
    image[200 : 200 + portrait.shape[0], 400 : 400 + portrait.shape[1]] = portrait
    points = faces.detector().detect(image).landmarks_xy[:1]
    pair = PairEmbedder(faces.embedder(), engine)
    ada, ben = pair.template(image, points)[0], unit(np.random.default_rng(1).normal(size=256))
    enrolled = Gallery.of([(ADA, ada), (BEN, ben)])
    # The first engine alone would ask for more than any picture has: everything near is doubtful.
    gallery = enrolled.first_engine(128).with_thresholds(Thresholds(0.97))
    second = SecondOpinion(engine)
    recogniser = Recogniser(faces.detector(), faces.embedder(), IdentificationPolicy(), second)
    both = Gallery(gallery.templates, gallery.owners, gallery.people, None, gallery.thresholds, enrolled)
    for at_s in (10.0, 10.5, 11.0):
        (person,) = recogniser.look(filmed(image, at_s), at_s, both)
    assert person.verdict is Verdict.UNDECIDED and person.question is not None
    person.question.answer.result(30)
    recogniser.look(filmed(image, 11.1), 11.1, both)
    assert person.identification is not None
    assert (person.verdict, person.identification.subject) == (Verdict.RESIDENT, ADA)
    second.close()
