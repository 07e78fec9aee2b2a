from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.agreement import Step
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction


class PresenceRow(OfEstate, Base):
    """A watched resident. The tick reads only the rows whose `due_at` has passed."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "estate_id", "due_at"),)

    resident_id: Mapped[int] = mapped_column(
        ForeignKey("resident.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    agreement_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement.id", ondelete="SET NULL")
    )  # in force
    state: Mapped[PresenceState]
    last_seen_at: Mapped[datetime | None]  # by a camera
    last_camera_id: Mapped[int | None] = mapped_column(ForeignKey("camera.id", ondelete="SET NULL"))
    last_evidence_at: Mapped[datetime | None]  # of any accepted kind: the clock counts from here
    last_direction: Mapped[Direction | None]  # of that evidence
    step: Mapped[Step | None]
    due_at: Mapped[datetime | None]
