from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.sighting import Direction


class SightingRow(OfEstate, Base):
    """A resident on a camera, from-to."""

    __tablename__ = "sighting"
    __table_args__ = (Index(None, "resident_id", "started_at"), Index(None, "estate_id", "started_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)
    direction: Mapped[Direction]
    why: Mapped[dict[str, Any]]  # score, margin, pictures: what decided
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id", ondelete="SET NULL"))
    rejected_at: Mapped[datetime | None]  # staff said: this is not them
