"""The only place that maps our errors to HTTP: RFC 9457 problem details."""

import logging
from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api import headers
from monitor import errors

_STATUS: dict[type[errors.ShouwangError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NotAllowed: 403,
    errors.SignInFailed: 401,
    errors.TooManyTries: 429,
    errors.InvalidInput: 422,
    errors.PhotoRefused: 422,
    errors.AlreadyEnrolled: 409,
    errors.CameraMistakes: 422,
    errors.CameraFileFixed: 409,
    errors.ConfigError: 409,
}
_KINDS = {
    401: "sign-in-needed",
    403: "not-allowed",
    404: "not-found",
    405: "wrong-method",
    413: "too-large",
}
logger = logging.getLogger(__name__)


def problem(status: int, detail: str, kind: str, **more: object) -> JSONResponse:
    """A problem document; `kind` is stable for programs, `detail` is for people."""
    body = {"type": f"urn:shouwang:problem:{kind}", "title": HTTPStatus(status).phrase, "status": status}
    return JSONResponse(
        {**body, "detail": detail, **more},
        status_code=status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def install(app: FastAPI) -> None:
    @app.exception_handler(errors.ShouwangError)
    async def ours(_request: Request, error: errors.ShouwangError) -> JSONResponse:
        status = _STATUS.get(type(error))
        if status is None:
            raise error
        if isinstance(error, errors.CameraMistakes):
            mistakes = [{"field": field, "reason": reason} for field, reason in error.mistakes]
            return problem(status, str(error), "invalid-input", mistakes=mistakes)
        response = problem(status, str(error), _kebab(type(error).__name__))
        if isinstance(error, errors.TooManyTries):
            response.headers["Retry-After"] = str(error.facts["wait_s"])
        return response

    @app.exception_handler(OperationalError)
    async def busy(_request: Request, error: OperationalError) -> JSONResponse:
        logger.warning("The database did not answer: %s", error.orig)
        response = problem(503, "The database is busy or away. Try again in a moment.", "database-busy")
        response.headers["Retry-After"] = "5"
        return response

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        response = problem(error.status_code, error.detail, _KINDS.get(error.status_code, "http"))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        mistakes = [
            {"field": ".".join(str(part) for part in e["loc"]), "reason": e["msg"]} for e in error.errors()
        ]
        first = mistakes[0]
        detail = f"{first['field']}: {first['reason']}"
        return problem(422, detail, "invalid-input", mistakes=mistakes)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, error: Exception) -> JSONResponse:
        number = uuid4().hex[:12]
        logger.error("Unexpected error %s", number, exc_info=error)
        response = problem(
            500, f"Something broke on our side. Tell an admin the number {number}.", "internal"
        )
        response.headers.update(headers.ALWAYS)  # this answer goes out beside the middleware
        return response


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
