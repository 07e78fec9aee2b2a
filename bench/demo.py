"""What the sample estate costs: CPU per process and frame age, after it has run for a while.

    python bench/demo.py --minutes 5

Starts `shouwang demo` in a folder of its own, waits, measures the last minute, prints a Markdown table, ends it.
The simulated cameras are measured too, but they are not part of the service.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import psutil
from sqlalchemy.exc import SQLAlchemyError

from monitor.clock import utc_now
from monitor.errors import NotFound
from monitor.services import status
from monitor.store.database import Database

MEASURED_S = 60.0
SAMPLE_S = 2.0


def name_of(process: psutil.Process) -> str:
    """The command that a child runs: ingest 1/6, watch, api, cameras."""
    words = process.cmdline()
    for module in ("monitor.cli", "monitor.simulate.server"):
        if module in words:
            rest = words[words.index(module) + 1 :]
            return (
                " ".join(w for w in rest if w != "--group")
                if module == "monitor.cli"
                else "cameras (simulated)"
            )
    return process.name()


def measure(
    demo: psutil.Process, database: Database
) -> tuple[dict[str, tuple[float, float]], list[float], float]:
    """(cores, MB) by process, the frame ages seen in a minute, and the share of cameras that are live."""
    children = demo.children()
    before = {child.pid: sum(child.cpu_times()[:2]) for child in children}
    began_s = time.monotonic()
    ages: list[float] = []
    while time.monotonic() - began_s < MEASURED_S:
        time.sleep(SAMPLE_S)
        with database.reader() as session:
            found = status.get(session, "heping-li", utc_now())
        ages += [c.frame_age_s for c in found.cameras if c.state == "live" and c.frame_age_s is not None]
    elapsed_s = time.monotonic() - began_s
    costs: dict[str, tuple[float, float]] = {}
    for child in children:
        cores = (sum(child.cpu_times()[:2]) - before[child.pid]) / elapsed_s
        old = costs.get(name_of(child), (0.0, 0.0))
        costs[name_of(child)] = (old[0] + cores, old[1] + child.memory_info().rss / 1e6)
    return costs, sorted(ages), found.live / found.in_use


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument(
        "--minutes", type=float, default=5, help="how long the demo runs before it is measured"
    )
    given.add_argument("--data", type=Path, default=Path("data/bench"))
    arguments = given.parse_args()
    arguments.data.mkdir(parents=True, exist_ok=True)
    with (arguments.data / "demo.log").open("wb") as log:
        demo = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "demo", "--data", str(arguments.data), "--port", "8099"],
            stdout=log,
            stderr=log,
        )
        try:
            database = wait_until_live(arguments.data.resolve() / "service" / "shouwang.db", demo)
            time.sleep(arguments.minutes * 60 - MEASURED_S)
            if demo.poll() is not None:
                sys.exit("the demo ended; see demo.log")
            costs, ages, live = measure(psutil.Process(demo.pid), database)
        finally:
            demo.terminate()
            demo.wait(30)
    report(costs, ages, live)


def wait_until_live(file: Path, demo: "subprocess.Popen[bytes]") -> Database:
    """The demo begins with a new database; until it is there, and while streams are drawn, there is nothing to ask."""
    for _ in range(1200):
        if demo.poll() is not None:
            sys.exit("the demo ended; see demo.log")
        time.sleep(1)
        if not file.is_file():
            continue
        database = Database(f"sqlite:///{file}")
        try:
            with database.reader() as session:
                if status.get(session, "heping-li", utc_now()).live > 50:
                    return database
        except (SQLAlchemyError, NotFound):
            pass  # still making its tables
        database.dispose()
    sys.exit("the demo did not get its cameras in 20 minutes")


def report(costs: dict[str, tuple[float, float]], ages: list[float], live: float) -> None:
    print(
        f"\n{os.cpu_count()} cores, {platform.processor() or platform.machine()}, Python {platform.python_version()}\n"
    )
    print("| process | cores | MB |\n|---|---|---|")
    for name, (cores, megabytes) in sorted(costs.items()):
        print(f"| {name} | {cores:.2f} | {megabytes:.0f} |")
    service = [cost for name, cost in costs.items() if "simulated" not in name]
    print(
        f"| **service, all** | **{sum(c for c, _ in service):.2f}** | **{sum(m for _, m in service):.0f}** |"
    )
    print(
        f"\nFrame age over {MEASURED_S:.0f} s, {len(ages)} readings: median {ages[len(ages) // 2]:.2f} s, ",
        end="",
    )
    print(
        f"95 % {ages[int(len(ages) * 0.95)]:.2f} s, greatest {ages[-1]:.2f} s; {live:.0%} of the cameras live."
    )


if __name__ == "__main__":
    main()
