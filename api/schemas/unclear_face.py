"""A face that gave no answer, and what staff say of it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.fields import Id, Note, View
from api.schemas.resident import PhotoVerdict


class UnclearFaceOut(View):
    id: int = Field(description="The unclear face's id.", examples=[5])
    camera: str = Field(description="By which camera.", examples=["gate-east-1"])
    camera_name: str = Field(description="The camera's name.", examples=["East gate 1"])
    place: str = Field(description="Where that is.", examples=["gate-east"])
    started_at: datetime = Field(description="First seen.", examples=["2026-11-23T07:40:00Z"])
    ended_at: datetime = Field(description="Last seen.", examples=["2026-11-23T07:40:20Z"])
    why: dict[str, Any] = Field(
        description="Why it stayed unclear: reason, score, pictures, engine.",
        examples=[{"verdict": "undecided", "reason": "between_thresholds", "score": 0.48, "shots": 6}],
    )
    snapshot_id: str | None = Field(
        description="Its pictures: /api/v1/snapshots/{snapshot_id}/face and /scene.",
        examples=["0f8fad5bd9cb469fa16570867728950e"],
    )
    resident_id: int | None = Field(description="Who it was, as staff have said.", examples=[3])
    resident_name: str | None = Field(description="Their name.", examples=["Ada Lin"])
    named_at: datetime | None = Field(description="When staff said so.", examples=["2026-11-23T09:00:00Z"])
    named_by: str | None = Field(description="Who said so.", examples=["Sam"])


class NamingIn(BaseModel):
    resident_id: Id
    add_template: bool = Field(
        False, description="Also add the picture to what the resident is recognised by.", examples=[True]
    )
    note: Note = ""


class NamedOut(View):
    face: UnclearFaceOut = Field(description="The face, now with its name.")
    photo: PhotoVerdict | None = Field(
        description="What became of its picture; null when it was not to be added.", examples=[None]
    )
