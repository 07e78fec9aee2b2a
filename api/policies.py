"""Deny by default: every route carries a policy, or the service does not start."""

from collections.abc import Iterator, Sequence

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Mount

from api.auth import Policy, public
from monitor.core.access import Action
from monitor.errors import ShouwangError


class RouteWithoutPolicy(ShouwangError):
    """The route {route} does not say who may use it. Give it `Depends(allowed(...))` or `Depends(public)`."""


def table(routes: Sequence[BaseRoute]) -> dict[str, Action | None]:
    """ "GET /api/v1/alerts" -> what it needs; None: public. Raises RouteWithoutPolicy."""
    found: dict[str, Action | None] = {}
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, Mount):
            continue  # the desk: its pages ask for themselves
        route = f"{'|'.join(sorted(context.methods or ()))} {context.path}"
        calls = list(_calls(context.dependant)) if isinstance(context.original_route, APIRoute) else []
        actions = [call.action for call in calls if isinstance(call, Policy)]
        if not actions and public not in calls:
            raise RouteWithoutPolicy(route=route)
        found[route] = actions[0] if actions else None
    return found


def require(app: FastAPI) -> None:
    """Raises RouteWithoutPolicy."""
    table(app.routes)


def _calls(dependant: Dependant | None) -> Iterator[object]:
    for dependency in dependant.dependencies if dependant else ():
        yield dependency.call
        yield from _calls(dependency)
