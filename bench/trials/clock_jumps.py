"""The evening of tests/evening.py on a machine whose clock jumps, against what should happen and when.

What should happen is counted in true time, step by step, by a rule that knows nothing of the service: a silence is the time in
which somebody could have been seen, and what is agreed by the calendar goes by the scale.

How a pause is counted: nobody could be seen in it, so it is no silence, like the time of dark cameras. What waits for a time of
day waits until the scale shows it. Who has taken an alert has an hour in which the machine runs, asleep or awake.
"""

import heapq
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import evening
from evening import ADA, GRETA, HUA, IRIS, JOE, KIM, Evening, clock_at
from machine import SimulatedMachine, installed

from bench.trials.lines import Line
from monitor import bootstrap, clock
from monitor.clock import Steady
from monitor.core.interval import Interval
from monitor.core.presence import PHONE_WHEN_BLIND_FOR
from monitor.store.database import Database
from monitor.workers import clock_keeper
from monitor.workers.clock_keeper import ClockKeeper
from monitor.workers.watch import Watch

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
TOLERATED, COUNTED_EVERY = 60 * SECOND, 10 * SECOND
TICK = timedelta(seconds=evening.TICK_S)
CLOSELY = [
    n * SECOND for n in (-61, 0, 15, 30)
]  # what is not expected before a moment has not happened a minute before
BELIEVED_AFTER, NTP_AFTER = 10 * MINUTE, 3 * MINUTE
PAUSE, OFF = 10 * MINUTE, 5 * MINUTE
UP_AFTER = timedelta(seconds=SimulatedMachine.UP_AFTER_S)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Happened = tuple[str, datetime]


@dataclass
class Plan:
    """What happens to the machine, and what that explains. Times are true."""

    begins: datetime  # in the zone of the estate
    acts: list[tuple[datetime, Callable[[SimulatedMachine], None]]] = field(default_factory=list)
    leaps: list[tuple[datetime, timedelta]] = field(default_factory=list)  # of the scale, as it should be
    asleep: Interval | None = None  # nothing runs
    clock_stands: bool = False  # and the machine's clocks do not go on
    starts_anew: bool = False  # and after it the watch is another process

    @property
    def start(self) -> datetime:
        return self.begins.astimezone(UTC)

    @property
    def ends(self) -> datetime:
        return self.start + evening.ENDS

    @property
    def moments(self) -> list[datetime]:
        """In which something happens to the machine."""
        slept = [self.asleep.start, self.asleep.end] if self.asleep else []
        return [at for at, _ in self.acts] + [at for at, _ in self.leaps] + slept

    def ran(self, true: datetime) -> timedelta:
        """How long the machine has run, asleep or awake."""
        lost = timedelta(0)
        if self.asleep is not None and self.clock_stands:
            lost = max(min(true, self.asleep.end) - self.asleep.start, timedelta(0))
        return true - self.start - lost

    def scale(self, true: datetime) -> datetime:
        return self.start + self.ran(true) + sum((by for at, by in self.leaps if at <= true), timedelta(0))

    def awake(self, true: datetime) -> bool:
        return self.asleep is None or not self.asleep.start < true < self.asleep.end


# --- the kinds -------------------------------------------------------------------------------------------------------------


def jump(by: timedelta) -> Callable[[random.Random], Plan]:
    """The machine's clock is set, and stays so."""

    def plan(luck: random.Random) -> Plan:
        plan, at = _usual(luck)
        plan.acts = [(at, _set_ahead(by))]
        if by > 5 * SECOND:
            plan.leaps = [(at + BELIEVED_AFTER, by)]
        elif abs(by) <= 5 * SECOND:
            plan.leaps = [(at, by)]
        return plan

    return plan


def there_and_back(sign: int) -> Callable[[random.Random], Plan]:
    """The machine's clock is set wrong, and set right after some minutes."""

    def plan(luck: random.Random) -> Plan:
        plan, at = _usual(luck)
        by, wrong_for = luck.uniform(0.1, 30) * HOUR * sign, luck.uniform(0.5, 9.5) * MINUTE
        plan.acts = [(at, _set_ahead(by)), (at + wrong_for, _set_ahead(timedelta(0)))]
        return plan

    return plan


