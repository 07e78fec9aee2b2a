"""What an ingest worker tells the book of visits: somebody was met. Spelled out byte by byte; nothing is unpickled."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from monitor.core.embedding import Embedding, from_bytes, to_bytes

LONGEST_BYTES = 16 * 1024  # 4000 numbers; SFace has 128
_KEY = re.compile(r"[0-9a-f]{32}\Z")
_LENGTH_BYTES, _HEADER_BYTES = 2, 512
_HEADER = ("camera", "at", "new", "known", "interrupted")


@dataclass(frozen=True, eq=False)
class Meeting:
    """The arguments of `VisitBook.meet`."""

    embedding: Embedding
    camera: str
    at: datetime
    new: str
    known: str | None = None
    interrupted: str | None = None

    def encode(self) -> bytes:
        """Two bytes: how long the JSON is; the JSON; the embedding as little-endian float32."""
        header = json.dumps(
            {
                "camera": self.camera,
                "at": self.at.isoformat(),
                "new": self.new,
                "known": self.known,
                "interrupted": self.interrupted,
            }
        ).encode()
        return len(header).to_bytes(_LENGTH_BYTES, "big") + header + to_bytes(self.embedding)

    @staticmethod
    def decode(message: bytes) -> "Meeting":
        """Raises ValueError when this is not a meeting."""
        end = _LENGTH_BYTES + int.from_bytes(message[:_LENGTH_BYTES], "big")
        if end > _LENGTH_BYTES + _HEADER_BYTES:
            raise ValueError("a meeting has a short header")
        header = json.loads(message[_LENGTH_BYTES:end])
        if not isinstance(header, dict) or set(header) != set(_HEADER):
            raise ValueError("a meeting has other fields")
        camera, at = header["camera"], header["at"]
        if not (isinstance(camera, str) and isinstance(at, str)):
            raise ValueError("camera and moment are texts")
        moment, embedding = datetime.fromisoformat(at), from_bytes(message[end:])
        if moment.tzinfo is None:
            raise ValueError("a moment has a time zone")
        if not embedding.size or not np.isfinite(embedding).all():
            raise ValueError("an embedding is made of numbers")
        known, interrupted = (key_of(header[name]) if header[name] else None for name in _HEADER[3:])
        return Meeting(embedding, camera, moment, key_of(header["new"]), known, interrupted)


def key_of(text: object) -> str:
    """Raises ValueError when this is not the key of a visit."""
    if not isinstance(text, str) or not _KEY.match(text):
        raise ValueError("a key has 32 hexadecimal digits")
    return text
