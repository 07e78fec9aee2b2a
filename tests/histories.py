"""Random histories of a watched resident, for properties that must hold in all of them. Times are whole minutes.

Ada is agreed to be phoned after 6 h (4 h when she went out), visited after 8 h, and it is urgent after 10 h. Four cameras:
gate-in and gate-out know which way people go, the lift does not, and the yard cannot identify.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import people
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import AlertRow, Base, ConsentRow, PresenceRow, WellnessCheckRow
from monitor.config.cameras import EstateConfig
from monitor.core.agreement import NIGHT, Agreement
from monitor.core.alert import Outcome
from monitor.core.camera import CameraState
from monitor.core.consent import Purpose
from monitor.core.evidence import EvidenceSource
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import (
    absences,
    alerts,
    cameras,
    cannot_tell,
    estate,
    evidence,
    presence,
    sensors,
    sightings,
    tick,
    unclear_faces,
    wellness,
)
from monitor.services.absences import NewAbsence
from monitor.services.cameras import Report
from monitor.services.evidence import Said
from monitor.services.seen import Seen
from monitor.services.sensors import NewSensor
from monitor.services.wellness import Found
from monitor.store.database import Database

START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # nine o'clock at the estate
LENGTH = 40 * 60
PHONE, NOT_BACK, VISIT, URGENT = 6 * 60, 4 * 60, 8 * 60, 10 * 60
LOOK_AGAIN = 4 * 60
IDENTIFYING = ("gate-in", "gate-out", "lift")
CAMERAS = """\
estate: {id: histories, name: Histories, time_zone: Asia/Shanghai}
cameras:
  - {id: gate-in, name: In, place: gate, direction: in, main: "rtsp://127.0.0.1/1", position: [0, 0],
     heading_deg: 90, field_of_view_deg: 80, range_m: 12}
  - {id: gate-out, name: Out, place: gate, direction: out, main: "rtsp://127.0.0.1/2", position: [0, 0],
     heading_deg: 270, field_of_view_deg: 80, range_m: 12}
  - {id: lift, name: Lift, place: lift, direction: both, main: "rtsp://127.0.0.1/3", position: [20, 5],
     heading_deg: 0, field_of_view_deg: 90, range_m: 4}
  - {id: yard, name: Yard, place: yard, direction: both, identifies: false, main: "rtsp://127.0.0.1/4",
     position: [40, 40], heading_deg: 180, field_of_view_deg: 100, range_m: 60}
