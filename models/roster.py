from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.roster import Language, Link


class ReceiverRow(OfEstate, Base):
    """Somebody, or a group, who is told of alerts."""

    __tablename__ = "receiver"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    link: Mapped[Link]
    language: Mapped[Language]
    reached: Mapped[dict[str, Any]]  # `channels` in the order of trying; `buildings`, none: all


class ShiftRow(OfEstate, Base):
    """When a receiver is on duty, and what the next one should know."""

    __tablename__ = "shift"
    __table_args__ = (Index(None, "estate_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("receiver.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    noted_by: Mapped[str | None] = mapped_column(String(100))
    entered_at: Mapped[datetime]
    entered_by: Mapped[str] = mapped_column(String(100))
