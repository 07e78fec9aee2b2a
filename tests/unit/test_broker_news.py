"""Whether the sensors' broker is there: told once, and not for every moment without it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.core.sensor_report import Refusal
from monitor.errors import ReportRefused
from monitor.workers import broker_news
from monitor.workers.broker_news import AWAY_AFTER_S, MOST_NAMED, STEADY_AFTER_S, TELL_EVERY_S, BrokerNews


class Scene:
    """A broker and a clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        self.s, self._caplog = 0.0, caplog
        monkeypatch.setattr(broker_news, "monotonic_s", lambda: self.s)
        self.broker: Any = SimpleNamespace(reads=False, place="broker:1883", trouble="nobody answers there")
        self.news = BrokerNews(self.broker)
        caplog.set_level("INFO")

    def pass_by(self, seconds: float, *, reads: bool | Iterator[bool]) -> int:
        """Seconds go by; how often something was told to the database."""
        told = 0
        for _ in range(round(seconds)):
            self.broker.reads = reads if isinstance(reads, bool) else next(reads)
            self.s += 1
            if self.news.due():
                self.news.told()
                told += 1
        return told

    @property
    def log(self) -> list[str]:
        return [record.getMessage() for record in self._caplog.records]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Scene:
    return Scene(monkeypatch, caplog)


def test_a_broker_that_is_not_there_is_told_once_with_its_trouble(scene: Scene) -> None:
    assert scene.pass_by(AWAY_AFTER_S - 1, reads=False) == 0
    scene.pass_by(100, reads=False)
    assert scene.log == ["the sensors' broker broker:1883 is away: nobody answers there"]


def test_it_is_told_again_when_it_is_back(scene: Scene) -> None:
    scene.pass_by(AWAY_AFTER_S, reads=False)
    scene.pass_by(STEADY_AFTER_S + 1, reads=True)
    assert scene.log[1:] == ["the sensors' broker broker:1883 is connected"]


def test_a_connection_that_breaks_for_a_moment_is_no_news(scene: Scene) -> None:
    scene.pass_by(60, reads=True)
    scene.pass_by(3, reads=False)
    scene.pass_by(60, reads=True)
    assert len(scene.log) == 1


def test_a_connection_that_keeps_breaking_is_away(scene: Scene) -> None:
    """As when two watches have the same name at the broker."""
    scene.pass_by(60, reads=True)
    scene.pass_by(60, reads=iter([False, True] * 30))
    assert [line.split(" is ")[1].partition(":")[0] for line in scene.log] == ["connected", "away"]


def test_the_watch_says_that_it_still_looks(scene: Scene) -> None:
    told = scene.pass_by(10 * TELL_EVERY_S, reads=True)
    assert 9 <= told <= 11


def test_somebody_who_invents_sensors_does_not_fill_the_log(scene: Scene) -> None:
    for number in range(2 * MOST_NAMED):
        scene.news.refuse(
            ReportRefused(sensor=f"door-{number}", cause=Refusal.UNKNOWN_SENSOR, reason="there is none")
        )
    assert len(scene.log) == MOST_NAMED
