"""Advice about agreed hours. To adopt it is to agree: `PUT residents/{id}/agreement`."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import allowed
from api.deps import Now, Reader
from api.schemas.advice import AdviceOut
from api.schemas.fields import Id
from monitor.core.access import Action
from monitor.services import advice
from monitor.services.accounts import Principal

router = APIRouter(tags=["agreements"])
Staff = Annotated[Principal, Depends(allowed(Action.AGREE))]


@router.get(
    "/advice",
    response_model=list[AdviceOut],
    summary="What other hours would have meant, of everybody who is watched",
    description="From 56 days of passes on. Nothing changes by itself: staff agree on hours with the resident.",
)
def everybody(staff: Staff, session: Reader, now: Now) -> list[AdviceOut]:
    return [AdviceOut.of(view) for view in advice.of_estate(session, staff.estate_id, now)]


@router.get(
    "/residents/{resident_id}/advice",
    response_model=AdviceOut,
    summary="What other hours would have meant for a resident",
    description="To adopt it, `PUT residents/{id}/agreement`. 404 for who is not watched.",
)
def of_resident(resident_id: Id, staff: Staff, session: Reader, now: Now) -> AdviceOut:
    return AdviceOut.of(advice.of_resident(session, staff.estate_id, resident_id, now))
