from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class ExpectedVisitorRow(OfEstate, Base):
    """A named pass with an end: a nurse, a cleaner, a daughter. With the visitor's own consent."""

    __tablename__ = "expected_visitor"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    consent_text: Mapped[str] = mapped_column(String(40))
    consent_given_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class VisitorTemplateRow(OfEstate, Base):
    """An expected visitor's template; it goes with the pass."""

    __tablename__ = "visitor_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    visitor_id: Mapped[int] = mapped_column(ForeignKey("expected_visitor.id", ondelete="CASCADE"), index=True)
    engine: Mapped[str] = mapped_column(String(40))
    embedding: Mapped[bytes] = mapped_column(LargeBinary)
    quality: Mapped[float]
