"""Is everybody accounted for?"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.fields import Limit
from api.schemas.standing import AccountingOut, DigestOut, StandingOut
from api.schemas.status import AccountedOut
from monitor.core.access import Action
from monitor.core.accounting import Count
from monitor.services import digests, standing
from monitor.services.accounts import Principal

router = APIRouter(tags=["accounting"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_RESIDENTS))]


@router.get(
    "/standing",
    response_model=AccountingOut,
    summary="Where every watched resident stands, and why",
    description="Looked at now, whatever the watch has written; the parts add up.",
)
def everybody(viewer: Viewer, session: Reader, runtime: InRuntime, now: Now) -> AccountingOut:
    people = standing.everybody(session, viewer.estate_id, viewer.role, viewer.name, runtime.engine, now)
    count = Count.of(each.state for each in people)
    return AccountingOut(
        accounted=AccountedOut.of(count),
        everybody=count.everybody,
        residents=[StandingOut.of(each) for each in people],
    )


@router.get("/digests", response_model=list[DigestOut], summary="The morning digests, the newest first")
def listing(viewer: Viewer, session: Reader, limit: Limit = 30) -> list[DigestOut]:
    return [DigestOut.of(each) for each in digests.listing(session, viewer.estate_id, limit)]


@router.get("/digests/{day}", response_model=DigestOut, summary="The digest of one morning")
def get(day: date, viewer: Viewer, session: Reader) -> DigestOut:
    return DigestOut.of(digests.get(session, viewer.estate_id, day))
