"""The chain: who is told first, who next, and when."""

from datetime import timedelta
from itertools import combinations

import pytest

from monitor.core.agreement import Step
from monitor.core.alert import AlertKind
from monitor.core.escalation import CARE, POLICIES, Policy, Rung, climb, enter
from monitor.core.roster import Link

MINUTE = timedelta(minutes=1)
DUTY, STAFF, LEAD, FALLBACK = Link
ALL = frozenset(Link)
VISITOR = POLICIES[AlertKind.VISITOR]


@pytest.mark.parametrize(
    ("step", "told", "minutes"),
    [
        (Step.PHONE, (DUTY,), 15),
        (None, (DUTY,), 15),
        (Step.VISIT, (DUTY, STAFF), 15),
        (Step.URGENT, (DUTY, STAFF, LEAD), 30),
    ],
)
def test_the_step_says_where_the_chain_is_entered(
    step: Step | None, told: tuple[Link, ...], minutes: int
) -> None:
    assert enter(CARE, step, ALL) == Rung(told[-1], told, minutes * MINUTE)


def test_unanswered_it_climbs_link_by_link_and_is_told_again_at_the_end() -> None:
    link, climbed = DUTY, []
    for _ in range(5):
        rung = climb(CARE, link, ALL)
        climbed.append((rung.told, rung.wait))
        link = rung.link
    assert climbed == [
        ((STAFF,), 15 * MINUTE),
        ((LEAD,), 30 * MINUTE),
        ((FALLBACK,), 60 * MINUTE),
        ((LEAD, FALLBACK), 60 * MINUTE),
        ((LEAD, FALLBACK), 60 * MINUTE),
    ]


def test_with_nobody_on_duty_the_fallback_is_told_at_once() -> None:
    assert enter(CARE, Step.PHONE, {LEAD, FALLBACK}) == Rung(DUTY, (FALLBACK,), 15 * MINUTE)
    assert enter(CARE, Step.VISIT, {DUTY, FALLBACK}) == Rung(STAFF, (DUTY, FALLBACK), 15 * MINUTE)


def test_a_link_without_anybody_costs_no_time() -> None:
    assert climb(CARE, DUTY, {LEAD, FALLBACK}).told == (LEAD,)
    assert climb(CARE, DUTY, {FALLBACK}).told == (FALLBACK,)


def test_where_nobody_is_entered_at_all_there_is_no_chain_but_it_is_told_again() -> None:
    assert (
        enter(CARE, Step.VISIT, ()) == climb(CARE, FALLBACK, ()) == Rung(FALLBACK, (FALLBACK,), 60 * MINUTE)
    )


def test_a_step_never_takes_the_chain_down() -> None:
    assert enter(CARE, Step.VISIT, ALL, reached=LEAD).told == (DUTY, STAFF, LEAD)
    assert enter(CARE, Step.URGENT, ALL, reached=DUTY).told == (DUTY, STAFF, LEAD)
    assert enter(CARE, Step.PHONE, ALL, reached=FALLBACK).told == (DUTY, STAFF, LEAD, FALLBACK)


def test_a_visitor_is_no_matter_for_the_staff_of_a_building_and_is_not_told_for_ever() -> None:
    assert [climb(VISITOR, link, ALL).told for link in (DUTY, LEAD)] == [(LEAD,), (FALLBACK,)]
    assert climb(VISITOR, LEAD, ALL).wait is None
    assert enter(VISITOR, Step.VISIT, ALL).told == (DUTY, LEAD)  # a link that this chain leaves out


@pytest.mark.parametrize("policy", POLICIES.values())
@pytest.mark.parametrize("step", [None, *Step])
def test_whoever_is_on_duty_somebody_is_told(policy: Policy, step: Step | None) -> None:
    for count in range(len(Link)):
        for some in combinations((DUTY, STAFF, LEAD), count):
            rung = enter(policy, step, {*some, FALLBACK})
            assert set(rung.told) & {*some, FALLBACK}
            for _ in range(len(Link)):
                rung = climb(policy, rung.link, {*some, FALLBACK})
                assert set(rung.told) <= {*some, FALLBACK} and rung.told


@pytest.mark.parametrize("policy", POLICIES.values())
def test_an_alert_keeps_the_policy_that_it_began_with(policy: Policy) -> None:
    assert Policy.restore(policy.export()) == policy
