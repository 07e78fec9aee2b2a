"""How the whole service is."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.camera import CameraOut
from api.schemas.fields import View
from monitor.core.accounting import Count
from monitor.core.alert import AlertKind, AlertState
from monitor.services.status import Status


class AccountedOut(View):
    watched: int = Field(
        description="Residents who are watched; the parts below add up to it.", examples=[40]
    )
    accounted_for: int = Field(description="Of these, seen or away as they said.", examples=[38])
    seen: int = Field(description="Seen within their hours.", examples=[36])
    paused: int = Field(description="Away, as they said.", examples=[2])
    late: int = Field(description="A step is due and waits for the end of the quiet hours.", examples=[0])
    unseen: int = Field(description="Not seen for too long: an alert is open.", examples=[1])
    blind: int = Field(description="Nobody can tell: all their usual ways are blind.", examples=[0])
    not_started: int = Field(description="Enrolled, never seen yet.", examples=[1])

    @staticmethod
    def of(count: Count) -> "AccountedOut":
        parts = {state.value: number for state, number in count.parts.items()}
        return AccountedOut(watched=count.watched, accounted_for=count.accounted_for, **parts)


class AlertCount(BaseModel):
    kind: AlertKind = Field(description="What they are about.", examples=["camera_offline"])
    state: AlertState = Field(description="How far they are.", examples=["open"])
    number: int = Field(description="How many.", examples=[2])


class ClockOut(View):
    by_s: float = Field(
        description="So many seconds the machine's clock is ahead of what the service counts by; behind when negative.",
        examples=[-28800],
    )
    since: datetime = Field(description="Since when, by what the service counts by.")


class SensorBrokerOut(View):
    connected: bool = Field(description="Whether what sensors report through it comes in.", examples=[True])
    since: datetime = Field(description="Since when that is so.", examples=["2026-11-23T07:40:00Z"])
    refused: int = Field(
        description="Messages that could not be taken, ever; the events `sensor.refused` say why.",
        examples=[0],
    )
    refused_at: datetime | None = Field(description="When the newest of them came.", examples=[None])


class StatusOut(BaseModel):
    live: int = Field(description="Cameras that send pictures.", examples=[53])
    in_use: int = Field(description="Cameras that should.", examples=[54])
    cameras: list[CameraOut] = Field(description="Every camera.")
    accounted: AccountedOut = Field(description="Where the watched residents stand.")
    watch_is_behind: bool = Field(
        description="Whether somebody's time is up and nobody looks: the watch does not run.",
        examples=[False],
    )
    clock: ClockOut | None = Field(
        description="The machine's clock was set, or is wrong; the service goes on with its own. Empty while they agree.",
        examples=[None],
    )
    alerts: list[AlertCount] = Field(description="How many alerts there are.")
    unsent: dict[str, int] = Field(
        description="Messages that each channel still owes.", examples=[{"duty": 1}]
    )
    nobody_on_duty: bool = Field(
        description="There is a roster, and no duty officer in it right now.", examples=[False]
    )
    sensor_broker: SensorBrokerOut | None = Field(
        description="The MQTT broker of other sensors; null: none is configured."
    )

    @staticmethod
    def of(status: Status) -> "StatusOut":
        return StatusOut(
            live=status.live,
            in_use=status.in_use,
            cameras=[CameraOut.model_validate(camera) for camera in status.cameras],
            accounted=AccountedOut.of(status.accounted),
            watch_is_behind=status.watch_is_behind,
            clock=ClockOut(by_s=status.clock.by.total_seconds(), since=status.clock.since)
            if status.clock
            else None,
            alerts=[
                AlertCount(kind=kind, state=state, number=number)
                for (kind, state), number in sorted(status.alerts.items())
            ],
            unsent=status.unsent,
            nobody_on_duty=status.nobody_on_duty,
            sensor_broker=SensorBrokerOut.model_validate(status.sensor_broker)
            if status.sensor_broker
            else None,
        )
