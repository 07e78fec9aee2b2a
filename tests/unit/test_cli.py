"""The command line: mistakes are told in words, and nothing is half done."""

import hashlib
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import faces
import numpy as np
import pytest
from click.testing import Result
from PIL import Image as Pictures
from sqlalchemy import select
from typer.testing import CliRunner

from models import AccountRow, ConsentRow, ResidentRow, TemplateRow, TokenRow
from models.base import Base
from monitor.cli import app
from monitor.core.access import Role
from monitor.services.enrolment import PHOTO_LIMIT
from monitor.store.database import Database
from monitor.vision import weights

SAMPLE = Path(__file__).parents[2] / "cameras.yaml"
CANARY = "kanarienvogel"
FOUR_MISTAKES = """\
estate: {id: test, name: Test, time_zone: Asia/Shanghai}
cameras:
  - id: gate-1
    name: Gate
    place: gate
    direction: in
    main: ftp://ada:kanarienvogel@10.0.0.5/stream
    position: [0, 0]
    heading_deg: 0
    field_of_view_deg: 80
    range_m: 10
  - id: gate-1
    name: Gate two
    place: gate
    direction: in
    main: rtsp://ada:${NOT_SET}@10.0.0.5/stream
    position: [0, 0]
    heading_deg: 0
    field_of_view_deg: 80
    range: 10
    range_m: 10
"""


