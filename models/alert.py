from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.roster import Link


class AlertRow(OfEstate, Base):
    """One alert an episode, and never two unresolved ones of a kind about the same subject."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("estate_id", "kind", "episode"),
        Index(
            "uq_alert_unresolved",
            "estate_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(None, "estate_id", "state", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlertKind]
    severity: Mapped[Severity]
    state: Mapped[AlertState]
    subject: Mapped[str] = mapped_column(String(80))
    episode: Mapped[str] = mapped_column(String(120))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"), index=True)
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("camera.id", ondelete="SET NULL"))
    cause: Mapped[Cause | None]
    step: Mapped[Step | None]
    agreement_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement.id", ondelete="SET NULL")
    )  # as it began
    since: Mapped[datetime]  # when what it speaks of began
    opened_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    lapses_at: Mapped[datetime | None] = mapped_column(index=True)  # taken, and nothing came of it
    lapses: Mapped[int] = mapped_column(default=0, server_default="0")  # how often that has happened
    policy: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # of escalation, as it began
    link: Mapped[Link | None]  # how far it has climbed
    escalates_at: Mapped[datetime | None] = mapped_column(index=True)  # unless somebody takes it before
    calls: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # how often it has climbed or been told again
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    outcome: Mapped[Outcome | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    why: Mapped[dict[str, Any]]
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id", ondelete="SET NULL"))
