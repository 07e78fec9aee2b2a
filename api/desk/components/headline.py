"""How everything is, in one sentence, and below it what is not known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.desk.access import Viewer
from api.desk.components.basics import ago, link, tag, text
from api.desk.components.camera_state import dark_since, in_words, is_live
from api.desk.components.icons import icon
from api.desk.text import Catalogue
from monitor.core.accounting import Count
from monitor.core.alert import AlertState
from monitor.core.camera import CameraState
from monitor.services.status import Status
from monitor.services.telling import DESK

CAMERAS_NAMED = 5
REFUSED_SHOWN = timedelta(hours=24)


@dataclass(frozen=True)
class Clause:
    look: str
    words: str
    address: str = ""  # where more is said


@dataclass(frozen=True)
class Gap:
    """Something that is not known or not done, and since when."""

    drawing: str
    words: str
    since: datetime | None = None


def clauses(words: Catalogue, status: Status, now: datetime) -> tuple[Clause, ...]:
    in_use = [camera for camera in status.cameras if camera.state is not CameraState.DISABLED]
    live = sum(is_live(camera, now) for camera in in_use)
    return (
        _cameras(words, live, len(in_use)),
        _people(words, status.accounted),
        Clause("critical", words.some_open.format(n=status.open_alerts))
        if status.open_alerts
        else Clause("good", words.nothing_open),
    )


def gaps(words: Catalogue, status: Status, now: datetime) -> tuple[Gap, ...]:
    in_use = [camera for camera in status.cameras if camera.state is not CameraState.DISABLED]
    dark = [camera for camera in in_use if not is_live(camera, now)]
    found = [
        Gap(
            "camera_off",
            words.camera_dark.format(camera=c.name, state=in_words(words, c, now)),
            dark_since(c),
        )
        for c in dark[:CAMERAS_NAMED]
    ]
    if len(dark) > CAMERAS_NAMED:
        found.append(Gap("camera_off", words.and_more.format(n=len(dark) - CAMERAS_NAMED)))
    if status.watch_is_behind:
        found.append(Gap("critical", words.watch_is_behind))
    if status.nobody_on_duty:
        found.append(Gap("warning", words.roster.gap_now))
    broker = status.sensor_broker
    if broker and not broker.connected:
        found.append(Gap("warning", words.broker_away, broker.since))
    if broker and broker.refused_at and now - broker.refused_at < REFUSED_SHOWN:
        found.append(Gap("warning", words.broker_refused.format(n=broker.refused), broker.refused_at))
    hurried = sum(bool(camera.left_out_per_s) for camera in in_use)
    if hurried:
        found.append(Gap("warning", words.looked_less.format(n=hurried)))
    for state, sentence in words.count_state.items():
        if number := status.accounted.parts[state]:
            found.append(Gap("people", sentence.format(n=number)))
    taken = sum(n for (_, state), n in status.alerts.items() if state is AlertState.ACKNOWLEDGED)
    if taken:
        found.append(Gap("hand", words.count_taken.format(n=taken)))
    for channel, number in status.unsent.items():
        if channel != DESK:
            found.append(Gap("send", words.undelivered.format(channel=channel, n=number)))
    return tuple(found)


def draw_clauses(shown: tuple[Clause, ...]) -> None:
    with tag("h1", "headline"):
        for clause in shown:
            with tag("span", f"clause {clause.look}"):
                icon(clause.look)
                if clause.address:
                    link(clause.words, clause.address, "plain-link")
                else:
                    text(clause.words)


def draw_gaps(viewer: Viewer, shown: tuple[Gap, ...]) -> None:
    words = viewer.words
    text(words.unknown, name="h2")
    with tag("ul", "facts"):
        for gap in shown:
            with tag("li"):
                icon(gap.drawing)
                with tag("span"):
                    text(gap.words)
                    if gap.since:
                        text(" " + words.since.format(clock=viewer.times.clock(gap.since)) + " · ", "soft")
                        ago(viewer.times, gap.since).classes("soft")
        if not shown:
            with tag("li"):
                icon("good")
                text(words.unknown_none)


def _cameras(words: Catalogue, live: int, in_use: int) -> Clause:
    if not in_use:
        return Clause("warning", words.no_cameras)
    if live == in_use:
        return Clause("good", words.all_live.format(n=live))
    return Clause("warning", words.some_live.format(n=live, total=in_use))


def _people(words: Catalogue, people: Count) -> Clause:
    if not people.watched:
        return Clause("info", words.nobody_watched)
    if people.everybody:
        return Clause("good", words.all_accounted.format(n=people.watched), "/accounted")
    return Clause(
        "warning",
        words.some_accounted.format(n=people.accounted_for, total=people.watched),
        "/accounted",
    )