def shouwang(*arguments: object, **options: str) -> Result:
    """A command in this process. What it does not handle itself fails the test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []  # the command sets up logging anew and would close pytest's handlers
    try:
        return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False, **options)
    finally:
        root.handlers = handlers
        root.setLevel(level)
        logging.captureWarnings(False)


def alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as people start it."""
    words = [sys.executable, "-m", "monitor.cli", *(str(a) for a in arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the networks, made once."""
    folder = tmp_path_factory.mktemp("networks")
    weights.yunet(folder)
    return weights.sface(folder).parent


@pytest.fixture
def site(database: Database, cameras_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that the commands use: three cameras, no people."""
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SHOUWANG_CAMERAS_FILE", str(cameras_file))
    return database


@pytest.fixture
def desk(site: Database, networks: Path, tmp_path: Path) -> Database:
    """The same, with the networks in place."""
    (tmp_path / "weights").symlink_to(networks)
    return site


def count(database: Database, row: type[Base]) -> int:
    with database.reader() as session:
        return len(session.scalars(select(row)).all())


def kept(database: Database) -> tuple[int, int, int]:
    """Residents, consents and templates."""
    return count(database, ResidentRow), count(database, ConsentRow), count(database, TemplateRow)


def text_file(folder: Path) -> Path:
    path = folder / "letter.jpg"
    path.write_text("Dear neighbours", encoding="utf-8")
    return path


def wall(folder: Path) -> Path:
    """A picture without anybody."""
    path = folder / "wall.png"
    Pictures.fromarray(np.full((480, 480, 3), 128, np.uint8)).save(path)
    return path


def couple(folder: Path) -> Path:
    path = folder / "couple.png"
    both = np.hstack([faces.portrait(faces.ADA)[:500, :500], faces.portrait(faces.BEN)[:500, :500]])
    Pictures.fromarray(both[:, :, ::-1]).save(path)
    return path


def flood(folder: Path) -> Path:
    """100 megapixels in a few kilobytes."""
    path = folder / "flood.png"
    Pictures.new("1", (10_000, 10_000)).save(path)
    return path


def test_help_names_every_command() -> None:
    said = shouwang("--help")
    assert said.exit_code == 0
    for command in "demo up ingest watch api check enrol renew calibrate evaluate user token migrate".split():
        assert f" {command} " in said.output


def test_check_is_content_with_the_sample_estate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_CAMERA_USER", "ada")
    monkeypatch.setenv("SHOUWANG_CAMERA_PASSWORD", "p@ss:w/rd")
    said = shouwang("check", SAMPLE)
    assert (said.exit_code, said.stderr) == (0, "")
    assert "54 cameras, no mistakes" in said.stdout


def test_check_names_file_line_and_key_of_all_mistakes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(FOUR_MISTAKES, encoding="utf-8")
    said = shouwang("check", path)
    assert said.exit_code == 1
    lines = said.stderr.splitlines()[1:]
    expected = [(7, "main"), (12, "id"), (16, "main"), (20, "range")]
    places = [f"{path}:{line}: cameras[{int(line > 11)}].{key}: " for line, key in expected]
    assert [line.startswith(place) for line, place in zip(lines, places, strict=True)] == [True] * 4
    assert [word in line for word, line in zip(["rtsp", "line 3", "NOT_SET", "range_m"], lines, strict=True)]
    assert CANARY not in said.output


@pytest.mark.parametrize(
    ("text", "line"), [("estate: {id: test\ncameras: [\n", 2), ("estate:\n  id: a\n bad: b\n", 3)]
)
def test_check_tells_the_line_where_the_yaml_is_broken(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(text, encoding="utf-8")
    said = shouwang("check", path)
    assert said.exit_code == 1
    assert f"{path}:{line}: " in said.stderr and "no valid YAML" in said.stderr


def test_check_tells_that_there_is_no_such_file(tmp_path: Path) -> None:
    said = shouwang("check", tmp_path / "nothing.yaml")
    assert said.exit_code == 1
    assert f"{tmp_path / 'nothing.yaml'}: " in said.stderr and "there is no such file" in said.stderr


def test_a_mistake_ends_a_real_process_with_1_and_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(FOUR_MISTAKES, encoding="utf-8")
    done = alone("check", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 5 and "Traceback" not in done.stderr


def test_mistakes_in_the_environment_are_named_by_variable(
    site: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_PORT", "abc")
    monkeypatch.setenv("SHOUWANG_TICK_S", "0")
    said = shouwang("migrate")
    assert said.exit_code == 1
    assert "SHOUWANG_PORT: must be a whole number" in said.stderr
    assert "SHOUWANG_TICK_S: must be more than 0" in said.stderr


def test_a_data_folder_that_is_a_file_is_told_in_words(
    site: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in-the-way").touch()
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path / "in-the-way"))
    said = shouwang("migrate")
    assert said.exit_code == 1
    assert "SHOUWANG_DATA_DIR" in said.stderr


def test_a_resident_is_enrolled_from_a_portrait(desk: Database) -> None:
    portrait = faces.portrait_path(faces.ADA)
    said = shouwang("enrol", portrait, "--name", "Ada", "--flat", "3-2-501")
    assert (said.exit_code, said.stderr) == (0, "")
    assert f"kept     {portrait}: quality " in said.stdout
    assert "Ada is enrolled with 1 template(s)" in said.stdout
    assert kept(desk) == (1, 1, 1)


def test_calibrate_keeps_what_is_wanted_and_tells_the_threshold(desk: Database) -> None:
    usual, strict = shouwang("calibrate"), shouwang("calibrate", "--fpir", "0.1%")
    assert (usual.exit_code, strict.exit_code, strict.stderr) == (0, 0, "")
    assert "at most 0.30% of strangers" in usual.stdout and "at most 0.10% of strangers" in strict.stdout
    assert "with 5000 people it would be" in strict.stdout
    assert "at most 0.10%" in shouwang("calibrate").stdout
    wrong = shouwang("calibrate", "--fpir", "few")
    assert wrong.exit_code == 1 and "few is no share such as 0.3% or 0.003" in wrong.stderr


def test_photos_that_cannot_be_used_are_told_one_by_one_and_nothing_is_kept(
    desk: Database, tmp_path: Path
) -> None:
    photos = [text_file(tmp_path), wall(tmp_path), couple(tmp_path), flood(tmp_path)]
    reasons = ["no complete JPEG, PNG or WebP", "no face was found", "more than one person", "40 million"]
    said = shouwang("enrol", *photos, "--name", "Ada")
    assert said.exit_code == 1
    *verdicts, last = said.stdout.splitlines()
    assert last == "Nothing was kept."
    for photo, reason, verdict in zip(photos, reasons, verdicts, strict=True):
        assert verdict.startswith(f"refused  {photo}: ") and reason in verdict
    assert kept(desk) == (0, 0, 0)


def test_a_picture_of_100_megapixels_is_refused_without_a_warning_of_the_library(
    desk: Database, tmp_path: Path
) -> None:
    done = alone("enrol", flood(tmp_path), "--name", "Ada")
    assert done.returncode == 1
    assert "more than 40 million pixels" in done.stdout
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr
    assert kept(desk) == (0, 0, 0)


def test_one_good_photo_among_bad_ones_is_enough(desk: Database, tmp_path: Path) -> None:
    photos = [text_file(tmp_path), faces.portrait_path(faces.ADA), wall(tmp_path)]
    said = shouwang("enrol", *photos, "--name", "Ada", "--watch")
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.splitlines()[:3]] == ["refused", "kept", "refused"]
    assert "The watch starts with the first sighting." in said.stdout
    assert kept(desk) == (1, 2, 1)


def test_every_missing_photo_is_named_and_nothing_is_kept(desk: Database, tmp_path: Path) -> None:
    missing = [tmp_path / "one.jpg", tmp_path / "two.jpg"]
    said = shouwang("enrol", missing[0], faces.portrait_path(faces.ADA), missing[1], "--name", "Ada")
    assert said.exit_code == 1
    assert all(str(path) in said.stderr for path in missing)
    assert kept(desk) == (0, 0, 0)


def test_more_photos_than_allowed_are_refused_before_any_is_read(desk: Database) -> None:
    photos = [faces.portrait_path(faces.ADA)] * (PHOTO_LIMIT + 1)
    said = shouwang("enrol", *photos, "--name", "Ada")
    assert said.exit_code == 1
    assert f"at most {PHOTO_LIMIT}" in said.stderr
    assert kept(desk) == (0, 0, 0)


def test_a_resident_without_a_name_is_refused(desk: Database) -> None:
    said = shouwang("enrol", faces.portrait_path(faces.ADA), "--name", " ")
    assert said.exit_code == 1
    assert "name: needs 1 to 100 characters" in said.stderr
    assert kept(desk) == (0, 0, 0)


def test_a_short_password_is_refused_in_words(site: Database) -> None:
    said = shouwang("user", "create", "olga", "--role", "duty", input=f"{CANARY[:8]}\n{CANARY[:8]}\n")
    assert said.exit_code == 1
    assert "password: needs at least 12 characters" in said.stderr
    assert CANARY[:8] not in said.output
    assert count(site, AccountRow) == 0


def test_an_account_is_created_with_a_password_that_is_asked_for(site: Database) -> None:
    said = shouwang("user", "create", "olga", "--role", "duty", input=f"{CANARY}\n{CANARY}\n")
    assert said.exit_code == 0
    assert "olga can sign in" in said.stdout and CANARY not in said.output
    assert "olga  duty" in shouwang("user", "list").stdout


def test_an_unknown_role_is_answered_with_those_that_there_are(site: Database) -> None:
    said = shouwang("token", "create", "--role", "king")
    assert said.exit_code == 2
    assert all(role.value in said.stderr for role in Role)


def test_a_token_is_shown_once_and_kept_only_as_a_hash(site: Database, tmp_path: Path) -> None:
    said = shouwang("token", "create", "--role", "staff", "--name", "lift")
    assert (said.exit_code, said.stderr) == (0, "")
    token = said.stdout.strip()
    with site.reader() as session:
        (row,) = session.scalars(select(TokenRow))
        assert (row.name, row.role) == ("lift", Role.STAFF)
        assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    for path in tmp_path.glob("shouwang.db*"):
        assert token.encode() not in path.read_bytes()


def test_a_port_that_somebody_has_is_named_before_anything_is_touched(tmp_path: Path) -> None:
    kept = tmp_path / "service" / "kept"
    kept.parent.mkdir()
    kept.touch()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = CliRunner().invoke(app, ["demo", "--data", str(tmp_path), "--port", str(port)])
    assert done.exit_code == 1
    assert f"127.0.0.1:{port}" in done.output
    assert kept.exists()
