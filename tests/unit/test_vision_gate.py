"""The gate opens for people and stays closed for light, noise and parked cars."""

import numpy as np
from numpy.typing import NDArray

from monitor.vision.gate import MotionGate

RANDOM = np.random.default_rng(1)
HALL = RANDOM.integers(60, 160, (9, 16)).repeat(10, 0).repeat(10, 1).astype(np.float32)


def picture(person_at: int | None = None, light: float = 1.0, noise: float = 2.0) -> NDArray[np.uint8]:
    """A hall with sensor noise and, at a column, a person 10x30 px."""
    image = HALL * light + RANDOM.normal(0, noise, HALL.shape)
    if person_at is not None:
        image[40:70, person_at : person_at + 10] = 25
    return np.clip(image, 0, 255).astype(np.uint8)


def a_gate() -> MotionGate:
    gate = MotionGate()
    for _ in range(5):
        gate.update(picture())
    return gate


def test_a_person_opens_the_gate_and_is_inside_the_region() -> None:
    motion = a_gate().update(picture(person_at=60))
    assert motion.moving and motion.region_xyxy is not None
    left, top, right, bottom = motion.region_xyxy
    assert left <= 62 / 160 and right >= 68 / 160 and top <= 42 / 90 and bottom >= 68 / 90
    assert right - left < 0.15


def test_noise_and_single_flickering_pixels_do_not() -> None:
    gate = a_gate()
    for _ in range(30):
        image = picture(noise=6.0)
        image[RANDOM.integers(0, 90, 8), RANDOM.integers(0, 160, 8)] = 255
        assert not gate.update(image).moving


def test_daylight_that_fades_slowly_does_not() -> None:
    gate = a_gate()
    assert not any(gate.update(picture(light=1.0 - step / 400)).moving for step in range(200))


def test_light_that_is_switched_on_is_learned_and_told() -> None:
    gate = a_gate()
    motion = gate.update(picture(light=1.6))
    assert motion.relit and not motion.moving
    assert not gate.update(picture(light=1.6)).moving
    assert gate.update(picture(person_at=60, light=1.6)).moving


def test_a_person_who_stands_still_keeps_it_open_and_a_parked_car_is_absorbed() -> None:
    gate = a_gate()
    moving = [gate.update(picture(person_at=80)).moving for _ in range(130)]
    assert all(moving[:100])
    assert not any(moving[115:])


def test_somebody_who_leaves_for_a_moment_is_not_taken_for_a_parked_car() -> None:
    gate = a_gate()
    for _ in range(100):
        gate.update(picture(person_at=80))
    assert not gate.update(picture()).moving
    assert all(gate.update(picture(person_at=80)).moving for _ in range(100))


def test_fog_that_lifts_at_once_is_told_as_light() -> None:
    """The picture as a whole is lighter, and nothing in it differs."""
    gate = a_gate()
    motion = gate.update(np.clip(picture().astype(int) + 30, 0, 255).astype(np.uint8))
    assert motion.relit and not motion.moving and motion.share == 0.0


def test_a_person_before_an_absorbed_car_is_still_seen() -> None:
    gate = a_gate()
    for _ in range(130):
        gate.update(picture(person_at=80))
    both = picture(person_at=80)
    both[40:70, 30:40] = 200
    assert gate.update(both).moving


def test_a_picture_of_another_size_starts_afresh() -> None:
    assert not a_gate().update(np.zeros((60, 80), np.uint8)).moving
