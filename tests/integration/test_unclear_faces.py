""" "This is her": what staff say of a face that gave no answer, and how long such a face is kept."""

from datetime import datetime, timedelta

import people
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    CorrectionRow,
    EventRow,
    EvidenceRow,
    PhotoRow,
    PresenceRow,
    TemplateRow,
    UnclearFaceRow,
)
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.alert import AlertState
from monitor.core.consent import Purpose
from monitor.core.correction import Correction, PhotoSource
from monitor.core.presence import PresenceState
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import (
    alerts,
    estate,
    housekeeping,
    residents,
    snapshots,
    unclear_faces,
)
from monitor.services import tick as ticks
from monitor.services.enrolment import Photo
from monitor.services.unclear_faces import Named, Naming
from monitor.store import residents as resident_queries
from monitor.store.snapshot_files import Picture

STEPS = people.AGREED
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen by a camera just now."""
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - HOUR)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


def unclear(runtime: Runtime, at: datetime) -> int:
    with runtime.database.writer() as session:
        return people.unclear(session, runtime.estate.id, at)


def name(runtime: Runtime, face_id: int, resident_id: int, at: datetime, photo: Photo | None = None) -> Named:
    said = Naming(resident_id, "By her coat.", people.SAM, photo, people.ENGINE)
    with runtime.database.writer() as session:
        return unclear_faces.name(session, runtime.estate.id, face_id, said, at)


def judged(of: str) -> Photo:
    return Photo("face", people.photo_face(of), None)


def watched(session: Session, resident_id: int) -> PresenceRow:
    return session.get_one(PresenceRow, resident_id)


def test_an_unclear_face_is_listed_with_why_and_told_by_id_only(runtime: Runtime, now: datetime) -> None:
    first, second = unclear(runtime, now), unclear(runtime, now + HOUR)
    with runtime.database.reader() as session:
        newest, older = unclear_faces.listing(session, runtime.estate.id)
        (page,) = unclear_faces.listing(session, runtime.estate.id, before=newest.started_at)
        event = session.scalars(select(EventRow).where(EventRow.kind == "face.unclear")).first()
    assert (newest.id, older.id, page.id) == (second, first, first)
    assert (older.camera, older.why["reason"], older.resident_id) == ("gate-1", "between_thresholds", None)
    assert event is not None and event.facts == {"unclear_face_id": first, "camera": "gate-1"}


def test_naming_counts_as_staff_evidence_at_the_time_the_face_was_seen(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    done = name(runtime, unclear(runtime, now + 5 * HOUR), ada, now + 9 * HOUR)
    assert (done.face.resident_name, done.face.named_by) == (people.ADA, people.SAM)
    assert done.face.named_at == now + 9 * HOUR
    with runtime.database.reader() as session:
        row = watched(session, ada)
        said = session.scalars(select(EvidenceRow)).one()
        correction = session.scalars(select(CorrectionRow)).one()
        history = residents.timeline(session, runtime.estate.id, ada, Role.STAFF, people.SAM)
    assert (row.last_seen_at, row.last_evidence_at) == (now, now + 5 * HOUR)  # last seen is for cameras
    assert row.due_at == now + 5 * HOUR + STEPS.phone
    assert (said.at, said.by, said.created_at) == (now + 5 * HOUR, people.SAM, now + 9 * HOUR)
    assert (correction.kind, correction.score, correction.engine) == (
        Correction.IS_THEM,
        0.45,
        people.ENGINE,
    )
    assert ("evidence_named", now + 5 * HOUR, people.SAM) in [(e.text, e.at, e.person) for e in history]


def test_naming_proposes_to_close_an_open_alert_and_closes_nothing(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ticks.tick(session, runtime.estate.id, ["desk"], now + 25 * HOUR)
    name(runtime, unclear(runtime, now + 26 * HOUR), ada, now + 27 * HOUR)
    with runtime.database.reader() as session:
        (alert,) = alerts.listing(session, runtime.estate.id)
        assert watched(session, ada).state is PresenceState.UNSEEN
    assert alert.state is AlertState.OPEN
    assert (alert.why["seen_again_by"], alert.why["seen_again_at"]) == (
        "staff",
        (now + 26 * HOUR).isoformat(),
    )


def test_a_face_from_before_the_silence_proposes_nothing(runtime: Runtime, ada: int, now: datetime) -> None:
    early = unclear(runtime, now - HOUR)
    with runtime.database.writer() as session:
        ticks.tick(session, runtime.estate.id, ["desk"], now + 25 * HOUR)
    name(runtime, early, ada, now + 26 * HOUR)
    with runtime.database.reader() as session:
        (alert,) = alerts.listing(session, runtime.estate.id)
    assert "seen_again_at" not in alert.why


def test_a_face_is_named_once(runtime: Runtime, ada: int, now: datetime) -> None:
    face = unclear(runtime, now)
    name(runtime, face, ada, now + HOUR)
    with pytest.raises(Conflict):
        name(runtime, face, ada, now + HOUR)
    for wrong_face, resident in ((face + 1, ada), (face, ada + 1)):
        with pytest.raises(NotFound):
            name(runtime, wrong_face, resident, now + HOUR)
    with runtime.database.reader() as session:
        assert len(session.scalars(select(EvidenceRow)).all()) == 1


def test_who_agreed_to_nothing_is_not_named(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.withdraw(session, ben, now)
    face = unclear(runtime, now)
    with pytest.raises(InvalidInput, match="no consent"):
        name(runtime, face, ben, now + HOUR, judged(people.BEN))
    with runtime.database.reader() as session:
        assert session.get_one(UnclearFaceRow, face).resident_id is None
        assert session.scalars(select(EvidenceRow)).all() == []


def test_the_picture_becomes_a_template_under_the_consent_that_covers_it(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.reader() as session:
        before = estate.get(session, runtime.estate.id).gallery_version
    done = name(runtime, unclear(runtime, now), ada, now + HOUR, judged(people.ADA))
    assert done.photo is not None and done.photo.refused is None
    with runtime.database.reader() as session:
        photo = session.scalars(select(PhotoRow).where(PhotoRow.source == PhotoSource.SIGHTING)).one()
        template = session.scalars(select(TemplateRow).where(TemplateRow.photo_id == photo.id)).one()
        consent = resident_queries.consent_in_force(session, ada, Purpose.RECOGNITION, now + HOUR)
        assert estate.get(session, runtime.estate.id).gallery_version == before + 1
    assert consent is not None
    assert (template.consent_id, template.engine, template.resident_id) == (consent.id, people.ENGINE, ada)
    assert photo.crop_jpeg is None  # the picture itself is only kept with a consent of its own


def test_without_consent_to_recognition_the_name_is_kept_and_the_picture_refused(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        consent = resident_queries.consent_in_force(session, ada, Purpose.RECOGNITION, now)
        assert consent is not None
        consent.withdrawn_at = now
    done = name(runtime, unclear(runtime, now), ada, now + HOUR, judged(people.ADA))
    assert done.photo is not None and done.photo.refused is not None
    assert done.photo.refused.facts["key"] == "no_consent"
    assert done.face.resident_id == ada
    with runtime.database.reader() as session:
        assert not unclear_faces.may_be_recognised(session, runtime.estate.id, ada, now + HOUR)
        assert len(session.scalars(select(TemplateRow)).all()) == 1  # the one of her enrolment


def test_a_picture_that_is_more_like_another_resident_is_refused(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.enrol(session, runtime.estate.id, people.BEN, now)
    done = name(runtime, unclear(runtime, now), ada, now + HOUR, judged(people.BEN))
    assert done.photo is not None and done.photo.refused is not None
    assert done.photo.refused.facts["key"] == "another_resident"
    with runtime.database.reader() as session:
        assert len(session.scalars(select(TemplateRow)).all()) == 2


def test_unclear_faces_and_their_pictures_go_as_early_as_strangers(runtime: Runtime, now: datetime) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.writer() as session:
        face = people.unclear(session, runtime.estate.id, now, snapshot=picture)

    def keep_house(at: datetime) -> tuple[int, bytes | None]:
        with runtime.database.writer() as session:
            housekeeping.purge(session, runtime.estate.id, runtime.terms, at)
        with runtime.database.reader() as session:
            snapshots.sweep(session, runtime.files, runtime.estate.id, at)
            listed = unclear_faces.listing(session, runtime.estate.id)
        return len(listed), runtime.files.load(picture.id, Picture.FACE)

    with runtime.database.reader() as session:
        assert unclear_faces.picture(session, runtime.files, runtime.estate.id, face) == b"face"
    assert keep_house(now + 6 * DAY) == (1, b"face")
    assert keep_house(now + 8 * DAY) == (0, None)


def test_what_staff_said_goes_with_the_sightings_and_the_correction_stays(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    name(runtime, unclear(runtime, now), ada, now + HOUR)
    for days, kept in ((29, 1), (31, 0)):
        with runtime.database.writer() as session:
            housekeeping.purge(session, runtime.estate.id, runtime.terms, now + days * DAY)
        with runtime.database.reader() as session:
            assert len(session.scalars(select(EvidenceRow)).all()) == kept
    with runtime.database.reader() as session:
        assert session.scalars(select(CorrectionRow)).one().unclear_face_id is None


def test_erasing_a_resident_takes_the_faces_along_that_were_named(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.writer() as session:
        face = people.unclear(session, runtime.estate.id, now, snapshot=picture)
        people.unclear(session, runtime.estate.id, now)
    name(runtime, face, ada, now + HOUR)
    with runtime.database.writer() as session:
        residents.erase(session, runtime.estate.id, ada, now + HOUR)
    with runtime.database.reader() as session:
        assert [row.id for row in session.scalars(select(UnclearFaceRow))] == [face + 1]
        for table in (EvidenceRow, CorrectionRow):
            assert session.scalars(select(table)).all() == []
        snapshots.sweep(session, runtime.files, runtime.estate.id, now + DAY)
    assert runtime.files.load(picture.id, Picture.FACE) is None
