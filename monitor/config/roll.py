"""residents.csv: who is to be enrolled, with which photos, and when they agreed. Reads the folder, touches nothing else.

Everybody's mistakes are found in one go; a line with a mistake is left out and the others stand.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from monitor.config.problems import meant
from monitor.core.enrolment import FLAT_LIMIT, NAME_LIMIT, PHOTO_LIMIT
from monitor.errors import ConfigError, Problem

FILE = "residents.csv"
LONGEST_CONSENT = timedelta(days=1095)
_COLUMNS = {
    "name": "姓名",
    "flat": "房号",
    "watched": "是否关注",
    "keep_photos": "保留照片",
    "consent_on": "同意日期",
    "consent_until": "同意至",
    "photos": "照片",
    "folder": "文件夹",
}
_NEEDED = ("name", "watched", "consent_on")
_ENGLISH = {chinese: english for english, chinese in _COLUMNS.items()}
_YES, _NO = {"yes", "y", "true", "1", "是"}, {"no", "n", "false", "0", "否"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_BETWEEN_PHOTOS = re.compile("[;；]")
_NO_PHOTOS = {"thumbs.db", "desktop.ini"}  # what Windows leaves in folders of pictures
T = TypeVar("T")


@dataclass(frozen=True)
class RollEntry:
    """One line of the list."""

    line: int
    name: str
    flat: str | None
    watched: bool
    keep_photos: bool
    consent_on: date
    consent_until: date | None  # the last day; None: as long as the settings say
    photos: tuple[Path, ...]


@dataclass(frozen=True)
class Roll:
    """What was read, and what was wrong with the lines that are left out."""

    entries: tuple[RollEntry, ...]
    problems: tuple[Problem, ...]


def load_roll(folder: Path, today: date) -> Roll:
    """Read the list of a folder. Raises ConfigError when the file as a whole cannot be used."""
    path = folder / FILE
    rows = _rows(path, _text(path))
    columns = _header(path, rows)
    entries: list[RollEntry] = []
    problems: list[Problem] = []
    for line, cells in rows[1:]:
        if any(cell.strip() for cell in cells):
            row = _Row(path, line, columns, cells)
            entry = _entry(row, folder, today)
            first = next((e for e in entries if (e.name, e.flat) == (entry.name, entry.flat)), None)
            if first is not None and not row.problems:
                row.report("name", f"this name and flat stand on line {first.line} already; take one out")
            problems += row.problems
            entries += [] if row.problems else [entry]
    return Roll(tuple(entries), tuple(problems))


def _text(path: Path) -> str:
    """UTF-8 with or without its mark, or the GBK of a Chinese Excel."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _broken(path, 0, "there is no such file; the folder needs a list of this name") from None
    except OSError as error:
        raise _broken(path, 0, f"cannot be read: {error.strerror}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _broken(path, 0, "is neither UTF-8 nor GBK text; save it as CSV UTF-8")


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Every row with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, begins = [], 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _broken(path, max(begins, 1), f"this is no valid CSV ({error}); look at its quotes") from None
    if not rows:
        raise _broken(path, 1, "the file is empty; its first line names the columns")
    return rows


def _header(path: Path, rows: list[tuple[int, list[str]]]) -> dict[str, int]:
    """Column -> its place. Columns of the estate's own are left alone, unless they look misspelt."""
    columns: dict[str, int] = {}
    problems = []
    for place, title in enumerate(rows[0][1]):
        written = title.strip()
        key = _ENGLISH.get(written, written.casefold())
        if key in columns:
            problems.append(Problem(str(path), 1, written, "this column stands here twice; take one out"))
        elif key in _COLUMNS:
            columns[key] = place
        elif hint := meant(key, _COLUMNS):
            problems.append(Problem(str(path), 1, written, f"unknown column; {hint}"))
    for key in _NEEDED:
        if key not in columns:
            text = f"this column is missing; write {key} or {_COLUMNS[key]} into the first line"
            problems.append(Problem(str(path), 1, key, text))
    if problems:
        raise ConfigError(problems)
    return columns


def _broken(path: Path, line: int, message: str) -> ConfigError:
    return ConfigError([Problem(str(path), line, "(file)", message)])


@dataclass
class _Row:
    """One line's cells, and what is wrong with them."""

    path: Path
    line: int
    columns: dict[str, int]
    cells: list[str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str) -> str:
        place = self.columns.get(column, len(self.cells))
        return self.cells[place].strip() if place < len(self.cells) else ""

    def report(self, column: str, message: str) -> None:
        self.problems.append(Problem(str(self.path), self.line, column, message))

    def read(self, column: str, parse: Callable[[str], T], instead: T) -> T:
        """The cell's value; `instead` after its mistake was reported."""
        try:
            return parse(self.text(column))
        except ValueError as error:
            self.report(column, str(error))
            return instead


def _entry(row: _Row, folder: Path, today: date) -> RollEntry:
    consent_on = row.read("consent_on", _day, date.min)
    consent_until = row.read("consent_until", _day, date.max) if row.text("consent_until") else None
    entry = RollEntry(
        row.line,
        row.read("name", lambda text: _line(text, NAME_LIMIT), ""),
        row.read("flat", lambda text: _line(text, FLAT_LIMIT), "") if row.text("flat") else None,
        row.read("watched", _yes_or_no, False),
        row.read("keep_photos", _yes_or_no, False) if row.text("keep_photos") else False,
        consent_on,
        consent_until,
        _photos(row, folder),
    )
    if not any(problem.key.startswith("consent") for problem in row.problems):
        _check_consent(row, consent_on, consent_until, today)
    return entry


def _check_consent(row: _Row, on: date, until: date | None, today: date) -> None:
    if on > today:
        row.report("consent_on", "this day is in the future; nobody is enrolled before they have signed")
    elif until is not None and until < max(on, today):
        row.report("consent_until", "this consent is over; ask for a new one")
    elif until is not None and until - on > LONGEST_CONSENT:
        row.report("consent_until", f"a consent lasts {LONGEST_CONSENT.days} days at most")


def _line(text: str, limit: int) -> str:
    if not text or len(text) > limit:
        raise ValueError(f"needs 1 to {limit} characters")
    if not text.isprintable():
        raise ValueError("has a line break or a control character in it")
    return text


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in _YES | _NO:
        raise ValueError("write yes or no (是 or 否)")
    return text.casefold() in _YES


def _day(text: str) -> date:
    if not text:
        raise ValueError("is missing; write the day on which the consent was signed, such as 2026-11-01")
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("write the day as 2026-11-01")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError("there is no such day") from None


def _photos(row: _Row, folder: Path) -> tuple[Path, ...]:
    """The files named in the row, or all of the row's own folder."""
    own = row.text("folder")
    base = _inside(row, "folder", folder, own) if own else folder
    if base is None:
        return ()
    names = [name.strip() for name in _BETWEEN_PHOTOS.split(row.text("photos")) if name.strip()]
    if names:
        found = [_inside(row, "photos", folder, name, base) for name in names]
        for name, path in zip(names, found, strict=True):
            if path is not None and not path.is_file():
                row.report("photos", f"there is no file {name}")
    else:
        found = _all_of(row, folder, "folder" if own else "name")
    if len(found) > PHOTO_LIMIT:
        row.report("photos", f"at most {PHOTO_LIMIT} photos")
    return tuple(path for path in found if path is not None)


def _all_of(row: _Row, folder: Path, column: str) -> list[Path | None]:
    """Every file in the folder that is called as the cell says."""
    name = row.text(column)
    own = _inside(row, column, folder, name) if name else None
    if own is None:
        return []
    files = _files(own) if own.is_dir() and own != folder.resolve() else []
    if not files:
        row.report("photos", f"name the photos here, or put them into the folder {name}")
    return [_inside(row, column, folder, path.name, own) for path in files]


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.name.casefold() not in _NO_PHOTOS
    )


def _inside(row: _Row, column: str, folder: Path, name: str, base: Path | None = None) -> Path | None:
    """The path of a name of the list; None, and reported, when it leads out of the folder."""
    try:
        path = ((base or folder) / name).resolve()
    except (OSError, ValueError):  # a name with a zero character, or a circle of links
        row.report(column, "is no name of a file")
        return None
    if not path.is_relative_to(folder.resolve()):
        row.report(column, "leads out of the folder of the list; put the photos into it")
        return None
    return path
