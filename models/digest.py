from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class DigestRow(OfEstate, Base):
    """What the morning digest of one day said: counts, and ids of those who are not accounted for."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("estate_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]  # at the estate
    made_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
