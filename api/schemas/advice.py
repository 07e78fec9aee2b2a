"""What other hours would have meant for a resident."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.agreement import AgreedHours
from monitor.core.advice import Choice, Flag
from monitor.core.agreement import Step, hours
from monitor.services.advice import AdviceView


class ChoiceOut(BaseModel):
    after_hours: float = Field(description="Hours unseen until somebody is told.", examples=[24])
    step: str | None = Field(
        description="The step that has these hours now: phone, visit or urgent; null: none.",
        examples=["phone"],
    )
    alerts_a_month: float = Field(
        description="Alerts after which the resident passed again by themselves.", examples=[4.9]
    )
    delay_mean_h: float | None = Field(
        description="Hours from trouble at a random hour at home until somebody is told; null: not known.",
        examples=[12.7],
    )
    delay_p95_h: float | None = Field(description="95 of 100 are told sooner than this.", examples=[23.5])
    flags: tuple[Flag, ...] = Field(
        description="`cries_wolf`: more than 2 alerts a month. `sleeps`: more than twice the longest usual gap.",
        examples=[["cries_wolf"]],
    )

    @staticmethod
    def of(choice: Choice) -> "ChoiceOut":
        return ChoiceOut(
            after_hours=hours(choice.after),
            step=_name(choice.step),
            alerts_a_month=choice.alerts_a_month,
            delay_mean_h=choice.delay_mean_h,
            delay_p95_h=choice.delay_p95_h,
            flags=choice.flags,
        )


class UsualHoursOut(BaseModel):
    step: str = Field(description="Beside which step.", examples=["visit"])
    around_hours: float = Field(
        description="Moved from these hours to the resident's own day.", examples=[44]
    )
    alerts_a_month: float = Field(description="No more than the step itself.", examples=[0.9])
    sooner_h: float = Field(description="So many hours sooner, on average.", examples=[3.1])


class AdviceOut(BaseModel):
    resident_id: int = Field(description="Of whom.", examples=[12])
    agreed: AgreedHours = Field(description="The hours in force.")
    since: datetime | None = Field(
        description="From when passes are known.", examples=["2026-09-30T00:12:00Z"]
    )
    ready_at: datetime | None = Field(
        description="From when there is advice, if they go on passing; null: there is, or nobody can say.",
        examples=["2026-11-25T00:12:00Z"],
    )
    passes: int | None = Field(description="So many; null: too few days for advice.", examples=[212])
    gap_q99_h: float | None = Field(description="One gap in a hundred is longer, in hours.", examples=[45.8])
    choices: tuple[ChoiceOut, ...] = Field(description="The shortest first; empty while there is no advice.")
    not_back_a_month: float | None = Field(
        description="Alerts a month of 'went out, not back' with its hours.", examples=[0.1]
    )
    not_back_flags: tuple[Flag, ...] = Field(description="As for choices.", examples=[[]])
    usual_hours: tuple[UsualHoursOut, ...] = Field(
        description="What a rule that knows the resident's day would have gained. Of one resident only, and no rule "
        "of the watch: for information."
    )

    @staticmethod
    def of(view: AdviceView) -> "AdviceOut":
        found = view.advice
        return AdviceOut(
            resident_id=view.resident_id,
            agreed=AgreedHours.of(view.agreed),
            since=view.since,
            ready_at=view.ready_at,
            passes=found.passes if found else None,
            gap_q99_h=found.gap_q99_h if found else None,
            choices=tuple(ChoiceOut.of(choice) for choice in found.choices) if found else (),
            not_back_a_month=found.not_back_a_month if found else None,
            not_back_flags=found.not_back_flags if found else (),
            usual_hours=tuple(
                UsualHoursOut(
                    step=_name(each.step) or "",
                    around_hours=hours(each.around),
                    alerts_a_month=each.alerts_a_month,
                    sooner_h=each.sooner_h,
                )
                for each in view.usual_hours
            ),
        )


def _name(step: Step | None) -> str | None:
    return step.name.lower() if step else None
