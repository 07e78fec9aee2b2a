"""A CSV of passes: `ts_local,event`, and perhaps `person` and `weight`. What `shouwang passes` writes, `shouwang replay` reads."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from monitor.core.evidence import FULL
from monitor.core.interval import Interval
from monitor.core.passes import Pass
from monitor.core.sighting import Direction
from monitor.errors import BadPasses, Problem

EVENTS = {"IN": Direction.IN, "OUT": Direction.OUT, "BOTH": Direction.BOTH, "": Direction.BOTH}
EVENTS |= {"进": Direction.IN, "出": Direction.OUT}
WRITTEN = {Direction.IN: "IN", Direction.OUT: "OUT", Direction.BOTH: ""}
TOLD_AT_MOST = 20
LOCAL = "%Y-%m-%d %H:%M:%S"
SPREADSHEET = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
NO_CSV = "is no CSV in UTF-8; in a spreadsheet save it as 'CSV UTF-8'"
YEARS = range(1990, 2100)
LONG = timedelta(days=14)


@dataclass(frozen=True)
class PassesFile:
    """Passes in order, by person; a file without that column is about one, who has no name."""

    people: Mapping[str, Sequence[Pass]]
    notes: tuple[str, ...]  # what was put right while reading


@dataclass
class _Reading:
    people: dict[str, list[Pass]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unsorted: bool = False


def read(file: Path, zone: ZoneInfo) -> PassesFile:
    """Times without an offset are local to the zone. Raises BadPasses with every mistake, up to twenty."""
    reading = _Reading()
    for line, row in _rows(file, ("ts_local", "event")):
        try:
            _take(reading, row, zone)
        except _Mistake as mistake:
            reading.problems.append(Problem(str(file), line, mistake.column, mistake.reason))
    _refuse(file, reading.problems)
    if not reading.people:
        raise BadPasses(file, [Problem(str(file), 2, "ts_local", "there is no pass in this file")])
    sorted_ = {
        name: sorted(reading.people[name], key=lambda one: one.at)
        for name in sorted(reading.people, key=_natural)
    }
    people = {name: _once(passes) for name, passes in sorted_.items()}
    notes = []
    if twice := sum(len(sorted_[name]) - len(people[name]) for name in people):
        notes.append(f"{twice} row(s) that stand there twice were left out")
    if reading.unsorted:
        notes.append("the rows were not in order of time and were sorted")
    return PassesFile(people, (*notes, *_long_gap(people.values(), zone)))


def read_blind(file: Path, zone: ZoneInfo) -> list[Interval]:
    """A CSV `start,end` of local times in which nobody could be seen. Raises BadPasses."""
    found, problems = list[Interval](), list[Problem]()
    for line, row in _rows(file, ("start", "end")):
        try:
            found.append(_interval(_moment("start", row["start"], zone), _moment("end", row["end"], zone)))
        except _Mistake as mistake:
            problems.append(Problem(str(file), line, mistake.column, mistake.reason))
    _refuse(file, problems)
    return found


def blind_period(text: str, zone: ZoneInfo) -> Interval:
    """START/END in local time. Raises ValueError with the reason."""
    start, _, end = text.partition("/")
    try:
        return _interval(_moment("start", start, zone), _moment("end", end, zone))
    except _Mistake as mistake:
        raise ValueError(f"{mistake.column}: {mistake.reason}") from None


def write(out: TextIO, people: Mapping[str, Iterable[Pass]], zone: ZoneInfo) -> int:
    """In the zone's local time; returns the number of passes."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["ts_local", "event", "person"])
    count = 0
    for name, passes in people.items():
        for one in passes:
            rows.writerow([one.at.astimezone(zone).strftime(LOCAL), WRITTEN[one.direction], name])
            count += 1
    return count


class _Mistake(Exception):
    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def _rows(file: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of every row that is not empty, without the blanks around them."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.DictReader(opened, restval="")
            rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
            if missing := [column for column in needed if column not in rows.fieldnames]:
                found = ",".join(rows.fieldnames)[:60] or "nothing"
                reason = f"not found; the first line must be {','.join(needed)}, and is {found}"
                raise BadPasses(file, [Problem(str(file), 1, ", ".join(missing), reason)])
            for row in rows:
                yield (
                    rows.line_num,
                    {key: value.strip() for key, value in row.items() if isinstance(value, str)},
                )
    except OSError as error:
        raise BadPasses(file, [Problem(str(file), 0, "file", f"cannot be read: {error.strerror}")]) from None
    except (UnicodeDecodeError, csv.Error):
        raise BadPasses(file, [Problem(str(file), 0, "file", NO_CSV)]) from None


def _take(reading: _Reading, row: dict[str, str], zone: ZoneInfo) -> None:
    at = _moment("ts_local", row["ts_local"], zone)
    event = row["event"].upper()
    if event not in EVENTS:
        raise _Mistake("event", f"{row['event']} is neither IN nor OUT; leave it empty where it is not known")
    passes = reading.people.setdefault(row.get("person", ""), [])
    reading.unsorted = reading.unsorted or (bool(passes) and at < passes[-1].at)
    passes.append(Pass(at, EVENTS[event], _weight(row.get("weight", ""))))


def _once(passes: Sequence[Pass]) -> list[Pass]:
    """In and out and in again within one minute are three passes: only the same row twice running is one."""
    return [one for one, before in zip(passes, (None, *passes), strict=False) if one != before]


def _long_gap(people: Iterable[Sequence[Pass]], zone: ZoneInfo) -> list[str]:
    """A wrong year, or a journey that was no silence."""
    gaps = [(after.at - before.at, before.at) for passes in people for before, after in pairwise(passes)]
    longest, since = max(gaps, default=(timedelta(0), None))
    if since is None or longest < LONG:
        return []
    day = since.astimezone(zone).strftime("%Y-%m-%d")
    return [
        f"nobody passed for {longest.days} days from {day} on; who was away was not silent: --blind takes it out"
    ]


def _moment(column: str, text: str, zone: ZoneInfo) -> datetime:
    moment = _parsed(text.strip())
    if moment is None:
        raise _Mistake(column, f"{text or 'nothing'} is no time such as 2026-03-01 08:15:00")
    if moment.year not in YEARS:
        raise _Mistake(column, f"{text}: the year must lie between {YEARS[0]} and {YEARS[-1]}")
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    """ISO 8601, or as a spreadsheet saves it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in SPREADSHEET:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (the zone comes from the caller)
        except ValueError:
            continue
    return None


def _weight(text: str) -> float:
    if not text:
        return FULL
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= FULL:
        raise _Mistake("weight", f"{text} is no number above 0 and up to 1")
    return weight


def _interval(start: datetime, end: datetime) -> Interval:
    if end <= start:
        raise _Mistake("end", "must come after the start")
    return Interval(start, end)


def _refuse(file: Path, problems: list[Problem]) -> None:
    if problems:
        raise BadPasses(file, problems[:TOLD_AT_MOST], len(problems) - TOLD_AT_MOST)


def _natural(name: str) -> tuple[int, str]:
    """Numbers in the order of their size."""
    return (len(name), name) if name.isdigit() else (0, name)
