"""`shouwang evaluate` on real people, as a user runs it. The long form of this is `make trial`."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

EVAL = Path(__file__).parents[3] / "shared" / "eval"
pytestmark = pytest.mark.evaluation
SUBJECTS, STRANGERS = 60, 120


def evaluated(folder: Path, *options: str) -> list[dict[str, object]]:
    if not folder.exists():
        pytest.skip("the evaluation data is not beside the project")
    command = [sys.executable, "-m", "monitor.cli", "evaluate", str(folder), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_pass_is_right_whoever_of_the_five_is_enrolled() -> None:
    choices = evaluated(EVAL / "asl-clips")
    assert len(choices) == 10
    for choice in choices:
        assert choice["right"] + choice["stranger_right"] == 17, choice
        assert (choice["wrong_name"], choice["undecided"], choice["resident_as_stranger"]) == (0, 0, 0)


def part(tmp_path: Path) -> Path:
    """The first subjects and strangers of the protocol."""
    source = EVAL / "lfw-dev"
    if not source.exists():
        pytest.skip("the evaluation data is not beside the project")
    with (source / "protocol.csv").open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    subjects = list(dict.fromkeys(row["subject"] for row in rows if row["role"] == "enrol"))[:SUBJECTS]
    strangers = [row for row in rows if row["role"] == "stranger"][:STRANGERS]
    kept = [row for row in rows if row["subject"] in subjects] + strangers
    with (tmp_path / "protocol.csv").open("w", encoding="utf-8", newline="") as opened:
        table = csv.DictWriter(opened, ["path", "subject", "role", "order"])
        table.writeheader()
        table.writerows(kept)
    for row in kept:
        link = tmp_path / row["path"]
        link.parent.mkdir(exist_ok=True)
        link.write_bytes((source / row["path"]).read_bytes())
    return tmp_path


def test_photographs_give_figures_a_plot_and_a_page(tmp_path: Path) -> None:
    folder, plot, page = part(tmp_path), tmp_path / "det.png", tmp_path / "page.html"
    one, three = evaluated(folder, "--plot", str(plot), "--report", str(page))
    assert (one["engine"], one["enrolled"], one["gallery"], one["strangers"]) == (
        "sface",
        1,
        SUBJECTS,
        STRANGERS,
    )
    assert one["named_strangers_at_default"] <= 1 / STRANGERS
    assert one["fnir"]["0.01"] <= 0.05
    assert three["enrolled"] == 3 and three["fnir"]["0.01"] <= one["fnir"]["0.01"]
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "worst pairs" in page.read_text("utf-8")
