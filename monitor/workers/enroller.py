"""Enrolment without the desk: photos, a walk past a camera, a whole folder; and templates for a new engine."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.clock import utc_now
from monitor.config.cameras import EstateConfig
from monitor.config.roll import FILE, RollEntry, load_roll
from monitor.core import enrolment as rules
from monitor.core.embedding import Embedding
from monitor.core.enrolment import SetFlaw
from monitor.core.ports import PhotoReader, WalkReader
from monitor.errors import AlreadyEnrolled, InvalidInput, NotFound, Problem
from monitor.services import enrolment, renewal, roll
from monitor.services.enrolment import Defaults, NewResident, Photo
from monitor.services.renewal import Lacking
from monitor.services.roll import Line, Outcome
from monitor.store.database import Database

LARGEST_BYTES = 10 * 1024 * 1024
REPORT = "report.csv"
PICTURES_AT_ONCE = 20
ADVICE = {
    SetFlaw.ONE_PHOTO: "one photo: expect passes to be missed; add two more, from other days",
    SetFlaw.TWO_PHOTOS: "two photos: add one more, from another day, so that fewer passes are missed",
    SetFlaw.SAME_PICTURE: "the photos are all the same picture, which is worth no more than one; add others",
}


@dataclass(frozen=True)
class Report:
    """What was kept and refused and why, line by line."""

    kept: bool
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Renewal:
    made: int
    without_face: int  # kept pictures in which this engine found no good face
    lacking: tuple[Lacking, ...]


class Enroller:
    """One command's worth of work. Reading happens outside of transactions; each resident is a write unit."""

    def __init__(
        self,
        database: Database,
        estate: EstateConfig,
        reader: PhotoReader,
        walks: WalkReader,
        defaults: Defaults,
    ) -> None:
        self._database, self._estate = database, estate
        self._reader, self._walks, self._defaults = reader, walks, defaults

    def files(self, new: NewResident, paths: Sequence[Path], *, allow_duplicate: bool) -> Report:
        """Enrol somebody from photo files. Raises InvalidInput."""
        if len(paths) > enrolment.PHOTO_LIMIT:
            raise InvalidInput(field="PHOTOS", reason=f"at most {enrolment.PHOTO_LIMIT} at once")
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise InvalidInput(field="PHOTOS", reason=f"there is no file {', '.join(missing)}")
        photos = enrolment.read_photos(self._reader, [(str(path), _content(path)) for path in paths])
        return self._enrol(new, photos, allow_duplicate)

    def walk(
        self, new: NewResident, camera_id: str, tell: Callable[[float], None], *, allow_duplicate: bool
    ) -> Report:
        """Enrol who walks past a camera now. Raises NotFound, InvalidInput, WalkRefused and what a camera may raise."""
        camera = next((c for c in self._estate.cameras if c.id == camera_id and c.enabled), None)
        if camera is None:
            raise NotFound(what="camera", key=camera_id)
        if not new.name.strip():  # told before anybody walks in vain
            raise InvalidInput(field="name", reason=f"needs 1 to {enrolment.NAME_LIMIT} characters")
        tracks = self._walks.walk(camera.main.reveal(), tell)
        photos = enrolment.read_walk(self._reader, "picture", tracks)
        return self._enrol(new, photos, allow_duplicate)

    def _same(self, faces: list[Embedding], others: list[Embedding]) -> bool:
        return rules.is_same(float((np.stack(faces) @ np.stack(others).T).max()), self._reader.engine)

    def folder(self, folder: Path, *, dry_run: bool) -> Iterator[Line | Problem]:
        """Enrol the list of a folder, line by line. Raises ConfigError when there is no list that can be read."""
        today = utc_now().astimezone(self._estate.zone).date()
        listed = load_roll(folder, today)
        yield from listed.problems
        tried: list[tuple[RollEntry, list[Embedding]]] = []
        for entry in listed.entries:
            line = self._line(entry, dry_run)
            if line.outcome is Outcome.WOULD_ENROL:  # the others of the list are not in the gallery then
                faces = [photo.face.embedding for photo in line.photos if photo.face is not None]
                twin = next((other for other, theirs in tried if self._same(faces, theirs)), None)
                if twin is not None:
                    line = roll.failed(
                        entry, f"this face is that of {twin.name} on line {twin.line}", line.photos
                    )
                tried.append((entry, faces))
            yield line

    def renew(self) -> Renewal:
        """Make the templates that the engine in force lacks, from the pictures that residents let us keep."""
        estate_id, engine = self._estate.id, self._reader.engine
        with self._database.reader() as session:
            waiting = renewal.pending(session, estate_id, engine, utc_now())
        made = without_face = 0
        for start in range(0, len(waiting), PICTURES_AT_ONCE):
            with self._database.reader() as session:
                kept = renewal.pictures(session, waiting[start : start + PICTURES_AT_ONCE])
            found = renewal.read(self._reader, kept)
            without_face += sum(renewed.face is None for renewed in found)
            with self._database.writer() as session:
                made += renewal.write(session, estate_id, found, engine, utc_now())
        with self._database.reader() as session:
            lacking = renewal.lacking(session, estate_id, engine, utc_now())
        return Renewal(made, without_face, tuple(lacking))

    def _enrol(self, new: NewResident, photos: list[Photo], allow_duplicate: bool) -> Report:
        compared = enrolment.compare(photos)
        lines = [_verdict(photo) for photo in compared.photos]
        if not compared.faces:
            return Report(False, (*lines, "Nothing was kept."))
        try:
            with self._database.writer() as session:
                done = enrolment.enrol(
                    session,
                    self._estate.id,
                    new,
                    photos,
                    self._reader.engine,
                    utc_now(),
                    allow_duplicate=allow_duplicate,
                )
        except AlreadyEnrolled as found:
            return Report(False, (*lines, str(found), "Nothing was kept; --allow-duplicate confirms it."))
        lines.append(
            f"{new.name} is enrolled with {done.templates} template(s), resident {done.resident_id}."
        )
        lines.append(f"Consent is recorded until {new.consent_days} days from today.")
        if new.watched:
            lines.append("The watch starts with the first sighting.")
        lines += [f"Careful: {ADVICE[flaw]}." for flaw in done.flaws]
        if done.looks_like is not None:
            other, score = done.looks_like
            lines.append(
                f"Careful: this face is close to resident {other} ({score:.2f}). Are they two people?"
            )
        return Report(True, tuple(lines))

    def _line(self, entry: RollEntry, dry_run: bool) -> Line:
        with self._database.reader() as session:
            known = roll.known(session, self._estate.id, entry, utc_now())
        if known is not None:
            return known
        try:
            contents = [(path.name, _content(path)) for path in entry.photos]
        except OSError as error:
            return roll.failed(entry, f"{error.filename} cannot be read: {error.strerror}")
        photos = enrolment.read_photos(self._reader, contents)
        with self._database.reader() if dry_run else self._database.writer() as session:
            return roll.take(
                session,
                self._estate.id,
                entry,
                photos,
                self._reader.engine,
                self._estate.zone,
                self._defaults,
                utc_now(),
                dry_run=dry_run,
            )


