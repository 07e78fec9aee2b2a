"""A folder of photographs with a protocol.csv: path, subject, role (enrol, mated, stranger), order."""

import csv
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import ConfigError, Problem

COLUMNS = ("path", "subject", "role", "order")
ROLES = ("enrol", "mated", "stranger")


@dataclass(frozen=True)
class Picture:
    path: Path
    subject: str
    role: str
    order: int


@dataclass(frozen=True)
class Split:
    """Who is enrolled with which pictures, and who is asked about."""

    enrolled: int  # pictures of each subject
    gallery: tuple[int, ...]  # indices of pictures
    mated: tuple[int, ...]
    strangers: tuple[int, ...]


def read(folder: Path) -> list[Picture]:
    """Raises ConfigError with every mistake; paths are below the folder."""
    file = folder / "protocol.csv"
    problems: list[Problem] = []
    pictures: list[Picture] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.DictReader(opened)
            if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
                raise ConfigError([Problem(str(file), 1, ", ".join(missing), "this column is missing")])
            for row in rows:
                problem = _mistake(folder, row)
                if problem is None:
                    pictures.append(
                        Picture(folder / row["path"], row["subject"], row["role"], int(row["order"] or 0))
                    )
                else:
                    problems.append(Problem(str(file), rows.line_num, *problem))
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, "file", f"cannot be read: {error.strerror}")]) from None
    if problems:
        raise ConfigError(problems)
    return pictures


def _mistake(folder: Path, row: dict[str, str]) -> tuple[str, str] | None:
    path = folder / row["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        return "path", f"{row['path']} lies outside of the folder"
    if not path.is_file():
        return "path", f"there is no file {row['path']}"
    if row["role"] not in ROLES:
        return "role", f"must be one of {', '.join(ROLES)}"
    if not (row["order"] or "0").isdigit():
        return "order", "must be a number"
    return None


def split(pictures: list[Picture], enrolled: int) -> Split:
    """With one picture: those of the role `enrol`. With n: orders 0 to n-1 of the subjects that have more than n."""
    strangers = tuple(i for i, p in enumerate(pictures) if p.role == "stranger")
    known = [i for i, p in enumerate(pictures) if p.role != "stranger"]
    if enrolled == 1:
        gallery = tuple(i for i in known if pictures[i].role == "enrol")
        mated = tuple(i for i in known if pictures[i].role == "mated")
        return Split(1, gallery, mated, strangers)
    count: dict[str, int] = {}
    for i in known:
        count[pictures[i].subject] = count.get(pictures[i].subject, 0) + 1
    enough = [i for i in known if count[pictures[i].subject] > enrolled]
    gallery = tuple(i for i in enough if pictures[i].order < enrolled)
    mated = tuple(i for i in enough if pictures[i].order >= enrolled)
    return Split(enrolled, gallery, mated, strangers)
