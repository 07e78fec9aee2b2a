"""A camera and how it is now, and what an admin says of one."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.schemas.fields import Line, View
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
    left_out_per_s: float | None = Field(
        description="Looks a second that the machine had no time for; 0 when it keeps up.", examples=[0]
    )
    picture_at: datetime | None = Field(
        description="When the picture of the wall was taken.", examples=["2026-11-23T08:00:00Z"]
    )


Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Address = Annotated[Line, Field(max_length=2000, examples=["rtsp://192.168.1.21:554/h264/ch1/main"])]
_LOGIN = "Kept beside the camera file, never in it, and never told again."


class _Input(BaseModel):
    """What is wrong in it is told by field; what cameras.yaml refuses is refused here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    def fields(self) -> dict[str, Any]:
        """What was sent, as the camera file names it."""
        sent = self.model_dump(exclude_unset=True)
        if isinstance(sent.get("password"), SecretStr):
            sent["password"] = sent["password"].get_secret_value()
        return sent


class CameraIn(_Input):
    id: str = Field(
        max_length=60,
        description="Short name that never changes: a-z, 0-9, hyphens.",
        examples=["gate-east-3"],
    )
    name: Line = Field(max_length=100, description="The name that people read.", examples=["East gate 3"])
    place: str = Field(max_length=60, description="Where it is, as at other cameras.", examples=["gate-east"])
    direction: Direction = Field(description="Which way people go who walk towards it.", examples=["in"])
    identifies: bool = Field(True, description="Whether it is near enough to recognise faces.")
    main: Address = Field(description="Address of the full picture: rtsp or rtsps.")
    sub: Address | None = Field(None, description="Address of the small picture, if it has one.")
    user: Line | None = Field(None, max_length=100, description="User name for both addresses.")
    password: SecretStr | None = Field(None, max_length=200, description=f"For both addresses. {_LOGIN}")
    position: tuple[Finite, Finite] = Field(
        description="Metres to the east and north on the site plan.", examples=[[120.0, 34.5]]
    )
    heading_deg: Finite = Field(description="Where it looks: 0 is north, 90 is east.", examples=[90])
    field_of_view_deg: Finite = Field(description="How wide it looks.", examples=[70])
    range_m: Finite = Field(description="How far it sees.", examples=[12])
    enabled: bool = Field(True, description="False while the camera is taken down.")


class CameraChange(_Input):
    """Only what is sent changes; null takes `sub` out and leaves user and password."""

    name: Line | None = Field(
        None, max_length=100, description="The name that people read.", examples=["East gate 3"]
    )
    place: str | None = Field(None, max_length=60, description="Where it is.", examples=["gate-east"])
    direction: Direction | None = Field(None, description="Which way people go who walk towards it.")
    identifies: bool | None = Field(None, description="Whether it is near enough to recognise faces.")
    main: Address | None = Field(
        None, description="Address of the full picture; on the same machine the password stays."
    )
    sub: Address | None = Field(None, description="Address of the small picture; null takes it out.")
    user: Line | None = Field(None, max_length=100, description="User name for both addresses; empty: none.")
    password: SecretStr | None = Field(None, max_length=200, description=f"For both addresses. {_LOGIN}")
    position: tuple[Finite, Finite] | None = Field(None, description="Metres to the east and north.")
    heading_deg: Finite | None = Field(None, description="Where it looks: 0 is north, 90 is east.")
    field_of_view_deg: Finite | None = Field(None, description="How wide it looks.")
    range_m: Finite | None = Field(None, description="How far it sees.")
    enabled: bool | None = Field(None, description="False while the camera is taken down.")
