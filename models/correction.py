from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.correction import Correction


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
