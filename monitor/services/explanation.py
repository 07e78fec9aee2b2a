"""Everything about one alert: what it was raised on, the chain in force, what happened, and who was told with what result."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.core.access import Role
from monitor.core.roster import Link
from monitor.services import alerts, events, outbox
from monitor.services.alerts import Alert
from monitor.services.events import Event
from monitor.services.outbox import Owed


@dataclass(frozen=True)
class Chain:
    """Minutes of each link; the last one's are those of telling it again, None: never."""

    minutes: tuple[tuple[Link, float | None], ...]
    link: Link | None  # how far it has climbed
    escalates_at: datetime | None  # None: somebody has it, or it climbs no further


@dataclass(frozen=True)
class Explanation:
    alert: Alert
    chain: Chain
    events: list[Event]
    told: list[Owed]


def explain(session: Session, estate_id: str, alert_id: int, role: Role, person: str) -> Explanation:
    """As this person may see it. Raises NotFound."""
    row = alerts.load(session, estate_id, alert_id)
    minutes = row.policy.get("minutes", [])
    chain = Chain(tuple((Link(link), time) for link, time in minutes), row.link, row.escalates_at)
    return Explanation(
        alerts.shown_to(alerts.view(session, row), role, person),
        chain,
        events.of_alert(session, estate_id, alert_id, row.opened_at),
        outbox.of_alert(session, estate_id, alert_id),
    )
