"""What a replay costs, what the usual hours are worth, and what outages do to the watch; all on drawn people.

    python bench/replay.py                        times, 5 minutes
    python bench/replay.py --only worth           20 people no rule was tried on, 12 draws: an hour on two cores
    python bench/replay.py --only outages         40 people, 10 draws: 2 minutes
    python bench/replay.py --write FILE --people 3 --days 219 --seed 5        a file for `shouwang replay`

times    the whole process: seven months of one person, a thousand people over a year
worth    at no more false alarms than a fixed step: its delay, that of other fixed hours, that of the usual hours; hours
         chosen for each person in the passes they are judged by, and chosen on other people
outages  24 hours a month in which nobody can be seen: false alarms with and without
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np

# In the place of this folder.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.pipelines.report import machine
from monitor.core.agreement import Agreement
from monitor.core.passes import Pass
from monitor.core.replay import HOUR
from monitor.evaluate import passes_file
from monitor.evaluate.replay_rows import FIXED, OTHER, USUAL, Row
from monitor.evaluate.replays import Order, run
from monitor.simulate.lives import people

ZONE = ZoneInfo("Asia/Shanghai")
STEPS = tuple(hours * HOUR for hours in (24, 36, 48, 72))
MISSES = (0.0, 0.3, 0.5)
DOUBTED = 0.5
MONTHS_7, YEAR = 219, 365
TUNED_ON, JUDGED_ON = 11, 12  # seeds of people
PLAIN = Order(Agreement(quiet=None), ZONE, STEPS, MISSES, draws=12, combined=True)


def times(given: argparse.Namespace) -> None:
    print("| what | seconds, the whole process |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.csv", Path(folder) / "many.csv"
        write(one, 1, MONTHS_7, 1)
        write(many, 1000, YEAR, 1)
        for name, options in (
            ("one person, seven months", [one]),
            ("the same with --plot", [one, "--plot", Path(folder) / "plot.png"]),
            ("the same with --table (three shares of misses)", [one, "--table"]),
            ("the same with --combined", [one, "--combined"]),
            ("a thousand people, a year", [many]),
        ):
            print(f"| {name} | {timed(options, 1 if many in options else 5):.2f} |", flush=True)


def timed(options: Sequence[object], runs: int) -> float:
    """The median."""
    took = []
    for _ in range(runs):
        begin = perf_counter()
        words = [sys.executable, "-m", "monitor.cli", "replay", *(str(option) for option in options)]
        subprocess.run(words, check=True, capture_output=True, cwd=Path(__file__).parents[1])
        took.append(perf_counter() - begin)
    return float(np.median(took))


def worth(given: argparse.Namespace) -> None:
    found = dict[tuple[int, float], list[list[Row]]]()
    print(f"{given.people} people, {MONTHS_7} days, means of {given.draws} draws, no night hold\n")
    with ProcessPoolExecutor(given.workers) as pool:
        for name, key, base in (
            ("no doubtful evidence", 0.0, 0.0),
            (f"{DOUBTED:.0%} of the missed passes are doubtful, for both", DOUBTED, DOUBTED),
            (
                f"{DOUBTED:.0%} of the missed passes are doubtful, and the fixed step does not know",
                DOUBTED,
                0.0,
            ),
        ):
            order = replace(PLAIN, draws=given.draws, doubted=key)
            for seed in (TUNED_ON, JUDGED_ON):
                if (seed, key) not in found:
                    jobs = [(passes, order) for passes in drawn(given.people, seed)]
                    found[seed, key] = list(pool.map(rows_of, jobs))
            print(f"{name}\n\n{HEAD}")
            for miss in MISSES:
                for step in STEPS:
                    print(line(found, miss, f"{FIXED}{step / HOUR:g} h", key, base))
            print(flush=True)


HEAD = (
    "| missed | fixed step | alarms a week | delay, h | other hours | usual hours | "
    "other, chosen on others: alarms, delay | usual, chosen on others: alarms, delay | usual is best for |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def line(
    found: dict[tuple[int, float], list[list[Row]]], miss: float, rule: str, key: float, base: float
) -> str:
    judged, fixed = found[JUDGED_ON, key], found[JUDGED_ON, base]
    alarms = [figures(rows, rule, miss, None)[0] for rows in fixed]
    delays = [figures(rows, rule, miss, None)[1] for rows in fixed]
    own = {
        kind: [best(swept([rows], miss, kind), most)[1] for rows, most in zip(judged, alarms, strict=True)]
        for kind in (OTHER, USUAL)
    }
    others = []
    for kind in (OTHER, USUAL):
        tuned_fixed = np.mean([figures(rows, rule, miss, None)[0] for rows in found[TUNED_ON, base]])
        hours, _ = best(swept(found[TUNED_ON, key], miss, kind), float(tuned_fixed))
        at = swept(judged, miss, kind)[hours]
        others.append(f"{hours:g} h: {at[0]:.2f}, {at[1]:.1f}")
    better = sum(u < o - 0.05 for u, o in zip(own[USUAL], own[OTHER], strict=True))
    worse = sum(u > o + 0.05 for u, o in zip(own[USUAL], own[OTHER], strict=True))
    return (
        f"| {miss:.0%} | {rule} | {np.mean(alarms):.2f} | {np.mean(delays):.1f} | {np.nanmean(own[OTHER]):.1f} | "
        f"**{np.nanmean(own[USUAL]):.1f}** | {others[0]} | {others[1]} | {better}, worst for {worse} |"
    )


def rows_of(job: tuple[Sequence[Pass], Order]) -> list[Row]:
    outcome = run({"": job[0]}, job[1], workers=1)
    return [*(row for row in outcome.rows if row.around_h is None), *outcome.swept]


def figures(rows: Iterable[Row], rule: str, miss: float, around_h: float | None) -> tuple[float, float]:
    for row in rows:
        if (row.rule, row.miss, row.around_h) == (rule, miss, around_h):
            return row.false_alarms_per_week, row.delay_mean_h or 0.0
    raise LookupError(rule)


def swept(people: Iterable[list[Row]], miss: float, kind: str) -> dict[float, tuple[float, float]]:
    """By hours: false alarms a week and mean delay, means over people."""
    found = defaultdict[float, list[tuple[float, float]]](list)
    for rows in people:
        for row in rows:
            if (row.rule, row.miss) == (kind, miss) and row.around_h is not None:
                found[row.around_h].append((row.false_alarms_per_week, row.delay_mean_h or 0.0))
    return {
        hours: (float(np.mean([f for f, _ in all_])), float(np.mean([d for _, d in all_])))
        for hours, all_ in found.items()
    }


def best(hours: dict[float, tuple[float, float]], most: float) -> tuple[float, float]:
    """The hours with the shortest delay among those with no more false alarms, and that delay."""
    able = [(delay, number) for number, (alarms, delay) in hours.items() if alarms <= most + 1e-9]
    return min(able)[::-1] if able else (max(hours), np.nan)


def outages(given: argparse.Namespace) -> None:
    order = replace(PLAIN, misses=(0.0,), combined=False)
    jobs = [
        (passes, replace(order, outage=hours * HOUR, seed=seed, draws=1))
        for passes in drawn(2 * given.people, JUDGED_ON)
        for hours, seeds in ((0, range(1)), (given.outage, range(1, 11)))
        for seed in seeds
    ]
    with ProcessPoolExecutor(given.workers) as pool:
        results = list(pool.map(rows_of, jobs, chunksize=11))
    print(
        "| step | alarms a week without | with | draws with more | with fewer | delay without, with | phone rounds a month |"
    )
    print("|---|---|---|---|---|---|---|")
    for step in STEPS:
        rule = f"{FIXED}{step / HOUR:g} h"
        pairs = [
            (figures(results[start], rule, 0.0, None), figures(rows, rule, 0.0, None))
            for start in range(0, len(results), 11)
            for rows in results[start + 1 : start + 11]
        ]
        without, with_ = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
        more, fewer = np.mean(with_[:, 0] > without[:, 0] + 1e-9), np.mean(with_[:, 0] < without[:, 0] - 1e-9)
        rounds = np.mean([rows[0].phone_rounds / rows[0].weeks for n, rows in enumerate(results) if n % 11])
        print(
            f"| {rule} | {without[:, 0].mean():.3f} | {with_[:, 0].mean():.3f} | {more:.1%} | {fewer:.1%} | "
            f"{without[:, 1].mean():.1f}, {with_[:, 1].mean():.1f} h | {rounds * 30 / 7:.2f} |"
        )


def drawn(count: int, seed: int) -> list[Sequence[Pass]]:
    return list(people(count, MONTHS_7, seed, ZONE).values())


def write(file: Path, count: int, days: int, seed: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        passes_file.write(opened, people(count, days, seed, ZONE), ZONE)


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {"times": times, "worth": worth, "outages": outages}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", choices=PARTS, default="times")
    asked.add_argument("--people", type=int, default=20)
    asked.add_argument("--days", type=int, default=MONTHS_7)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--draws", type=int, default=12)
    asked.add_argument("--outage", type=float, default=24, help="hours a month")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--write", type=Path)
    given = asked.parse_args()
    if given.write:
        write(given.write, given.people, given.days, given.seed)
        return
    print(f"{machine()}\n")
    PARTS[given.only](given)


if __name__ == "__main__":
    main()
