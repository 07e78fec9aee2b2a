"""kill -9 at every durable step of the watch, and what the next watch makes of it.

    python bench/crashes.py                    (every step: 10 minutes on two cores)
    python bench/crashes.py --every 8          every eighth step; --json prints every kill, for machines

What a durable step is, and how what is left is compared with an evening without kills, stands in tests/faults/crash.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CRASH = Path(__file__).parents[1] / "tests" / "faults" / "crash.py"


def kills(share: str) -> tuple[int, list[dict[str, Any]]]:
    """How many steps there are, and what was found after the kills of this share of them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, CRASH, folder, "--share", share]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    return found["steps"], found["kills"]


def table(found: Sequence[dict[str, Any]]) -> str:
    rows = [
        "| what the watch was doing | kills | lost | doubled | messages sent twice |",
        "|---|---|---|---|---|",
    ]
    by_tick = {kill["tick"]: kill["doing"] for kill in sorted(found, key=lambda kill: kill["tick"])}
    rows += [_row(doing, [kill for kill in found if kill["tick"] == tick]) for tick, doing in by_tick.items()]
    return "\n".join([*rows, _row("**all**", found)])


def _row(doing: str, found: Sequence[dict[str, Any]]) -> str:
    lost, doubled = (sum(len(kill[what]) for kill in found) for what in ("lost", "doubled"))
    return f"| {doing} | {len(found)} | {lost} | {doubled} | {sum(kill['sent_again'] for kill in found)} |"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    of = given.every * given.processes
    shares = [f"{1 + number * given.every}/{of}" for number in range(given.processes)]
    with ThreadPoolExecutor(given.processes) as pool:
        parts = list(pool.map(kills, shares))
    found = [kill for _, part in parts for kill in part]
    wrong = [kill for kill in found if kill["wrong"]]
    for kill in wrong:
        print(f"{kill['doing']}, step {kill['step']}: {kill}", file=sys.stderr)
    print(json.dumps(found, indent=1) if given.json else table(found))
    print(
        f"{len(found)} kills at {parts[0][0]} durable steps, {len(wrong)} with a wrong end", file=sys.stderr
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
