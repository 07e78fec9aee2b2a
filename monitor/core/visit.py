"""A stranger's stay. The stranger's embedding lives here, in memory, as long as the visit, and is never written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from monitor.core.embedding import Embedding, unit
from monitor.core.schedule import DailyWindow

SAME_STRANGER_AT = 0.50  # cosine between two averaged probes
SAME_CAMERA_AT = 0.38  # on the camera where the visit was just seen
JUST_SEEN = timedelta(seconds=20)


@dataclass(frozen=True, eq=False)
class Stranger:
    """Somebody whose visit goes on: what they look like, and where and when they were seen last."""

    key: str
    embedding: Embedding
    camera_id: str
    last_at: datetime


class VisitBook:
    """The visits that are going on, by key. Whoever meets a stranger asks here which visit it is."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap
        self._strangers: dict[str, Stranger] = {}

    def meet(
        self,
        embedding: Embedding,
        camera_id: str,
        now: datetime,
        *,
        new: str,
        known: str | None = None,
        interrupted: str | None = None,
    ) -> str:
        """The key of this stranger's visit; from now on the book knows the face.

        `known` is the visit that this person is already in, and is taken as it is. Else it is the visit of the most
        similar stranger; else the `interrupted` one, unless the book knows whose that is; else a visit begins with the
        key `new`. Raises ValueError when embeddings of different lengths meet.
        """
        self._forget(now)
        key = known or self._find(embedding, camera_id, now)
        if key is None:
            key = interrupted if interrupted and interrupted not in self._strangers else new
        self._remember(key, embedding, camera_id, now)
        return key

    def running(self, now: datetime) -> list[Stranger]:
        """Everybody whom the book knows, to be told to another book."""
        self._forget(now)
        return list(self._strangers.values())

    def _find(self, embedding: Embedding, camera_id: str, now: datetime) -> str | None:
        best_key, best_score = None, -1.0
        for stranger in self._strangers.values():
            score = float(stranger.embedding @ embedding)
            near = stranger.camera_id == camera_id and now - stranger.last_at <= JUST_SEEN
            if score >= (SAME_CAMERA_AT if near else SAME_STRANGER_AT) and score > best_score:
                best_key, best_score = stranger.key, score
        return best_key

    def _remember(self, key: str, embedding: Embedding, camera_id: str, now: datetime) -> None:
        before = self._strangers.get(key)
        if before is None:
            self._strangers[key] = Stranger(key, embedding, camera_id, now)
            return
        blended = unit(np.add(before.embedding, embedding))
        newer = now >= before.last_at  # what another book tells may be older than what is known
        self._strangers[key] = Stranger(
            key, blended, camera_id if newer else before.camera_id, max(now, before.last_at)
        )

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