def daylight_saving(day: datetime) -> Callable[[random.Random], Plan]:
    """The clocks at the estate are put on or back in the evening's course; the machine runs in UTC."""

    def plan(luck: random.Random) -> Plan:
        minute = luck.randrange(18 * 60 + 45, 25 * 60 + 30)  # the change is at 2 or 3 o'clock
        return Plan((day + minute * MINUTE).replace(tzinfo=BERLIN))

    return plan


def switched_off(luck: random.Random) -> Plan:
    """The machine is off for five minutes and comes up in 1970; three minutes later NTP sets its clock right."""
    plan, at = _usual(luck)
    up = at + OFF
    plan.asleep, plan.clock_stands, plan.starts_anew = Interval(at, up), True, True

    def start(machine: SimulatedMachine) -> None:
        machine.restart(timedelta(0), wall=EPOCH)

    plan.acts = [(up, start), (up + NTP_AFTER, _set_right)]
    plan.leaps = [(up, UP_AFTER), (up + NTP_AFTER, OFF - UP_AFTER)]
    return plan


def paused(luck: random.Random) -> Plan:
    """Ten minutes: the machine sleeps, or its host stops it and NTP sets its clock right a minute later."""
    plan, at = _usual(luck)
    plan.asleep = Interval(at, at + PAUSE)
    if luck.random() < 0.5:
        plan.clock_stands = True
        right = plan.asleep.end + MINUTE
        plan.acts = [(right, _set_right)]
        plan.leaps = [(right + BELIEVED_AFTER, PAUSE)]
    return plan


KINDS: dict[str, Callable[[random.Random], Plan]] = {
    "1 s ahead": jump(SECOND),
    "1 s back": jump(-SECOND),
    "1 h ahead": jump(HOUR),
    "1 h back": jump(-HOUR),
    "1 day ahead": jump(DAY),
    "1 day back": jump(-DAY),
    "clocks put on in spring": daylight_saving(datetime(2026, 3, 28)),  # noqa: DTZ001
    "clocks put back in autumn": daylight_saving(datetime(2026, 10, 24)),  # noqa: DTZ001
    "no clock at start (1970), set later": switched_off,
    "ahead and back after minutes": there_and_back(1),
    "back and ahead after minutes": there_and_back(-1),
    "pause of 10 minutes": paused,
}


def _usual(luck: random.Random) -> tuple[Plan, datetime]:
    """An evening in Shanghai, and a moment of it."""
    begins = datetime(2026, 3, 10, 17, tzinfo=SHANGHAI)
    return Plan(begins), begins.astimezone(UTC) + luck.uniform(0.6, 6.9) * HOUR


def _set_ahead(by: timedelta) -> Callable[[SimulatedMachine], None]:
    def act(machine: SimulatedMachine) -> None:
        machine.ahead = by

    return act


def _set_right(machine: SimulatedMachine) -> None:
    machine.ahead, machine.kept = timedelta(0), True


# --- what should happen ----------------------------------------------------------------------------------------------------


