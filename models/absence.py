from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.absence import AbsenceEnd


class AbsenceRow(OfEstate, Base):
    """A planned absence. Why somebody is away is not here: it belongs to the case."""

    __tablename__ = "absence"
    __table_args__ = (Index(None, "resident_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # as planned
    told_by: Mapped[str] = mapped_column(String(100))  # who said so
    call: Mapped[str] = mapped_column(String(100))  # whom to call meanwhile
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None]
    end: Mapped[AbsenceEnd | None]
    ended_by: Mapped[str | None] = mapped_column(String(100))
    perhaps_back_at: Mapped[datetime | None]  # seen meanwhile, which way is not known: staff ask
