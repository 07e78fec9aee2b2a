"""Kills the watch with -9 at one durable step after the other, starts it again, and compares with a run without kills.

    python tests/faults/crash.py FOLDER --share 1/4            a quarter of all steps; prints what went wrong, as JSON
    python tests/faults/crash.py FOLDER --url postgresql+... --share 1/40

A durable step is a moment just before a statement, just before or just after a commit, just before or just after the clock's
file is replaced, and just before or just after a message leaves. The evening is that of tests/evening.py, with a watch that ticks
23 times, a clock that leaps, and dark cameras at the end for so long that staff are asked to phone.

This process is single-threaded and forks for every kill, at a moment when it has no connection open. What is forked off runs
one tick and dies in it; another one starts the watch on what is left. `make crash-watch` takes every step and prints a table.
"""

import argparse
import json
import logging
import os
import re
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

# In the place of this folder, where files would hide modules of the same name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import evening
from evening import HOUR, JOE, MINUTE, Evening
from machine import SimulatedMachine
from sqlalchemy import NullPool, create_engine, event, make_url, select, text

from models import AlertRow, Base, DigestRow, OutboxRow
from monitor import bootstrap, clock
from monitor.clock import Steady, utc_now
from monitor.core import presence
from monitor.core.ports import Message
from monitor.store.database import Database
from monitor.store.migration import migrate
from monitor.workers import clock_keeper
from monitor.workers.clock_keeper import ClockKeeper
from monitor.workers.sender import Sender

BEGINS = datetime(2026, 3, 10, 17, tzinfo=ZoneInfo("Asia/Shanghai"))
WORK, KEPT = "crash_work", "crash_kept"
START = BEGINS.astimezone(UTC)
SET_AHEAD = 20 * MINUTE
DARK_AGAIN = 466 * MINUTE
# In minutes. A camera alarm waits for a minute after a start, so what alarms about cameras has ticks enough.
TICKS = {
    2: "the digest of the day before",
    192: "dark cameras",
    194: "and told",
    196: "and told after a start",
    222: "live again",
    224: "and told",
    226: "and told after a start",
    242: "consent ends, the clock differs",
    253: "the clock leaps",
    286: "phone: Joe",
    301: "phone: Ada",
    332: "visit: both",
    350: "Joe's alert lapses, and is urgent",
    372: "Greta's quiet hours end",
    387: "the digest",
    400: "phone: Hua, who was away",
    422: "visit: Hua",
    436: "visit: Greta",
    470: "dark again",
    472: "and told",
    474: "and told after a start",
    490: "for so long that staff are asked to phone",
    492: "what a sender that died has claimed goes out",
}
TIMES = [minutes * MINUTE for minutes in TICKS]
presence.PHONE_WHEN_BLIND_FOR = 20 * MINUTE
State = dict[str, list[str]]


