from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.sighting import Direction


class UsualWayRow(OfEstate, Base):
    """A camera on a resident's usual way. Without one, every camera that can identify counts."""

    __tablename__ = "usual_way"

    resident_id: Mapped[int] = mapped_column(
        ForeignKey("resident.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    camera_id: Mapped[int] = mapped_column(
        ForeignKey("camera.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class GapRow(OfEstate, Base):
    """How long a resident was not seen before a pass, and when that pass was. No place and no picture.

    Kept for longer than sightings, so that advice has something to stand on.
    """

    __tablename__ = "gap"
    __table_args__ = (Index(None, "resident_id", "at"), Index(None, "estate_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    length_s: Mapped[float]
    direction: Mapped[Direction]
