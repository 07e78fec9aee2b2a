"""The chain that an alert climbs until somebody takes it: whom it reaches first, whom next, and when (W12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monitor.core.agreement import Step
from monitor.core.alert import AlertKind
from monitor.core.roster import Link

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Policy:
    """How long each link has before the next is told too. The last one's time is that of telling it again; None: never."""

    limits: tuple[tuple[Link, timedelta | None], ...]

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(link for link, _ in self.limits)

    def limit(self, link: Link) -> timedelta | None:
        return dict(self.limits)[link]

    def export(self) -> dict[str, Any]:
        return {"minutes": [[link.value, limit and limit / MINUTE] for link, limit in self.limits]}

    @classmethod
    def restore(cls, kept: dict[str, Any]) -> "Policy":
        return cls(
            tuple(
                (Link(link), None if minutes is None else minutes * MINUTE)
                for link, minutes in kept["minutes"]
            )
        )


CARE = Policy(
    (
        (Link.DUTY, 15 * MINUTE),
        (Link.STAFF, 15 * MINUTE),
        (Link.LEAD, 30 * MINUTE),
        (Link.FALLBACK, 60 * MINUTE),
    )
)
POLICIES = {
    AlertKind.WELLNESS: CARE,
    AlertKind.CANNOT_TELL: CARE,
    AlertKind.VISITOR: Policy(((Link.DUTY, 5 * MINUTE), (Link.LEAD, 15 * MINUTE), (Link.FALLBACK, None))),
    AlertKind.CAMERA_OFFLINE: Policy(
        ((Link.DUTY, 60 * MINUTE), (Link.LEAD, 240 * MINUTE), (Link.FALLBACK, None))
    ),
}
_ENTERED = {None: Link.DUTY, Step.PHONE: Link.DUTY, Step.VISIT: Link.STAFF, Step.URGENT: Link.LEAD}


@dataclass(frozen=True)
class Rung:
    """Where an alert stands in its chain: who is told now, and after how long without an answer it climbs."""

    link: Link
    told: tuple[Link, ...]
    wait: timedelta | None


def enter(policy: Policy, step: Step | None, staffed: Collection[Link], reached: Link | None = None) -> Rung:
    """The step says where, but no lower than it has climbed; every link before is told as well.

    Where nobody is on duty, the fallback is told at once.
    """
    if not staffed:
        return _nobody(policy)
    links = policy.links
    at = max(_position(links, link) for link in (_ENTERED[step], reached) if link is not None)
    told = [link for link in links[: at + 1] if link in staffed]
    if links[at] not in staffed:
        told.append(Link.FALLBACK)
    return Rung(links[at], tuple(dict.fromkeys(told)), policy.limit(links[at]))


def climb(policy: Policy, link: Link, staffed: Collection[Link]) -> Rung:
    """Nobody has taken it in time. At the end of the chain the lead and the fallback are told again."""
    if not staffed:
        return _nobody(policy)
    above = [each for each in policy.links[_position(policy.links, link) + 1 :] if each in staffed]
    if above and link is not Link.FALLBACK:
        return Rung(above[0], (above[0],), policy.limit(above[0]))
    again = [each for each in (Link.LEAD, Link.FALLBACK) if each in staffed and each in policy.links]
    return Rung(Link.FALLBACK, tuple(again) or (Link.FALLBACK,), policy.limits[-1][1])


def _nobody(policy: Policy) -> Rung:
    """Nobody is entered to be told: every channel is, and there is no chain to climb."""
    return Rung(Link.FALLBACK, (Link.FALLBACK,), policy.limits[-1][1])


def _position(links: Sequence[Link], link: Link) -> int:
    """Of the link, or of the next one that this chain has."""
    order = list(Link)
    return next(n for n, each in enumerate(links) if order.index(each) >= order.index(link))
