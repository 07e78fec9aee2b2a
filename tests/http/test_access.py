"""Who may use which route: every route and every role, deny by default."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI

from api import policies
from api.policies import RouteWithoutPolicy
from monitor.clock import utc_now

V1 = "/api/v1"
TOMORROW = (utc_now() + timedelta(days=1)).isoformat()
PHOTO = {"data": {"name": "Dora"}, "files": [("photos", ("dora.jpg", b"face of Dora"))]}
MORE = {"files": [("photos", ("ada.jpg", b"face of Ada"))]}
PASS = {
    "data": {"name": "Li", "reason": "nurse", "ends_at": TOMORROW, "consent": "true"},
    "files": [("photos", ("li.jpg", b"face of Li"))],
}
NO_ANSWER = {"json": {"kind": "phone", "result": "no_answer"}}
AGREED = {"json": {"phone_hours": 18, "visit_hours": 36, "urgent_hours": 60, "reason": "asked for it"}}
TRIP = {"json": {"resident_id": 1, "ends_at": TOMORROW, "told_by": "herself", "call": "her son"}}
PHONED = {"json": {"resident_id": 1, "source": "phoned"}}
SENSOR = {"json": {"id": "water-1", "kind": "water_meter", "resident_id": 1}}
TODAY = utc_now().astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
WELL = {"json": {"outcome": "well_at_home"}}
SENT_AWAY = {"json": {"outcome": "sent_away"}}
SOMEBODY = {"json": {"resident_id": 1}}
RECEIVER = {"json": {"name": "Station", "link": "fallback", "channels": ["desk"]}}
LATER = (utc_now() + timedelta(hours=20)).isoformat()
SHIFT = {"json": {"receiver_id": 1, "starts_at": LATER, "ends_at": TOMORROW}}
NOTE = {"json": {"note": "lift 3 is out of order"}}
WRONG = {"json": {"name": "Max", "password": "wrong"}}
FORM = {"data": {"name": "Max", "password": "wrong"}}

CAMERA = {
    "json": {
        "id": "gate-2", "name": "Gate 2", "place": "gate", "direction": "out", "main": "rtsp://127.0.0.1/4",
        "position": [1, 2], "heading_deg": 90, "field_of_view_deg": 80, "range_m": 9,
    }
}  # fmt: skip

# route: path in the scene, what is sent, the answer to (nobody, duty, staff, admin)
TABLE: dict[str, tuple[str, dict[str, Any], tuple[int, int, int, int]]] = {
    "GET /healthz": ("/healthz", {}, (200, 200, 200, 200)),
    "GET /readyz": ("/readyz", {}, (200, 200, 200, 200)),
    "GET /metrics": ("/metrics", {}, (401, 200, 200, 200)),
    "POST /sign-in": ("/sign-in", FORM, (303, 303, 303, 303)),
    "POST /sign-out": ("/sign-out", {}, (303, 303, 303, 303)),
    f"POST {V1}/sign-in": (f"{V1}/sign-in", WRONG, (401, 401, 401, 401)),
    f"GET {V1}/openapi.json": (f"{V1}/openapi.json", {}, (401, 200, 200, 200)),
    f"GET {V1}/status": (f"{V1}/status", {}, (401, 200, 200, 200)),
    f"GET {V1}/cameras": (f"{V1}/cameras", {}, (401, 200, 200, 200)),
    f"GET {V1}/cameras/{{slug}}": (f"{V1}/cameras/gate-1", {}, (401, 200, 200, 200)),
    f"GET {V1}/cameras/{{slug}}/picture": (f"{V1}/cameras/gate-1/picture", {}, (401, 200, 200, 200)),
    f"GET {V1}/cameras/{{slug}}/identifiability": (
        f"{V1}/cameras/gate-1/identifiability",
        {},
        (401, 200, 200, 200),
    ),
    f"POST {V1}/cameras": (f"{V1}/cameras", CAMERA, (401, 403, 403, 201)),
    f"PATCH {V1}/cameras/{{slug}}": (
        f"{V1}/cameras/gate-1",
        {"json": {"name": "West"}},
        (401, 403, 403, 200),
    ),
    f"POST {V1}/cameras/{{slug}}/view": (f"{V1}/cameras/gate-1/view", {}, (401, 403, 403, 204)),
    f"DELETE {V1}/cameras/{{slug}}": (f"{V1}/cameras/lift-1", {}, (401, 403, 403, 204)),
    f"GET {V1}/residents": (f"{V1}/residents", {}, (401, 200, 200, 200)),
    f"POST {V1}/residents": (f"{V1}/residents", PHOTO, (401, 403, 403, 201)),
    f"POST {V1}/residents/{{resident_id}}/photos": (
        f"{V1}/residents/{{ada}}/photos",
        MORE,
        (401, 403, 403, 201),
    ),
    f"GET {V1}/residents/{{resident_id}}": (f"{V1}/residents/{{ada}}", {}, (401, 200, 200, 200)),
    f"DELETE {V1}/residents/{{resident_id}}": (f"{V1}/residents/{{ada}}", {}, (401, 403, 403, 204)),
    f"GET {V1}/roster": (f"{V1}/roster", {}, (401, 200, 200, 200)),
    f"POST {V1}/receivers": (f"{V1}/receivers", RECEIVER, (401, 403, 403, 201)),
    f"DELETE {V1}/receivers/{{receiver_id}}": (f"{V1}/receivers/{{receiver}}", {}, (401, 403, 403, 204)),
    f"POST {V1}/shifts": (f"{V1}/shifts", SHIFT, (401, 403, 201, 201)),
    f"DELETE {V1}/shifts/{{shift_id}}": (f"{V1}/shifts/{{shift}}", {}, (401, 403, 204, 204)),
    f"PUT {V1}/shifts/{{shift_id}}/note": (f"{V1}/shifts/{{shift}}/note", NOTE, (401, 204, 204, 204)),
    f"GET {V1}/advice": (f"{V1}/advice", {}, (401, 403, 200, 200)),
    f"GET {V1}/residents/{{resident_id}}/advice": (
        f"{V1}/residents/{{ada}}/advice",
        {},
        (401, 403, 200, 200),
    ),
    f"GET {V1}/residents/{{resident_id}}/timeline": (
        f"{V1}/residents/{{ada}}/timeline",
        {},
        (401, 403, 200, 200),
    ),
    f"GET {V1}/sightings": (f"{V1}/sightings", {}, (401, 403, 200, 200)),
    f"POST {V1}/sightings/{{sighting_id}}/rejection": (
        f"{V1}/sightings/{{sighting}}/rejection",
        {},
        (401, 403, 200, 200),
    ),
    f"GET {V1}/unclear-faces": (f"{V1}/unclear-faces", {}, (401, 403, 200, 200)),
    f"POST {V1}/unclear-faces/{{face_id}}/name": (
        f"{V1}/unclear-faces/{{unclear_face}}/name",
        SOMEBODY,
        (401, 403, 200, 200),
    ),
    f"GET {V1}/visits": (f"{V1}/visits", {}, (401, 200, 200, 200)),
    f"GET {V1}/visits/{{visit_id}}": (f"{V1}/visits/{{visit}}", {}, (401, 200, 200, 200)),
    f"GET {V1}/expected-visitors": (f"{V1}/expected-visitors", {}, (401, 200, 200, 200)),
    f"POST {V1}/expected-visitors": (f"{V1}/expected-visitors", PASS, (401, 403, 403, 201)),
    f"DELETE {V1}/expected-visitors/{{visitor_id}}": (
        f"{V1}/expected-visitors/{{visitor}}",
        {},
        (401, 403, 403, 204),
    ),
    f"GET {V1}/alerts": (f"{V1}/alerts", {}, (401, 200, 200, 200)),
    f"GET {V1}/alerts/{{alert_id}}": (f"{V1}/alerts/{{visitor_alert}}", {}, (401, 200, 200, 200)),
    f"GET {V1}/alerts/{{alert_id}}/explanation": (
        f"{V1}/alerts/{{visitor_alert}}/explanation",
        {},
        (401, 200, 200, 200),
    ),
    f"POST {V1}/alerts/{{alert_id}}/acknowledge": (
        f"{V1}/alerts/{{wellness_alert}}/acknowledge",
        {},
        (401, 200, 200, 200),
    ),
    f"POST {V1}/alerts/{{alert_id}}/resolve": (
        f"{V1}/alerts/{{visitor_alert}}/resolve",
        SENT_AWAY,
        (401, 200, 200, 200),
    ),
    f"GET {V1}/wellness-checks": (f"{V1}/wellness-checks", {}, (401, 403, 200, 200)),
    f"GET {V1}/wellness-checks/{{check_id}}": (f"{V1}/wellness-checks/{{check}}", {}, (401, 403, 200, 200)),
    f"POST {V1}/wellness-checks/{{check_id}}/outcome": (
        f"{V1}/wellness-checks/{{check}}/outcome",
        WELL,
        (401, 403, 200, 200),
    ),
    f"POST {V1}/wellness-checks/{{check_id}}/take": (
        f"{V1}/wellness-checks/{{check}}/take",
        {},
        (401, 403, 200, 200),
    ),
    f"POST {V1}/wellness-checks/{{check_id}}/attempts": (
        f"{V1}/wellness-checks/{{check}}/attempts",
        NO_ANSWER,
        (401, 403, 200, 200),
    ),
    # Only who has taken the check sees whom to call.
    f"GET {V1}/wellness-checks/{{check_id}}/contacts": (
        f"{V1}/wellness-checks/{{check}}/contacts",
        {},
        (401, 403, 403, 403),
    ),
    f"GET {V1}/residents/{{resident_id}}/agreements": (
        f"{V1}/residents/{{ada}}/agreements",
        {},
        (401, 403, 200, 200),
    ),
    f"PUT {V1}/residents/{{resident_id}}/agreement": (
        f"{V1}/residents/{{ada}}/agreement",
        AGREED,
        (401, 403, 200, 200),
    ),
    f"GET {V1}/residents/{{resident_id}}/contacts": (
        f"{V1}/residents/{{ada}}/contacts?reason=test",
        {},
        (401, 403, 200, 200),
    ),
    f"PUT {V1}/residents/{{resident_id}}/contacts": (
        f"{V1}/residents/{{ada}}/contacts",
        {"json": {"contacts": []}},
        (401, 403, 204, 204),
    ),
    f"POST {V1}/residents/{{resident_id}}/withdrawal": (
        f"{V1}/residents/{{ada}}/withdrawal",
        {"json": {"by_resident": True}},
        (401, 403, 204, 204),
    ),
    f"GET {V1}/absences": (f"{V1}/absences", {}, (401, 403, 200, 200)),
    f"POST {V1}/absences": (f"{V1}/absences", TRIP, (401, 403, 201, 201)),
    f"POST {V1}/absences/{{absence_id}}/end": (
        f"{V1}/absences/{{absence}}/end",
        {},
        (401, 403, 200, 200),
    ),
    f"POST {V1}/absences/{{absence_id}}/keep": (
        f"{V1}/absences/{{absence}}/keep",
        {},
        (401, 403, 200, 200),
    ),
    f"POST {V1}/evidence": (f"{V1}/evidence", PHONED, (401, 403, 201, 201)),
    f"GET {V1}/sensors": (f"{V1}/sensors", {}, (401, 403, 200, 200)),
    f"POST {V1}/sensors": (f"{V1}/sensors", SENSOR, (401, 403, 403, 201)),
    f"DELETE {V1}/sensors/{{sensor}}": (f"{V1}/sensors/door-3-502", {}, (401, 403, 403, 204)),
    f"GET {V1}/standing": (f"{V1}/standing", {}, (401, 200, 200, 200)),
    f"GET {V1}/digests": (f"{V1}/digests", {}, (401, 200, 200, 200)),
    f"GET {V1}/digests/{{day}}": (f"{V1}/digests/{TODAY}", {}, (401, 200, 200, 200)),
    f"GET {V1}/snapshots/{{snapshot_id}}/{{picture}}": (
        f"{V1}/snapshots/{{ada_picture}}/face",
        {},
        (401, 403, 200, 200),
    ),
}
STREAM = f"GET {V1}/events"  # does not end: test_events.py
ROLES = ("anonymous", "olga", "sam", "anna")


def answer(client: httpx.Client, route: str, scene: Any) -> int:
    path, sent, _ = TABLE[route]
    return client.request(route.split()[0], path.format(**vars(scene)), **sent).status_code


@pytest.mark.parametrize("who", ROLES)
def test_reading_is_for_who_may(who: str, scene: Any, request: pytest.FixtureRequest) -> None:
    client, column = request.getfixturevalue(who), ROLES.index(who)
    reads = [route for route in TABLE if route.startswith("GET")]
    assert {r: answer(client, r, scene) for r in reads} == {r: TABLE[r][2][column] for r in reads}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("route", [route for route in TABLE if not route.startswith("GET")])
def test_changing_is_for_who_may(route: str, who: str, scene: Any, request: pytest.FixtureRequest) -> None:
    assert answer(request.getfixturevalue(who), route, scene) == TABLE[route][2][ROLES.index(who)]


def test_the_table_has_every_route(app: FastAPI) -> None:
    assert set(policies.table(app.routes)) == {*TABLE, STREAM}


def test_the_stream_is_not_for_everybody(anonymous: httpx.Client) -> None:
    assert anonymous.get("/api/v1/events").status_code == 401


def test_a_route_that_says_nothing_about_access_stops_the_start(app: FastAPI) -> None:
    @app.get("/api/v1/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(RouteWithoutPolicy, match="GET /api/v1/forgotten"):
        policies.require(app)


def test_a_route_beside_the_framework_stops_the_start_too(app: FastAPI) -> None:
    app.add_route("/plain", lambda request: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(RouteWithoutPolicy, match="/plain"):
        policies.require(app)


# What belongs to another estate does not exist here.
ELSEWHERE = [
    ("GET", "/residents/{ada}", {}),
    ("GET", "/residents/{ada}/timeline", {}),
    ("GET", "/residents/{ada}/advice", {}),
    ("POST", "/residents/{ada}/photos", MORE),
    ("DELETE", "/residents/{ada}", {}),
    ("POST", "/sightings/{sighting}/rejection", {}),
    ("POST", "/unclear-faces/{unclear_face}/name", SOMEBODY),
    ("GET", "/visits/{visit}", {}),
    ("DELETE", "/expected-visitors/{visitor}", {}),
    ("GET", "/alerts/{wellness_alert}", {}),
    ("GET", "/alerts/{visitor_alert}/explanation", {}),
    ("POST", "/alerts/{visitor_alert}/acknowledge", {}),
    ("POST", "/alerts/{visitor_alert}/resolve", SENT_AWAY),
    ("POST", "/alerts/{wellness_alert}/resolve", WELL),
    ("GET", "/wellness-checks/{check}", {}),
    ("POST", "/wellness-checks/{check}/outcome", WELL),
    ("POST", "/wellness-checks/{check}/take", {}),
    ("POST", "/wellness-checks/{check}/attempts", NO_ANSWER),
    ("GET", "/wellness-checks/{check}/contacts", {}),
    ("GET", "/residents/{ada}/agreements", {}),
    ("PUT", "/residents/{ada}/agreement", AGREED),
    ("GET", "/residents/{ada}/contacts?reason=test", {}),
    ("PUT", "/residents/{ada}/contacts", {"json": {"contacts": []}}),
    ("POST", "/residents/{ada}/withdrawal", {"json": {"by_resident": True}}),
    ("POST", "/absences", TRIP),
    ("POST", "/absences/{absence}/end", {}),
    ("POST", "/evidence", PHONED),
    ("POST", "/evidence", {"json": {"sensor": "door-3-502"}}),
    ("POST", "/sensors", SENSOR),
    ("DELETE", "/sensors/door-3-502", {}),
    ("DELETE", "/receivers/{receiver}", {}),
    ("POST", "/shifts", SHIFT),
    ("DELETE", "/shifts/{shift}", {}),
    ("PUT", "/shifts/{shift}/note", NOTE),
    ("GET", f"/digests/{TODAY}", {}),
    ("GET", "/snapshots/{ada_picture}/face", {}),
    ("GET", "/snapshots/{cleo_picture}/scene", {}),
]


def test_what_belongs_to_another_estate_is_not_found(anna: httpx.Client, elsewhere: Any) -> None:
    for method, path, sent in ELSEWHERE:
        assert anna.request(method, V1 + path.format(**vars(elsewhere)), **sent).status_code == 404, path


def test_lists_hold_nothing_of_another_estate(anna: httpx.Client, elsewhere: Any) -> None:
    for noun in (
        "residents",
        "sightings",
        "unclear-faces",
        "visits",
        "expected-visitors",
        "alerts",
        "wellness-checks",
        "absences",
        "sensors",
        "digests",
    ):
        assert anna.get(f"{V1}/{noun}").json() == [], noun
    assert not any(anna.get(f"{V1}/roster").json().values())
