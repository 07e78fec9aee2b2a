"""Nobody is recognised without consent, and everything personal has an end."""

from datetime import datetime, timedelta

import people
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import ResidentRow, SightingRow, SnapshotRow, TemplateRow
from monitor.bootstrap import Runtime
from monitor.core.subject import Subject
from monitor.errors import AlreadyEnrolled, InvalidInput
from monitor.services import enrolment, estate, housekeeping, residents, snapshots
from monitor.services.enrolment import NewResident, Photo
from monitor.store.snapshot_files import Picture

DAY = timedelta(days=1)


def test_only_people_whose_consent_is_in_force_are_in_the_gallery(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.withdraw(session, ben, now)
        gallery = enrolment.gallery(session, runtime.estate.id, people.ENGINE, now)
        assert gallery.people == (Subject.resident(ada),)
        a_year_later = enrolment.gallery(session, runtime.estate.id, people.ENGINE, now + 366 * DAY)
        assert not a_year_later.people


def test_templates_of_another_engine_never_meet(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.enrol(session, runtime.estate.id, people.ADA, now)
        assert not len(enrolment.gallery(session, runtime.estate.id, "other", now).people)


def test_a_template_cannot_exist_without_a_consent(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
    with pytest.raises(IntegrityError), runtime.database.writer() as session:
        session.add(
            TemplateRow(
                estate_id=runtime.estate.id,
                resident_id=ada,
                consent_id=999,
                engine="e",
                embedding=b"",
                quality=1,
                created_at=now,
            )
        )


def test_nobody_is_seen_after_withdrawing(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
        people.withdraw(session, ben, now)
        people.seen(session, runtime.estate.id, ben, now + timedelta(minutes=1))
        assert session.scalars(select(SightingRow)).all() == []


def test_a_face_that_is_enrolled_already_needs_a_confirmation(runtime: Runtime, now: datetime) -> None:
    new = NewResident("Ada again", None, False, 365, people.ANNA)
    photo = Photo("ada.jpg", people.photo_face(people.ADA), None)
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
    with pytest.raises(AlreadyEnrolled) as caught, runtime.database.writer() as session:
        enrolment.enrol(session, runtime.estate.id, new, [photo], people.ENGINE, now)
    assert caught.value.facts["resident_id"] == ada
    with runtime.database.writer() as session:
        done = enrolment.enrol(
            session, runtime.estate.id, new, [photo], people.ENGINE, now, allow_duplicate=True
        )
        assert len(session.scalars(select(ResidentRow)).all()) == 2
    assert done.looks_like is not None and done.looks_like[0] == ada


def test_without_a_usable_photo_nothing_is_kept(runtime: Runtime, now: datetime) -> None:
    new = NewResident(people.CLEO, None, True, 365, people.ANNA)
    with pytest.raises(InvalidInput, match="nothing was kept"), runtime.database.writer() as session:
        enrolment.enrol(session, runtime.estate.id, new, [], people.ENGINE, now)


def test_workers_are_told_when_the_gallery_changes(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        before = estate.get(session, runtime.estate.id).gallery_version
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        enrolled = estate.get(session, runtime.estate.id).gallery_version
        residents.erase(session, runtime.estate.id, ada, now)
        session.flush()
        assert before < enrolled < estate.get(session, runtime.estate.id).gallery_version


def test_erasing_a_resident_takes_sightings_templates_and_pictures_along(
    runtime: Runtime, now: datetime
) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now, snapshot=picture)
    with runtime.database.writer() as session:
        residents.erase(session, runtime.estate.id, ada, now)
    with runtime.database.reader() as session:
        for table in (SightingRow, TemplateRow, SnapshotRow):
            assert session.scalars(select(table)).all() == []
        snapshots.sweep(session, runtime.files, runtime.estate.id, now + DAY)
    assert runtime.files.load(picture.id, Picture.FACE) is None


def test_pictures_go_with_their_term_and_not_before(runtime: Runtime, now: datetime) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.writer() as session:
        people.stranger(session, runtime.estate.id, now, alarm=False, snapshot=picture)

    def keep_house(at: datetime) -> bytes | None:
        with runtime.database.writer() as session:
            housekeeping.purge(session, runtime.estate.id, runtime.terms, at)
        with runtime.database.reader() as session:
            snapshots.sweep(session, runtime.files, runtime.estate.id, at)
        return runtime.files.load(picture.id, Picture.SCENE)

    assert keep_house(now + 6 * DAY) == b"scene"
    assert keep_house(now + 8 * DAY) is None


def test_a_picture_that_was_just_written_is_not_swept(runtime: Runtime, now: datetime) -> None:
    picture = snapshots.save(runtime.files, b"face", b"scene", now)
    with runtime.database.reader() as session:
        assert snapshots.sweep(session, runtime.files, runtime.estate.id, now) == 0
    assert runtime.files.load(picture.id, Picture.FACE) == b"face"
