"""Three watches of one estate, started by mistake: the acting one is killed (kill -9) again and again, and another is started.

    python bench/watches.py --kills 20         2 minutes on two cores

Real processes on one SQLite file. Before each kill and after each somebody new is overdue; what reaches a webhook is counted. The
kill comes as the message arrives, mostly before its receipt is on record: then the next watch sends it again (W11).
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

# In the place of this folder, where a file hides the test tools of the same name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests"))

import evening
import people
from sqlalchemy import select
from watch_process import ACTS, WAITS, Sink, WatchProcess, watching

from bench.trials.lines import Line, table, within
from models import AlertRow, ResidentRow
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.evidence import EvidenceSource
from monitor.services import evidence
from monitor.services.evidence import Said
from monitor.store.database import Database
from monitor.store.migration import migrate

HOUR = timedelta(hours=1)
WATCHES, POLL_S = 3, 0.005
NEWEST, LATER = "Ada", "Ben"  # of whom a message leaves just before the kill, of whom after it


def overdue(runtime: Runtime, name: str) -> None:
    with runtime.database.writer() as session:
        now = utc_now()
        id = people.enrol(session, runtime.estate.id, name, now - 30 * HOUR)
        seen = Said(now - 25 * HOUR, id, EvidenceSource.SEEN)
        evidence.record(session, runtime.estate.id, seen, people.SAM, now)


def acting(watches: list[WatchProcess]) -> list[WatchProcess]:
    return [watch for watch in watches if ACTS in watch.said()]


def waited_s(watches: list[WatchProcess]) -> float:
    """Until one of them acts."""
    since = time.perf_counter()
    while not acting(watches):
        time.sleep(POLL_S)
    return time.perf_counter() - since


def run(
    runtime: Runtime, sink: Sink, kills: int, start: Callable[[str], AbstractContextManager[WatchProcess]]
) -> list[Line]:
    times_s, several = list[float](), 0
    with ExitStack() as stack:
        watches = [stack.enter_context(start("watch-1"))]
        watches[0].says(ACTS)
        for number in range(2, WATCHES + 1):
            watches.append(stack.enter_context(start(f"watch-{number}")))
            watches[-1].says(WAITS)
        for number in range(1, kills + 1):
            several += len(acting(watches)) - 1
            overdue(runtime, f"{NEWEST} {number}.")
            sink.wait_for(f"{NEWEST} {number}.")
            killed = acting(watches)[0]
            watches.remove(killed)
            killed.process.kill()
            times_s.append(waited_s(watches))
            overdue(runtime, f"{LATER} {number}.")
            sink.wait_for(f"{LATER} {number}.")
            watches.append(stack.enter_context(start(f"watch-{WATCHES + number}")))
            watches[-1].says(WAITS)
    told = [*sink.others, *(sink.got.get() for _ in range(sink.got.qsize()))]
    with runtime.database.reader() as session:
        rows = session.execute(
            select(ResidentRow.name, AlertRow.id).outerjoin(AlertRow, AlertRow.resident_id == ResidentRow.id)
        ).all()
    alerts = Counter(name for name, _ in rows)
    lost, doubled = sum(id is None for _, id in rows), sum(count - 1 for count in alerts.values())
    again = [name for name in alerts if any(name in message for message in told)]
    unexplained = [name for name in again if name.startswith(LATER)]
    wrong = f"{lost} lost, {doubled} doubled, of {len(alerts)}"
    sent = f"{len(unexplained)}; {len(again) - len(unexplained)} whose receipt the kill forestalled"
    return [
        within(f"the acting one of {WATCHES} killed → another acts", times_s, 0.5, 1.0),
        Line("more than one acts", "0", str(several), several == 0),
        Line("alerts", "0 lost, 0 doubled", wrong, lost == doubled == 0),
        Line("messages sent twice that had a receipt", "0", sent, not unexplained),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'shouwang.db'}")
        migrate(database)
        begins = utc_now().astimezone(ZoneInfo("Asia/Shanghai"))
        runtime = evening.make_runtime(Path(folder), database, begins)
        environment = {"SHOUWANG_NOTIFY": json.dumps({"duty": sink.address})}
        found = run(runtime, sink, given.kills, lambda name: watching(runtime, name, environment))
        database.dispose()
    sink.close()
    print(table(found))
    return 0 if all(line.reached for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
