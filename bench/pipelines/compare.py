"""Runs a comparison pipeline (see child.py) in a process of its own, so that its cost can be told from the measuring."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.pipelines.cost import Meter, measure
from bench.pipelines.found import Outcome, Said, judge
from bench.pipelines.passes import Camera, Shown
from bench.pipelines.served import Server

READY_WITHIN_S = 90.0
SETTLES_S = 15.0
TAIL_S = 16.0
ROOT = Path(__file__).parents[2]

Shows = Callable[[Sequence[Camera], float, float], list[Shown]]


@dataclass(frozen=True)
class Child:
    """A comparison pipeline."""

    pipeline: str
    module: str
    cameras: int  # that a small machine can bear
    looks_per_s: float  # what it should do for each of them


def run(
    child: Child, folder: Path, estate: Sequence[Camera], server: Server, shows: Shows, lasts_s: float
) -> Outcome:
    """Measure a child on some cameras, evenly picked."""
    count, pipeline = min(child.cameras, len(estate)), child.pipeline
    picked = [estate[n * len(estate) // count] for n in range(count)]
    addresses = {camera.id: server.address(camera, "main") for camera in picked}
    folder.mkdir(parents=True, exist_ok=True)
    said_file, log = folder / f"{pipeline}.jsonl", folder / f"{pipeline}.log"
    with said_file.open("wb") as said, log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", child.module], cwd=ROOT, stdin=subprocess.PIPE, stdout=said, stderr=errors
        )

        def check() -> None:
            if process.poll() is not None:
                sys.exit(f"the pipeline {pipeline} ended; see {log}")

        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"cameras": addresses, "data": str(folder)}).encode() + b"\n")
            process.stdin.flush()
            _wait_until_ready(said_file, check, log)
            time.sleep(SETTLES_S)
            root = psutil.Process(process.pid)
            from_s, before = time.monotonic(), _looks(said_file)
            meters = [Meter(lambda: [root]), Meter(lambda: [server.process])]
            (cost, serving), elsewhere = measure(meters, lasts_s, check)
            passes, after = shows(picked, from_s, time.monotonic()), _looks(said_file)
            time.sleep(TAIL_S if passes else 0)
            check()
        finally:
            process.terminate()
            process.wait(20)
    lines = _lines(said_file)
    fixed = next(line["loaded"] for line in lines if "loaded" in line)
    delays, named = judge(passes, [Said(**line) for line in lines if "camera" in line])
    looks = (after - before) / cost.lasted_s / count
    note = f"looked at {looks:.1f} of {child.looks_per_s:g} frames a second and camera"
    return Outcome(
        pipeline, len(estate), count, cost, fixed, serving, elsewhere, tuple(passes), delays, named, note
    )


def _wait_until_ready(said_file: Path, check: Callable[[], None], log: Path) -> None:
    end_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end_s:
        check()
        if any("ready" in line for line in _lines(said_file)):
            return
        time.sleep(0.5)
    sys.exit(f"not every camera gave a picture in {READY_WITHIN_S:.0f} s; see {log}")


def _looks(said_file: Path) -> int:
    """How many frames were looked at until the last count."""
    counts: list[int] = [line["looked"] for line in _lines(said_file) if "looked" in line]
    return counts[-1] if counts else 0


def _lines(file: Path) -> list[dict[str, Any]]:
    # The last line may be half written.
    return [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
