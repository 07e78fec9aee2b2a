"""Evidence of life that no camera gave, and the sensors that may give it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.evidence import EvidenceIn, EvidenceOut, SensorIn, SensorOut, SensorSlug
from monitor.core.access import Action, may
from monitor.errors import NotAllowed
from monitor.services import evidence, sensors
from monitor.services.accounts import Principal

router = APIRouter(tags=["evidence"])
Reporter = Annotated[Principal, Depends(allowed(Action.REPORT_EVIDENCE))]
Staff = Annotated[Principal, Depends(allowed(Action.AGREE))]
Admin = Annotated[Principal, Depends(allowed(Action.ENROL))]


@router.post(
    "/evidence",
    status_code=201,
    response_model=EvidenceOut,
    summary="Somebody or something noticed a resident",
    description="Staff who saw, phoned or visited; or a sensor. 200 when the key came before.",
)
def record(
    said: EvidenceIn, reporter: Reporter, runtime: InRuntime, now: Now, response: Response
) -> evidence.Recorded:
    if said.sensor is None and not may(reporter.role, Action.RECORD_CHECKS):
        raise NotAllowed(action="speak for staff")
    with runtime.database.writer() as session:
        recorded = evidence.record(session, reporter.estate_id, said.said(now), reporter.name, now)
    if recorded.repeated:
        response.status_code = 200
    return recorded


@router.get("/sensors", response_model=list[SensorOut], summary="All sensors")
def listing(staff: Staff, session: Reader) -> list[sensors.Sensor]:
    return sensors.listing(session, staff.estate_id)


@router.post("/sensors", status_code=201, response_model=SensorOut, summary="Add a sensor")
def add(said: SensorIn, admin: Admin, runtime: InRuntime, now: Now) -> sensors.Sensor:
    with runtime.database.writer() as session:
        return sensors.add(session, admin.estate_id, said.new(), admin.name, now)


@router.delete("/sensors/{sensor}", status_code=204, summary="Remove a sensor")
def remove(sensor: SensorSlug, admin: Admin, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        sensors.remove(session, admin.estate_id, sensor, now)
