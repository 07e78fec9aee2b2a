"""Asks the second engine beside the frame loop, which never waits for it."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from monitor.core.embedding import Embeddings
from monitor.core.identification import Evidence, Shot
from monitor.core.ports import Image
from monitor.errors import EngineFailed
from monitor.vision.dlib_embedder import DlibEmbedder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Question:
    """What was asked about one person, and where the answer will be."""

    shots: tuple[Shot, ...]
    answer: Future[Embeddings]

    def heard(self, evidence: Evidence) -> bool:
        """Hand a finished answer to the evidence; False while it is awaited."""
        if not self.answer.done():
            return False
        try:
            evidence.hear(self.shots, self.answer.result())
        except EngineFailed as failed:
            logger.warning("%s", failed)  # it stays undecided, and is asked again with the next picture
        return True


class SecondOpinion:
    """One question after the other, in a thread; the engine works in a process of its own."""

    def __init__(self, engine: DlibEmbedder) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="second-opinion")

    def ask(self, shots: Sequence[Shot], pictures: Sequence[Image]) -> Question:
        """`pictures` (N, SIDE_PX, SIDE_PX, 3) belong to the shots."""
        return Question(tuple(shots), self._thread.submit(self._engine.embed_pictures, np.stack(pictures)))

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._engine.close()
