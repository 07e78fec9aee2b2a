"""An evaluation counts what the standard counts, and says plainly what is wrong with a protocol."""

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.core.calibration import General, Tail
from monitor.core.embedding import unit
from monitor.core.identification import Shot
from monitor.core.open_set import Share
from monitor.errors import ConfigError, InvalidInput
from monitor.evaluate import clips, report
from monitor.evaluate.clips import Pass
from monitor.evaluate.figures import Figures, figures
from monitor.evaluate.protocol import Picture, read, split
from monitor.evaluate.run import Order, evaluate

DIMENSIONS = 32
GENERAL = General("fake", np.zeros(DIMENSIONS, np.float32), Tail(0.2, 0.02, 0.04, 10_000), 0.6)


def folder(tmp_path: Path, *rows: str, header: str = "path,subject,role,order") -> Path:
    (tmp_path / "a.jpg").write_bytes(b"")
    (tmp_path / "protocol.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return tmp_path


def test_a_protocol_is_read(tmp_path: Path) -> None:
    pictures = read(folder(tmp_path, "a.jpg,Ada,enrol,0", "a.jpg,Cleo,stranger,"))
    assert pictures == [
        Picture(tmp_path / "a.jpg", "Ada", "enrol", 0),
        Picture(tmp_path / "a.jpg", "Cleo", "stranger", 0),
    ]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("b.jpg,Ada,enrol,0", "protocol.csv:2: path: there is no file b.jpg"),
        ("../a.jpg,Ada,enrol,0", "protocol.csv:2: path: ../a.jpg lies outside of the folder"),
        ("a.jpg,Ada,enroll,0", "protocol.csv:2: role: must be one of enrol, mated, stranger"),
        ("a.jpg,Ada,enrol,first", "protocol.csv:2: order: must be a number"),
    ],
)
def test_a_mistake_names_line_and_column(tmp_path: Path, row: str, line: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(folder(tmp_path, row))
    assert line in str(error.value)


def test_a_missing_column_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="role, order: this column is missing"):
        read(folder(tmp_path, header="path,subject"))
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "nowhere")


def people(*roles: tuple[str, str, int]) -> list[Picture]:
    return [Picture(Path("x"), subject, role, order) for subject, role, order in roles]


def test_with_three_pictures_only_those_take_part_who_have_a_fourth() -> None:
    ada = [("Ada", "enrol", 0), ("Ada", "mated", 1), ("Ada", "mated", 2), ("Ada", "mated", 3)]
    pictures = people(*ada, ("Ben", "enrol", 0), ("Ben", "mated", 1), ("Cleo", "stranger", 0))
    one, three = split(pictures, 1), split(pictures, 3)
    assert (one.gallery, one.mated, one.strangers) == ((0, 4), (1, 2, 3, 5), (6,))
    assert (three.gallery, three.mated, three.strangers) == ((0, 1, 2), (3,), (6,))


def made() -> Figures:
    """Ada and Ben are found again, Dora is taken for Ada, and one stranger of four looks like Ben."""
    axes = np.eye(DIMENSIONS, dtype=np.float32)
    rows = {
        ("Ada", "enrol", 0): axes[0],
        ("Ben", "enrol", 0): axes[1],
        ("Dora", "enrol", 0): axes[2],
        ("Ada", "mated", 1): unit(axes[0] + 0.3 * axes[9]),
        ("Ben", "mated", 1): unit(axes[1] + 0.3 * axes[9]),
        ("Dora", "mated", 1): unit(axes[0] + 0.5 * axes[2]),
        ("Dora", "mated", 2): np.zeros(DIMENSIONS, np.float32),  # no face was found
        ("S1", "stranger", 0): unit(axes[1] + 0.2 * axes[8]),
        ("S2", "stranger", 0): axes[5],
        ("S3", "stranger", 0): axes[6],
        ("S4", "stranger", 0): axes[7],
    }
    pictures = people(*rows)
    table = np.stack(list(rows.values()))
    return figures("fake", pictures, split(pictures, 1), table, table, GENERAL, 0.003, 12.0)


def test_the_figures_are_those_of_the_standard() -> None:
    found = made()
    assert (found.gallery, found.enrolled, found.not_found) == (3, 1, 1)
    assert found.named_strangers == Share(1, 4)
    assert found.fnir_at_default == Share(2, 4)  # Dora under another name, and her without a face
    assert found.fnir[0.1] == Share(4, 4)  # none of four strangers may pass, and one is as alike as can be
    assert [pair.score > 0.9 for pair in found.worst if pair.wrong_name][:2] == [True, False]
    assert [at.gallery for at in found.sizes] == [3, 5000]
    assert found.sizes[-1].measured is None and found.sizes[-1].predicted <= 0.0031


def test_machines_get_the_same_figures() -> None:
    (told,) = report.as_json([made()])
    assert {
        "engine",
        "enrolled",
        "gallery",
        "fnir",
        "named_strangers_at_default",
        "ms_per_image",
    } <= told.keys()
    assert told["fnir"].keys() == {"0.1", "0.01", "0.003"}
    assert told["named_strangers_at_default"] == 0.25
    assert json.loads(json.dumps(told)) == told


def test_the_page_holds_everything_and_asks_for_nothing(tmp_path: Path) -> None:
    plot = report.det_png([made()])
    assert plot.startswith(b"\x89PNG")
    pictures = people(*[("<b>Ada</b>", "enrol", 0)] * 11)
    page = report.page(pictures, [made()], plot, "a <title>")
    assert "http" not in page and "<b>Ada" not in page and "data:image/png;base64," in page


def shots(*faces: np.ndarray) -> tuple[tuple[Shot, ...], ...]:
    """One track."""
    return (tuple(Shot(face, 0.8, 0.5 * number) for number, face in enumerate(faces)),)


def test_a_pass_is_counted_as_what_was_said_of_it_at_the_end() -> None:
    axes = np.eye(DIMENSIONS, dtype=np.float32)
    names = ("ada", "ben", "dora")
    first = [Pass(name, "1", shots(*[axes[n]] * 3)) for n, name in enumerate(names)]
    passes = [
        *first,
        Pass("ada", "2", shots(*[axes[0]] * 3)),
        Pass("ben", "2", shots(*[axes[0]] * 3)),
        Pass("dora", "2", shots(*[axes[9]] * 3)),
        Pass("cleo", "2", shots(*[axes[8]] * 3)),
        Pass("cleo", "3", shots(axes[8])),
        Pass("cleo", "4", (*shots(*[axes[8]] * 3), *shots(*[axes[1]] * 3))),
    ]
    found = clips.judge(names, passes, GENERAL, 0.003)
    assert (found.right, found.wrong_name, found.resident_as_stranger) == (1, 2, 1)
    assert (found.stranger_right, found.undecided, found.all_right) == (1, 1, False)


def test_an_order_that_cannot_be_filled_says_why(tmp_path: Path) -> None:
    order = Order(tmp_path, ("sface", "other"), tmp_path, 0.003, False, None, None)
    with pytest.raises(InvalidInput, match="other is none of"):
        evaluate(order)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "1.mkv").write_bytes(b"")
    with pytest.raises(InvalidInput, match="4 people or more"):
        evaluate(Order(tmp_path, ("sface",), tmp_path, 0.003, False, None, None))
    with pytest.raises(InvalidInput, match="clips have a table only"):
        evaluate(Order(tmp_path, ("sface",), tmp_path, 0.003, False, tmp_path / "page.html", None))
