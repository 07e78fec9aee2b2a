from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.consent import Purpose
from monitor.core.correction import PhotoSource


class ResidentRow(OfEstate, Base):
    __tablename__ = "resident"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    flat: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]


class ConsentRow(OfEstate, Base):
    """One resident's agreement to one purpose. It always has an end."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose]
    text_version: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime]
    until: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    recorded_by: Mapped[str] = mapped_column(String(100))


class PhotoRow(OfEstate, Base):
    """A face that was enrolled. Its picture is kept only with the resident's consent to that."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    source: Mapped[PhotoSource]
    quality: Mapped[float]
    crop_jpeg: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class TemplateRow(OfEstate, Base):
    """An enrolled embedding: what one engine made of one photo. It hangs on the consent it was made under."""

    __tablename__ = "template"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    engine: Mapped[str] = mapped_column(String(40))
    embedding: Mapped[bytes] = mapped_column(LargeBinary)
    quality: Mapped[float]
    created_at: Mapped[datetime]
