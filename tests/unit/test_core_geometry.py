"""Boxes overlap, and five points are brought to where the networks expect them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.geometry import ALIGNED_POINTS_XY, alignment, iou, span_px


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_overlap_is_the_shared_part_of_both() -> None:
    overlap = iou(
        boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10), (5, 0, 15, 10), (10, 0, 20, 10), (50, 50, 60, 60))
    )
    np.testing.assert_allclose(overlap, [[1, 1 / 3, 0, 0]], rtol=1e-6)
    assert overlap.dtype == np.float32


def test_boxes_without_area_and_no_boxes_overlap_with_nothing() -> None:
    assert iou(boxes((1, 1, 1, 1)), boxes((1, 1, 1, 1))).tolist() == [[0]]
    assert iou(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)


def placed(points: np.ndarray, angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (scale * points @ turn.T + np.array(shift)).astype(np.float32)


@given(st.floats(-3.1, 3.1), st.floats(0.2, 10), st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)))
def test_a_turned_scaled_and_moved_face_is_brought_back(
    angle: float, scale: float, shift: tuple[float, float]
) -> None:
    points = placed(ALIGNED_POINTS_XY, angle, scale, shift)
    matrix = alignment(points)
    brought = points @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(brought, ALIGNED_POINTS_XY, atol=0.05)


def test_a_mirrored_face_is_turned_but_never_mirrored() -> None:
    mirrored = (ALIGNED_POINTS_XY * [-1, 1]).astype(np.float32)
    assert np.linalg.det(alignment(mirrored)[:, :2]) > 0


def test_points_that_all_lie_together_do_not_divide_by_zero() -> None:
    matrix = alignment(np.full((5, 2), 7, np.float32))
    assert np.isfinite(matrix).all()
    np.testing.assert_allclose(matrix[:, 2], ALIGNED_POINTS_XY.mean(axis=0))
    assert np.abs(matrix[:, :2]).max() == pytest.approx(0)


def test_the_span_of_a_turned_face_is_told_by_its_height() -> None:
    front = np.array([[0, 0], [40, 0], [20, 20], [5, 40], [35, 40]], np.float32)
    turned = front * np.array([0.3, 1], np.float32)
    assert span_px(front) == pytest.approx(40)
    assert span_px(turned) == pytest.approx(38)
    assert span_px(3 * front) == pytest.approx(120)
