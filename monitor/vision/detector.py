"""Faces in a picture, with YuNet (Wu, Peng, Yu: Machine Intelligence Research 20, 2023)."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.detection import Detections
from monitor.core.ports import Image
from monitor.vision.jpeg import shrink
from monitor.vision.runtime import session

_STRIDES_PX = (8, 16, 32)
_OUTPUTS = [f"{kind}_{stride}" for stride in _STRIDES_PX for kind in ("cls", "obj", "bbox", "kps")]
_SAME_FACE_IOU = 0.3
_MOST_CANDIDATES = 2000


class YuNetDetector:
    """Finds faces from about 10 px up, measured after the picture was scaled down to `longest_px`."""

    def __init__(self, model: Path, longest_px: int = 960, min_score: float = 0.7) -> None:
        self._session = session(model)
        self._longest_px, self._min_score = longest_px, min_score

    def detect(self, image_bgr: Image) -> Detections:
        """Every face of the picture, best first; boxes and points in pixels of that picture."""
        if not image_bgr.size:
            return Detections.none()
        height, width = image_bgr.shape[:2]
        small = shrink(image_bgr, self._longest_px)
        found = self._run(small)
        back = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
        return Detections(found.boxes_xyxy * np.tile(back, 2), found.landmarks_xy * back, found.scores)

    def _run(self, image_bgr: Image) -> Detections:
        height, width = image_bgr.shape[:2]
        padded_h, padded_w = -(-height // 32) * 32, -(-width // 32) * 32
        blob = np.zeros((1, 3, padded_h, padded_w), np.float32)
        blob[0, :, :height, :width] = image_bgr.transpose(2, 0, 1)
        raw = dict(zip(_OUTPUTS, self._session.run(_OUTPUTS, {"input": blob}), strict=True))
        parts = [self._decode(raw, stride, padded_w // stride) for stride in _STRIDES_PX]
        boxes, points, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        boxes_xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
        kept = cv2.dnn.NMSBoxes(
            boxes_xywh.tolist(), scores.tolist(), self._min_score, _SAME_FACE_IOU, top_k=_MOST_CANDIDATES
        )
        best = np.array(kept, np.intp).reshape(-1)
        return Detections(boxes[best], points[best], scores[best])

    def _decode(
        self, raw: dict[str, NDArray[np.float32]], stride: int, columns: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """One grid of the network -> boxes (K, 4), points (K, 5, 2), scores (K,) of the cells above the score."""
        certainty = np.clip(raw[f"cls_{stride}"], 0, 1) * np.clip(raw[f"obj_{stride}"], 0, 1)
        scores = np.sqrt(certainty[0, :, 0])
        cells = np.flatnonzero(scores >= self._min_score)
        corner_xy = np.stack([cells % columns, cells // columns], axis=1).astype(np.float32)
        shape = raw[f"bbox_{stride}"][0, cells]
        centre, half = (corner_xy + shape[:, :2]) * stride, np.exp(shape[:, 2:]) * (stride / 2)
        points = (raw[f"kps_{stride}"][0, cells].reshape(-1, 5, 2) + corner_xy[:, None]) * np.float32(stride)
        return np.concatenate([centre - half, centre + half], axis=1), points, scores[cells]