class Expected:
    """Counts in steps of true time."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._zone = plan, plan.begins.tzinfo
        count = evening.ENDS // COUNTED_EVERY + 1
        self._steps = [plan.start + n * COUNTED_EVERY for n in range(count)]

    def all(self, joe_taken_at: datetime | None) -> Iterator[Happened]:
        plan = self._plan
        yield from self._digests()
        yield from self._cameras()
        kim_ends = self._shown(plan.start + evening.KIM_UNTIL)
        yield from self._happens(f"{KIM} watch.ended", kim_ends)
        back = self._shown(plan.start + evening.HUA_BACK)
        yield from self._happens(f"{HUA} absence.ended", back)
        yield from self._silence(ADA, "unseen", self._last_seen(evening.ADA_SEEN))
        yield from self._silence(HUA, "unseen", back)
        yield from self._silence(JOE, "not_back", self._last_seen(evening.JOE_LEAVES))
        yield from self._iris()
        seen = self._last_seen(evening.GRETA_SEEN)
        phone = self._after_quiet(self._unseen_for(evening.PHONE, seen))
        visit = self._after_quiet(self._unseen_for(evening.GRETAS_VISIT, seen))
        if phone != visit and not self._asked_to_phone(
            seen
        ):  # both at once are one alert, of the higher step
            yield from self._happens(f"{GRETA} unseen phone", phone)
        yield from self._happens(f"{GRETA} unseen visit", visit)
        if joe_taken_at is not None:
            ran = plan.ran(joe_taken_at) + HOUR
            yield from self._happens(f"{JOE} lapsed", self._first(lambda true: plan.ran(true) >= ran))

    def _silence(self, name: str, cause: str, since: datetime | None) -> Iterator[Happened]:
        for step, length in (("phone", evening.PHONE), ("visit", evening.VISIT), ("urgent", evening.URGENT)):
            if step != "phone" or not self._asked_to_phone(since):
                yield from self._happens(f"{name} {cause} {step}", self._unseen_for(length, since))

    def _iris(self) -> Iterator[Happened]:
        """She is overdue when two passes in a row fall into the dark and a pause."""
        passes = [
            self._plan.start + n * evening.IRIS_EVERY for n in range(evening.ENDS // evening.IRIS_EVERY + 1)
        ]
        seen = [at for at in passes if self._seeing(at)]
        for at, again in pairwise([*seen, self._plan.ends]):
            phone = self._unseen_for(evening.PHONE, at)
            yield from self._happens(
                f"{IRIS} unseen phone", phone if phone is not None and phone < again else None
            )

    def _asked_to_phone(self, since: datetime | None) -> datetime | None:
        """The cameras are dark, and with time left out since then it is so long that nobody could have seen them (W4)."""
        told, light = self._first(self._told_of_dark), self._plan.start + evening.LIGHT
        if since is None or told is None:
            return None

        def blind_for_long(true: datetime) -> bool:
            left_out = [by for at, by in self._plan.leaps if since < at + COUNTED_EVERY and at <= true]
            return sum(left_out, timedelta(0)) >= PHONE_WHEN_BLIND_FOR

        return self._first(lambda true: told <= true < light and blind_for_long(true))

    def _happens(self, what: str, true: datetime | None) -> Iterator[Happened]:
        if true is not None:
            yield what, true

    def _first(self, holds: Callable[[datetime], bool]) -> datetime | None:
        return next((true for true in self._steps if self._plan.awake(true) and holds(true)), None)

    def _shown(self, moment: datetime) -> datetime | None:
        """When the scale has come to this moment."""
        return self._first(lambda true: self._plan.scale(true) >= moment)

    def _seeing(self, true: datetime) -> bool:
        return (
            self._plan.awake(true)
            and not self._plan.start + evening.DARK <= true < self._plan.start + evening.LIGHT
        )

    def _last_seen(self, passed: timedelta) -> datetime:
        at = self._plan.start + passed
        return at if self._seeing(at) else self._plan.start

    def _unseen_for(self, length: timedelta, since: datetime | None) -> datetime | None:
        if since is None:
            return None
        lasted = timedelta(0)
        for true in self._steps:
            if true >= since and self._seeing(true):
                if lasted >= length:
                    return true
                lasted += COUNTED_EVERY
        return None

    def _after_quiet(self, due: datetime | None) -> datetime | None:
        if due is None:
            return None
        until = self._plan.scale(due)
        while self._quiet(until):
            until += COUNTED_EVERY
        return self._first(lambda true: true >= due and self._plan.scale(true) >= until)

    def _quiet(self, moment: datetime) -> bool:
        begin, end = (clock_at(self._plan.begins, at) for at in (evening.QUIET_FROM, evening.QUIET_UNTIL))
        shown = moment.astimezone(self._zone).time()
        return begin <= shown < end if begin < end else shown >= begin or shown < end

    def _digests(self) -> Iterator[Happened]:
        """One for every morning, as soon as its hour was shown."""
        made = None
        for true in self._steps:
            local = self._plan.scale(true).astimezone(self._zone)
            early = local.time() < clock_at(self._plan.begins, evening.DIGEST_AT)
            day = local.date() - DAY if early else local.date()
            if self._plan.awake(true) and (made is None or day > made):
                made = day
                yield f"digest of {day}", true

    def _held(self, true: datetime) -> bool:
        """After a start, a pause and a leap camera alarms wait for a minute; a machine does not notice that its host stopped it."""
        asleep, after = self._plan.asleep, [at for at, by in self._plan.leaps if by > 5 * SECOND]
        if asleep is not None and (self._plan.starts_anew or not self._plan.clock_stands):
            after.append(asleep.end)
        return any(at <= true < at + evening.HOLD_OFF for at in after)

    def _told_of_dark(self, true: datetime) -> bool:
        dark, light = self._plan.start + evening.DARK, self._plan.start + evening.LIGHT
        return dark + evening.HOLD_OFF <= true < light and not self._held(true)

    def _cameras(self) -> Iterator[Happened]:
        told, light = self._first(self._told_of_dark), self._plan.start + evening.LIGHT
        if told is None:
            return
        yield from ((f"{slug} opened", told) for slug in evening.SLUGS)
        yield "cannot_tell opened", told
        seen = self._first(lambda true: true >= light)
        assert seen is not None
        yield from ((f"{slug} resolved", seen) for slug in evening.SLUGS)
        asked = self._asked_to_phone(self._plan.start)
        if asked is not None:
            yield "cannot_tell risen", asked  # and is open until staff have phoned
        else:
            again = self._first(lambda true: true >= light and not self._held(true))
            yield from self._happens("cannot_tell resolved", again)


# --- what happens ----------------------------------------------------------------------------------------------------------


class Life:
    """One evening on the real services and the real watch, and a database of its own."""

    def __init__(self, folder: Path, database: Database, plan: Plan, machine: SimulatedMachine) -> None:
        self._folder, self._plan, self.machine = folder, plan, machine
        self._runtime = evening.make_runtime(folder, database, plan.begins)
        self._evening = Evening(self._runtime, plan.begins)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self.happened: list[Happened] = []
        self.joe_taken_at: datetime | None = None
        self._start_watch()

    def run(self, closely: Sequence[datetime]) -> None:
        """A look every five minutes, and some around each of these moments."""
        plan = self._plan
        self._evening.begin()
        for offset, fact in self._evening.facts():
            self._at(plan.start + offset, self._if_seeing(fact))
        for true, act in plan.acts:
            self._at(true, lambda act=act: act(self.machine))
        self._at(plan.start + evening.DARK, self._go_dark)
        if plan.asleep is not None:
            self._at(plan.asleep.start, self._look)
            self._at(plan.asleep.end, self._wake)
        looks = {plan.start + n * TICK for n in range(evening.ENDS // TICK + 1)}
        for moment in closely:
            looks.update(moment + beside for beside in CLOSELY)
        for true in looks:
            self._at(true, self._look)
        while self._agenda:
            true, _, act = heapq.heappop(self._agenda)
            if plan.awake(true):
                self._go_on(true)
                act()

    def _at(self, true: datetime, act: Callable[[], None]) -> None:
        if self._plan.start <= true <= self._plan.ends:
            heapq.heappush(self._agenda, (true, len(self._agenda) + len(self.happened) * 10_000, act))

    def _go_on(self, true: datetime) -> None:
        asleep = self._plan.asleep
        if asleep is not None and self._plan.clock_stands and self.machine.true < asleep.end <= true:
            self._run_until(asleep.start)
            self.machine.freeze(asleep.end - asleep.start)
        self._run_until(true)

    def _run_until(self, true: datetime) -> None:
        if true > self.machine.true:
            self.machine.go_on(true - self.machine.true)

    def _if_seeing(self, fact: Callable[[], None]) -> Callable[[], None]:
        def passes() -> None:
            if not self._dark:
                fact()

        return passes

    @property
    def _dark(self) -> bool:
        return self._plan.start + evening.DARK <= self.machine.true < self._plan.start + evening.LIGHT

    def _go_dark(self) -> None:
        self._evening.report()  # until now
        self._evening.report(dark=True)

    def _start_watch(self) -> None:
        self._keeper = ClockKeeper(clock_keeper.path(self._folder))
        self._watch: Watch = bootstrap.watch(self._runtime)

    def _wake(self) -> None:
        """The first look comes before the cameras are connected again."""
        if self._plan.starts_anew:
            clock.steady = Steady()
            clock.steady.share(clock_keeper.path(self._folder))
            self._start_watch()
        self._evening.live_since = None
        self._tick()

    def _look(self) -> None:
        self._evening.report(dark=self._dark)
        self._tick()

    def _tick(self) -> None:
        self._keeper.keep()
        self.machine.go_on(timedelta(milliseconds=1))
        self._watch.tick()
        for what in self._evening.told():
            self.happened.append((what, self.machine.true))
            if what == f"{JOE} not_back phone":
                self._at(self.machine.true + 3 * MINUTE, self._take_joe)

    def _take_joe(self) -> None:
        self._evening.takes_up(JOE)
        self.joe_taken_at = self.machine.true
        hours = {self.joe_taken_at + HOUR, self.joe_taken_at + HOUR + PAUSE, self.joe_taken_at + HOUR + OFF}
        for beside in CLOSELY:
            for lapse in hours:
                self._at(lapse + beside, self._look)


@dataclass(frozen=True)
class Outcome:
    kind: str
    number: int
    false: tuple[Happened, ...]  # happened, and should not have
    missed: tuple[Happened, ...]
    error_s: float  # the greatest of what happened as it should


def live(folder: Path, migrated: Path, kind: str, number: int) -> Outcome:
    """One evening with a jump at a random moment, in an empty folder. `migrated` is an empty database file."""
    plan = KINDS[kind](random.Random(f"{kind} {number}"))
    shutil.copy(migrated, folder / "shouwang.db")
    database = Database(f"sqlite:///{folder / 'shouwang.db'}")
    try:
        with installed(SimulatedMachine(plan.start), clock_keeper.path(folder)) as machine:
            life = Life(folder, database, plan, machine)
            expected = Expected(plan)
            life.run([at for _, at in expected.all(None)] + plan.moments)
            return _compare(kind, number, life.happened, list(expected.all(life.joe_taken_at)))
    finally:
        database.dispose()


def lines(outcomes: Sequence[Outcome]) -> list[Line]:
    found = []
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes):
        of_kind = [outcome for outcome in outcomes if outcome.kind == kind]
        false, missed = (sum(len(getattr(one, name)) for one in of_kind) for name in ("false", "missed"))
        error_s = max(one.error_s for one in of_kind)
        text = f"{false} false, {missed} missed, at most {error_s:.0f} s off, of {len(of_kind)}"
        target = f"0 false, 0 missed, at most {TOLERATED.total_seconds():.0f} s off"
        figures = {"false": false, "missed": missed, "error_s": error_s, "count": len(of_kind)}
        found.append(Line(kind, target, text, false == missed == 0, figures))
    return found


def _compare(kind: str, number: int, happened: Sequence[Happened], expected: Sequence[Happened]) -> Outcome:
    open_ones, false, errors_s = dict(expected), [], []
    for what, at in happened:
        due = open_ones.get(what)
        if due is None or abs(at - due) > TOLERATED:
            false.append((what, at))
        else:
            del open_ones[what]
            errors_s.append(abs(at - due).total_seconds())
    return Outcome(kind, number, tuple(false), tuple(open_ones.items()), max(errors_s, default=0.0))
