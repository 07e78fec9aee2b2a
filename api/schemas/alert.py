"""Alerts, and how one is closed."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Moment, Note, StepName, View
from monitor.core.agreement import Cause
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.roster import Link
from monitor.services.explanation import Explanation
from monitor.services.wellness import Found


class AlertOut(View):
    id: int = Field(description="The alert's id.", examples=[7])
    kind: AlertKind = Field(description="What it is about.", examples=["wellness"])
    severity: Severity = Field(description="How urgent it is.", examples=["warning"])
    state: AlertState = Field(description="Open, taken by a named person, or resolved.", examples=["open"])
    since: datetime = Field(
        description="When what it speaks of began: last seen, entered, offline since.",
        examples=["2026-11-22T07:40:00Z"],
    )
    opened_at: datetime = Field(description="When the alert was raised.", examples=["2026-11-23T07:40:12Z"])
    resident_id: int | None = Field(description="The resident, in wellness alerts.", examples=[3])
    resident_name: str | None = Field(description="The resident's name.", examples=["Ada Lin"])
    flat: str | None = Field(description="The resident's flat.", examples=["3-502"])
    visit_id: int | None = Field(description="The stranger's visit, in visitor alerts.", examples=[None])
    camera: str | None = Field(
        description="The camera; in wellness alerts only for staff and for who has taken it.",
        examples=["gate-east-1"],
    )
    camera_name: str | None = Field(description="The camera's name; as `camera`.", examples=["East gate 1"])
    place: str | None = Field(description="Where that is; as `camera`.", examples=["gate-east"])
    cause: Cause | None = Field(
        description="Of a wellness alert: not seen, or went out and not back.", examples=["unseen"]
    )
    names: list[str] = Field(description="The residents whom an alert about several lists.", examples=[[]])
    dark_cameras: list[str] = Field(
        description="The cameras on their usual ways that were blind.", examples=[[]]
    )
    step: StepName | None = Field(description="How far a wellness alert has risen.", examples=["phone"])
    acknowledged_at: datetime | None = Field(description="When somebody took it.", examples=[None])
    acknowledged_by: str | None = Field(description="Who took it.", examples=[None])
    lapses_at: datetime | None = Field(
        description="When it is everybody's again, if whoever took it records nothing.", examples=[None]
    )
    resolved_at: datetime | None = Field(description="When it was closed.", examples=[None])
    resolved_by: str | None = Field(description="Who closed it.", examples=[None])
    outcome: Outcome | None = Field(description="What was found.", examples=[None])
    note: str = Field(description="What else should be known.", examples=[""])
    why: dict[str, Any] = Field(
        description="What the alert was raised on: hours, rule, scores.",
        examples=[{"unseen_hours": 24.0, "blind_hours": 0.4, "step": "phone"}],
    )
    snapshot_id: str | None = Field(
        description="Its pictures: /api/v1/snapshots/{snapshot_id}/face and /scene.",
        examples=["0f8fad5bd9cb469fa16570867728950e"],
    )


class LinkOut(BaseModel):
    link: Link = Field(description="Who is told.", examples=["duty"])
    minutes: float | None = Field(
        description="How long they have before the next link is told; of the last one, after how long it is told again.",
        examples=[15],
    )


class HappenedOut(View):
    at: datetime = Field(description="When.", examples=["2026-11-23T07:40:12Z"])
    kind: str = Field(description="What.", examples=["alert.escalated"])
    facts: dict[str, Any] = Field(description="More about it; ids, never names.", examples=[{"link": "lead"}])


class ToldOut(View):
    receiver: str | None = Field(
        description="Who; null: everybody whom the channel reaches.", examples=["Olga"]
    )
    channel: str = Field(description="How.", examples=["olga-wecom"])
    round: str = Field(
        description="Why: opened, a higher step, a call up the chain, or taken and lapsed.",
        examples=["call1"],
    )
    created_at: datetime = Field(description="When it was owed.", examples=["2026-11-23T07:40:12Z"])
    sent_at: datetime | None = Field(
        description="When the channel took it.", examples=["2026-11-23T07:40:13Z"]
    )
    receipt: str | None = Field(description="The channel's receipt.", examples=["accepted"])
    attempts: int = Field(description="How often it was tried.", examples=[1])
    last_error: str | None = Field(description="What the channel said last, if it refused.", examples=[None])


class ExplanationOut(BaseModel):
    alert: AlertOut = Field(description="The alert; `why` is what it was raised on.")
    chain: list[LinkOut] = Field(description="The policy of escalation, as it began.")
    link: Link | None = Field(description="How far it has climbed.", examples=["staff"])
    escalates_at: datetime | None = Field(
        description="When the next link is told, unless somebody takes it before.", examples=[None]
    )
    events: list[HappenedOut] = Field(description="What happened, the oldest first.")
    told: list[ToldOut] = Field(description="Who was told when, by which channel, with what result.")

    @staticmethod
    def of(found: Explanation) -> "ExplanationOut":
        return ExplanationOut(
            alert=AlertOut.model_validate(found.alert),
            chain=[LinkOut(link=link, minutes=minutes) for link, minutes in found.chain.minutes],
            link=found.chain.link,
            escalates_at=found.chain.escalates_at,
            events=[HappenedOut.model_validate(event) for event in found.events],
            told=[ToldOut.model_validate(owed) for owed in found.told],
        )


class Resolution(BaseModel):
    """How an alert or a wellness check ends."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome = Field(
        description="What was found. A wellness alert takes well_at_home, out_with_family, hospital, trip, needed_help, "
        "could_not_enter, technical or deceased; a visitor alert known_visitor, sent_away, left_alone or "
        "wrong_alarm; a technical one repaired, recovered or wrong_alarm.",
        examples=["well_at_home"],
    )
    note: Note = ""
    help_given: Note = Field("", description="With needed_help: what was done, and when.", examples=[""])
    away_until: Moment | None = Field(
        None,
        description="With out_with_family, hospital or trip: they will not be seen before then. A planned absence begins.",
        examples=[None],
    )

    def result(self) -> Found:
        return Found(self.outcome, self.note, self.help_given, self.away_until)
