"""Planned absences."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Id, Line, Moment, View
from monitor.core.absence import AbsenceEnd
from monitor.services.absences import TEXT_LIMIT, NewAbsence


class AbsenceIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    resident_id: Id
    starts_at: Moment | None = Field(None, description="From when; not given: from now.")
    ends_at: Moment = Field(description="Until when. Every absence has an end.")
    told_by: Line = Field(
        min_length=1, max_length=TEXT_LIMIT, description="Who said so.", examples=["her daughter"]
    )
    call: Line = Field(
        min_length=1, max_length=TEXT_LIMIT, description="Whom to call meanwhile.", examples=["her daughter"]
    )

    def new(self, now: datetime) -> NewAbsence:
        return NewAbsence(self.starts_at or now, self.ends_at, self.told_by, self.call)


class AbsenceOut(View):
    id: int = Field(description="The absence's id.", examples=[3])
    resident_id: int = Field(description="Who is away.", examples=[3])
    resident_name: str = Field(description="Their name.", examples=["Ada Lin"])
    flat: str | None = Field(description="Their flat.", examples=["3-502"])
    starts_at: datetime = Field(description="From when.", examples=["2026-11-23T00:00:00Z"])
    ends_at: datetime = Field(description="Until when, as planned.", examples=["2026-12-01T00:00:00Z"])
    told_by: str = Field(description="Who said so.", examples=["her daughter"])
    call: str = Field(description="Whom to call meanwhile.", examples=["her daughter"])
    recorded_at: datetime = Field(description="When it was entered.", examples=["2026-11-22T09:00:00Z"])
    recorded_by: str = Field(description="Who entered it.", examples=["Sam"])
    ended_at: datetime | None = Field(description="When it was over.", examples=[None])
    end: AbsenceEnd | None = Field(
        description="Why: its time was over, they came back, or staff ended it.", examples=[None]
    )
    ended_by: str | None = Field(description="Which member of staff ended it.", examples=[None])
    perhaps_back_at: datetime | None = Field(
        description="Noticed meanwhile, and nobody knows which way: please ask.", examples=[None]
    )
