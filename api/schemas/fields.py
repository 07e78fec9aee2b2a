"""Kinds of values that several schemas share."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.core.agreement import Step


class View(BaseModel):
    """What an answer holds; made from a frozen view of the services."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def _word(step: object) -> object:
    return step.name.lower() if isinstance(step, Step) else step


StepName = Annotated[Literal["phone", "visit", "urgent"], BeforeValidator(_word)]
# The database's integers end here.
Id = Annotated[int, Field(ge=1, le=2**31 - 1, description="The id as listed.", examples=[7])]
EventId = Annotated[int, Field(ge=0, le=2**63 - 1)]
Slug = Annotated[
    str, Field(pattern=r"^[a-z0-9-]{1,64}$", description="The camera's id.", examples=["gate-east-1"])
]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(2000, 1, 1, tzinfo=UTC),
        le=datetime(2999, 1, 1, tzinfo=UTC),
        examples=["2026-11-23T08:00:00Z"],
    ),
]
Limit = Annotated[int, Field(ge=1, le=500, description="How many at most.")]
# PostgreSQL keeps no zero character.
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
Note = Annotated[
    str,
    Field(
        pattern=r"^[^\x00]*$",
        max_length=500,
        description="What else should be known; no health details.",
        examples=["Phoned at 9:10, she was at the market."],
    ),
]
