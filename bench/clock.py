"""Twelve ways in which the machine's clock may jump, at random moments of an evening, against what should happen in true time.

    python bench/clock.py                             (50 moments of each kind: 10 minutes on two cores)
    python bench/clock.py --moments 5 --kind "1 day ahead"        one kind; --json prints the same for machines

The evening (tests/evening.py) has every thing that the watch has to do, on the real services and a real database; what is
counted, and how a pause is, stands in bench/trials/clock_jumps.py.
"""

import argparse
import json
import logging
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

# In the place of this folder, where this file would hide the test tools of the same name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests"))

from bench.trials import clock_jumps
from bench.trials.clock_jumps import KINDS, Outcome
from bench.trials.lines import as_json, table
from monitor.store.database import Database
from monitor.store.migration import migrate


def one(migrated: Path, kind: str, number: int) -> Outcome:
    logging.disable(logging.ERROR)  # every jump is logged
    with tempfile.TemporaryDirectory(dir=migrated.parent) as folder:
        return clock_jumps.live(Path(folder), migrated, kind, number)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        migrated = Path(folder) / "migrated.db"
        database = Database(f"sqlite:///{migrated}")
        migrate(database)
        database.dispose()
        kinds, numbers = zip(*product(given.kind or KINDS, range(given.moments)), strict=True)
        with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
            outcomes = list(pool.map(one, [migrated] * len(kinds), kinds, numbers))
    for outcome in outcomes:
        for name, wrong in (("false", outcome.false), ("missed", outcome.missed)):
            for what, at in wrong:
                print(f"{outcome.kind}, number {outcome.number}: {name}: {what} at {at}", file=sys.stderr)
    found = clock_jumps.lines(outcomes)
    print(json.dumps(as_json(found), indent=1) if given.json else table(found))
    return 0 if all(line.reached for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
