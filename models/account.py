from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfEstate
from monitor.core.access import Role


class AccountRow(OfEstate, Base):
    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]


class SignInRow(OfEstate, Base):
    """A signed-in browser. Only the hash of its id is kept."""

    __tablename__ = "sign_in"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class TokenRow(OfEstate, Base):
    """A bearer token for a program. Only its hash is kept."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