def write_report(folder: Path, results: Sequence[Line | Problem]) -> Path:
    """report.csv beside the list, with the mark that Excel needs. Raises InvalidInput when it cannot be written."""
    path = folder / REPORT
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["line", "name", "flat", "outcome", "resident", "kept", "refused", "careful", "reason"]
            )
            writer.writerows(cells(result) for result in results)
    except OSError as error:
        raise InvalidInput(field=str(path), reason=f"cannot be written: {error.strerror}") from None
    return path


def cells(result: Line | Problem) -> tuple[str, str, str, str, str, str, str, str, str]:
    """One line of the report: line, name, flat, outcome, resident, kept, refused, careful, reason."""
    if isinstance(result, Problem):
        reason = f"{result.key}: {result.message}"
        return str(result.line), "", "", Outcome.FAILED.value, "", "", "", "", reason
    refused = [f"{photo.name}: {_reason(photo)}" for photo in result.photos if photo.refused is not None]
    careful = [ADVICE[flaw] for flaw in result.flaws]
    careful += [f"looks like {result.looks_like}"] if result.looks_like else []
    return (
        str(result.line),
        result.name,
        result.flat or "",
        result.outcome.value,
        str(result.resident_id or ""),
        str(sum(photo.face is not None for photo in result.photos)) if result.photos else "",
        "; ".join(refused),
        "; ".join(careful),
        result.reason,
    )


def is_mistake(result: Line | Problem) -> bool:
    return isinstance(result, Problem) or result.outcome is Outcome.FAILED


def _verdict(photo: Photo) -> str:
    if photo.face is None:
        return f"refused  {photo.name}: {_reason(photo)}"
    advice = f" (could be better: {', '.join(photo.face.advice)})" if photo.face.advice else ""
    return f"kept     {photo.name}: quality {photo.face.quality:.2f}{advice}"


def _reason(photo: Photo) -> str:
    return str(photo.refused.facts["reason"]) if photo.refused is not None else ""


def _content(path: Path) -> bytes:
    """The file, and of one that is too large only so much that it is refused."""
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def where(folder: Path, result: Line | Problem) -> str:
    """file:line, and the column of a mistake in the list itself."""
    if isinstance(result, Problem):
        return str(result)
    return f"{folder / FILE}:{result.line}: {result.name}: {result.reason}"
