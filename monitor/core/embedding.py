"""Embeddings: float32 vectors of unit length, compared by cosine."""

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]  # (D,) unit length
Embeddings = NDArray[np.float32]  # (N, D) unit length


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """The same direction at length 1; (D,) or (N, D). A zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


SECOND_WEIGHT = 0.1  # of the second engine's likeness beside the first one's; docs/recognition.md


def joined(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """The embeddings of two engines side by side, (..., D) and (..., E) -> (..., D + E) of unit length.

    The cosine of two of them is the weighted mean of both engines' cosines.
    """
    return unit(np.concatenate([first, np.sqrt(np.float32(SECOND_WEIGHT)) * second], axis=-1))


def to_bytes(embedding: Embedding) -> bytes:
    """Little-endian float32."""
    return embedding.astype("<f4").tobytes()


def from_bytes(raw: bytes) -> Embedding:
    return np.frombuffer(raw, dtype="<f4").astype(np.float32)
