"""What stands in a sensor's message: nothing, or JSON with these fields and no others."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from monitor.config.problems import explain
from monitor.core.sensor_report import KEY_LIMIT, Refusal, SensorReport
from monitor.core.sighting import Direction
from monitor.errors import ReportRefused

LONGEST_BYTES = 4096


class _Payload(BaseModel):
    """As in `POST /api/v1/evidence`."""

    model_config = ConfigDict(extra="forbid")

    at: (
        Annotated[
            AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2999, 1, 1, tzinfo=UTC))
        ]
        | None
    ) = None
    key: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=KEY_LIMIT)] | None = None
    direction: Direction = Direction.BOTH
    note: Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=500)] = ""


def read(sensor: str, payload: bytes) -> SensorReport:
    """Raises ReportRefused with a reason that quotes nothing of the message."""
    if len(payload) > LONGEST_BYTES:
        raise _refused(sensor, f"it is longer than {LONGEST_BYTES} bytes")
    try:
        found = _Payload.model_validate_json(payload or b"{}")
    except ValidationError as errors:
        raise _refused(sensor, _first(errors)) from None
    return SensorReport(sensor, found.at, found.direction, found.note, found.key)


def _first(errors: ValidationError) -> str:
    """Of the mistakes, the first. Names of unknown fields are the sender's text and are left out."""
    error = errors.errors(include_url=False)[0]
    if error["type"] == "extra_forbidden":
        return f"it has an unknown field; there are {', '.join(_Payload.model_fields)}"
    if not error["loc"]:
        return 'it is neither empty nor JSON such as {"at": "2026-11-25T08:00:00+08:00"}'
    return f"{error['loc'][0]} {explain(error)}"


def _refused(sensor: str, reason: str) -> ReportRefused:
    return ReportRefused(sensor=sensor, cause=Refusal.NOT_UNDERSTOOD, reason=reason)
