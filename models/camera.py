from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.camera import CameraState
from monitor.core.identifiability import CameraVerdict
from monitor.core.sighting import Direction


class CameraRow(OfEstate, Base):
    """A camera as the estate knows it and how it is now. Its address stays in cameras.yaml."""

    __tablename__ = "camera"
    __table_args__ = (UniqueConstraint("estate_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(60))
    direction: Mapped[Direction]
    identifies: Mapped[bool]
    enabled: Mapped[bool]
    x_m: Mapped[float]
    y_m: Mapped[float]
    heading_deg: Mapped[float]
    field_of_view_deg: Mapped[float]
    range_m: Mapped[float]
    state: Mapped[CameraState] = mapped_column(default=CameraState.STARTING)
    state_since: Mapped[datetime]
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    last_frame_at: Mapped[datetime | None]
    frame_age_s: Mapped[float | None]
    frames_per_s: Mapped[float | None]
    view_accepted_at: Mapped[datetime | None]  # when staff said that it looks where it should
    left_out_per_s: Mapped[float | None]  # looks that there was no time for
    picture_at: Mapped[datetime | None]  # when the newest picture of the wall was taken
    # Whether it can identify, as measured; `identifies` is what the operator says.
    verdict: Mapped[CameraVerdict] = mapped_column(
        default=CameraVerdict.NOT_YET_KNOWN, server_default=CameraVerdict.NOT_YET_KNOWN.value
    )
    verdict_at: Mapped[datetime | None]  # since when that is so


class BlindTimeRow(OfEstate, Base):
    """A span in which a camera could not have identified anybody. Open while `ended_at` is empty."""

    __tablename__ = "blind_time"
    __table_args__ = (
        Index(
            "uq_blind_time_open",
            "camera_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(300))


class CameraHourRow(OfEstate, Base):
    """What a camera saw of the people who passed in one hour, as counts: no face, no name."""

    __tablename__ = "camera_hour"
    __table_args__ = (UniqueConstraint("camera_id", "hour"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    hour: Mapped[datetime] = mapped_column(index=True)  # when it began
    passes: Mapped[int]
    good: Mapped[int]  # whose best picture was good enough to identify
    widths: Mapped[dict[str, Any]]  # widest face in px: passes
    flaws: Mapped[dict[str, Any]]  # flaw of the best picture: passes that were not good
