from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class VisitRow(OfEstate, Base):
    """A stay of somebody who does not live here, merged over cameras. No embedding; a name only with a pass."""

    __tablename__ = "visit"
    __table_args__ = (Index(None, "estate_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Given by the book of visits before any worker has written the row, so that two workers write one row.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)
    first_camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    last_camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    why: Mapped[dict[str, Any]]
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id", ondelete="SET NULL"))
    visitor_id: Mapped[int | None] = mapped_column(
        ForeignKey("expected_visitor.id", ondelete="SET NULL"), index=True
    )
