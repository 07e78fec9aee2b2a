"""Whom the gallery can name: residents who agreed, and expected visitors as long as their pass lasts."""

from dataclasses import dataclass
from enum import StrEnum


class SubjectKind(StrEnum):
    RESIDENT = "resident"
    EXPECTED = "expected"


@dataclass(frozen=True, order=True)
class Subject:
    """One enrolled person. The id is that of the resident's or the pass's row."""

    kind: SubjectKind
    id: int

    @staticmethod
    def resident(resident_id: int) -> "Subject":
        return Subject(SubjectKind.RESIDENT, resident_id)

    @staticmethod
    def expected(visitor_id: int) -> "Subject":
        return Subject(SubjectKind.EXPECTED, visitor_id)
