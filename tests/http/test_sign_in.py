"""Signing in: a cookie that scripts and other sites cannot use, guesses that are slowed down, no open redirect."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import people
import pytest
from fakes import client

from api.rest import create_api
from api.routes.sign_in import local
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.services import accounts
from monitor.services.accounts import FREE_TRIES

V1 = "/api/v1"


@pytest.fixture(autouse=True)
def olgas_account(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.account(session, runtime.estate.id, people.OLGA, Role.DUTY, now)


def form(client: httpx.Client, password: str = people.PASSWORD, **more: str) -> httpx.Response:
    return client.post("/sign-in", data={"name": people.OLGA, "password": password, **more})


def as_json(client: httpx.Client, password: str = people.PASSWORD, name: str = people.OLGA) -> httpx.Response:
    return client.post(f"{V1}/sign-in", json={"name": name, "password": password})


def error_of(answer: httpx.Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["error"][0]


def test_the_form_gives_a_cookie_and_leads_on(anonymous: httpx.Client) -> None:
    answer = form(anonymous, next="/alerts/7?tab=why")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts/7?tab=why")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
    assert anonymous.get(f"{V1}/alerts").status_code == 200


def test_over_https_the_cookie_stays_on_https(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"public_url": "https://desk.example"})
    with client(create_api(replace(runtime, settings=settings))) as anonymous:
        answer = form(anonymous)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_program_signs_in_with_json(anonymous: httpx.Client) -> None:
    answer = as_json(anonymous)
    assert (answer.status_code, answer.content) == (204, b"")
    assert anonymous.get(f"{V1}/status").status_code == 200


def test_a_wrong_password_leads_back_to_the_page(anonymous: httpx.Client) -> None:
    answer = form(anonymous, "wrong", next="/alerts/7")
    assert (answer.status_code, error_of(answer)) == (303, "wrong")
    assert "set-cookie" not in answer.headers
    assert anonymous.get(f"{V1}/alerts").status_code == 401


def test_an_unknown_name_is_told_the_same_as_a_wrong_password(anonymous: httpx.Client) -> None:
    known, unknown = as_json(anonymous, "wrong"), as_json(anonymous, "wrong", name=people.MAX)
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (401, known.json())


def test_guessing_is_slowed_down_even_with_the_right_password(anonymous: httpx.Client) -> None:
    for _ in range(FREE_TRIES):
        assert as_json(anonymous, "wrong").status_code == 401
    answer = as_json(anonymous)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert error_of(form(anonymous)) == "wait"


def test_after_the_wait_the_right_password_is_let_in(
    anonymous: httpx.Client, runtime: Runtime, now: datetime
) -> None:
    for _ in range(FREE_TRIES + 3):
        as_json(anonymous, "wrong")
    with runtime.database.writer() as session:
        checked = accounts.check_password(session, runtime.estate.id, people.OLGA, people.PASSWORD)
        later = now + timedelta(minutes=2)
        assert accounts.sign_in(session, checked, timedelta(hours=1), later).secret


def test_signing_out_ends_the_sign_in_for_good(anonymous: httpx.Client) -> None:
    form(anonymous)
    secret = anonymous.cookies["shouwang"]
    answer = anonymous.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "shouwang" not in anonymous.cookies
    replayed = anonymous.get(f"{V1}/alerts", headers={"Cookie": f"shouwang={secret}"})
    assert replayed.status_code == 401


def test_a_new_password_ends_every_sign_in(anonymous: httpx.Client, runtime: Runtime) -> None:
    form(anonymous)
    with runtime.database.writer() as session:
        accounts.set_password(session, runtime.estate.id, people.OLGA, "another pass phrase")
    assert anonymous.get(f"{V1}/alerts").status_code == 401


OTHER_SITES = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    " /x",
]


def test_nobody_is_led_to_another_site(anonymous: httpx.Client) -> None:
    assert {local(path) for path in OTHER_SITES} == {"/"}
    assert form(anonymous, next="//evil.example").headers["location"] == "/"


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://shouwang.test"},
    {"Sec-Fetch-Site": "same-site"},
]


def test_another_site_cannot_change_anything_with_the_cookie(anonymous: httpx.Client, scene: Any) -> None:
    form(anonymous)
    path = f"{V1}/alerts/{scene.visitor_alert}/acknowledge"
    for headers in FOREIGN:
        assert anonymous.post(path, headers=headers).status_code == 403, headers
    own = {"Origin": "http://shouwang.test", "Sec-Fetch-Site": "same-origin"}
    assert anonymous.post(path, headers=own).status_code == 200


def test_another_site_cannot_sign_anybody_in_or_out(anonymous: httpx.Client) -> None:
    for path in ("/sign-in", "/sign-out", f"{V1}/sign-in"):
        for headers in FOREIGN:
            assert anonymous.post(path, headers=headers).status_code == 403, (path, headers)


def test_a_token_works_from_anywhere(olga: httpx.Client, scene: Any) -> None:
    path = f"{V1}/alerts/{scene.visitor_alert}/acknowledge"
    assert olga.post(path, headers={"Origin": "https://program.example"}).status_code == 200


def test_a_revoked_token_is_refused(olga: httpx.Client, runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        assert accounts.revoke_token(session, runtime.estate.id, people.OLGA, now) == 1
    answer = olga.get(f"{V1}/alerts")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:shouwang:problem:sign-in-needed"


def test_a_token_of_another_estate_is_refused(
    anonymous: httpx.Client, runtime: Runtime, elsewhere: Any, now: datetime
) -> None:
    with runtime.database.writer() as session:
        token = people.token(session, "elsewhere", people.ANNA, now)
    answer = anonymous.get(f"{V1}/alerts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("password", ["kanarienvogel-1", "kanarienvogel" * 100])
def test_the_password_is_in_no_answer(password: str, anonymous: httpx.Client) -> None:
    answers = [
        form(anonymous, password),
        as_json(anonymous, password),
        anonymous.post(f"{V1}/sign-in", json={"name": 5, "password": password, "more": password}),
        anonymous.post(
            f"{V1}/sign-in",
            content=f'{{"name": "Olga", "password": "{password}',
            headers={"Content-Type": "application/json"},
        ),
    ]
    for answer in answers:
        assert "kanarienvogel" not in answer.text + str(answer.headers)
