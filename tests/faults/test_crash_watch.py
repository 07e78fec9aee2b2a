"""F11, F16: kill -9 at a durable step of the watch loses nothing and doubles nothing (`make crash-watch` takes every step)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from monitor.store.database import Database

CRASH = Path(__file__).parent / "crash.py"
EVERY_NTH, EVERY_NTH_ON_POSTGRES = 16, 170


def crashes(folder: Path, *arguments: str) -> dict[str, Any]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, CRASH, folder, *arguments], env=environment, capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_kill_at_a_durable_step_of_the_watch_loses_and_doubles_nothing(tmp_path: Path) -> None:
    found = crashes(tmp_path, "--share", f"1/{EVERY_NTH}")
    assert [kill for kill in found["kills"] if kill["wrong"]] == []
    assert found["steps"] > 1000
    assert len(found["kills"]) == len(range(0, found["steps"], EVERY_NTH))


def test_nor_does_it_on_postgresql(tmp_path: Path, postgres: Database) -> None:
    url = postgres.url.render_as_string(hide_password=False)
    found = crashes(tmp_path, "--share", f"1/{EVERY_NTH_ON_POSTGRES}", "--url", url)
    assert [kill for kill in found["kills"] if kill["wrong"]] == []
    assert len(found["kills"]) > 5
