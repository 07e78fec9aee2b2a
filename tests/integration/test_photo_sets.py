"""A resident's photos are one person's, nobody else's, and their pictures are kept only with consent."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import people
import pytest
from sqlalchemy import select, update

from models import ConsentRow, PhotoRow, TemplateRow
from monitor.bootstrap import Runtime
from monitor.core.consent import Purpose
from monitor.core.correction import PhotoSource
from monitor.core.embedding import Embedding, unit
from monitor.core.enrolment import SetFlaw
from monitor.core.ports import PhotoFace
from monitor.errors import AlreadyEnrolled, Conflict, InvalidInput, NotFound, PhotoRefused
from monitor.services import enrolment, events, housekeeping, renewal, residents
from monitor.services.enrolment import NewResident, Photo

DORA = NewResident("Dora", "1-101", True, 365, people.ANNA)


def photo(name: str, number: int = 1, crop: bytes = b"crop") -> Photo:
    """One of several photos of somebody; two of them are 0.7 alike."""
    embedding = unit(np.sqrt(0.7) * people.face(name) + np.sqrt(0.3) * people.face(f"{name} {number}"))
    face = PhotoFace(embedding, 0.8, crop, (), b"a picture")
    return Photo(f"{name}-{number}.jpg", face, None)


def of(embedding: Embedding) -> Photo:
    return Photo("photo.jpg", PhotoFace(embedding, 0.8, b"crop", ()), None)


def photos(runtime: Runtime) -> list[PhotoRow]:
    with runtime.database.reader() as session:
        return list(session.scalars(select(PhotoRow).order_by(PhotoRow.id)))


def enrol(runtime: Runtime, now: datetime, *given: Photo, new: NewResident = DORA) -> enrolment.Enrolled:
    with runtime.database.writer() as session:
        return enrolment.enrol(session, runtime.estate.id, new, given, people.ENGINE, now)


def test_a_photo_of_somebody_else_is_refused_with_its_picture(runtime: Runtime, now: datetime) -> None:
    done = enrol(runtime, now, photo("Dora", 1), photo("Ben"), photo("Dora", 2))
    wrong = done.photos[1]
    assert wrong.face is None and wrong.refused is not None
    assert (wrong.refused.facts["key"], wrong.picture_jpeg) == ("not_same_person", b"a picture")
    assert (done.templates, done.flaws) == (2, (SetFlaw.TWO_PHOTOS,))
    assert len(photos(runtime)) == 2


def test_photos_that_disagree_enrol_nobody(runtime: Runtime, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="nothing was kept"):
        enrol(runtime, now, photo("Dora"), photo("Ben"))
    assert photos(runtime) == []


def test_a_photo_that_was_refused_before_does_not_count_in_the_set() -> None:
    bad = Photo("wall.jpg", None, PhotoRefused(reason="", key="no_face"))
    compared = enrolment.compare([bad, photo("Dora")])
    assert [p.refused is None for p in compared.photos] == [False, True]
    assert compared.flaws == (SetFlaw.ONE_PHOTO,)
    assert enrolment.compare([bad]).faces == []


@pytest.mark.parametrize(("likeness", "warned"), [(0.35, False), (0.45, True)])
def test_somebody_who_looks_like_a_resident_is_enrolled_with_a_warning(
    runtime: Runtime, now: datetime, likeness: float, warned: bool
) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
    done = enrol(runtime, now, of(people.alike(people.ADA, likeness)))
    assert done.looks_like == ((ada, pytest.approx(likeness, abs=1e-5)) if warned else None)


def test_pictures_are_kept_only_with_consent_to_that(runtime: Runtime, now: datetime) -> None:
    enrol(runtime, now, photo("Dora"))
    enrol(runtime, now, photo("Eva"), new=replace(DORA, name="Eva", keep_photos=True))
    assert [row.crop_jpeg for row in photos(runtime)] == [None, b"crop"]
    with runtime.database.reader() as session:
        purposes = [row.purpose for row in session.scalars(select(ConsentRow).order_by(ConsentRow.id))]
    assert purposes.count(Purpose.KEEP_PHOTO) == 1


def test_a_kept_picture_goes_when_the_consent_to_keep_it_ends(runtime: Runtime, now: datetime) -> None:
    enrol(runtime, now, photo("Eva"), new=replace(DORA, name="Eva", keep_photos=True))
    for at, kept in ((now + timedelta(days=364), b"crop"), (now + timedelta(days=366), None)):
        with runtime.database.writer() as session:
            housekeeping.purge(session, runtime.estate.id, runtime.terms, at)
        assert [row.crop_jpeg for row in photos(runtime)] == [kept]


def test_the_day_of_consent_is_the_one_on_the_paper(runtime: Runtime, now: datetime) -> None:
    given, until = now - timedelta(days=10), now + timedelta(days=20)
    enrol(runtime, now, photo("Dora"), new=replace(DORA, consent_given_at=given, consent_until=until))
    with runtime.database.reader() as session:
        assert {(row.given_at, row.until) for row in session.scalars(select(ConsentRow))} == {(given, until)}


@pytest.mark.parametrize(("given", "until"), [(1, 20), (-20, -1)])
def test_a_consent_that_is_not_in_force_enrols_nobody(
    runtime: Runtime, now: datetime, given: int, until: int
) -> None:
    paper = replace(
        DORA, consent_given_at=now + timedelta(days=given), consent_until=now + timedelta(days=until)
    )
    with pytest.raises(InvalidInput, match="not in force"):
        enrol(runtime, now, photo("Dora"), new=paper)


def add(runtime: Runtime, now: datetime, resident_id: int, *given: Photo) -> enrolment.Enrolled:
    with runtime.database.writer() as session:
        return enrolment.add_photos(session, runtime.estate.id, resident_id, given, people.ENGINE, now)


def test_photos_are_added_to_a_resident(runtime: Runtime, now: datetime) -> None:
    dora = enrol(runtime, now, photo("Dora")).resident_id
    walk = replace(photo("Dora", 2), source=PhotoSource.WALK)
    done = add(runtime, now, dora, walk, photo("Ben"), photo("Dora", 3))
    assert (done.templates, done.flaws) == (2, ())
    assert [p.refused.facts["key"] for p in done.photos if p.refused] == ["not_same_person"]
    assert [row.source for row in photos(runtime)] == [PhotoSource.PHOTO, PhotoSource.WALK, PhotoSource.PHOTO]
    with runtime.database.reader() as session:
        (told,) = [
            e for e in events.after(session, runtime.estate.id, 0) if e.kind == "resident.photos_added"
        ]
    assert told.facts == {"resident_id": dora}


def test_photos_of_another_resident_are_not_added(runtime: Runtime, now: datetime) -> None:
    dora = enrol(runtime, now, photo("Dora")).resident_id
    twin = people.alike("Dora", 0.5)
    enrol(runtime, now, of(twin), new=replace(DORA, name="Eva"))
    with pytest.raises(AlreadyEnrolled):
        add(runtime, now, dora, of(twin))
    with pytest.raises(InvalidInput):
        add(runtime, now, dora, photo("Ben"))
    assert len(photos(runtime)) == 2


def test_no_photos_are_added_without_a_consent_in_force(runtime: Runtime, now: datetime) -> None:
    dora = enrol(runtime, now, photo("Dora")).resident_id
    with runtime.database.writer() as session:
        people.withdraw(session, dora, now)
    with pytest.raises(Conflict):
        add(runtime, now, dora, photo("Dora", 2))
    with pytest.raises(NotFound):
        add(runtime, now, 999, photo("Dora", 2))


def test_added_pictures_are_kept_as_agreed_at_enrolment(runtime: Runtime, now: datetime) -> None:
    dora = enrol(runtime, now, photo("Dora"), new=replace(DORA, keep_photos=True)).resident_id
    add(runtime, now, dora, photo("Dora", 2))
    assert [row.crop_jpeg for row in photos(runtime)] == [b"crop", b"crop"]


class NewEngine:
    """Reads pictures such as b"Dora"; finds no face in b"nobody"."""

    engine = "new"

    def read(self, photo: bytes) -> PhotoFace:
        if photo == b"nobody":
            raise PhotoRefused(reason="", key="no_face")
        return people.photo_face(photo.decode())


def renew(runtime: Runtime, now: datetime) -> int:
    reader = NewEngine()
    with runtime.database.reader() as session:
        waiting = renewal.pending(session, runtime.estate.id, reader.engine, now)
        kept = renewal.pictures(session, waiting)
    found = renewal.read(reader, kept)
    with runtime.database.writer() as session:
        return renewal.write(session, runtime.estate.id, found, reader.engine, now)


def test_a_new_engine_makes_its_templates_from_kept_pictures(runtime: Runtime, now: datetime) -> None:
    keep = replace(DORA, keep_photos=True)
    dora = enrol(runtime, now, photo("Dora", crop=b"Dora"), photo("Dora", 2, b"nobody"), new=keep).resident_id
    eva = enrol(runtime, now, photo("Eva"), new=replace(DORA, name="Eva")).resident_id
    ben = enrol(runtime, now, photo("Ben", crop=b"Ben"), new=replace(keep, name="Ben")).resident_id
    with runtime.database.writer() as session:
        people.withdraw(session, ben, now)
    with runtime.database.reader() as session:
        lacking = renewal.lacking(session, runtime.estate.id, "new", now)
        assert [person.resident_id for person in lacking] == [dora, eva]
    assert [renew(runtime, now), renew(runtime, now)] == [1, 0]
    with runtime.database.reader() as session:
        (made,) = session.scalars(select(TemplateRow).where(TemplateRow.engine == "new"))
        assert (made.resident_id, made.photo_id) == (dora, photos(runtime)[0].id)
        (person,) = renewal.lacking(session, runtime.estate.id, "new", now)
        assert (person.resident_id, person.name) == (eva, "Eva")
        assert {s.id for s in enrolment.gallery(session, runtime.estate.id, "new", now).people} == {dora}


def test_who_withdraws_during_a_renewal_gets_no_template(runtime: Runtime, now: datetime) -> None:
    dora = enrol(runtime, now, photo("Dora", crop=b"Dora"), new=replace(DORA, keep_photos=True)).resident_id
    with runtime.database.reader() as session:
        kept = renewal.pictures(session, renewal.pending(session, runtime.estate.id, "new", now))
    with runtime.database.writer() as session:
        session.execute(
            update(ConsentRow)
            .where(ConsentRow.resident_id == dora, ConsentRow.purpose == Purpose.KEEP_PHOTO)
            .values(withdrawn_at=now)
        )
    with runtime.database.writer() as session:
        assert renewal.write(session, runtime.estate.id, renewal.read(NewEngine(), kept), "new", now) == 0


def test_residents_without_a_template_of_the_engine_in_force_are_shown_as_such(
    runtime: Runtime, now: datetime
) -> None:
    enrol(runtime, now, photo("Dora"), photo("Dora", 2))

    def shown(engine: str | None) -> tuple[int, bool]:
        with runtime.database.reader() as session:
            found = residents.listing(
                session, runtime.estate.id, people.ROLES[people.ANNA], people.ANNA, now, engine=engine
            )
        return found[0].templates, found[0].needs_photos

    assert [shown(people.ENGINE), shown("new"), shown(None)] == [(2, False), (2, True), (2, False)]
