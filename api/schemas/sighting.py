"""A resident on a camera, from-to."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.fields import Note, View
from monitor.core.sighting import Direction


class SightingOut(View):
    id: int = Field(description="The sighting's id.", examples=[81])
    resident_id: int = Field(description="Who was seen.", examples=[3])
    resident_name: str = Field(description="Their name.", examples=["Ada Lin"])
    camera: str = Field(description="By which camera.", examples=["gate-east-1"])
    camera_name: str = Field(description="The camera's name.", examples=["East gate 1"])
    place: str = Field(description="Where that is.", examples=["gate-east"])
    started_at: datetime = Field(description="First seen.", examples=["2026-11-23T07:40:00Z"])
    ended_at: datetime = Field(description="Last seen on this pass.", examples=["2026-11-23T07:40:20Z"])
    direction: Direction = Field(description="Which way they went.", examples=["out"])
    why: dict[str, Any] = Field(
        description="What decided: score, margin, pictures.",
        examples=[{"verdict": "resident", "score": 0.71, "margin": 0.4, "shots": 6, "agreement": 1.0}],
    )
    snapshot_id: str | None = Field(
        description="Its pictures: /api/v1/snapshots/{snapshot_id}/face and /scene.",
        examples=["0f8fad5bd9cb469fa16570867728950e"],
    )
    rejected_at: datetime | None = Field(
        description="When staff said that it was not them; it counts for nothing since.", examples=[None]
    )
    rejected_by: str | None = Field(description="Who said so.", examples=[None])


class RejectionIn(BaseModel):
    note: Note = ""
