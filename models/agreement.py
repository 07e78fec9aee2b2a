from datetime import datetime, time

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class AgreementRow(OfEstate, Base):
    """What was agreed with a resident. Never changed: another agreement is another version, with who and why."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("resident_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    version: Mapped[int]
    phone_hours: Mapped[float]
    visit_hours: Mapped[float]
    urgent_hours: Mapped[float]
    not_back_hours: Mapped[float]
    quiet_from: Mapped[time | None]  # both or none
    quiet_until: Mapped[time | None]
    reason: Mapped[str] = mapped_column(String(500))
    agreed_at: Mapped[datetime]
    agreed_by: Mapped[str] = mapped_column(String(100))


class ContactRow(OfEstate, Base):
    """Whom to call about a resident. Shown only to who handles their check."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]  # the first is called first
    name: Mapped[str] = mapped_column(String(100))
    relation: Mapped[str] = mapped_column(String(60))  # "resident" for their own telephone
    phone: Mapped[str] = mapped_column(String(40))
    has_key: Mapped[bool]
