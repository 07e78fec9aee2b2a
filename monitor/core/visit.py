"""A stranger's stay. The stranger's embedding lives here, in memory, as long as the visit, and is never written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from monitor.core.embedding import Embedding, unit
from monitor.core.schedule import DailyWindow

SAME_STRANGER_AT = 0.50  # cosine between two averaged probes
SAME_CAMERA_AT = 0.38  # on the camera where the visit was just seen
JUST_SEEN = timedelta(seconds=20)


@dataclass
class Stranger:
    visit_id: int
    embedding: Embedding
    camera_id: str
    last_at: datetime


class VisitBook:
    """The visits that are going on, as far as this process has seen them."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap
        self._strangers: dict[int, Stranger] = {}

    def find(self, embedding: Embedding, camera_id: str, now: datetime) -> int | None:
        """The running visit of this stranger, or None."""
        self._forget(now)
        best_id, best_score = None, -1.0
        for stranger in self._strangers.values():
            score = float(stranger.embedding @ embedding)
            near = stranger.camera_id == camera_id and now - stranger.last_at <= JUST_SEEN
            if score >= (SAME_CAMERA_AT if near else SAME_STRANGER_AT) and score > best_score:
                best_id, best_score = stranger.visit_id, score
        return best_id

    def remember(self, visit_id: int, embedding: Embedding, camera_id: str, now: datetime) -> None:
        known = self._strangers.get(visit_id)
        blended = unit(np.add(known.embedding, embedding)) if known else embedding
        self._strangers[visit_id] = Stranger(visit_id, blended, camera_id, now)

    def _forget(self, now: datetime) -> None:
        self._strangers = {k: s for k, s in self._strangers.items() if now - s.last_at <= self._gap}


@dataclass(frozen=True)
class VisitRule:
    """When a visit becomes an alert: these places, these hours."""

    name: str
    places: frozenset[str]  # empty: every place
    window: DailyWindow

    def covers(self, place: str) -> bool:
        return not self.places or place in self.places
