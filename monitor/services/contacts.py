"""Whom to call about a resident, and who has a key. For who handles their check; others say why they look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import ContactRow
from monitor.errors import InvalidInput
from monitor.services import events

AT_MOST = 10
NAME_LIMIT, RELATION_LIMIT, PHONE_LIMIT = 100, 60, 40


@dataclass(frozen=True)
class Contact:
    name: str
    relation: str
    phone: str
    has_key: bool = False

    def __post_init__(self) -> None:
        for field, text, limit in (
            ("name", self.name, NAME_LIMIT),
            ("relation", self.relation, RELATION_LIMIT),
            ("phone", self.phone, PHONE_LIMIT),
        ):
            if not 0 < len(text.strip()) <= limit:
                raise InvalidInput(field=field, reason=f"needs 1 to {limit} characters")


def of(session: Session, resident_id: int) -> list[Contact]:
    """In the order in which they are called."""
    rows = session.scalars(
        select(ContactRow).where(ContactRow.resident_id == resident_id).order_by(ContactRow.position)
    )
    return [Contact(row.name, row.relation, row.phone, row.has_key) for row in rows]


def replace(
    session: Session, estate_id: str, resident_id: int, contacts: Sequence[Contact], now: datetime
) -> None:
    """These and no others. Raises InvalidInput."""
    if len(contacts) > AT_MOST:
        raise InvalidInput(field="contacts", reason=f"at most {AT_MOST}")
    session.execute(delete(ContactRow).where(ContactRow.resident_id == resident_id))
    session.add_all(
        ContactRow(
            estate_id=estate_id,
            resident_id=resident_id,
            position=position,
            name=contact.name.strip(),
            relation=contact.relation.strip(),
            phone=contact.phone.strip(),
            has_key=contact.has_key,
        )
        for position, contact in enumerate(contacts)
    )
    events.append(session, estate_id, "contacts.changed", now, resident_id=resident_id)
