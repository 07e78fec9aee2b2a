"""Where every watched resident stands, and the morning digest."""

from datetime import date, datetime, timedelta

from pydantic import Field

from api.schemas.fields import StepName, View
from api.schemas.status import AccountedOut
from monitor.core.agreement import Cause, hours
from monitor.core.presence import PresenceState
from monitor.services.digests import Digest
from monitor.services.enrolled_well import Poorly
from monitor.services.standing import Standing


class StandingOut(View):
    resident_id: int = Field(description="Who.", examples=[3])
    name: str = Field(description="Their name.", examples=["Ada Lin"])
    flat: str | None = Field(description="Their flat.", examples=["3-502"])
    state: PresenceState = Field(description="Where they stand.", examples=["seen"])
    cause: Cause = Field(description="Not seen, or went out and not back.", examples=["unseen"])
    step: StepName | None = Field(description="What their silence asks for.", examples=[None])
    since: datetime | None = Field(
        description="From when the clock counts.", examples=["2026-11-23T07:40:00Z"]
    )
    unseen_hours: float = Field(
        description="Hours since then in which they could have been seen.", examples=[3.5]
    )
    blind_hours: float = Field(
        description="Hours since then in which nobody could have seen them.", examples=[0]
    )
    doubtful: int = Field(description="Faces since then that were nearly recognised.", examples=[0])
    last_seen_at: datetime | None = Field(
        description="By a camera; for staff and for who has taken their alert.",
        examples=["2026-11-23T07:40:00Z"],
    )
    last_seen_place: str | None = Field(description="As `last_seen_at`.", examples=["East gate 1"])
    next_look_at: datetime | None = Field(
        description="When something changes by itself at the latest.", examples=["2026-11-24T07:40:00Z"]
    )
    waits_until: datetime | None = Field(
        description="A step that is due goes out then, or an absence ends.", examples=[None]
    )
    alert_id: int | None = Field(description="The alert that is open about them.", examples=[None])
    taken_by: str | None = Field(description="Who has taken it.", examples=[None])
    blind_ways: list[str] = Field(
        description="Cameras of their usual ways that are blind now.", examples=[[]]
    )
    poorly: list[Poorly] = Field(description="Why their recognition should be looked at.", examples=[[]])
    consent_until: datetime | None = Field(
        description="Until when they agreed to be watched.", examples=["2027-11-01T00:00:00Z"]
    )
    consent_ends_soon: bool = Field(description="Within 14 days.", examples=[False])

    @staticmethod
    def of(standing: Standing) -> "StandingOut":
        facts = {name: getattr(standing, name) for name in Standing.__dataclass_fields__}
        unseen, blind = (_hours(facts.pop(name)) for name in ("unseen_for", "blind_for"))
        return StandingOut.model_validate({**facts, "unseen_hours": unseen, "blind_hours": blind})


class AccountingOut(View):
    """Everybody who is watched, once."""

    accounted: AccountedOut = Field(description="How many stand where.")
    everybody: bool = Field(description="Whether all are accounted for.", examples=[True])
    residents: list[StandingOut] = Field(description="Whom staff have to think of first comes first.")


class DigestOut(View):
    day: date = Field(description="Of which morning, at the estate.", examples=["2026-11-23"])
    made_at: datetime = Field(description="When it was made.", examples=["2026-11-23T00:00:05Z"])
    accounted: AccountedOut = Field(description="How many stood where.")
    everybody: bool = Field(description="Whether all were accounted for.", examples=[True])
    cameras_live: int = Field(description="Cameras that sent pictures.", examples=[54])
    cameras_in_use: int = Field(description="Cameras that should.", examples=[54])
    residents: dict[PresenceState, list[int]] = Field(
        description="Ids of who was neither seen nor away, by where they stood.", examples=[{"unseen": [3]}]
    )
    poorly: list[int] = Field(description="Ids of whose recognition should be looked at.", examples=[[]])
    consent_ends_soon: list[int] = Field(
        description="Ids of whose consent ends within 14 days.", examples=[[]]
    )

    @staticmethod
    def of(digest: Digest) -> "DigestOut":
        return DigestOut(
            day=digest.day,
            made_at=digest.made_at,
            accounted=AccountedOut.of(digest.count),
            everybody=digest.count.everybody,
            cameras_live=digest.cameras_live,
            cameras_in_use=digest.cameras_in_use,
            residents={state: list(ids) for state, ids in digest.residents.items()},
            poorly=list(digest.poorly),
            consent_ends_soon=list(digest.consent_ends_soon),
        )


def _hours(length: timedelta) -> float:
    return round(hours(length), 2)
