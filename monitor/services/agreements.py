"""What was agreed with a resident about being looked for: hours, quiet hours, and whom to call. Versioned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AgreementRow, PresenceRow
from monitor.core.agreement import Agreement, hours
from monitor.core.presence import PresenceState
from monitor.errors import InvalidInput, NotFound
from monitor.services import events
from monitor.store import watched as queries

REASON_LIMIT = 500
ESTATE_DEFAULT = "estate default"


@dataclass(frozen=True)
class Version:
    version: int
    agreed: Agreement
    reason: str
    agreed_at: datetime
    agreed_by: str


def write(
    session: Session, row: PresenceRow, agreed: Agreement, reason: str, by: str, now: datetime
) -> AgreementRow:
    """The next version; alerts that are open keep the one they began with. Raises InvalidInput."""
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_LIMIT:
        raise InvalidInput(field="reason", reason=f"say why, in 1 to {REASON_LIMIT} characters")
    before = versions(session, row.resident_id)
    new = AgreementRow(
        estate_id=row.estate_id,
        resident_id=row.resident_id,
        version=before[0].version + 1 if before else 1,
        phone_hours=hours(agreed.phone),
        visit_hours=hours(agreed.visit),
        urgent_hours=hours(agreed.urgent),
        not_back_hours=hours(agreed.not_back),
        quiet_from=agreed.quiet.start if agreed.quiet else None,
        quiet_until=agreed.quiet.end if agreed.quiet else None,
        reason=reason,
        agreed_at=now,
        agreed_by=by,
    )
    session.add(new)
    session.flush()
    row.agreement_id = new.id
    facts = {"resident_id": row.resident_id, "version": new.version}
    events.append(session, row.estate_id, "agreement.changed", now, **facts)
    return new


def fill(session: Session, estate_id: str, agreed: Agreement, by: str, now: datetime) -> None:
    """Who was watched before agreements were kept is watched by what the estate asks for."""
    for row in session.scalars(
        select(PresenceRow).where(
            PresenceRow.estate_id == estate_id,
            PresenceRow.agreement_id.is_(None),
            PresenceRow.state != PresenceState.WITHDRAWN,
        )
    ):
        write(session, row, agreed, ESTATE_DEFAULT, by, now)


def versions(session: Session, resident_id: int) -> list[Version]:
    """The newest first."""
    return [
        Version(row.version, queries.agreement(row), row.reason, row.agreed_at, row.agreed_by)
        for row in session.scalars(
            select(AgreementRow)
            .where(AgreementRow.resident_id == resident_id)
            .order_by(AgreementRow.version.desc())
        )
    ]


def in_force(session: Session, resident_id: int) -> Version:
    """Raises NotFound for who is not watched."""
    found = versions(session, resident_id)
    if not found:
        raise NotFound(what="agreement of resident", key=resident_id)
    return found[0]
