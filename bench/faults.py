"""What faults of cameras and workers cost: how soon they are noticed, how soon all is well again, and what is lost.

    python bench/faults.py                            (about 10 minutes)
    python bench/faults.py --rounds 50 --restarts 20 --kills 200 --hangs 10 --reconnects 10000      (the whole, 80 minutes)
    python bench/faults.py --only outages             one part; --json prints the same for machines

outages     24 cameras fail at the same time, each in every way: noticed, and back
restart     54 cameras are gone and come back together
isolation   ten black-holed cameras beside 44 others
workers     `shouwang up` with 54 cameras; ingest processes are killed, ended and hung
reconnects  thousands of connections that the camera ends

The cameras are tests/faults/camera.py on loopback: 320x176 at 10 frames/s. Each connection begins with a key frame; a
real camera adds up to its key-frame interval. A frozen picture is not here: it has a rule of 60 s and tests of its own.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# In the place of this folder, where this file would hide the test tools of the same name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests"))

from bench.pipelines.report import machine
from bench.trials import isolation, outages, reconnects, restart, workers
from bench.trials.lines import Line, as_json, table

# Memory first: what other parts have freed would hide its growth.
PARTS: dict[str, Callable[[argparse.Namespace, Path], list[Line]]] = {
    "reconnects": lambda given, folder: reconnects.lines(reconnects.run(folder, given.reconnects)),
    "outages": lambda given, folder: outages.lines(outages.run(folder, given.rounds)),
    "restart": lambda given, folder: restart.lines(restart.run(folder, given.restarts)),
    "isolation": lambda given, folder: isolation.lines(isolation.run(folder, given.stretches)),
    "workers": lambda given, folder: workers.lines(workers.run(folder, given.kills, given.hangs)),
}


def main() -> None:
    given = _arguments()
    lines: list[Line] = []
    for part in [name for name in PARTS if name in given.only]:
        print(f"{part} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="shouwang-faults-") as folder:
            found = PARTS[part](given, Path(folder))
        print(table(found), file=sys.stderr, flush=True)
        lines += found
    if given.json:
        print(json.dumps({"machine": machine(), "lines": as_json(lines)}, indent=1))
    else:
        print(f"\n{machine()}\n\n{table(lines)}")
    sys.exit(0 if all(line.reached for line in lines) else 1)


def _arguments() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=4, help="outages of each kind")
    given.add_argument("--restarts", type=int, default=3, help="of the switch")
    given.add_argument("--stretches", type=int, default=3, help="with the black-holed cameras, 20 s each")
    given.add_argument("--kills", type=int, default=5, help="of ingest processes with kill -9")
    given.add_argument("--hangs", type=int, default=1, help="by SIGSTOP, and as many ends with 0")
    given.add_argument("--reconnects", type=int, default=300)
    given.add_argument("--only", nargs="+", choices=[*PARTS], default=[*PARTS], help="some parts")
    given.add_argument("--json", action="store_true", help="print JSON")
    return given.parse_args()


if __name__ == "__main__":
    main()
