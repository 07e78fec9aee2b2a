"""Alerts: what is open, who takes it, how it ended."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.alert import AlertOut, ExplanationOut, Resolution
from api.schemas.fields import Id, Limit
from monitor.core.access import Action, may
from monitor.core.alert import AlertKind, AlertState
from monitor.errors import NotAllowed
from monitor.services import alerts, explanation, wellness
from monitor.services.accounts import Principal

router = APIRouter(prefix="/alerts", tags=["alerts"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_ALERTS))]
Handler = Annotated[Principal, Depends(allowed(Action.HANDLE_ALERTS))]
_UNRESOLVED = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


@router.get(
    "",
    response_model=list[AlertOut],
    summary="Unresolved alerts, the most urgent first; or those of one state",
)
def listing(
    viewer: Viewer,
    session: Reader,
    state: Annotated[AlertState | None, Query(description="Without it: open and acknowledged.")] = None,
    before_id: Annotated[Id | None, Query(description="For the next page of resolved ones.")] = None,
    limit: Limit = 100,
) -> list[alerts.Alert]:
    states = _UNRESOLVED if state is None else (state,)
    found = alerts.listing(session, viewer.estate_id, states, before_id, limit)
    return [alerts.shown_to(alert, viewer.role, viewer.name) for alert in found]


@router.get("/{alert_id}", response_model=AlertOut, summary="One alert, and why it was raised")
def get(alert_id: Id, viewer: Viewer, session: Reader) -> alerts.Alert:
    return alerts.shown_to(alerts.get(session, viewer.estate_id, alert_id), viewer.role, viewer.name)


@router.get(
    "/{alert_id}/explanation",
    response_model=ExplanationOut,
    summary="Everything about one alert",
    description="What it was raised on, the chain in force, what happened, and who was told with what result.",
)
def explain(alert_id: Id, viewer: Viewer, session: Reader) -> ExplanationOut:
    return ExplanationOut.of(
        explanation.explain(session, viewer.estate_id, alert_id, viewer.role, viewer.name)
    )


@router.post(
    "/{alert_id}/acknowledge",
    response_model=AlertOut,
    summary="Take an alert",
    description="Taking one's own again changes nothing; somebody else's is a conflict (409).",
)
def acknowledge(alert_id: Id, handler: Handler, runtime: InRuntime, now: Now) -> alerts.Alert:
    with runtime.database.writer() as session:
        taken = alerts.acknowledge(session, handler.estate_id, alert_id, handler.name, now)
    return alerts.shown_to(taken, handler.role, handler.name)


@router.post(
    "/{alert_id}/resolve",
    response_model=AlertOut,
    summary="Close an alert with what was found",
    description="Closing a wellness alert closes its wellness check, so it takes who may record checks.",
)
def resolve(alert_id: Id, found: Resolution, handler: Handler, runtime: InRuntime, now: Now) -> alerts.Alert:
    estate_id, person = handler.estate_id, handler.name
    with runtime.database.writer() as session:
        alert = alerts.get(session, estate_id, alert_id)
        if alert.kind is not AlertKind.WELLNESS:
            return alerts.resolve(session, estate_id, alert_id, found.outcome, found.note, person, now)
        if not may(handler.role, Action.RECORD_CHECKS):
            raise NotAllowed(action="close a wellness alert")
        check = wellness.of_alert(session, estate_id, alert_id)[0]
        wellness.record(session, estate_id, check.id, found.result(), person, now)
        return alerts.get(session, estate_id, alert_id)
