"""What other hours would have meant, over HTTP: of one resident and of everybody, when there is enough to go by."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx
import people
import pytest
from sqlalchemy import insert

from models import GapRow
from monitor.bootstrap import Runtime
from monitor.core.advice import CHOICES_H, NEEDED
from monitor.core.camera import CameraState
from monitor.core.passes import Pass
from monitor.services import cameras
from monitor.services.cameras import Report
from monitor.simulate import lives

V1 = "/api/v1"
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
TWICE_A_WEEK = lives.LIVES[3]


def lived(days: int, now: datetime) -> list[Pass]:
    """The passes of somebody who goes out twice a week, the last one an hour ago."""
    passes = lives.passes(TWICE_A_WEEK, days, 1, ZONE)
    later = now - timedelta(hours=1) - passes[-1].at
    return [Pass(one.at + later, one.direction) for one in passes]


def known(runtime: Runtime, resident_id: int, passes: Sequence[Pass]) -> None:
    with runtime.database.writer() as session:
        session.execute(
            insert(GapRow),
            [
                {
                    "estate_id": runtime.estate.id,
                    "resident_id": resident_id,
                    "at": after.at,
                    "length_s": (after.at - before.at).total_seconds(),
                    "direction": after.direction,
                }
                for before, after in pairwise(passes)
            ],
        )


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, who is watched; the cameras have been live for long."""
    long_ago = now - 100 * DAY
    live = [
        Report(camera.id, CameraState.LIVE, "", long_ago, long_ago, 0.1, 5.0, None)
        for camera in runtime.estate.cameras
    ]
    with runtime.database.writer() as session:
        cameras.report(session, runtime.estate.id, live, long_ago)
        return people.enrol(session, runtime.estate.id, people.ADA, now - 80 * DAY)


def of(who: httpx.Client, resident_id: int) -> httpx.Response:
    return who.get(f"{V1}/residents/{resident_id}/advice")


def test_each_choice_of_hours_comes_with_alerts_delay_and_flags(
    sam: httpx.Client, runtime: Runtime, ada: int, now: datetime
) -> None:
    passes = lived(70, now)
    known(runtime, ada, passes)
    found = of(sam, ada).json()
    assert (found["resident_id"], found["passes"], found["ready_at"]) == (ada, len(passes), None)
    assert datetime.fromisoformat(found["since"]) == passes[0].at
    choices = found["choices"]
    assert [choice["after_hours"] for choice in choices] == list(CHOICES_H)
    alerts = [choice["alerts_a_month"] for choice in choices]
    delays = [choice["delay_mean_h"] for choice in choices]
    assert (alerts, delays) == (sorted(alerts, reverse=True), sorted(delays))
    for choice in choices:
        assert ("cries_wolf" in choice["flags"]) == (choice["alerts_a_month"] > 2)
        assert choice["delay_mean_h"] < choice["delay_p95_h"]
    assert {choice["step"]: choice["after_hours"] for choice in choices if choice["step"]} == {
        "phone": 24,
        "visit": 48,
        "urgent": 72,
    }
    assert "cries_wolf" in choices[2]["flags"]


def test_with_too_few_days_it_says_from_when_there_is_advice(
    sam: httpx.Client, runtime: Runtime, ada: int, now: datetime
) -> None:
    passes = lived(30, now)
    known(runtime, ada, passes)
    found = of(sam, ada).json()
    assert datetime.fromisoformat(found["ready_at"]) == passes[0].at + NEEDED
    assert (found["passes"], found["gap_q99_h"], found["choices"]) == (None, None, [])
    assert found["agreed"]["phone_hours"] == 24


def test_who_has_never_passed_has_no_day_to_wait_for(sam: httpx.Client, ada: int) -> None:
    found = of(sam, ada).json()
    assert (found["since"], found["ready_at"], found["choices"]) == (None, None, [])


def test_of_everybody_who_is_watched_each_is_told(
    sam: httpx.Client, runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.enrol(session, runtime.estate.id, people.CLEO, now, watched=False)
    known(runtime, ada, lived(70, now))
    first, second = sam.get(f"{V1}/advice").json()
    assert (first["resident_id"], len(first["choices"])) == (ada, len(CHOICES_H))
    assert (second["resident_id"], second["choices"]) == (ben, [])
    assert first["usual_hours"] == []


def test_who_is_not_watched_has_no_advice(
    sam: httpx.Client, runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        cleo = people.enrol(session, runtime.estate.id, people.CLEO, now, watched=False)
    for nobody in (cleo, 999):
        answer = of(sam, nobody)
        assert answer.status_code == 404 and "watched resident" in answer.json()["detail"]


def test_the_adopted_hours_are_judged_next(
    sam: httpx.Client, runtime: Runtime, ada: int, now: datetime
) -> None:
    known(runtime, ada, lived(70, now))
    agreed = of(sam, ada).json()["agreed"]
    changed = {**agreed, "phone_hours": 36, "reason": "36 h: fewer calls"}
    assert sam.put(f"{V1}/residents/{ada}/agreement", json=changed).status_code == 200
    found = of(sam, ada).json()
    assert found["agreed"]["phone_hours"] == 36
    assert [choice["after_hours"] for choice in found["choices"] if choice["step"]] == [36, 48, 72]


def test_advice_is_for_those_who_agree_on_hours(olga: httpx.Client, anna: httpx.Client, ada: int) -> None:
    assert (of(olga, ada).status_code, of(anna, ada).status_code) == (403, 200)
