from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class EstateRow(Base):
    __tablename__ = "estate"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(60))
    # Rises with every template added or erased, so that workers know when to load the gallery again.
    gallery_version: Mapped[int] = mapped_column(default=0)
    wanted_fpir: Mapped[float | None]  # set by `shouwang calibrate`; None: the setting's
