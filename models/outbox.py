from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate


class OutboxRow(OfEstate, Base):
    """A message about an alert or a digest that some channel owes. Done only with the channel's receipt."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "sent_at", "next_try_at"),
        CheckConstraint("(alert_id IS NULL) <> (digest_id IS NULL)", name="about_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"), index=True)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("receiver.id", ondelete="SET NULL"))
    round: Mapped[str] = mapped_column(String(40), default="", server_default="")  # why they are told
    rank: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: the receiver's first channel
    channel: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)  # rises with every claim; a late result is refused
    sent_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(200))
    last_error: Mapped[str | None] = mapped_column(String(300))
