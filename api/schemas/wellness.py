"""A wellness check: what staff did about a resident who was not seen."""

from datetime import datetime

from pydantic import Field

from api.schemas.fields import View
from monitor.core.alert import Outcome


class WellnessCheckOut(View):
    id: int = Field(description="The check's id.", examples=[5])
    alert_id: int = Field(description="The alert that asks for it.", examples=[7])
    resident_id: int = Field(description="Whom to look after.", examples=[3])
    resident_name: str = Field(description="Their name.", examples=["Ada Lin"])
    flat: str | None = Field(description="Their flat.", examples=["3-502"])
    opened_at: datetime = Field(description="Since when it waits.", examples=["2026-11-23T07:40:12Z"])
    taken_by: str | None = Field(description="Who looks after it.", examples=["Sam"])
    taken_at: datetime | None = Field(description="Since when.", examples=["2026-11-23T07:52:00Z"])
    outcome: Outcome | None = Field(description="What was found; null while it is open.", examples=[None])
    note: str = Field(description="What else should be known.", examples=[""])
    closed_at: datetime | None = Field(description="When it was closed.", examples=[None])
    closed_by: str | None = Field(description="Who closed it.", examples=[None])