"""
BY_STAFF = {each.value: each for each in (EvidenceSource.SEEN, EvidenceSource.PHONED, EvidenceSource.VISITED)}
DOOR, BUTTON, DOUBT = "door", "button", "doubt"
KINDS = ("gate-in", "gate-out", "lift", "yard", *BY_STAFF, DOOR, BUTTON, DOUBT)


def moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@dataclass(frozen=True)
class Proof:
    """Something that says that Ada was alive. It may come late, and more than once."""

    at: int
    kind: str
    late: int = 0
    copies: int = 1

    @property
    def arrives(self) -> int:
        return self.at + self.late


@dataclass(frozen=True)
class Outage:
    camera: str
    start: int
    end: int


@dataclass(frozen=True)
class Away:
    entered: int
    start: int
    end: int
    staff_end: int | None  # staff say so


@dataclass(frozen=True)
class Closing:
    """Staff close her check, if there is one."""

    at: int
    well: bool  # or they could not get in


@dataclass(frozen=True)
class History:
    proofs: tuple[Proof, ...]
    outages: tuple[Outage, ...] = ()
    away: tuple[Away, ...] = ()
    closings: tuple[Closing, ...] = ()
    ticks: tuple[int, ...] = ()
    consent_until: int = 10 * LENGTH
    quiet: bool = False

    def on_time(self) -> "History":
        """The same, with everything arriving when it happens, and once."""
        return replace(self, proofs=tuple(replace(proof, late=0, copies=1) for proof in self.proofs))


Act = Callable[[Session, datetime], None]
MINUTES = st.integers(1, LENGTH)


@st.composite
def outages(draw: st.DrawFn) -> tuple[Outage, ...]:
    """Of every camera in turn or of all at once."""
    found = []
    for start, length, which in draw(
        st.lists(st.tuples(MINUTES, st.integers(1, 900), st.sampled_from([*IDENTIFYING, "all"])), max_size=5)
    ):
        for camera in IDENTIFYING if which == "all" else (which,):
            new = Outage(camera, start, min(start + length, LENGTH + 1))
            if all(new.end < old.start or old.end < new.start for old in found if old.camera == camera):
                found.append(new)
    return tuple(found)


@st.composite
def away(draw: st.DrawFn) -> tuple[Away, ...]:
    """Those that do not overlap."""
    found: list[Away] = []
    for entered, ahead, length, ended in draw(
        st.lists(
            st.tuples(MINUTES, st.integers(-300, 300), st.integers(1, 1500), st.none() | st.integers(1, 900)),
            max_size=2,
        )
    ):
        start = entered + ahead
        end = max(start, entered) + length
        new = Away(entered, start, end, None if ended is None else entered + ended)
        if all(new.end <= old.start or old.end <= new.start for old in found):
            found.append(new)
    return tuple(found)


PROOFS = st.lists(
    st.builds(
        Proof, MINUTES, st.sampled_from(KINDS), st.sampled_from([0, 0, 0, 3, 40, 300, 900]), st.integers(1, 2)
    ),
    max_size=12,
)
HISTORIES = st.builds(
    History,
    PROOFS.map(tuple),
    outages(),
    away(),
    st.lists(st.builds(Closing, MINUTES, st.booleans()), max_size=2).map(tuple),
    st.lists(MINUTES, min_size=1, max_size=12, unique=True).map(lambda found: (*sorted(found), LENGTH + 60)),
    st.sampled_from([10 * LENGTH, 10 * LENGTH, 1500]),
    st.booleans(),
)


_CLOSINGS = 5


class Played:
    """A history on the real services. Each begins with an empty database."""

    def __init__(self, database: Database, config: EstateConfig, history: History) -> None:
        self._database, self._history, self._estate_id = database, history, config.id
        self.closed: list[Closing] = []  # that closed something
        self._absences: dict[Away, int] = {}
        with database.writer() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
        with database.writer() as session:
            estate.register(session, config, START)
            cameras.report(
                session,
                self._estate_id,
                [_report(slug, 0, dark=False) for slug in (*IDENTIFYING, "yard")],
                START,
            )
            agreed = Agreement(
                *(timedelta(minutes=length) for length in (PHONE, VISIT, URGENT, NOT_BACK)),
                quiet=NIGHT if history.quiet else None,
            )
            self.ada = people.enrol(session, self._estate_id, people.ADA, START, agreed=agreed)
            wellness_consent = (ConsentRow.resident_id == self.ada, ConsentRow.purpose == Purpose.WELLNESS)
            session.execute(
                update(ConsentRow).where(*wellness_consent).values(until=moment(history.consent_until))
            )
            for slug, kind in ((DOOR, EvidenceSource.DOOR_CONTACT), (BUTTON, EvidenceSource.CALL_BUTTON)):
                sensors.add(session, self._estate_id, NewSensor(slug, kind, self.ada), people.ANNA, START)

    def only_facts(self) -> None:
        """Nobody looks, and nobody closes anything."""
        for at, order, act in sorted(self._acts(), key=lambda each: each[:2]):
            if order < _CLOSINGS:
                with self._database.writer() as session:
                    act(session, moment(at))

    def play(self) -> Iterator[int]:
        """Every minute in which the watch ticks, after the tick."""
        for at, _, act in sorted(self._acts(), key=lambda each: each[:2]):
            with self._database.writer() as session:
                act(session, moment(at))
            if act == self.tick:
                yield at

    def _acts(self) -> Iterator[tuple[int, int, Act]]:
        history = self._history
        for outage in history.outages:
            yield outage.start, 0, self._reporting(outage.camera, outage.start, dark=True)
            yield outage.end, 1, self._reporting(outage.camera, outage.end, dark=False)
        for away in history.away:
            yield away.entered, 2, self._entering(away)
            if away.staff_end is not None:
                yield away.staff_end, 3, self._ending(away)
        for proof in history.proofs:
            for _ in range(proof.copies):
                yield proof.arrives, 4, self._proving(proof)
        for closing in history.closings:
            yield closing.at, _CLOSINGS, self._closing(closing)
        for at in history.ticks:
            yield at, _CLOSINGS + 1, self.tick

    def tick(self, session: Session, now: datetime) -> None:
        """As the watch does it, but that nobody reads these cameras."""
        absences.close_over(session, self._estate_id, now)
        alerts.lapse(session, self._estate_id, ["desk"], now)
        cannot_tell.tell(session, self._estate_id, timedelta(minutes=1), ["desk"], now)
        tick.tick(session, self._estate_id, ["desk"], now)

    def look(self, minute: int) -> None:
        """At her, due or not."""
        with self._database.writer() as session:
            session.get_one(PresenceRow, self.ada).due_at = moment(minute)
        with self._database.writer() as session:
            self.tick(session, moment(minute))

    def row(self) -> PresenceRow:
        with self._database.reader() as session:
            return session.get_one(PresenceRow, self.ada)

    def absences(self) -> list[tuple[datetime, datetime, datetime | None]]:
        with self._database.reader() as session:
            found = absences.listing(session, self._estate_id)
            return [(each.starts_at, each.ends_at, each.ended_at) for each in found]

    def alerts(self) -> list[AlertRow]:
        with self._database.reader() as session:
            return list(session.scalars(select(AlertRow).where(AlertRow.resident_id == self.ada)))

    def open_checks(self) -> list[WellnessCheckRow]:
        with self._database.reader() as session:
            rows = select(WellnessCheckRow).where(WellnessCheckRow.closed_at.is_(None))
            return list(session.scalars(rows))

    def _reporting(self, camera: str, minute: int, *, dark: bool) -> Act:
        def act(session: Session, now: datetime) -> None:
            cameras.report(session, self._estate_id, [_report(camera, minute, dark=dark)], now)

        return act

    def _entering(self, away: Away) -> Act:
        def act(session: Session, now: datetime) -> None:
            new = NewAbsence(moment(away.start), moment(away.end), "her son", "her son")
            with suppress(NotFound):  # she is not watched any more
                longest = timedelta(days=30)
                self._absences[away] = presence.leave(
                    session, self._estate_id, self.ada, new, longest, people.SAM, now
                )

        return act

    def _ending(self, away: Away) -> Act:
        def act(session: Session, now: datetime) -> None:
            if away in self._absences:
                with suppress(Conflict, NotFound):  # it is over already
                    presence.come_back(session, self._estate_id, self._absences[away], people.SAM, now)

        return act

    def _proving(self, proof: Proof) -> Act:
        at = moment(proof.at)

        def act(session: Session, now: datetime) -> None:
            seen = Seen(proof.kind, at - timedelta(seconds=5), at, people.WHY, None)
            if proof.kind == DOUBT:
                seen = replace(seen, camera="gate-in")
                unclear_faces.record(session, self._estate_id, seen, 7, now, nearly=self.ada)
                return
            if proof.kind in (*IDENTIFYING, "yard"):
                sightings.record(session, self._estate_id, self.ada, seen, 30, now)
                return
            said = Said(at, sensor=proof.kind)
            if proof.kind in BY_STAFF:
                said = Said(at, self.ada, BY_STAFF[proof.kind])
            with suppress(InvalidInput, NotFound):  # she is not watched any more
                evidence.record(session, self._estate_id, said, people.SAM, now)

        return act

    def _closing(self, closing: Closing) -> Act:
        def act(session: Session, now: datetime) -> None:
            for check in wellness.listing(session, self._estate_id, open_only=True, limit=1):
                outcome = Outcome.WELL_AT_HOME if closing.well else Outcome.COULD_NOT_ENTER
                wellness.record(session, self._estate_id, check.id, Found(outcome), people.SAM, now)
                self.closed.append(closing)

        return act


def _report(camera: str, minute: int, *, dark: bool) -> Report:
    at = moment(minute)
    if dark:
        return Report(
            camera, CameraState.UNREACHABLE, "no_answer", None, None, None, None, None, blind_since=at
        )
    return Report(camera, CameraState.LIVE, "", at, at, 0.1, 5.0, None)
