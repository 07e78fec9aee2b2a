from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class SnapshotRow(OfEstate, Base):
    """A face crop and the scene around it, two files named by the random id."""

    __tablename__ = "snapshot"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    taken_at: Mapped[datetime]
    delete_after: Mapped[datetime] = mapped_column(index=True)
    of_resident: Mapped[bool]
