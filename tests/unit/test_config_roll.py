"""residents.csv: what Excel writes is read, and every mistake is told by file, line and column."""

from datetime import date
from pathlib import Path

import pytest

from monitor.config.roll import FILE, Roll, load_roll
from monitor.errors import ConfigError

TODAY = date(2026, 11, 23)
HEADER = "name,flat,watched,keep_photos,consent_on,consent_until,photos,folder\n"
CHINESE = "姓名,房号,是否关注,保留照片,同意日期,同意至,照片\n陈玉梅,2-801,是,否,2026/11/1,2027年5月31日,1.jpg；2.jpg\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos, but no list yet."""
    path = tmp_path / "list"
    (path / "Ada").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg", "Ada/b.jpg", "Ada/a.jpg", "Ada/.hidden", "Ada/Thumbs.db"):
        (path / name).touch()
    (tmp_path / "secret.jpg").touch()
    return path


def read(folder: Path, text: str | bytes) -> Roll:
    (folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_roll(folder, TODAY)


def mistakes(folder: Path, *rows: str) -> list[tuple[int, str]]:
    """(line, column) of every mistake."""
    return [(problem.line, problem.key) for problem in read(folder, HEADER + "\n".join(rows)).problems]


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return str(caught.value)


def test_a_line_says_who_agreed_when_and_which_photos_are_theirs(folder: Path) -> None:
    (ada,) = read(folder, HEADER + "Ada, 3-2-501 ,yes,yes,2026-11-01,2027-05-31,1.jpg;2.jpg,\n").entries
    assert (ada.line, ada.name, ada.flat, ada.watched, ada.keep_photos) == (2, "Ada", "3-2-501", True, True)
    assert (ada.consent_on, ada.consent_until) == (date(2026, 11, 1), date(2027, 5, 31))
    assert [path.name for path in ada.photos] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_list_from_a_chinese_excel_is_read(folder: Path, encoding: str) -> None:
    (chen,) = read(folder, CHINESE.encode(encoding)).entries
    assert (chen.name, chen.flat, chen.watched, chen.keep_photos) == ("陈玉梅", "2-801", True, False)
    assert (chen.consent_on, chen.consent_until) == (date(2026, 11, 1), date(2027, 5, 31))
    assert [path.name for path in chen.photos] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize("row", ["Ada,,no,,2026-11-01,,,", "Dora,,no,,2026-11-01,,,Ada"])
def test_without_names_all_photos_of_the_own_folder_are_taken(folder: Path, row: str) -> None:
    (entry,) = read(folder, HEADER + row).entries
    assert [path.name for path in entry.photos] == ["a.jpg", "b.jpg"]
    assert (entry.flat, entry.watched, entry.keep_photos, entry.consent_until) == (None, False, False, None)


def test_named_photos_are_looked_for_in_the_own_folder(folder: Path) -> None:
    (entry,) = read(folder, HEADER + "Dora,,no,,2026-11-01,,a.jpg,Ada").entries
    assert entry.photos == (folder / "Ada" / "a.jpg",)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",,yes,,2026-11-01,,1.jpg,", "name"),
        ("x" * 101 + ",,yes,,2026-11-01,,1.jpg,", "name"),
        ('"A\nda",,yes,,2026-11-01,,1.jpg,', "name"),
        ("Ada," + "x" * 61 + ",yes,,2026-11-01,,1.jpg,", "flat"),
        ("Ada,,,,2026-11-01,,1.jpg,", "watched"),
        ("Ada,,perhaps,,2026-11-01,,1.jpg,", "watched"),
        ("Ada,,yes,perhaps,2026-11-01,,1.jpg,", "keep_photos"),
        ("Ada,,yes,,,,1.jpg,", "consent_on"),
        ("Ada,,yes,,last week,,1.jpg,", "consent_on"),
        ("Ada,,yes,,2026-02-30,,1.jpg,", "consent_on"),
        ("Ada,,yes,,2026-11-24,,1.jpg,", "consent_on"),
        ("Ada,,yes,,2026-11-01,2026-11-22,1.jpg,", "consent_until"),
        ("Ada,,yes,,2026-11-01,2030-01-01,1.jpg,", "consent_until"),
        ("Ada,,yes,,2026-11-01,soon,1.jpg,", "consent_until"),
        ("Ada,,yes,,2026-11-01,,3.jpg,", "photos"),
        ("Ada,,yes,," + "2026-11-01,," + ";".join(["1.jpg"] * 11) + ",", "photos"),
        ("Dora,,yes,,2026-11-01,,,", "photos"),
        (".,,yes,,2026-11-01,,,", "photos"),
        ("Ada,,yes,,2026-11-01,,,nowhere", "photos"),
        ("Ada,,yes,,2026-11-01,,1\x00.jpg,", "photos"),
    ],
)
def test_a_mistake_is_told_by_line_and_column_and_the_others_stand(
    folder: Path, row: str, column: str
) -> None:
    found = read(folder, f"{HEADER}Eva,,no,,2026-11-01,,2.jpg,\n{row}\n")
    assert [(problem.line, problem.key) for problem in found.problems] == [(3, column)]
    assert [entry.name for entry in found.entries] == ["Eva"]
    assert str(found.problems[0]).startswith(f"{folder / FILE}:3: {column}: ")


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    rows = ["Ada,,perhaps,,,,,nowhere", "", "Ben,,yes,,2026-11-01,,9.jpg,"]
    assert mistakes(folder, *rows) == [(2, "consent_on"), (2, "watched"), (2, "photos"), (4, "photos")]


