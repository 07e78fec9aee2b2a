"""What every table shares: named constraints, aware UTC times, the estate."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

from monitor.core.agreement import Step


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC. Refuses naive times; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; times are stored in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StepNumber(TypeDecorator[Step]):
    """A step as its number, so that rows sort by urgency."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Step | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Step | None:
        return None if value is None else Step(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        Step: StepNumber,
        # Stored as its text, so that a new word needs no migration and a dump can be read.
        StrEnum: Enum(
            StrEnum, native_enum=False, length=30, values_callable=lambda words: [w.value for w in words]
        ),
    }


class OfEstate:
    """A row that belongs to one estate; the estate is the shard."""

    estate_id: Mapped[str] = mapped_column(String(60), ForeignKey("estate.id"), index=True)
