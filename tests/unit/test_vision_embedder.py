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
    aligned = embed.alignCrop(image, find.detect(image)[1][0])
    feature = embed.feature(aligned)[0] + embed.feature(np.ascontiguousarray(aligned[:, ::-1]))[0]
    return feature / np.linalg.norm(feature)


def template(name: str) -> np.ndarray:
    image = faces.portrait(name)
    return faces.embedder().embed(image, faces.detector().detect(image).landmarks_xy)[0]


def test_an_embedding_is_the_mean_of_what_opencv_makes_of_the_face_and_its_mirror_image() -> None:
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


def test_the_mirror_image_of_a_face_has_the_same_embedding() -> None:
    face = align(faces.portrait(faces.ADA), faces.detector().detect(faces.portrait(faces.ADA)).landmarks_xy)
    there, back = (faces.embedder().embed_aligned(way)[0] for way in (face, face[:, :, ::-1]))
    assert there @ back > 0.9999


def test_a_template_made_with_care_is_close_to_the_quick_one() -> None:
    image = faces.portrait(faces.ADA)
    points = faces.detector().detect(image).landmarks_xy
    careful = faces.embedder().template(image, points)
    assert careful.shape == (1, 128)
    assert 0.97 < float(careful[0] @ template(faces.ADA)) < 0.99999


def test_half_precision_changes_next_to_nothing() -> None:
    image = faces.portrait(faces.BEN)
    points = faces.detector().detect(image).landmarks_xy
    assert float(faces.full_precision().embed(image, points)[0] @ template(faces.BEN)) > 0.999


def test_a_glance_is_of_the_face_or_of_its_mirror_image_and_both_make_the_embedding() -> None:
    image = faces.portrait(faces.ADA)
    points = faces.detector().detect(image).landmarks_xy
    there, back = (faces.embedder().glance(image, points, [flip])[0] for flip in (False, True))
    assert float(there @ back) < 0.9999
    assert float(template(faces.ADA) @ ((there + back) / np.linalg.norm(there + back))) > 0.999
