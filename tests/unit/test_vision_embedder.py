"""Templates are the ones that OpenCV's own SFace makes."""

import cv2
import faces
import numpy as np

from monitor.core.ports import Image
from monitor.vision.embedder import align


def opencv_embeds(image: Image) -> np.ndarray:
    find = cv2.FaceDetectorYN.create(
        faces.shipped("face_detection_yunet_2023mar_int8bq.onnx"), "", image.shape[1::-1], 0.7
    )
    embed = cv2.FaceRecognizerSF.create(faces.shipped("face_recognition_sface_2021dec_int8bq.onnx"), "")
    feature = embed.feature(embed.alignCrop(image, find.detect(image)[1][0]))[0]
    return feature / np.linalg.norm(feature)


def template(name: str) -> np.ndarray:
    image = faces.portrait(name)
    return faces.embedder().embed(image, faces.detector().detect(image).landmarks_xy)[0]


def test_a_template_is_the_one_of_opencv() -> None:
    assert float(template(faces.ADA) @ opencv_embeds(faces.portrait(faces.ADA))) > 0.999


def test_two_photos_of_one_man_are_alike_and_of_two_men_are_not() -> None:
    first, second = (template(name) for name in faces.SAME_MAN)
    assert first @ second > 0.5
    assert template(faces.ADA) @ template(faces.BEN) < 0.4


def test_several_faces_of_one_picture_are_embedded_at_once() -> None:
    image = faces.portrait(faces.ADA)
    points = faces.detector().detect(image).landmarks_xy
    both = faces.embedder().embed(image, np.concatenate([points, points + 3]))
    assert both.shape == (2, 128) and both.dtype == np.float32
    assert np.allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-5)
    assert np.allclose(both[0], template(faces.ADA), atol=1e-5)


def test_no_face_gives_no_template() -> None:
    nobody = np.zeros((0, 5, 2), np.float32)
    assert align(faces.portrait(faces.ADA), nobody).shape == (0, 112, 112, 3)
    assert faces.embedder().embed(faces.portrait(faces.ADA), nobody).shape == (0, 128)
