"""A stay of somebody who does not live here."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.schemas.fields import View


class VisitOut(View):
    id: int = Field(description="The visit's id.", examples=[19])
    started_at: datetime = Field(description="First seen.", examples=["2026-11-23T02:11:00Z"])
    ended_at: datetime = Field(description="Last seen.", examples=["2026-11-23T02:19:40Z"])
    first_camera_name: str = Field(description="Where they came in.", examples=["West gate 2"])
    last_camera: str = Field(description="The camera that saw them last.", examples=["building-3"])
    last_camera_name: str = Field(description="Its name.", examples=["Building 3, door"])
    place: str = Field(description="Where that is.", examples=["building-3"])
    running: bool = Field(description="Whether they may still be there.", examples=[True])
    why: dict[str, Any] = Field(
        description="What decided that it is nobody enrolled, or which expected visitor.",
        examples=[{"verdict": "stranger", "score": 0.21}],
    )
    snapshot_id: str | None = Field(
        description="Its pictures: /api/v1/snapshots/{snapshot_id}/face and /scene.",
        examples=["0f8fad5bd9cb469fa16570867728950e"],
    )
    visitor_name: str | None = Field(
        description="Of an expected visitor, as long as the pass is kept; null for a stranger.",
        examples=[None],
    )
