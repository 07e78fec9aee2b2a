from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.correction import Correction, EvidenceSource


class CorrectionRow(OfEstate, Base):
    """A member of staff put an identification right. Never changed afterwards: it is the record of who said so.

    Of a rejected face only its score stays, as a counter-example for the resident's threshold.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Correction]
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"), index=True)
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="SET NULL"))
    unclear_face_id: Mapped[int | None] = mapped_column(ForeignKey("unclear_face.id", ondelete="SET NULL"))
    engine: Mapped[str] = mapped_column(String(40))
    score: Mapped[float | None]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")


class EvidenceRow(OfEstate, Base):
    """Evidence of life that no camera gave."""

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "resident_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    source: Mapped[EvidenceSource]
    at: Mapped[datetime]  # when the resident was alive, not when it was said
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
