"""Signing in and out: a form for the desk, JSON for programs."""

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import SecretStr

from api.auth import COOKIE, public, refuse_foreign_origin
from api.deps import InRuntime
from api.schemas.sign_in import Name, Password, SignIn
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.errors import TooManyTries
from monitor.services import accounts
from monitor.services.accounts import Tried

# A foreign page must not sign anybody in or out.
_EVERYBODY = [Depends(public), Depends(refuse_foreign_origin)]
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

form = APIRouter(tags=["sign-in"], dependencies=_EVERYBODY)
router = APIRouter(prefix="/sign-in", tags=["sign-in"], dependencies=_EVERYBODY)


@form.post(
    "/sign-in", status_code=303, summary="Sign in with the desk's form", response_class=RedirectResponse
)
def with_form(
    runtime: InRuntime,
    name: Annotated[Name, Form()],
    password: Annotated[Password, Form()],
    next: Annotated[str, Form(description="Where to go afterwards; a path of this service.")] = "/",
) -> RedirectResponse:
    there = local(next)
    tried = _try(runtime, name, password)
    if tried.secret is None:
        error = "wait" if isinstance(tried.refused, TooManyTries) else "wrong"
        return RedirectResponse(f"/sign-in?{urlencode({'error': error, 'next': there})}", 303)
    response = RedirectResponse(there, 303)
    _set_cookie(response, runtime, tried.secret)
    return response


@form.post("/sign-out", status_code=303, summary="End the sign-in", response_class=RedirectResponse)
def sign_out(request: Request, runtime: InRuntime) -> RedirectResponse:
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        with runtime.database.writer() as session:
            accounts.sign_out(session, secret)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=_https(runtime))
    return response


@router.post("", status_code=204, summary="Sign in; the cookie comes with the answer")
def with_json(given: SignIn, response: Response, runtime: InRuntime) -> None:
    tried = _try(runtime, given.name, given.password)
    if tried.refused is not None:
        raise tried.refused
    _set_cookie(response, runtime, tried.secret or "")


def local(path: str) -> str:
    """The path if it stays on this service, else the start page. Browsers read \\ as / and skip control characters."""
    return path if _LOCAL.fullmatch(path) else "/"


def _try(runtime: Runtime, name: str, password: SecretStr) -> Tried:
    now = utc_now()
    with runtime.database.reader() as session:
        checked = accounts.check_password(session, runtime.estate.id, name, password.get_secret_value())
    with runtime.database.writer() as session:
        return accounts.sign_in(session, checked, _lasts(runtime), now)


def _set_cookie(response: Response, runtime: Runtime, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(_lasts(runtime).total_seconds()),
        httponly=True,
        samesite="strict",
        secure=_https(runtime),
    )


def _lasts(runtime: Runtime) -> timedelta:
    return timedelta(hours=runtime.settings.session_hours)


def _https(runtime: Runtime) -> bool:
    return runtime.settings.public_url.startswith("https:")
