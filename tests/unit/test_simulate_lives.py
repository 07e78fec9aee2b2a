"""Drawn people live as real ones do: in pairs of passes, quiet at night, with days at home that come in rows."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from monitor.core.sighting import Direction
from monitor.simulate.lives import LIVES, LONGEST_OUTING_H, Life, passes, people

ZONE = ZoneInfo("Asia/Shanghai")
EACH = pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)


@EACH
def test_somebody_goes_out_and_comes_back_before_they_go_out_again(life: Life) -> None:
    passed = passes(life, 365, 1, ZONE)
    assert [one.direction for one in passed] == [Direction.OUT, Direction.IN] * (len(passed) // 2)
    assert all(a.at < b.at for a, b in pairwise(passed))


@EACH
def test_no_outing_is_longer_than_the_longest_and_some_days_have_none(life: Life) -> None:
    passed = passes(life, 365, 1, ZONE)
    lengths_h = [
        (b.at - a.at).total_seconds() / 3600 for a, b in pairwise(passed) if a.direction is Direction.OUT
    ]
    assert max(lengths_h) <= LONGEST_OUTING_H + 1 / 3600
    assert len({one.at.astimezone(ZONE).date() for one in passed}) < 355


def test_nights_are_quiet_but_for_the_owl() -> None:
    at_night = {
        life.name: sum(one.at.astimezone(ZONE).hour < 5 for one in passes(life, 365, 1, ZONE))
        for life in LIVES
    }
    owl = at_night.pop("night owl")
    assert owl > 50 and max(at_night.values()) < 5


def test_the_same_seed_draws_the_same_people_and_each_is_another_one() -> None:
    drawn = people(6, 60, 3, ZONE)
    assert drawn == people(6, 60, 3, ZONE) != people(6, 60, 4, ZONE)
    assert list(drawn) == ["1", "2", "3", "4", "5", "6"]
    assert drawn["1"] != drawn["6"]  # who live alike
