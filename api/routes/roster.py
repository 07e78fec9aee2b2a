"""The duty roster: who can be told, who is on duty when, and what one shift hands over to the next."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.fields import Id
from api.schemas.roster import NoteIn, ReceiverIn, RosterOut, ShiftIn
from monitor.core.access import Action
from monitor.services import roster
from monitor.services.accounts import Principal
from monitor.services.roster import Roster

router = APIRouter(tags=["roster"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_ALERTS))]
Handler = Annotated[Principal, Depends(allowed(Action.HANDLE_ALERTS))]
Keeper = Annotated[Principal, Depends(allowed(Action.KEEP_ROSTER))]
Manager = Annotated[Principal, Depends(allowed(Action.MANAGE_RECEIVERS))]


@router.get(
    "/roster",
    response_model=RosterOut,
    summary="Who is on duty, and the gaps ahead",
    description="Now and for the next seven days. Without receivers every alert goes to every channel.",
)
def week(viewer: Viewer, session: Reader, now: Now) -> Roster:
    return roster.get(session, viewer.estate_id, now)


@router.post(
    "/receivers",
    status_code=201,
    response_model=RosterOut,
    summary="Enter who is told of alerts",
    description="409 for a name that is there, 422 for a channel that is not set up.",
)
def enter_receiver(said: ReceiverIn, manager: Manager, runtime: InRuntime, now: Now) -> Roster:
    with runtime.database.writer() as session:
        roster.enter_receiver(session, manager.estate_id, said.new(), runtime.channels, now)
        return roster.get(session, manager.estate_id, now)


@router.delete("/receivers/{receiver_id}", status_code=204, summary="They are told no more")
def remove_receiver(receiver_id: Id, manager: Manager, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        roster.remove_receiver(session, manager.estate_id, receiver_id, now)


@router.post(
    "/shifts",
    status_code=201,
    response_model=RosterOut,
    summary="Enter a shift",
    description="409 when they are on duty then already.",
)
def enter_shift(said: ShiftIn, keeper: Keeper, runtime: InRuntime, now: Now) -> Roster:
    with runtime.database.writer() as session:
        roster.enter_shift(session, keeper.estate_id, said.new(), keeper.name, now)
        return roster.get(session, keeper.estate_id, now)


@router.delete("/shifts/{shift_id}", status_code=204, summary="Take a shift off the roster")
def remove_shift(shift_id: Id, keeper: Keeper, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        roster.remove_shift(session, keeper.estate_id, shift_id, now)


@router.put("/shifts/{shift_id}/note", status_code=204, summary="Hand over")
def hand_over(shift_id: Id, said: NoteIn, handler: Handler, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        roster.hand_over(session, handler.estate_id, shift_id, said.note, handler.name, now)
