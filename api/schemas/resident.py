"""Residents, their history, and enrolment."""

from base64 import b64encode
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.fields import View
from monitor.core.enrolment import SetFlaw
from monitor.core.presence import PresenceState
from monitor.services.enrolment import Photo
from monitor.services.residents import EntryKind


class ResidentOut(View):
    id: int = Field(description="The resident's id.", examples=[3])
    name: str = Field(description="The resident's name.", examples=["Ada Lin"])
    flat: str | None = Field(description="Building, unit, room.", examples=["3-502"])
    watched: bool = Field(description="Whether somebody is alarmed when they are not seen.", examples=[True])
    state: PresenceState | None = Field(
        description="Where a watched resident stands; `blind` when nobody can tell.", examples=["seen"]
    )
    last_seen_at: datetime | None = Field(
        description="For staff, and for who has taken the resident's alert.",
        examples=["2026-11-23T07:40:00Z"],
    )
    last_seen_place: str | None = Field(
        description="Name of the camera; as `last_seen_at`.", examples=["East gate 1"]
    )
    due_at: datetime | None = Field(
        description="When silence will need a person; as `last_seen_at`.", examples=["2026-11-24T07:40:00Z"]
    )
    consent_until: datetime | None = Field(
        description="Until when the consent holds; null: there is none in force.",
        examples=["2027-11-01T00:00:00Z"],
    )
    templates: int = Field(description="How many photos are enrolled.", examples=[3])
    needs_photos: bool = Field(
        description="Whether the engine in force has no template of them: not recognised until there are new photos.",
        examples=[False],
    )


class TimelineEntryOut(View):
    kind: EntryKind = Field(description="What kind of entry it is.", examples=["sighting"])
    at: datetime = Field(description="When it happened or began.", examples=["2026-11-23T07:40:00Z"])
    until: datetime | None = Field(
        description="When it ended or will end.", examples=["2026-11-23T07:40:20Z"]
    )
    camera_name: str | None = Field(description="Where a sighting was.", examples=["East gate 1"])
    text: str = Field(description="What happened, as a text key.", examples=["sighting"])
    person: str | None = Field(description="Who did it.", examples=[None])
    snapshot_id: str | None = Field(
        description="Its pictures.", examples=["0f8fad5bd9cb469fa16570867728950e"]
    )
    score: float | None = Field(description="Likeness (cosine) of a sighting.", examples=[0.71])
    sighting_id: int | None = Field(description="The sighting's id.", examples=[81])
    rejected_at: datetime | None = Field(
        description="When staff said of a sighting that it was not them.", examples=[None]
    )
    rejected_by: str | None = Field(description="Who said so.", examples=[None])


class PhotoVerdict(BaseModel):
    name: str = Field(description="The file's name.", examples=["ada-1.jpg"])
    verdict: Literal["kept", "refused"] = Field(description="What became of it.", examples=["kept"])
    quality: float | None = Field(description="0 to 1; null when refused.", examples=[0.82])
    advice: list[str] = Field(description="What would make it better, as text keys.", examples=[["small"]])
    reason: str | None = Field(description="Why it was refused and what to do.", examples=[None])
    key: str | None = Field(description="The reason as a text key.", examples=[None])

    picture: str | None = Field(
        None,
        description="With `pictures=true`: a small JPEG in base64 with what was found drawn in; null when nothing was.",
        examples=[None],
    )

    @staticmethod
    def of(photo: Photo, *, with_picture: bool = False) -> "PhotoVerdict":
        jpeg = photo.picture_jpeg if with_picture else None
        picture = b64encode(jpeg).decode() if jpeg else None
        if photo.face is not None:
            return PhotoVerdict(
                name=photo.name,
                verdict="kept",
                quality=round(photo.face.quality, 3),
                advice=list(photo.face.advice),
                reason=None,
                key=None,
                picture=picture,
            )
        facts = photo.refused.facts if photo.refused is not None else {}
        return PhotoVerdict(
            name=photo.name,
            verdict="refused",
            quality=None,
            advice=[],
            reason=str(facts.get("reason", "")),
            key=str(facts.get("key", "")),
            picture=picture,
        )


class LooksLike(BaseModel):
    resident_id: int = Field(
        description="An enrolled resident who looks very much like this one.", examples=[12]
    )
    name: str = Field(description="Their name.", examples=["Eva Lin"])
    score: float = Field(description="Likeness (cosine) of the closest photos.", examples=[0.48])


class EnrolledOut(BaseModel):
    resident_id: int = Field(description="The resident's id.", examples=[3])
    templates: int = Field(description="How many photos were enrolled now.", examples=[2])
    photos: list[PhotoVerdict] = Field(description="What became of every photo, in the order sent.")
    looks_like: LooksLike | None = Field(
        description="A warning: the two may be taken for each other, or it is the same person.",
        examples=[None],
    )
    advice: list[SetFlaw] = Field(
        description="What would make the photos better as a set; three to five different ones are asked for.",
        examples=[["two_photos"]],
    )
