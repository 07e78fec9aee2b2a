"""Who is asking: a bearer token for programs, a cookie for browsers.

The policy sits on the route: `Depends(allowed(Action...))`. The app refuses to start with a route that has none.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, status
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from fastapi.security.utils import get_authorization_scheme_param

from api.deps import runtime_of
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.access import Action, may
from monitor.errors import NotAllowed
from monitor.services import accounts
from monitor.services.accounts import Principal

COOKIE = "shouwang"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# These two only describe the ways to sign in to OpenAPI; `caller` reads the request itself.
_bearer = HTTPBearer(auto_error=False, description="A token from `shouwang token create`")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signing in at the desk")


async def public() -> None:
    """The policy of the few routes that everybody may use."""


@dataclass(frozen=True)
class Policy:
    """Whoever may do this in their own estate. Gives the route its `Principal`."""

    action: Action

    # Not async: the database is read in a worker thread, or a busy pool would stop the event loop.
    def __call__(
        self,
        request: Request,
        runtime: Runtime = Depends(runtime_of),
        _token: HTTPAuthorizationCredentials | None = Depends(_bearer),
        _signed_in: str | None = Depends(_cookie),
    ) -> Principal:
        principal = caller(runtime, request)
        if principal is None:
            raise HTTPException(
                status.HTTP_401_UNAUTHORIZED, "Sign in first.", headers={"WWW-Authenticate": "Bearer"}
            )
        if _token is None:
            refuse_foreign_origin(request)
        if not may(principal.role, self.action):
            raise NotAllowed(action=self.action.value.replace("_", " "))
        return principal


def allowed(action: Action) -> Policy:
    return Policy(action)


def caller(runtime: Runtime, request: Request) -> Principal | None:
    """Whose token or cookie a request carries, if it is in force here. A token goes before a cookie."""
    scheme, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer":
        return principal_of(runtime, request)
    with runtime.database.reader() as session:
        return _of_this_estate(runtime, accounts.bearer(session, secret))


def principal_of(runtime: Runtime, request: Request) -> Principal | None:
    """The signed-in person of a browser request, or None. For desk pages."""
    secret = request.cookies.get(COOKIE)
    if secret is None:
        return None
    with runtime.database.reader() as session:
        return _of_this_estate(runtime, accounts.signed_in(session, secret, utc_now()))


def refuse_foreign_origin(request: Request) -> None:
    """A browser sends the cookie with requests that other sites make; those may not change anything."""
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    same = site in ("same-origin", "none") if site else origin is None or _host(origin) == request.url.netloc
    if not same:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This request came from another site.")


def _of_this_estate(runtime: Runtime, principal: Principal | None) -> Principal | None:
    """Several estates may share a database; each has its own people."""
    return principal if principal is not None and principal.estate_id == runtime.estate.id else None


def _host(origin: str) -> str:
    return urlsplit(origin).netloc
