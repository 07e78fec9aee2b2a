"""`shouwang replay` and `shouwang passes` on the command line: figures, a picture, and mistakes told in words."""

import json
import logging
import os
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import people
import pytest
from click.testing import Result
from sqlalchemy import insert, select
from typer.testing import CliRunner

from models import EventRow, GapRow
from monitor.bootstrap import Runtime
from monitor.cli import app
from monitor.core.sighting import Direction
from monitor.evaluate import passes_file
from monitor.simulate import lives

ZONE = ZoneInfo("Asia/Shanghai")
KEYS = {
    "rule",
    "false_alarms_per_week",
    "delay_mean_h",
    "delay_p95_h",
    "miss",
    "seed",
    "draws",
    "weeks",
    "people",
}


@pytest.fixture
def passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four months of one person; no settings."""
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "passes.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        passes_file.write(out, {"7": lives.passes(lives.LIVES[2], 120, 1, ZONE)}, ZONE)
    return path


def shouwang(*arguments: object) -> Result:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []  # a command that starts the service sets up logging anew
    try:
        return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    finally:
        root.handlers = handlers
        root.setLevel(level)
        logging.captureWarnings(False)


def rows(*arguments: object) -> dict[tuple[str, float], dict[str, float]]:
    said = shouwang("replay", *arguments, "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    return {(row["rule"], row["miss"]): row for row in json.loads(said.stdout)}


def test_programs_get_the_figures_of_each_step(passed: Path) -> None:
    found = rows(passed, "--steps", "24,48", "--miss", "0.3", "--seed", "1", "--no-night-hold")
    assert list(found) == [("fixed 24 h", 0.3), ("fixed 48 h", 0.3), ("out, not back 12 h", 0.3)]
    day = found["fixed 24 h", 0.3]
    assert day.keys() >= KEYS
    assert (day["people"], day["seed"], day["draws"]) == (1, 1, 1)
    assert day["delay_mean_h"] < day["delay_p95_h"] <= 24


def test_without_steps_the_agreed_ones_are_replayed_with_their_night_hold(passed: Path) -> None:
    found = rows(passed)
    assert [rule for rule, _ in found] == ["fixed 24 h", "fixed 48 h", "fixed 72 h", "out, not back 12 h"]
    awake = rows(passed, "--no-night-hold")
    for rule in found:
        assert found[rule]["false_alarms"] <= awake[rule]["false_alarms"]
    assert found["fixed 24 h", 0]["night_hold_adds_h"] == pytest.approx(
        found["fixed 24 h", 0]["delay_mean_h"] - awake["fixed 24 h", 0]["delay_mean_h"], abs=1e-3
    )


def test_settings_of_the_site_and_options_say_what_is_agreed(
    passed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_PHONE_HOURS", "20")
    assert next(iter(rows(passed))) == ("fixed 20 h", 0)
    assert list(rows(passed, "--agreed", "12,24,36", "--not-back", "10")) == [
        ("fixed 12 h", 0),
        ("fixed 24 h", 0),
        ("fixed 36 h", 0),
        ("out, not back 10 h", 0),
    ]
    short, long = (
        rows(passed, "--steps", "30", "--quiet", quiet) for quiet in ("23:00-06:00", "20:00-08:00")
    )
    assert short["fixed 30 h", 0]["delay_mean_h"] < long["fixed 30 h", 0]["delay_mean_h"]


def test_the_table_has_all_rules_and_all_shares_of_misses(passed: Path) -> None:
    found = rows(passed, "--table", "--no-night-hold")
    assert len(found) == 3 * (7 + 1 + 4)
    assert {miss for _, miss in found} == {0, 0.3, 0.5}


def test_people_get_a_title_a_table_and_bars(passed: Path) -> None:
    said = shouwang("replay", passed, "--combined", "--outage", "24", "--steps", "24,48")
    assert said.exit_code == 0
    assert "1 person, " in said.stdout and "weeks judged" in said.stdout
    assert "night hold 22:00-07:00" in said.stdout
    assert "fixed 48 h" in said.stdout and "█" in said.stdout
    assert "usual hours for fixed 48 h:" in said.stdout
    assert "calls a person" in said.stdout
    assert max(len(line) for line in said.stdout.splitlines()) <= 80


def test_false_alarms_against_delay_are_drawn(passed: Path, tmp_path: Path) -> None:
    picture = tmp_path / "frontier.png"
    said = shouwang(
        "replay", passed, "--table", "--combined", "--miss", "0.5", "--steps", "24", "--plot", picture
    )
    assert said.exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    said = shouwang("replay", passed, "--plot", tmp_path / "nowhere" / "x.png")
    assert said.exit_code == 1
    assert "--plot: " in said.stderr and "cannot be written" in said.stderr


def test_blind_times_pause_the_clock(passed: Path, tmp_path: Path) -> None:
    times = tmp_path / "blind.csv"
    times.write_text("start,end\n2025-05-01 00:00,2025-06-10 00:00\n", "utf-8")
    seen = rows(passed, "--steps", "24")["fixed 24 h", 0]
    by_file = rows(passed, "--steps", "24", "--blind-file", times)["fixed 24 h", 0]
    by_option = rows(passed, "--steps", "24", "--blind", "2025-05-01/2025-06-10")["fixed 24 h", 0]
    assert by_file == by_option
    assert by_file["phone_rounds"] == 1 and seen["phone_rounds"] == 0
    assert by_file["false_alarms"] < seen["false_alarms"]
    assert by_file["delay_mean_h"] > seen["delay_mean_h"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--steps", "soon"], "--steps: soon is no number"),
        (["--steps", "2"], "--steps: each must lie between 4 and 336 hours"),
        (["--miss", "1"], "--miss: 1 is no share such as 0.3"),
        (["--agreed", "24,48"], "--agreed: give the hours of phone, visit and urgent"),
        (["--agreed", "48,24,72"], "hours: phone, visit and urgent must rise"),
        (["--quiet", "night"], "--quiet: night is not like 22:00-07:00"),
        (["--zone", "Shanghai"], "--zone: Shanghai is no time zone such as Asia/Shanghai"),
        (
            ["--blind", "2025-05-02/2025-05-01"],
            "--blind: 2025-05-02/2025-05-01: end: must come after the start",
        ),
        (["--warm-up", "120"], "the first 120 only warm up; give more passes or a shorter --warm-up"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(passed: Path, options: list[str], told: str) -> None:
    said = shouwang("replay", passed, *options)
    assert (said.exit_code, said.stdout) == (1, "")
    assert told in said.stderr


def test_a_file_with_mistakes_is_refused_and_what_was_put_right_is_told(tmp_path: Path, passed: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("ts_local,event\n2026-03-01 25:00:00,IN\n", "utf-8")
    said = shouwang("replay", broken)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "broken.csv:2: ts_local: 2026-03-01 25:00:00 is no time" in said.stderr
    first, *others = passed.read_text("utf-8").splitlines()
    passed.write_text("\n".join([first, others[-1], *others]) + "\n", "utf-8")
    said = shouwang("replay", passed)
    assert said.exit_code == 0
    assert "were sorted." in said.stderr and "1 row(s) that stand there twice were left out." in said.stderr


def test_a_replay_starts_without_loading_networks_and_video() -> None:
    """It takes two seconds to load them."""
    asked = "import sys, monitor.cli; sys.exit('monitor.bootstrap' in sys.modules or 'cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], timeout=60).returncode == 0


def watched(runtime: Runtime, now: datetime) -> int:
    """Ada, with two gaps on record."""
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        gap = {"estate_id": runtime.estate.id, "resident_id": ada, "length_s": 3600.0}
        ends = [(timedelta(0), Direction.OUT), (timedelta(hours=1), Direction.IN)]
        session.execute(insert(GapRow), [{**gap, "at": now + later, "direction": way} for later, way in ends])
    return ada


@pytest.fixture
def site(runtime: Runtime, cameras_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SHOUWANG_CAMERAS_FILE", str(cameras_file))
    return runtime


MORNING = datetime(2026, 3, 1, 9, tzinfo=ZONE)


def test_passes_are_written_without_name_and_place_and_it_is_noted(site: Runtime, tmp_path: Path) -> None:
    ada = watched(site, MORNING)
    said = shouwang("passes", "--resident", ada)
    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "ts_local,event,person",
        f"2026-03-01 08:00:00,,{ada}",
        f"2026-03-01 09:00:00,OUT,{ada}",
        f"2026-03-01 10:00:00,IN,{ada}",
    ]
    with site.database.reader() as session:
        noted = session.scalars(select(EventRow).where(EventRow.kind == "passes.exported")).all()
        assert [event.facts for event in noted] == [{"resident_ids": [ada]}]


def test_passes_are_kept_in_a_file_for_nobody_else_that_can_be_replayed(
    site: Runtime, tmp_path: Path
) -> None:
    watched(site, MORNING)
    path = tmp_path / "export.csv"
    said = shouwang("passes", "--output", path)
    assert said.stdout == f"{path}: 3 passes of 1 resident(s).\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert rows(path, "--warm-up", "0", "--steps", "24")["fixed 24 h", 0]["false_alarms"] == 0


def test_passes_of_nobody_and_a_place_that_cannot_be_written_are_told(site: Runtime, tmp_path: Path) -> None:
    said = shouwang("passes", "--resident", 99)
    assert said.exit_code == 1 and "There is no pass of resident 99" in said.stderr
    said = shouwang("passes", "--output", tmp_path / "nowhere" / "x.csv")
    assert said.exit_code == 1 and "--output: " in said.stderr
