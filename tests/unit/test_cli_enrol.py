"""Enrolling from the command line: a whole list, a walk, and templates for another engine."""

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import faces
import numpy as np
import people
import pytest
import rtsp
from sqlalchemy import select, update
from unit.test_cli import desk, kept, networks, shouwang, site

from models import ConsentRow, PhotoRow, ResidentRow, TemplateRow
from monitor.bootstrap import Runtime, vision
from monitor.core.consent import Purpose
from monitor.core.correction import PhotoSource
from monitor.store.database import Database

__all__ = ["desk", "networks", "site"]  # fixtures
HEADER = "name,flat,watched,keep_photos,consent_on,photos\n"
Write = Callable[..., Path]


def other(name: str) -> np.ndarray:
    """Another picture of the same person."""
    return np.asarray((faces.portrait(name)[:, ::-1] * 0.8).astype(np.uint8))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A folder with a list of these lines, and Ada and Ben on photos."""
    folder = tmp_path / "list"
    folder.mkdir()
    for name, image in (
        ("ada-1.jpg", faces.portrait(faces.ADA)),
        ("ada-2.jpg", other(faces.ADA)),
        ("ben-1.jpg", faces.portrait(faces.BEN)),
        ("wall.jpg", np.full((400, 400, 3), 128, np.uint8)),
    ):
        cv2.imwrite(str(folder / name), image)

    def write_(*lines: str) -> Path:
        (folder / "residents.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")
        return folder

    return write_


ADA = "Ada,1-1,yes,no,2026-11-01,ada-1.jpg;ada-2.jpg;wall.jpg"
BEN = "Ben,1-2,no,yes,2026-11-01,ben-1.jpg"


def report(folder: Path) -> dict[str, dict[str, str]]:
    """report.csv by name."""
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        return {line["name"]: line for line in csv.DictReader(file)}


def test_everybody_of_a_list_is_enrolled_with_a_report(desk: Database, write: Write) -> None:
    folder = write(ADA, BEN)
    said = shouwang("enrol", "--from-folder", folder)
    assert (said.exit_code, said.stderr) == (0, "")
    found = report(folder)
    assert [found[name]["outcome"] for name in ("Ada", "Ben")] == ["enrolled", "enrolled"]
    assert (found["Ada"]["kept"], found["Ben"]["kept"]) == ("2", "1")
    assert "wall.jpg: no face was found" in found["Ada"]["refused"]
    assert "add two more" in found["Ben"]["careful"]
    assert kept(desk) == (2, 4, 3)
    with desk.reader() as session:
        pictures = [
            row.crop_jpeg is not None for row in session.scalars(select(PhotoRow).order_by(PhotoRow.id))
        ]
        purposes = {(row.resident_id, row.purpose) for row in session.scalars(select(ConsentRow))}
        (given,) = {row.given_at.isoformat() for row in session.scalars(select(ConsentRow))}
    assert pictures == [False, False, True]
    assert purposes == {
        (1, Purpose.RECOGNITION),
        (1, Purpose.WELLNESS),
        (2, Purpose.RECOGNITION),
        (2, Purpose.KEEP_PHOTO),
    }
    assert given == "2026-10-31T16:00:00+00:00"  # midnight in Shanghai


def test_a_list_enrols_nobody_twice(desk: Database, write: Write) -> None:
    folder = write(ADA, BEN)
    shouwang("enrol", "--from-folder", folder)
    before = kept(desk)
    said = shouwang("enrol", "--from-folder", folder)
    assert said.exit_code == 0
    assert {line["outcome"] for line in report(folder).values()} == {"already enrolled"}
    assert kept(desk) == before


def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk: Database, write: Write) -> None:
    folder = write(ADA, BEN)
    said = shouwang("enrol", "--from-folder", folder, "--dry-run")
    assert said.exit_code == 0
    assert said.stdout.count("would") == 2
    assert kept(desk) == (0, 0, 0)
    assert not (folder / "report.csv").exists()


@pytest.mark.parametrize("dry", [True, False])
def test_a_line_that_fails_does_not_stop_the_others(desk: Database, write: Write, dry: bool) -> None:
    folder = write(
        "Eva,,perhaps,no,2026-11-01,ada-1.jpg", "Fay,,no,no,2026-11-01,wall.jpg", ADA, "Ada again,,no,no,2026-11-01,ada-1.jpg", BEN
    )  # fmt: skip
    said = shouwang("enrol", "--from-folder", folder, *(["--dry-run"] if dry else []))
    assert said.exit_code == 1
    mistakes = said.stderr.splitlines()
    assert mistakes[0].startswith(f"{folder / 'residents.csv'}:2: watched: write yes or no")
    assert mistakes[1].startswith(f"{folder / 'residents.csv'}:3: Fay: none of the photos can be used")
    assert mistakes[2].startswith(f"{folder / 'residents.csv'}:5: Ada again: this face is ")
    assert len(mistakes) == 3
    assert kept(desk)[0] == (0 if dry else 2)


def test_who_withdrew_is_not_enrolled_again_behind_their_back(desk: Database, write: Write) -> None:
    folder = write(BEN)
    shouwang("enrol", "--from-folder", folder)
    with desk.writer() as session:
        session.execute(update(ConsentRow).values(withdrawn_at=ConsentRow.given_at))
    said = shouwang("enrol", "--from-folder", folder)
    assert said.exit_code == 1 and "whose consent is over" in said.stderr
    assert kept(desk)[0] == 1


def test_a_consent_whose_term_is_over_enrols_nobody(desk: Database, write: Write) -> None:
    said = shouwang("enrol", "--from-folder", write("Ada,,no,no,2024-01-01,ada-1.jpg"))
    assert said.exit_code == 1 and "this one is over" in said.stderr
    assert kept(desk) == (0, 0, 0)


def test_a_folder_without_a_list_is_told_in_words(desk: Database, tmp_path: Path) -> None:
    said = shouwang("enrol", "--from-folder", tmp_path)
    assert said.exit_code == 1 and "there is no such file" in said.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--name", "Ada"],
        ["a.jpg", "--walk", "gate-1"],
        ["a.jpg", "--dry-run"],
        ["--from-folder", "x", "a.jpg"],
    ],
)
def test_where_the_photos_come_from_is_said_once(desk: Database, arguments: list[str]) -> None:
    said = shouwang("enrol", *arguments)
    assert said.exit_code == 1 and "--from-folder" in said.stderr


def test_a_face_that_is_enrolled_needs_a_confirmation(desk: Database) -> None:
    ada = faces.portrait_path(faces.ADA)
    shouwang("enrol", ada, "--name", "Ada")
    said = shouwang("enrol", ada, "--name", "Ada's twin")
    assert said.exit_code == 1
    assert "enrolled already as resident 1" in said.stdout and "--allow-duplicate" in said.stdout
    assert kept(desk)[0] == 1
    assert shouwang("enrol", ada, "--name", "Ada's twin", "--allow-duplicate").exit_code == 0


def test_few_photos_are_warned_about(desk: Database) -> None:
    said = shouwang("enrol", faces.portrait_path(faces.ADA), "--name", "Ada")
    assert "Careful: one photo: expect passes to be missed; add two more, from other days." in said.stdout


def test_who_walks_past_a_camera_is_enrolled(desk: Database, tmp_path: Path, cameras_file: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    rtsp.write_walk(clips / "gate.mp4", faces.approaching(faces.ADA))
    with rtsp.serve(clips) as port:
        stream = f"rtsp://127.0.0.1:{port}/gate.mp4/play_count_0"
        text = cameras_file.read_text(encoding="utf-8").replace("rtsp://127.0.0.1/1", stream)
        cameras_file.write_text(text, encoding="utf-8")
        said = shouwang("enrol", "--walk", "gate-1", "--name", "Ada")
    assert (said.exit_code, said.stderr) == (0, "")
    assert "10 s\n" in said.stdout and "kept     picture 1: quality" in said.stdout
    with desk.reader() as session:
        assert {row.source for row in session.scalars(select(PhotoRow))} == {PhotoSource.WALK}
    assert shouwang("enrol", "--walk", "nowhere", "--name", "Ada").exit_code == 1
    assert "name: needs" in shouwang("enrol", "--walk", "gate-1").stderr


def test_templates_are_renewed_from_kept_pictures(desk: Database) -> None:
    shouwang("enrol", faces.portrait_path(faces.ADA), "--name", "Ada", "--keep-photos")
    shouwang("enrol", faces.portrait_path(faces.BEN), "--name", "Ben")
    with desk.writer() as session:
        (before, _) = session.scalars(select(TemplateRow).order_by(TemplateRow.id)).all()
        old = np.frombuffer(before.embedding, "<f4")
        session.execute(update(TemplateRow).values(engine="an older one"))
    said = shouwang("renew")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.splitlines() == ["1 template(s) made.", "needs new photos: Ben  (resident 2)"]
    with desk.reader() as session:
        (made,) = session.scalars(select(TemplateRow).where(TemplateRow.engine != "an older one"))
        assert session.get_one(ResidentRow, made.resident_id).name == "Ada"
    assert np.frombuffer(made.embedding, "<f4") @ old > 0.8
    assert shouwang("renew").stdout.splitlines()[0] == "0 template(s) made."


def test_the_engine_in_force_is_known_without_loading_it(runtime: Runtime, desk: Database) -> None:
    assert vision(runtime.settings).photos.engine == runtime.engine
    assert runtime.engine != people.ENGINE
