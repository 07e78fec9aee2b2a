from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class EventRow(OfEstate, Base):
    """The event log. Ids only grow; `Last-Event-ID` replays from here."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "estate_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]
