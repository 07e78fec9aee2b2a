from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.agreement import Cause
from monitor.core.alert import Outcome
from monitor.core.wellness import AttemptKind, AttemptResult


class WellnessCheckRow(OfEstate, Base):
    """The calls and visits that an unseen resident asks for, and what staff found. One open check a person and cause."""

    __tablename__ = "wellness_check"
    __table_args__ = (
        Index(
            "uq_wellness_check_open",
            "resident_id",
            "cause",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    cause: Mapped[Cause]
    opened_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(100))
    taken_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    help_given: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(100))


class AttemptRow(OfEstate, Base):
    """One call or visit of a check."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("wellness_check.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AttemptKind]
    result: Mapped[AttemptResult]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")
