"""The `face_recognition` library in a process of its own: it is slow, and its models belong to one thread.

python -m monitor.vision.dlib_process    (started by DlibEmbedder; speaks over its standard input and output)
"""

import os
import struct
import sys
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 224  # of the square face pictures that are handed over
FACE_SHARE = 0.5  # of the side: how wide the face is in them
DIMENSIONS = 128
COUNT = struct.Struct("<I")
NICENESS = 5  # a second opinion never takes the processor from the frames


def picture_bytes(count: int) -> int:
    return count * SIDE_PX * SIDE_PX * 3


def library() -> Any:
    import face_recognition_models as files

    # The library loads the 68-point file when it is imported; its licence excludes commercial use, and it is not needed.
    files.pose_predictor_model_location = files.pose_predictor_five_point_model_location
    import face_recognition

    return face_recognition


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every request (a count and so many RGB pictures) with as many embeddings, until the other side is gone."""
    face_recognition = library()
    border = round(SIDE_PX * (1 - FACE_SHARE) / 2)
    box = (border, SIDE_PX - border, SIDE_PX - border, border)  # top, right, bottom, left
    while len(head := requests.read(COUNT.size)) == COUNT.size:
        (count,) = COUNT.unpack(head)
        raw = requests.read(picture_bytes(count))
        if len(raw) < picture_bytes(count):
            return
        pictures = np.frombuffer(raw, np.uint8).reshape(count, SIDE_PX, SIDE_PX, 3)
        answers.write(_embeddings(face_recognition, pictures, box).tobytes())
        answers.flush()


def _embeddings(
    face_recognition: Any, pictures: NDArray[np.uint8], box: tuple[int, int, int, int]
) -> NDArray[np.float32]:
    found = [
        face_recognition.face_encodings(np.ascontiguousarray(p), [box], model="small")[0] for p in pictures
    ]
    return np.array(found, "<f4").reshape(-1, DIMENSIONS)


if __name__ == "__main__":
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(
        sys.stderr.fileno(), sys.stdout.fileno()
    )  # what the library prints must not get between the answers
    serve(sys.stdin.buffer, answers)