@dataclass(frozen=True)
class After:
    """What a kill and a start leave behind that is not there without them."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    sent_again: int = 0  # messages that left a second time; one may, when its receipt was not on record yet
    failed: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.lost or self.doubled or self.failed) or self.sent_again > 1


@dataclass
class Steps:
    """Counts durable steps, and ends this process at one of them."""

    kill_at: int = 0  # 0: never
    done: int = 0
    armed: bool = False

    def step(self) -> None:
        if self.armed:
            self.done += 1
            if self.done == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            self.step()
            result = work(*arguments, **options)
            self.step()
            return result

        return stepping


class Wire:
    """A channel that writes down what left."""

    name = "duty"

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, message: Message) -> str:
        with self._file.open("a") as opened:
            opened.write(message.key + "\n")
        return "receipt"


class Run:
    """One process of the watch."""

    def __init__(self, folder: Path, database: Database, machine: SimulatedMachine, steps: Steps) -> None:
        self.folder, self.database, self.machine, self.steps = folder, database, machine, steps
        clock.machine, clock.steady = machine, Steady()
        clock.steady.share(clock_keeper.path(folder))
        wire = Wire(folder / "wire")
        self._runtime = evening.make_runtime(folder, database, BEGINS, (wire,))
        self.evening = Evening(self._runtime, BEGINS)
        wire.send = steps.around(wire.send)  # type: ignore[method-assign]
        self._watch = bootstrap.watch(self._runtime)
        self._keeper = ClockKeeper(clock_keeper.path(folder))
        self._sender = Sender(database, wire, "http://desk", utc_now)

    def begin(self) -> None:
        self.evening.begin()
        (self.folder / "residents").write_text(json.dumps(self.evening.residents))

    def tick(self) -> None:
        """What the watch does; each durable step of it may be the last."""
        self.steps.armed = True
        self._keeper.keep()
        self.machine.go_on(timedelta(milliseconds=1))
        self._watch.tick()
        while self._sender.send_one():
            pass
        self.steps.armed = False

    def facts_before(self, number: int) -> None:
        """What others have written since the last tick."""
        self.evening.residents = json.loads((self.folder / "residents").read_text())
        since, now = TIMES[number - 1] if number else timedelta(-1), TIMES[number]
        facts = [*self.evening.facts(), (4 * HOUR + MINUTE, self._set_clock)]
        facts += [
            (evening.DARK, self._go_dark),
            (evening.LIGHT, self.evening.report),
            (DARK_AGAIN, self._go_dark),
        ]
        facts += [(4 * HOUR + 47 * MINUTE, lambda: self.evening.takes_up(JOE))]
        self.evening.live_since = START if since < evening.DARK else START + evening.LIGHT
        for at, fact in sorted(facts, key=lambda each: each[0]):
            if since < at <= now:
                go_to(self.machine, at)
                fact()
        go_to(self.machine, now)
        dark = evening.DARK <= now < evening.LIGHT or now >= DARK_AGAIN
        self.evening.report(dark=dark)

    def _set_clock(self) -> None:
        self.machine.ahead = SET_AHEAD

    def _go_dark(self) -> None:
        self.evening.report()
        self.evening.report(dark=True)


def go_to(machine: SimulatedMachine, at: timedelta) -> None:
    length = START + at - machine.true
    if length > timedelta(0):
        machine.go_on(length)


def machine_at(number: int) -> SimulatedMachine:
    """As it is at a tick."""
    machine = SimulatedMachine(START)
    if number >= 0:
        go_to(machine, TIMES[number])
        machine.ahead = SET_AHEAD if TIMES[number] > 4 * HOUR + MINUTE else timedelta(0)
    return machine


def watch_steps(database: Database, steps: Steps) -> None:
    event.listen(database.engine, "before_cursor_execute", lambda *_: steps.step())
    dialect = database.engine.dialect
    dialect.do_commit = steps.around(dialect.do_commit)  # type: ignore[method-assign]
    clock_keeper.replace_file = steps.around(clock_keeper.replace_file)


# --- what is there afterwards ----------------------------------------------------------------------------------------------

NOT_COMPARED = {"estate_id", "id"}
# Camera alarms wait anew after a start, and a message whose sender died waits for the end of its lease.
LATER = {
    "alert": {"opened_at", "resolved_at", "escalates_at"},
    "outbox": {"created_at", "next_try_at", "attempts", "lease_until", "fence", "sent_at"},
    "event": {"at"},
    "wellness_check": {"opened_at"},
}


def state(database: Database, *, exactly: bool) -> State:
    """Every row of every table without its number; what speaks of an alert says which."""
    found: State = {}
    with database.reader() as session:
        alerts = {row.id: f"{row.kind.value} {row.episode}" for row in session.scalars(select(AlertRow))}
        digests = {row.id: str(row.day) for row in session.scalars(select(DigestRow))}

        def named(column: str, value: Any) -> Any:
            if column == "alert_id":
                return alerts.get(value, value)
            if column == "digest_id":
                return digests.get(value, value)
            if column == "key" and value is not None:
                return re.sub(r"^alert-(\d+)", lambda m: alerts.get(int(m[1]), m[0]), value)
            if column == "facts" and isinstance(value, dict):
                return sorted((name, str(named(name, fact))) for name, fact in value.items())
            return value

        for table in Base.metadata.sorted_tables:
            left_out = NOT_COMPARED | (set() if exactly else LATER.get(table.name, set()))
            columns = [column for column in table.c if column.name not in left_out]
            rows = session.execute(select(*columns)).all() if columns else []
            found[table.name] = sorted(
                str([(c.name, str(named(c.name, value))) for c, value in zip(columns, row, strict=True)])
                for row in rows
            )
    return found


def owed_is_sent(database: Database) -> bool:
    with database.reader() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.channel == Wire.name))
        return all(row.sent_at is not None and row.receipt for row in rows)


def wire(folder: Path, database: Database) -> Counter[str]:
    """What left, and how often; each message by what it speaks of."""
    keys = (folder / "wire").read_text().split() if (folder / "wire").exists() else []
    with database.reader() as session:
        alerts = {row.id: f"{row.kind.value} {row.episode}" for row in session.scalars(select(AlertRow))}
    return Counter(re.sub(r"^alert-(\d+)", lambda m: alerts.get(int(m[1]), m[0]), key) for key in keys)


# --- one run without kills, and many with ----------------------------------------------------------------------------------


class Crashes:
    def __init__(self, folder: Path, url: str | None) -> None:
        """`url`: of any database on a PostgreSQL server; two more are made there. None: SQLite."""
        self._work, self._kept, self._server = folder / "work", folder / "kept", url
        self._work.mkdir(exist_ok=True)
        own = make_url(url).set(database=WORK).render_as_string(hide_password=False) if url else None
        self._database = Database(own or f"sqlite:///{self._work / 'shouwang.db'}")
        self._steps = Steps()
        watch_steps(self._database, self._steps)
        self._after: list[tuple[State, Counter[str]]] = []
        self._counts: list[int] = []

    def run(self, number: int, of: int) -> dict[str, Any]:
        """Kill at every `of`th step; this is the part with that number, from 1."""
        self._without_kills()
        steps = [(tick, at) for tick, count in enumerate(self._counts) for at in range(1, count + 1)]
        chosen = steps[number - 1 :: of]
        found = []
        run = self._begun()
        for tick in range(len(TIMES)):
            run.facts_before(tick)
            here = [at for where, at in chosen if where == tick]
            if here:
                self._database.dispose()
                self._keep()
            for at in here:
                after = self._kill(run, tick, at)
                doing = TICKS[TIMES[tick] // MINUTE]
                found.append(
                    {"tick": tick, "doing": doing, "step": at, "wrong": after.wrong, **asdict(after)}
                )
                self._bring_back()
            run.tick()
        self._database.dispose()
        return {"steps": len(steps), "kills": found}

    def _without_kills(self) -> None:
        run = self._begun()
        for tick in range(len(TIMES)):
            run.facts_before(tick)
            before = self._steps.done
            run.tick()
            self._counts.append(self._steps.done - before)
            self._after.append((state(self._database, exactly=True), wire(self._work, self._database)))
        self._at_end = state(self._database, exactly=False), wire(self._work, self._database)
        self._database.dispose()

    def _begun(self) -> Run:
        self._bring_back(empty=True)
        run = Run(self._work, self._database, SimulatedMachine(START), self._steps)
        run.begin()
        return run

    def _kill(self, run: Run, tick: int, at: int) -> After:
        status = self._in_child(lambda: self._die(run, at))
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return After(failed=f"it did not die: {status}")
        answer = self._work / "answer"
        answer.unlink(missing_ok=True)
        status = self._in_child(lambda: answer.write_text(json.dumps(asdict(self._restarted(tick)))))
        if status != 0:
            return After(failed=f"the next one ended with {status}")
        return After(**json.loads(answer.read_text()))

    def _die(self, run: Run, at: int) -> None:
        self._steps.done, self._steps.kill_at = 0, at
        run.tick()

    def _restarted(self, tick: int) -> After:
        """The next one does the tick again. If all is then as without the kill, the rest is too; else it goes on."""
        self._steps.kill_at = 0
        run = Run(self._work, self._database, machine_at(tick), self._steps)
        run.tick()
        if (state(self._database, exactly=True), wire(self._work, self._database)) == self._after[tick]:
            return After()
        for later in range(tick + 1, len(TIMES)):
            run.facts_before(later)
            run.tick()
        return self._compare()

    def _compare(self) -> After:
        rows, sent = state(self._database, exactly=False), wire(self._work, self._database)
        rows_without, sent_without = self._at_end
        lost = [f"message {key}" for key in sent_without - sent]
        doubled = [f"message {key}" for key in sent if key not in sent_without]
        for table, without in rows_without.items():
            lost += [f"{table}: {row}" for row in (Counter(without) - Counter(rows[table])).elements()]
            doubled += [f"{table}: {row}" for row in (Counter(rows[table]) - Counter(without)).elements()]
        again = sum(sent[key] - sent_without[key] for key in sent if key in sent_without)
        failed = "" if owed_is_sent(self._database) else "something is owed"
        return After(tuple(lost), tuple(doubled), max(again, 0), failed)

    def _in_child(self, work: Callable[[], Any]) -> int:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work()
                code = 0
            except BaseException:  # noqa: BLE001 - this process ends without another chance to say it
                traceback.print_exc()
            finally:
                os._exit(code)
        return os.waitpid(child, 0)[1]

    def _keep(self) -> None:
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._work, self._kept)
        self._copy_database(WORK, KEPT)

    def _bring_back(self, *, empty: bool = False) -> None:
        self._database.dispose()
        shutil.rmtree(self._work)
        if empty:
            self._work.mkdir()
            self._copy_database("template1", WORK)
            migrate(self._database)
        else:
            shutil.copytree(self._kept, self._work)
            self._copy_database(KEPT, WORK)

    def _copy_database(self, of: str, name: str) -> None:
        if self._server is None:
            return
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {of}"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", default="1/1")
    parser.add_argument("--url")
    given = parser.parse_args()
    number, _, of = given.share.partition("/")
    logging.disable(logging.ERROR)
    found = Crashes(given.folder, given.url).run(int(number), int(of))
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return 1 if any(kill["wrong"] for kill in found["kills"]) else 0


if __name__ == "__main__":
    sys.exit(main())
