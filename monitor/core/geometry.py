"""Boxes and the five-point alignment."""

import numpy as np
from numpy.typing import NDArray

# Where the five points of a face stand in the 112x112 picture that SFace and ArcFace were trained on.
ALIGNED_POINTS_XY = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float64,
)
ALIGNED_SIZE_PX = 112


def iou(a_xyxy: NDArray[np.float32], b_xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of every pair: (N, 4) and (M, 4) -> (N, M), 0..1."""
    left_top = np.maximum(a_xyxy[:, None, :2], b_xyxy[None, :, :2])
    right_bottom = np.minimum(a_xyxy[:, None, 2:], b_xyxy[None, :, 2:])
    overlap = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    area_a = np.prod(a_xyxy[:, 2:] - a_xyxy[:, :2], axis=1)
    area_b = np.prod(b_xyxy[:, 2:] - b_xyxy[:, :2], axis=1)
    union = area_a[:, None] + area_b[None, :] - overlap
    return np.asarray(overlap / np.maximum(union, 1e-9), dtype=np.float32)


def span_px(landmarks_xy: NDArray[np.float32]) -> float:
    """How large a face is, from its points (5, 2): the distance of the eyes, or of a turned face, whose eyes are close
    together, most of that from eyes to mouth. A face is a little more than two spans wide.
    """
    eyes_px = float(np.hypot(*(landmarks_xy[1] - landmarks_xy[0])))
    height_px = float(np.hypot(*(landmarks_xy[3:].mean(axis=0) - landmarks_xy[:2].mean(axis=0))))
    return max(eyes_px, 0.95 * height_px)


def alignment(landmarks_xy: NDArray[np.float32]) -> NDArray[np.float64]:
    """The similarity transform (2, 3) that brings five points (5, 2) onto ALIGNED_POINTS_XY.

    Least squares after S. Umeyama, IEEE TPAMI 13(4), 1991.
    """
    source = landmarks_xy.astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), ALIGNED_POINTS_XY.mean(axis=0)
    source_centred, target_centred = source - source_mean, ALIGNED_POINTS_XY - target_mean
    u, spread, vt = np.linalg.svd(target_centred.T @ source_centred / len(source))
    mirror = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(mirror) @ vt
    scale = (spread * mirror).sum() / max(source_centred.var(axis=0).sum(), 1e-12)
    return np.hstack([scale * rotation, (target_mean - scale * rotation @ source_mean)[:, None]])
