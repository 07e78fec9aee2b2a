"""The gallery with the thresholds that its size, its people and the corrections by staff ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models import EstateRow
from monitor.core.calibration import Calibration, General, calibrate, centred
from monitor.core.gallery import Gallery, Thresholds
from monitor.core.subject import Subject
from monitor.errors import InvalidInput
from monitor.services import corrections, enrolment, events
from monitor.store import residents as queries

LEAST_FPIR, MOST_FPIR = 1e-5, 0.1


@dataclass(frozen=True)
class Recognition:
    """What decides whether a face gets a name."""

    general: General
    wanted_fpir: float  # unless the estate has its own
    fixed_at: float | None = None  # a threshold set by hand
    first: General | None = None  # of the first engine, where a second one is asked in doubt

    @property
    def engine(self) -> str:
        return self.general.engine


def gallery(
    session: Session, estate_id: str, recognition: Recognition, now: datetime
) -> tuple[Gallery, Calibration]:
    """Everybody whose consent is in force, with thresholds. Made anew with every change of the gallery."""
    enrolled = enrolment.gallery(session, estate_id, recognition.engine, now)
    wanted = session.get_one(EstateRow, estate_id).wanted_fpir or recognition.wanted_fpir
    rejected = {
        Subject.resident(resident_id): score
        for resident_id, score in corrections.counter_examples(session, estate_id, recognition.engine).items()
    }
    if recognition.first is None:
        return _calibrated(enrolled, recognition.general, wanted, rejected, recognition.fixed_at)
    first = enrolled.first_engine(len(recognition.first.centre))
    quick, calibration = _calibrated(first, recognition.first, wanted, rejected, recognition.fixed_at)
    both, _ = _calibrated(enrolled, recognition.general, wanted, rejected, None)
    return replace(quick, in_doubt=both), calibration


def _calibrated(
    enrolled: Gallery,
    general: General,
    wanted: float,
    rejected: Mapping[Subject, float],
    fixed_at: float | None,
) -> tuple[Gallery, Calibration]:
    people = centred(enrolled, general)
    found = calibrate(people, general, wanted, rejected)
    if fixed_at is not None:
        found = replace(found, thresholds=Thresholds(fixed_at, found.thresholds.stricter))
    return people.with_thresholds(found.thresholds), found


def want(session: Session, estate_id: str, fpir: float, now: datetime) -> None:
    """Set the share of strangers who may get a name here; the workers calibrate anew. Raises InvalidInput."""
    if not LEAST_FPIR <= fpir <= MOST_FPIR:
        raise InvalidInput(field="fpir", reason=f"must be between {LEAST_FPIR:.3%} and {MOST_FPIR:.0%}")
    session.get_one(EstateRow, estate_id).wanted_fpir = fpir
    enrolment.gallery_changed(session, estate_id)
    events.append(session, estate_id, "calibration.changed", now, wanted_fpir=fpir)


def told(
    session: Session, estate_id: str, found: Calibration, recognition: Recognition, sizes: Sequence[int]
) -> list[str]:
    """The calibration in sentences, with the names of who looks alike: for staff only."""
    names = {
        Subject.resident(row.id): f"{row.name} ({row.flat})" if row.flat else row.name
        for row, _ in queries.with_presence(session, estate_id)
    }
    at = found.thresholds.resident_at
    site = f"{found.site.pairs} pairs of this estate and " if found.site else ""
    lines = [
        f"{recognition.engine}: {found.people} people enrolled.",
        f"Wanted: at most {found.wanted_fpir:.2%} of strangers get a name. Made from {site}the general statistic.",
        f"Threshold in force: {at:.3f}" + (" (set by hand)." if recognition.fixed_at is not None else "."),
    ]
    lines += [f"  with {size} people it would be {found.threshold_for(size):.3f}" for size in sizes]
    for pair in found.lookalikes:
        a, b = (names.get(subject, str(subject.id)) for subject in (pair.a, pair.b))
        advice = (
            "Is this one person, enrolled twice? If they are two, tell them apart by hand."
            if pair.same_person
            else "Both need more likeness than others. Better photos of both would help."
        )
        lines.append(f"{a} and {b} score {pair.score:.2f}. {advice}")
    for subject, needed in sorted(found.thresholds.stricter.items()):
        lines.append(f"{names.get(subject, subject.id)}: {needed:.3f} is asked for.")
    return lines
