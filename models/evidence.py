from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.evidence import EvidenceSource
from monitor.core.sighting import Direction


class SensorRow(OfEstate, Base):
    """Something else than a camera that notices one resident."""

    __tablename__ = "sensor"
    __table_args__ = (UniqueConstraint("estate_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    kind: Mapped[EvidenceSource]
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    weight: Mapped[float]
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(100))


class SensorBrokerRow(Base):
    """How it stands with the broker of an estate's sensors, as the watch last said; none where none is configured."""

    __tablename__ = "sensor_broker"

    estate_id: Mapped[str] = mapped_column(String(60), ForeignKey("estate.id"), primary_key=True)
    connected: Mapped[bool]
    since: Mapped[datetime]
    told_at: Mapped[datetime]
    refused: Mapped[int] = mapped_column(default=0)  # messages that could not be taken, ever
    refused_at: Mapped[datetime | None]  # the newest of them


class EvidenceRow(OfEstate, Base):
    """Evidence of life that is no sighting: by staff, by a sensor, or a face that was nearly recognised."""

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "resident_id", "at"), UniqueConstraint("estate_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    source: Mapped[EvidenceSource]
    weight: Mapped[float]
    direction: Mapped[Direction]
    at: Mapped[datetime]  # when the resident was alive, not when it was said
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")
    key: Mapped[str | None] = mapped_column(String(100))  # the sender's: the same evidence twice is one
    sensor_id: Mapped[int | None] = mapped_column(ForeignKey("sensor.id", ondelete="SET NULL"), index=True)
    unclear_face_id: Mapped[int | None] = mapped_column(
        ForeignKey("unclear_face.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
