"""A camera and how it is now."""

from datetime import datetime

from pydantic import Field

from api.schemas.fields import View
from monitor.core.camera import CameraState
from monitor.core.sighting import Direction


class CameraOut(View):
    slug: str = Field(description="The camera's id in cameras.yaml.", examples=["gate-east-1"])
    name: str = Field(description="The name that people read.", examples=["东门 1 / East gate 1"])
    place: str = Field(description="Where it is; cameras of one place share it.", examples=["gate-east"])
    direction: Direction = Field(description="Which way people go who walk towards it.", examples=["in"])
    identifies: bool = Field(description="Whether it is near enough to recognise faces.", examples=[True])
    x_m: float = Field(description="Metres to the east on the site plan.", examples=[120.0])
    y_m: float = Field(description="Metres to the north on the site plan.", examples=[34.5])
    heading_deg: float = Field(description="Where it looks: 0 is north, 90 is east.", examples=[90])
    field_of_view_deg: float = Field(description="How wide it looks.", examples=[70])
    range_m: float = Field(description="How far it sees.", examples=[12])
    state: CameraState = Field(
        description="Only a live or a degraded camera sees anybody.", examples=["live"]
    )
    state_since: datetime = Field(description="Since when it is so.", examples=["2026-11-23T06:00:00Z"])
    state_reason: str = Field(description="Why it is so, as a text key; empty when live.", examples=[""])
    last_frame_at: datetime | None = Field(
        description="When its newest picture came.", examples=["2026-11-23T08:00:00Z"]
    )
    frame_age_s: float | None = Field(
        description="How old that was at the last report, in seconds.", examples=[0.1]
    )
    frames_per_s: float | None = Field(description="Pictures a second.", examples=[12.5])
    picture_at: datetime | None = Field(
        description="When the picture of the wall was taken.", examples=["2026-11-23T08:00:00Z"]
    )
