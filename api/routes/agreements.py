"""What is agreed with a resident: hours, whom to call, and the end of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.agreement import AgreementIn, AgreementOut, ContactBody, ContactsIn, WithdrawalIn
from api.schemas.fields import Id, Line
from monitor.core.access import Action
from monitor.errors import InvalidInput
from monitor.services import agreements, contacts, endings, events, presence, residents, wellness
from monitor.services.accounts import Principal

router = APIRouter(prefix="/residents/{resident_id}", tags=["agreements"])
Staff = Annotated[Principal, Depends(allowed(Action.AGREE))]


@router.get("/agreements", response_model=list[AgreementOut], summary="All versions, the newest first")
def versions(resident_id: Id, staff: Staff, session: Reader) -> list[AgreementOut]:
    residents.name_of(session, staff.estate_id, resident_id)
    return [AgreementOut.in_version(version) for version in agreements.versions(session, resident_id)]


@router.put(
    "/agreement",
    response_model=AgreementOut,
    summary="Agree on other hours",
    description="A new version with who and why. Alerts that are open keep the hours that they began with.",
)
def agree(resident_id: Id, said: AgreementIn, staff: Staff, runtime: InRuntime, now: Now) -> AgreementOut:
    agreed = said.agreed()
    with runtime.database.writer() as session:
        presence.agree(session, staff.estate_id, resident_id, agreed, said.reason, staff.name, now)
        return AgreementOut.in_version(agreements.in_force(session, resident_id))


@router.get(
    "/contacts",
    response_model=list[ContactBody],
    summary="Whom to call, and who has a key",
    description="For who has taken the resident's check; others say why they look, and that is written down.",
)
def whom_to_call(
    resident_id: Id,
    staff: Staff,
    runtime: InRuntime,
    now: Now,
    reason: Annotated[Line, Query(max_length=200, description="Why you look, without a check.")] = "",
) -> list[contacts.Contact]:
    with runtime.database.writer() as session:
        residents.name_of(session, staff.estate_id, resident_id)
        if not wellness.handles(session, resident_id, staff.name):
            if not reason.strip():
                raise InvalidInput(field="reason", reason="say why you look: you have not taken their check")
            facts = {"resident_id": resident_id, "by": staff.name, "reason": reason.strip()}
            events.append(session, staff.estate_id, "contacts.viewed", now, **facts)
        return contacts.of(session, resident_id)


@router.put("/contacts", status_code=204, summary="Replace whom to call")
def set_contacts(resident_id: Id, said: ContactsIn, staff: Staff, runtime: InRuntime, now: Now) -> None:
    new = [body.contact() for body in said.contacts]
    with runtime.database.writer() as session:
        residents.name_of(session, staff.estate_id, resident_id)
        contacts.replace(session, staff.estate_id, resident_id, new, now)


@router.post(
    "/withdrawal",
    status_code=204,
    summary="The resident does not want to be watched any more",
    description="In force at once; agreement, contacts, absences, evidence, and alerts go. 409 when an alert is open and "
    "it is not the resident who says so: record first how they were found.",
)
def withdraw(resident_id: Id, said: WithdrawalIn, staff: Staff, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        endings.withdraw(session, staff.estate_id, resident_id, staff.name, now, by_resident=said.by_resident)
