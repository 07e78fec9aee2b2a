"""A wellness check: what staff did about a resident who was not seen."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Note, StepName, View
from monitor.core.agreement import Cause
from monitor.core.alert import Outcome
from monitor.core.wellness import AttemptKind, AttemptResult


class AttemptIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: AttemptKind = Field(description="What was tried.", examples=["phone"])
    result: AttemptResult = Field(
        description="phone and door: reached or no_answer; contact: contact_knows or no_answer.",
        examples=["no_answer"],
    )
    note: Note = ""


class AttemptOut(View):
    kind: AttemptKind = Field(description="What was tried.", examples=["phone"])
    result: AttemptResult = Field(description="What came of it.", examples=["no_answer"])
    at: datetime = Field(description="When.", examples=["2026-11-23T07:55:00Z"])
    by: str = Field(description="By whom.", examples=["Sam"])
    note: str = Field(description="What else should be known.", examples=[""])


class WellnessCheckOut(View):
    id: int = Field(description="The check's id.", examples=[5])
    alert_id: int = Field(description="The alert that asks for it.", examples=[7])
    resident_id: int = Field(description="Whom to look after.", examples=[3])
    resident_name: str = Field(description="Their name.", examples=["Ada Lin"])
    flat: str | None = Field(description="Their flat.", examples=["3-502"])
    cause: Cause = Field(
        description="Not seen; went out and not back; or so long blind that somebody should phone.",
        examples=["unseen"],
    )
    step: StepName | None = Field(description="How far the alert has risen.", examples=["phone"])
    since: datetime = Field(description="Not seen since.", examples=["2026-11-22T07:40:00Z"])
    opened_at: datetime = Field(description="Since when it waits.", examples=["2026-11-23T07:40:12Z"])
    taken_by: str | None = Field(description="Who looks after it.", examples=["Sam"])
    taken_at: datetime | None = Field(description="Since when.", examples=["2026-11-23T07:52:00Z"])
    lapses_at: datetime | None = Field(
        description="When it is everybody's again, if nothing is recorded.", examples=["2026-11-23T08:55:00Z"]
    )
    why: dict[str, Any] = Field(
        description="What the alert stands on.",
        examples=[
            {"unseen_hours": 24.0, "blind_hours": 0.4, "doubtful": 0, "after_hours": 24.0, "step": "phone"}
        ],
    )
    attempts: list[AttemptOut] = Field(description="Calls and visits, in order.")
    outcome: Outcome | None = Field(description="What was found; null while it is open.", examples=[None])
    help_given: str = Field(description="What was done for who needed help.", examples=[""])
    note: str = Field(description="What else should be known.", examples=[""])
    closed_at: datetime | None = Field(description="When it was closed.", examples=[None])
    closed_by: str | None = Field(description="Who closed it.", examples=[None])
