from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class UnclearFaceRow(OfEstate, Base):
    """Somebody passed whose face gave no answer: neither resident nor stranger. No embedding."""

    __tablename__ = "unclear_face"
    __table_args__ = (Index(None, "estate_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[dict[str, Any]]
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id", ondelete="SET NULL"))
    # Who it was, once staff have said so.
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"))
    named_at: Mapped[datetime | None]
    named_by: Mapped[str | None] = mapped_column(String(100))
