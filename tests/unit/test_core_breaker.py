"""A channel that fails again and again is given a rest, and asked whether it is back."""

from monitor.core.breaker import FAILURES, PAUSE_S, Breaker


def broken() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(now_s=100.0)
    return breaker


def test_single_failures_stop_nothing() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(now_s=100.0)
        assert breaker.may_try(100.0)
    assert not breaker.worked()


def test_after_several_nothing_is_sent_for_a_while_and_then_one() -> None:
    breaker = broken()
    assert not breaker.may_try(100.0 + PAUSE_S - 0.001)
    assert breaker.may_try(100.0 + PAUSE_S)
    breaker.failed(100.0 + PAUSE_S)
    assert not breaker.may_try(100.0 + PAUSE_S)


def test_one_success_closes_it_and_says_so_once() -> None:
    breaker = broken()
    assert breaker.worked()
    assert not breaker.worked()
    assert breaker.may_try(0.0)
