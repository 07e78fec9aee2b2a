"""Cameras, the wall, the status and what Prometheus reads."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import people

from monitor.bootstrap import Runtime
from monitor.core.camera import CameraState
from monitor.core.identifiability import PassLook
from monitor.core.quality import Flaw
from monitor.services import cameras, identifiability
from monitor.services.cameras import Report

V1 = "/api/v1"


def test_the_newest_picture_is_a_jpeg_that_nobody_keeps(olga: httpx.Client, scene: Any) -> None:
    answer = olga.get(f"{V1}/cameras/gate-1/picture")
    assert answer.content == b"the gate"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_camera_without_a_picture_is_a_problem(olga: httpx.Client, scene: Any) -> None:
    answer = olga.get(f"{V1}/cameras/lift-1/picture")
    assert answer.status_code == 404 and answer.json()["type"] == "urn:shouwang:problem:not-found"


def test_a_camera_that_does_not_exist_has_no_picture(olga: httpx.Client, scene: Any) -> None:
    for slug in ("gate-9", "..", "%2e%2e%2fwall", "GATE-1", "gate-1%00"):
        assert olga.get(f"{V1}/cameras/{slug}/picture").status_code in (404, 422), slug


def test_a_camera_tells_its_state_but_not_its_address(olga: httpx.Client, scene: Any) -> None:
    answer = olga.get(f"{V1}/cameras/gate-1")
    assert answer.json()["state"] == "live"
    assert "rtsp" not in answer.text


def test_the_status_adds_up(olga: httpx.Client, scene: Any) -> None:
    status = olga.get(f"{V1}/status").json()
    assert (status["live"], status["in_use"]) == (3, 3)
    accounted = status["accounted"]
    assert accounted.pop("watched") == sum(accounted.values()) == accounted["unseen"] == 1
    assert {"kind": "wellness", "state": "open", "number": 1} in status["alerts"]
    assert status["unsent"] == {"desk": 2}


def test_prometheus_reads_measures_without_names(olga: httpx.Client, scene: Any) -> None:
    text = olga.get("/metrics").text
    assert 'shouwang_camera_state{camera="gate-1",state="live"} 1.0' in text
    assert 'shouwang_camera_frames_per_second{camera="gate-1"} 12.0' in text
    assert 'shouwang_camera_frame_age_seconds{camera="gate-1"}' in text
    assert 'shouwang_alerts{kind="wellness",state="open"} 1.0' in text
    assert 'shouwang_alerts{kind="camera_offline",state="open"} 0.0' in text
    assert 'shouwang_outbox_unsent{channel="desk"} 2.0' in text
    assert 'shouwang_watched_residents{state="unseen"} 1.0' in text
    assert people.ADA not in text


def test_ready_when_pictures_come(anonymous: httpx.Client, scene: Any) -> None:
    assert anonymous.get("/readyz").json() == {"status": "ok"}


def test_not_ready_while_no_camera_sends_a_picture(anonymous: httpx.Client, runtime: Runtime) -> None:
    answer = anonymous.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ingest" in answer.json()["reasons"][0]


def test_not_ready_when_nobody_looks_at_the_cameras(
    anonymous: httpx.Client, runtime: Runtime, now: datetime
) -> None:
    fresh, stale = now, now - timedelta(minutes=5)
    reports = [
        Report(slug, CameraState.LIVE, "", at, at, 0.1, 12.0, None)
        for slug, at in (("gate-1", fresh), ("lift-1", stale))
    ]
    with runtime.database.writer() as session:
        cameras.report(session, runtime.estate.id, reports, now)
    (reason,) = anonymous.get("/readyz").json()["reasons"]
    assert "watch" in reason


def test_not_ready_when_nobody_looks_at_who_is_due(
    anonymous: httpx.Client, runtime: Runtime, scene: Any, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now - timedelta(days=3))
        people.seen(session, runtime.estate.id, ben, now - timedelta(days=2))
    answer = anonymous.get("/readyz")
    assert "watch" in answer.json()["reasons"][0]
    assert people.BEN not in answer.text


def test_not_ready_without_the_newest_schema(anonymous: httpx.Client, runtime: Runtime) -> None:
    with runtime.database.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
        connection.commit()
    assert "shouwang migrate" in anonymous.get("/readyz").json()["detail"]


def test_a_camera_tells_whether_it_can_identify_and_what_would_help(
    olga: httpx.Client, runtime: Runtime, now: datetime
) -> None:
    looks = [PassLook("gate-1", now, 38, 0.1, (Flaw.SMALL,))] * 20
    with runtime.database.writer() as session:
        identifiability.count(session, runtime.estate.id, looks)
        identifiability.judge(session, runtime.estate.id, now)
    found = olga.get(f"{V1}/cameras/gate-1/identifiability").json()
    assert found["verdict"] in ("cannot", "not_at_night")  # it depends on the hour of the test
    (measured,) = [light for light in found["lights"].values() if light["passes"]]
    assert (measured["verdict"], measured["median_px"], measured["iec"]) == ("cannot", 38, "recognise")
    assert measured["advice"] == [
        {"flaw": "small", "share": 1.0, "width_px": 38, "needed_px": 60, "factor": 1.6}
    ]
    assert sum(hour["passes"] for hour in found["hours"]) == found["passes"] == 20
    assert olga.get(f"{V1}/cameras/gate-9/identifiability").status_code == 404
