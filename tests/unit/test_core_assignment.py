"""A camera stays with its worker, whatever comes and goes beside it."""

from collections import Counter
from pathlib import Path

import pytest

from monitor.config.cameras import load_estate
from monitor.core.assignment import worker_of

SAMPLE = Path(__file__).parents[2] / "cameras.yaml"
CREDENTIALS = {"SHOUWANG_CAMERA_USER": "ada", "SHOUWANG_CAMERA_PASSWORD": "x"}
SLUGS = [camera.id for camera in load_estate(SAMPLE, CREDENTIALS).cameras]


@pytest.mark.parametrize("groups", range(1, 9))
def test_every_camera_has_one_of_the_workers(groups: int) -> None:
    assert {worker_of(slug, groups) for slug in SLUGS} == set(range(groups))


@pytest.mark.parametrize("groups", range(2, 9))
def test_no_worker_gets_far_more_than_its_share(groups: int) -> None:
    most = max(Counter(worker_of(slug, groups) for slug in SLUGS).values())
    assert most <= 2 * len(SLUGS) / groups


@pytest.mark.parametrize("groups", range(1, 8))
def test_one_more_worker_takes_cameras_but_moves_none_between_the_others(groups: int) -> None:
    after = {slug: worker_of(slug, groups + 1) for slug in SLUGS}
    assert all(after[slug] in (worker_of(slug, groups), groups) for slug in SLUGS)


def test_a_camera_is_given_to_the_same_worker_for_ever() -> None:
    given = [worker_of(slug, 4) for slug in ("gate-east-1", "gate-east-2", "lift-1", "yard-1")]
    assert given == [1, 2, 1, 3]
