"""A named pass with an end."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.fields import View
from api.schemas.resident import LooksLike, PhotoVerdict
from monitor.core.expected_visitor import PassState


class ExpectedVisitorOut(View):
    id: int = Field(description="The id of the pass.", examples=[4])
    name: str = Field(description="The visitor's name.", examples=["Li Min"])
    reason: str = Field(description="Why they come.", examples=["Nurse"])
    starts_at: datetime = Field(
        description="From when they are recognised.", examples=["2026-11-23T00:00:00Z"]
    )
    ends_at: datetime = Field(description="Until when.", examples=["2026-12-23T16:00:00Z"])
    state: PassState = Field(description="Whether the pass holds now.", examples=["running"])
    recorded_by: str = Field(description="Who recorded pass and consent.", examples=["Anna"])


class ExpectedOut(BaseModel):
    visitor_id: int = Field(description="The id of the new pass.", examples=[4])
    photos: list[PhotoVerdict] = Field(description="What became of every photo, in the order sent.")
    looks_like: LooksLike | None = Field(
        description="A warning: while the pass holds neither of the two may be recognised, or it is the same person.",
        examples=[None],
    )
