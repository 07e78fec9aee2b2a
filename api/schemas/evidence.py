"""Evidence of life by staff and by sensors."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Id, Line, Moment, Note, View
from monitor.core.evidence import EvidenceSource
from monitor.core.sighting import Direction
from monitor.services.evidence import KEY_LIMIT, Said
from monitor.services.sensors import NewSensor

SensorSlug = Line


class EvidenceIn(BaseModel):
    """Either `sensor`, or `resident_id` with `source`."""

    model_config = ConfigDict(extra="forbid")

    sensor: SensorSlug | None = Field(
        None, max_length=60, description="Which sensor noticed it.", examples=[None]
    )
    resident_id: Id | None = Field(None, description="Whom staff saw, phoned or visited.", examples=[3])
    source: EvidenceSource | None = Field(
        None, description="By staff: seen, phoned or visited.", examples=["phoned"]
    )
    at: Moment | None = Field(None, description="When they were alive; not given: now.")
    direction: Direction = Field(Direction.BOTH, description="Which way they went, where that is known.")
    note: Note = ""
    key: Line | None = Field(
        None,
        min_length=1,
        max_length=KEY_LIMIT,
        description="The sender's own id of this event: sent twice, it is taken once.",
        examples=["door-3-502/118"],
    )

    def said(self, now: datetime) -> Said:
        return Said(
            self.at or now,
            self.resident_id,
            self.source,
            self.sensor,
            self.direction,
            self.note,
            self.key,
        )


class EvidenceOut(View):
    id: int = Field(description="Its id.", examples=[12])
    source: EvidenceSource = Field(description="What noticed it.", examples=["door_contact"])
    weight: float = Field(description="How much it is believed; below 1 it counts in part.", examples=[0.7])
    at: datetime = Field(description="When.", examples=["2026-11-23T07:40:00Z"])
    repeated: bool = Field(description="Whether this key was known: nothing was changed.", examples=[False])


class SensorIn(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: Line = Field(max_length=60, description="Small letters, digits and hyphens.", examples=["door-3-502"])
    kind: EvidenceSource = Field(description="What it is.", examples=["door_contact"])
    resident_id: Id
    weight: float | None = Field(
        None,
        description="How much it is believed, above 0 and at most 1; not given: as its kind is.",
        examples=[0.7],
    )

    def new(self) -> NewSensor:
        return NewSensor(self.id, self.kind, self.resident_id, self.weight)


class SensorOut(View):
    slug: str = Field(description="The sensor's id.", examples=["door-3-502"])
    kind: EvidenceSource = Field(description="What it is.", examples=["door_contact"])
    resident_id: int = Field(description="Whom it notices.", examples=[3])
    resident_name: str = Field(description="Their name.", examples=["Ada Lin"])
    weight: float = Field(description="How much it is believed.", examples=[0.7])
    added_at: datetime = Field(description="Since when.", examples=["2026-11-23T07:40:00Z"])
    added_by: str = Field(description="Who added it.", examples=["Anna"])
