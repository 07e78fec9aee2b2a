"""Embeddings have unit length and survive storage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.embedding import from_bytes, to_bytes, unit

VECTORS = st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=4).map(
    lambda numbers: np.array(numbers, np.float32)
)


@given(VECTORS)
def test_a_vector_gets_length_one_or_stays_zero(vector: np.ndarray) -> None:
    length = float(np.linalg.norm(unit(vector)))
    assert length == pytest.approx(1, abs=1e-5) or float(np.linalg.norm(vector)) < 1e-11


def test_many_vectors_are_scaled_one_by_one() -> None:
    scaled = unit(np.array([[3.0, 4.0], [0.0, 0.0], [0.0, -2.0]]))
    np.testing.assert_allclose(scaled, [[0.6, 0.8], [0, 0], [0, -1]], rtol=1e-6)
    assert scaled.dtype == np.float32


@given(VECTORS)
def test_bytes_bring_the_same_embedding_back(vector: np.ndarray) -> None:
    again = from_bytes(to_bytes(vector))
    np.testing.assert_array_equal(again, vector)
    assert again.dtype == np.float32
    again += 1  # a copy: it may be changed


def test_bytes_are_little_endian() -> None:
    assert to_bytes(np.array([1.0], np.float32)) == b"\x00\x00\x80\x3f"
