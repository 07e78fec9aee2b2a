"""The duty roster."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Id, Line, Moment, View
from monitor.core.roster import Language, Link
from monitor.services.roster import NAME_LIMIT, NOTE_LIMIT, NewReceiver, NewShift

_Name = Annotated[Line, Field(min_length=1, max_length=60)]


class ReceiverIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, max_length=NAME_LIMIT, description="Who is told.", examples=["Olga"])
    link: Link = Field(description="Where they stand in the chain.")
    channels: list[_Name] = Field(
        min_length=1,
        max_length=10,
        description="Names from SHOUWANG_NOTIFY, or `desk`; the second is tried when the first takes nothing in a minute.",
        examples=[["olga-wecom", "olga-sms"]],
    )
    buildings: list[_Name] = Field(
        default=[],
        max_length=200,
        description="Only for residents of these; none: of all.",
        examples=[["3", "4"]],
    )
    language: Language = Field(Language.CHINESE, description="Of the messages.")

    def new(self) -> NewReceiver:
        return NewReceiver(
            self.name, self.link, tuple(self.channels), frozenset(self.buildings), self.language
        )


class ReceiverOut(View):
    id: int = Field(description="The receiver's id.", examples=[2])
    name: str = Field(description="Who is told.", examples=["Olga"])
    link: Link = Field(description="Where they stand in the chain.", examples=["duty"])
    channels: list[str] = Field(description="In the order of trying.", examples=[["olga-wecom"]])
    buildings: list[str] = Field(description="Only of these; none: of all.", examples=[[]])
    language: Language = Field(description="Of the messages.", examples=["zh-CN"])


class ShiftIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    receiver_id: Id
    starts_at: Moment = Field(description="From when.")
    ends_at: Moment = Field(description="Until when; 36 hours later at most.")

    def new(self) -> NewShift:
        return NewShift(self.receiver_id, self.starts_at, self.ends_at)


class NoteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: str = Field(
        max_length=NOTE_LIMIT,
        description="What whoever comes next should know.",
        examples=["lift 3 is out of order"],
    )


class ShiftOut(View):
    id: int = Field(description="The shift's id.", examples=[7])
    receiver_id: int = Field(description="Who is on duty.", examples=[2])
    receiver_name: str = Field(description="Their name.", examples=["Olga"])
    link: Link = Field(description="Where they stand in the chain.", examples=["duty"])
    starts_at: datetime = Field(description="From when.", examples=["2026-11-23T00:00:00Z"])
    ends_at: datetime = Field(description="Until when.", examples=["2026-11-23T12:00:00Z"])
    note: str = Field(description="What it hands over.", examples=[""])
    noted_by: str | None = Field(description="Who wrote that.", examples=[None])


class GapOut(View):
    link: Link = Field(
        description="Nobody of this link is on duty; the fallback is told at once.", examples=["duty"]
    )
    starts_at: datetime = Field(description="From when.", examples=["2026-11-23T12:00:00Z"])
    ends_at: datetime = Field(description="Until when.", examples=["2026-11-24T00:00:00Z"])


class RosterOut(View):
    receivers: list[ReceiverOut] = Field(
        description="Everybody who can be told; none: every alert goes to every channel."
    )
    on_duty: list[ReceiverOut] = Field(description="Who would be told now.")
    shifts: list[ShiftOut] = Field(description="Those of the next seven days.")
    gaps: list[GapOut] = Field(description="When nobody is on duty, for the next seven days.")
    without_fallback: bool = Field(
        description="Nobody is told at once in a gap but everybody.", examples=[False]
    )
