"""Whatever is sent: a problem document, the headers that protect a browser, and never a broken service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from api.body_limit import MIB, limit_of

V1 = "/api/v1"


def test_every_answer_carries_the_headers_that_protect_a_browser(anonymous: httpx.Client) -> None:
    for path in ("/healthz", "/metrics", f"{V1}/alerts", f"{V1}/nothing", "/nothing"):
        headers = anonymous.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_nobody_keeps_an_answer_of_the_api(sam: httpx.Client, scene: Any) -> None:
    for path in ("status", "alerts", "residents", "cameras", "openapi.json"):
        assert sam.get(f"{V1}/{path}").headers["cache-control"] == "no-store"


def test_what_does_not_exist_is_a_problem(sam: httpx.Client) -> None:
    for method, path, status in (
        ("GET", f"{V1}/nothing", 404),
        ("PUT", f"{V1}/alerts", 405),
        ("GET", "/docs", 404),
    ):
        answer = sam.request(method, path)
        assert answer.status_code == status == answer.json()["status"]
        assert answer.headers["content-type"] == "application/problem+json"


STRANGE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"outcome": null}',
    b'{"outcome": "sent_away", "more": 1}',
    b'{"outcome": "sent_away", "note": "' + b"x" * 501 + b'"}',
    b'{"outcome": "sent_away", "note": "\\u0000"}',
    b'{"outcome": "sent_away", "note": "\\ud800"}',
    b'{"outcome": "sent_away", "note": 5}',
    b"\xff\xfe",
    b"[" * 100_000,
]


def test_a_strange_body_is_a_mistake_of_the_sender(olga: httpx.Client, scene: Any) -> None:
    path = f"{V1}/alerts/{scene.visitor_alert}"
    for body in STRANGE:
        answer = olga.post(f"{path}/resolve", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), body[:60]
        assert answer.headers["content-type"] == "application/problem+json"
    assert olga.get(path).json()["state"] == "open"


IMPOSSIBLE = [
    "alerts/0",
    "alerts/-1",
    "alerts/99999999999999999999",
    "alerts/seven",
    "alerts?limit=0",
    "alerts?limit=501",
    "alerts?state=lost",
    "alerts?before_id=0",
    "sightings?before=yesterday",
    "sightings?before=2026-01-01T00:00:00",
    "sightings?before=0001-01-01T00:00:00%2B14:00",
    "sightings?resident_id=2147483648",
    "visits?before=9999-12-31T23:59:59-14:00",
    "events?last_event_id=x",
    "events?last_event_id=99999999999999999999",
]


def test_a_value_that_cannot_be_is_refused(sam: httpx.Client) -> None:
    for path in IMPOSSIBLE:
        assert sam.get(f"{V1}/{path}").status_code == 422, path


def too_much(mib: int) -> Iterator[bytes]:
    for _ in range(mib + 1):
        yield bytes(MIB)


def test_a_body_that_says_it_is_too_large_is_not_read(anonymous: httpx.Client) -> None:
    answer = anonymous.post(f"{V1}/sign-in", content=b"", headers={"Content-Length": str(2 * MIB)})
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:shouwang:problem:too-large"


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_says_nothing_about_its_size_is_counted(kind: str, address: str) -> None:
    path = "/api/v1/sign-in" if "json" in kind else "/sign-in"
    answer = httpx.post(address + path, content=too_much(1), headers={"Content-Type": kind})
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:shouwang:problem:too-large"


def test_only_photos_may_be_large() -> None:
    assert limit_of("POST", f"{V1}/residents") == 64 * MIB
    assert limit_of("POST", f"{V1}/alerts/1/resolve") == limit_of("GET", f"{V1}/residents") == MIB


def test_what_breaks_on_our_side_is_told_by_a_number_only(
    anonymous: httpx.Client, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("kanarienvogel")

    answer = anonymous.get("/breaks")
    assert answer.status_code == 500
    assert "kanarienvogel" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["detail"].split()[-1].rstrip(".") in caplog.text


def test_a_busy_database_is_told_as_such(anonymous: httpx.Client, app: FastAPI) -> None:
    @app.get("/locked")
    def locked() -> None:
        raise OperationalError("SELECT 'kanarienvogel'", {}, Exception("database is locked"))

    answer = anonymous.get("/locked")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "kanarienvogel" not in answer.text


def test_the_description_explains_every_route_and_field(sam: httpx.Client) -> None:
    document = sam.get(f"{V1}/openapi.json").json()
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op.get("summary") for op in operations)
    ours = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("Out") or name in ("Resolution", "SignIn", "PhotoVerdict", "LooksLike", "AlertCount")
    }
    assert len(ours) >= 14
    for name, schema in ours.items():
        for field, said in schema["properties"].items():
            assert said.get("description"), f"{name}.{field}"
    assert "password_hash" not in str(document)
