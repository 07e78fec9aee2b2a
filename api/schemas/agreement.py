"""What is agreed with a resident, and whom to call about them."""

from datetime import datetime, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Line, Note, View
from monitor.core.agreement import Agreement, hours
from monitor.core.schedule import DailyWindow
from monitor.errors import InvalidInput
from monitor.services.agreements import Version
from monitor.services.contacts import AT_MOST, NAME_LIMIT, PHONE_LIMIT, RELATION_LIMIT, Contact


class AgreedHours(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    phone_hours: float = Field(24, description="Hours unseen until somebody phones.", examples=[24])
    visit_hours: float = Field(48, description="Hours unseen until somebody visits.", examples=[48])
    urgent_hours: float = Field(72, description="Hours unseen until it is urgent.", examples=[72])
    not_back_hours: float = Field(
        12, description="Hours after going out until somebody phones.", examples=[12]
    )
    quiet_from: time | None = Field(
        time(22), description="From when steps that are not urgent wait; null: never.", examples=["22:00"]
    )
    quiet_until: time | None = Field(time(7), description="Until when.", examples=["07:00"])

    @staticmethod
    def of(agreed: Agreement) -> "AgreedHours":
        return AgreedHours(**_fields(agreed))

    def agreed(self) -> Agreement:
        """Raises InvalidInput."""
        if (self.quiet_from is None) is not (self.quiet_until is None):
            raise InvalidInput(field="quiet", reason="needs a beginning and an end, or neither")
        return Agreement(
            phone=_hours(self.phone_hours),
            visit=_hours(self.visit_hours),
            urgent=_hours(self.urgent_hours),
            not_back=_hours(self.not_back_hours),
            quiet=DailyWindow(self.quiet_from, self.quiet_until)
            if self.quiet_from is not None and self.quiet_until is not None
            else None,
        )


def _fields(agreed: Agreement) -> dict[str, Any]:
    quiet = agreed.quiet
    return {
        "phone_hours": hours(agreed.phone),
        "visit_hours": hours(agreed.visit),
        "urgent_hours": hours(agreed.urgent),
        "not_back_hours": hours(agreed.not_back),
        "quiet_from": quiet.start if quiet else None,
        "quiet_until": quiet.end if quiet else None,
    }


def _hours(number: float) -> timedelta:
    """Absurd numbers are refused by the agreement; here they only must not overflow."""
    return timedelta(hours=max(-1.0, min(number, 1e6)))


class AgreementIn(AgreedHours):
    reason: Note = Field(
        description="Why these hours, without a word about health.",
        min_length=1,
        examples=["Agreed with her on the phone."],
    )


class AgreementOut(AgreedHours):
    version: int = Field(description="Which one; the highest is in force.", examples=[2])
    reason: str = Field(description="Why.", examples=["Agreed with her on the phone."])
    agreed_at: datetime = Field(description="Since when.", examples=["2026-11-23T07:52:00Z"])
    agreed_by: str = Field(description="Who recorded it.", examples=["Sam"])

    @staticmethod
    def in_version(version: Version) -> "AgreementOut":
        return AgreementOut(
            **_fields(version.agreed),
            version=version.version,
            reason=version.reason,
            agreed_at=version.agreed_at,
            agreed_by=version.agreed_by,
        )


class ContactBody(View):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: Line = Field(min_length=1, max_length=NAME_LIMIT, description="Who.", examples=["Lin Mei"])
    relation: Line = Field(
        min_length=1, max_length=RELATION_LIMIT, description="To the resident.", examples=["daughter"]
    )
    phone: Line = Field(
        min_length=1, max_length=PHONE_LIMIT, description="Telephone number.", examples=["138 0000 0000"]
    )
    has_key: bool = Field(False, description="Whether they have a key to the flat.", examples=[True])

    def contact(self) -> Contact:
        return Contact(self.name, self.relation, self.phone, self.has_key)


class ContactsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contacts: list[ContactBody] = Field(max_length=AT_MOST, description="Who is called first comes first.")


class WithdrawalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by_resident: bool = Field(
        description="Whether the resident said so in person or on the phone; else open alerts are looked into first.",
        examples=[True],
    )
