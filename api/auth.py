"""Who is asking: a bearer token for programs, a cookie for browsers.

The policy sits on the route: `Depends(allowed(Action...))`. The app refuses to start with a route that has none.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, status
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from api.deps import runtime_of
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.access import Action, may
from monitor.errors import NotAllowed
from monitor.services import accounts
from monitor.services.accounts import Principal

COOKIE = "shouwang"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_bearer = HTTPBearer(auto_error=False, description="A token from `shouwang token create`")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signing in at the desk")

Policy = Callable[..., Awaitable[Principal | None]]


async def public() -> None:
    """The policy of the few routes that everybody may use."""


def principal_of(runtime: Runtime, request: Request) -> Principal | None:
    """The signed-in person of a browser request, or None. For desk pages."""
    secret = request.cookies.get(COOKIE)
    if secret is None:
        return None
    with runtime.database.reader() as session:
        return accounts.signed_in(session, secret, utc_now())


def allowed(action: Action) -> Policy:
    """The policy of a route: whoever may do this in their own estate."""

    async def policy(
        request: Request,
        runtime: Runtime = Depends(runtime_of),
        token: HTTPAuthorizationCredentials | None = Depends(_bearer),
        cookie: str | None = Depends(_cookie),
    ) -> Principal:
        principal = None
        if token is not None:
            with runtime.database.reader() as session:
                principal = accounts.bearer(session, token.credentials)
        elif cookie is not None:
            refuse_foreign_origin(request)
            principal = principal_of(runtime, request)
        if principal is None or principal.estate_id != runtime.estate.id:
            raise HTTPException(
                status.HTTP_401_UNAUTHORIZED, "Sign in first.", headers={"WWW-Authenticate": "Bearer"}
            )
        if not may(principal.role, action):
            raise NotAllowed(action=action.value.replace("_", " "))
        return principal

    policy.__name__ = f"allowed_{action.value}"
    return policy


def refuse_foreign_origin(request: Request) -> None:
    """A browser sends the cookie with requests that other sites make; those may not change anything."""
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    same = site in ("same-origin", "none") if site else origin is None or _host(origin) == request.url.netloc
    if not same:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This request came from another site.")


def _host(origin: str) -> str:
    return urlsplit(origin).netloc
