"""How much evidence is believed, and when it may have been."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.evidence import (
    BY_STAFF,
    FROM_THE_FUTURE,
    SENSOR_WEIGHT,
    Evidence,
    EvidenceSource,
    require_past,
    require_weight,
)
from monitor.errors import InvalidInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_only_full_weight_is_accepted() -> None:
    assert Evidence(NOW, EvidenceSource.CAMERA).accepted
    assert not Evidence(NOW, EvidenceSource.DOOR_CONTACT, 0.99).accepted


def test_every_source_is_a_camera_staff_or_a_sensor() -> None:
    by_camera = {EvidenceSource.CAMERA, EvidenceSource.DOUBTFUL}
    assert by_camera | BY_STAFF | set(SENSOR_WEIGHT) == set(EvidenceSource)


@pytest.mark.parametrize("weight", [0.0, -0.1, 1.01])
def test_a_weight_is_more_than_nothing_and_at_most_all(weight: float) -> None:
    assert require_weight(1.0) == 1.0
    with pytest.raises(InvalidInput, match="more than 0 and at most 1"):
        require_weight(weight)


def test_a_sender_whose_clock_is_a_little_ahead_is_taken_at_now() -> None:
    assert require_past(NOW - SECOND, NOW) == NOW - SECOND
    assert require_past(NOW + FROM_THE_FUTURE, NOW) == NOW
    with pytest.raises(InvalidInput, match="in the future"):
        require_past(NOW + FROM_THE_FUTURE + SECOND, NOW)


def test_a_sender_is_not_of_the_future_while_the_machines_clock_shows_the_same_or_more() -> None:
    latest = NOW + HOUR + FROM_THE_FUTURE
    assert require_past(latest, NOW, HOUR) == NOW
    with pytest.raises(InvalidInput, match="in the future"):
        require_past(latest + SECOND, NOW, HOUR)
    assert require_past(NOW + FROM_THE_FUTURE, NOW, -HOUR) == NOW