@pytest.mark.parametrize("photo", ["../secret.jpg", "/etc/passwd", "Ada/../../secret.jpg", "way-out.jpg"])
def test_no_photo_outside_of_the_folder_is_read(folder: Path, photo: str) -> None:
    (folder / "way-out.jpg").symlink_to(folder.parent / "secret.jpg")
    assert mistakes(folder, f"Ada,,yes,,2026-11-01,,{photo},") == [(2, "photos")]


@pytest.mark.parametrize(
    ("row", "column"), [("..,,yes,,2026-11-01,,,", "name"), ("Ada,,yes,,2026-11-01,,,..", "folder")]
)
def test_no_folder_outside_is_listed(folder: Path, row: str, column: str) -> None:
    assert mistakes(folder, row) == [(2, column)]


def test_a_link_in_the_own_folder_that_leads_out_is_not_followed(folder: Path) -> None:
    (folder / "Ada" / "c.jpg").symlink_to(folder.parent / "secret.jpg")
    assert mistakes(folder, "Ada,,yes,,2026-11-01,,,") == [(2, "name")]


def test_the_same_person_twice_is_told_with_both_lines(folder: Path) -> None:
    row = "Ada,1-1,yes,,2026-11-01,,1.jpg,"
    found = read(folder, f"{HEADER}{row}\n{row}\n")
    assert [(problem.line, problem.key) for problem in found.problems] == [(3, "name")]
    assert "line 2" in found.problems[0].message


def test_lines_are_counted_as_an_editor_does(folder: Path) -> None:
    rows = '"Eva",,no,,2026-11-01,,1.jpg,"a\nb"\nAda,,maybe,,2026-11-01,,1.jpg,'
    header = HEADER.replace("folder", "remark")
    assert [p.line for p in read(folder, header + rows).problems] == [4]


def test_columns_of_the_estates_own_are_left_alone_but_misspelt_ones_are_told(folder: Path) -> None:
    own = "name,watched,consent_on,phone,photos\nAda,no,2026-11-01,12345,1.jpg\n"
    assert len(read(folder, own).entries) == 1
    told = refusal(folder, "name,watchd,consent_on,name\nAda,no,2026-11-01,x\n")
    assert "1: watchd: unknown column; did you mean `watched`?" in told
    assert "1: watched: this column is missing; write watched or 是否关注" in told
    assert "1: name: this column stands here twice" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "is empty"),
        (b'name,watched,consent_on\n"Ada', "no valid CSV"),
        ("姓名".encode("utf-16"), "neither UTF-8 nor GBK"),
    ],
)
def test_a_file_that_is_no_list_is_told_in_words(folder: Path, text: bytes, told: str) -> None:
    assert told in refusal(folder, text)


def test_a_folder_without_a_list_is_told_in_words(folder: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_roll(folder, TODAY)
    (folder / FILE).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_roll(folder, TODAY)
