"""The thresholds of a place follow from who is enrolled there and from what its staff say."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import people
import pytest
from sqlalchemy import select

from models import SightingRow, TemplateRow
from monitor.bootstrap import Runtime
from monitor.core.calibration import COUNTER_MARGIN, General
from monitor.core.embedding import joined, to_bytes, unit
from monitor.core.subject import Subject
from monitor.errors import InvalidInput
from monitor.services import calibration, corrections, estate
from monitor.services.calibration import Recognition


def names(runtime: Runtime, now: datetime, *wanted: str) -> list[int]:
    with runtime.database.writer() as session:
        return [people.enrol(session, runtime.estate.id, name, now) for name in wanted]


def loaded(
    runtime: Runtime, now: datetime, recognition: Recognition = people.RECOGNITION
) -> calibration.Calibration:
    with runtime.database.reader() as session:
        gallery, found = calibration.gallery(session, runtime.estate.id, recognition, now)
    assert gallery.thresholds == found.thresholds
    return found


def test_the_gallery_comes_with_thresholds_and_a_centre(runtime: Runtime, now: datetime) -> None:
    ada, ben = names(runtime, now, people.ADA, people.BEN)
    with runtime.database.reader() as session:
        gallery, found = calibration.gallery(session, runtime.estate.id, people.RECOGNITION, now)
    assert gallery.people == (Subject.resident(ada), Subject.resident(ben))
    assert gallery.centre is not None
    assert found.wanted_fpir == people.RECOGNITION.wanted_fpir


def test_what_is_wanted_for_an_estate_stays_and_makes_the_workers_load_again(
    runtime: Runtime, now: datetime
) -> None:
    names(runtime, now, people.ADA)
    usual = loaded(runtime, now).thresholds.resident_at
    with runtime.database.writer() as session:
        before = estate.get(session, runtime.estate.id).gallery_version
        calibration.want(session, runtime.estate.id, 0.0001, now)
        assert estate.get(session, runtime.estate.id).gallery_version == before + 1
    stricter = loaded(runtime, now)
    assert stricter.wanted_fpir == 0.0001
    assert stricter.thresholds.resident_at > usual


@pytest.mark.parametrize("fpir", [0.0, 0.2])
def test_a_share_that_makes_no_sense_is_refused(runtime: Runtime, now: datetime, fpir: float) -> None:
    with runtime.database.writer() as session, pytest.raises(InvalidInput, match="between"):
        calibration.want(session, runtime.estate.id, fpir, now)


def test_a_threshold_set_by_hand_goes_before_the_calibrated_one(runtime: Runtime, now: datetime) -> None:
    names(runtime, now, people.ADA)
    found = loaded(runtime, now, replace(people.RECOGNITION, fixed_at=0.61))
    assert found.thresholds.resident_at == 0.61


def test_a_rejected_sighting_asks_for_more_likeness_from_then_on(runtime: Runtime, now: datetime) -> None:
    (ada,) = names(runtime, now, people.ADA)
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now)
        (sighting,) = session.scalars(select(SightingRow.id))
        corrections.reject(session, runtime.estate.id, sighting, "", "Sam", 7, now + timedelta(minutes=1))
    found = loaded(runtime, now + timedelta(minutes=2))
    assert found.thresholds.of(Subject.resident(ada)) == pytest.approx(people.WHY["score"] + COUNTER_MARGIN)


def test_a_calibration_is_told_in_sentences_with_names(runtime: Runtime, now: datetime) -> None:
    _, twin = names(runtime, now, people.ADA, "Twin")
    with runtime.database.writer() as session:
        for template in session.scalars(select(TemplateRow).where(TemplateRow.resident_id == twin)):
            template.embedding = to_bytes(people.alike(people.ADA, 0.55))
    found = loaded(runtime, now)
    with runtime.database.reader() as session:
        lines = calibration.told(session, runtime.estate.id, found, people.RECOGNITION, (50,))
    text = "\n".join(lines)
    assert "2 people enrolled" in text and "0.30 % of strangers" in text.replace("0.30%", "0.30 %")
    assert f"{people.ADA} (3-502) and Twin (3-502) score 0.5" in text
    assert "Better photos of both would help" in text


def test_in_doubt_two_engines_see_the_same_people(runtime: Runtime, now: datetime) -> None:
    (ada,) = names(runtime, now, people.ADA)
    second = unit(np.ones(8))
    with runtime.database.writer() as session:
        for template in session.scalars(select(TemplateRow)):
            template.embedding = to_bytes(joined(people.face(people.ADA), second))
    both = General(people.ENGINE, np.zeros(136, np.float32), people.RECOGNITION.general.tail, 0.6)
    recognition = Recognition(both, 0.003, first=people.RECOGNITION.general)
    with runtime.database.reader() as session:
        gallery, _ = calibration.gallery(session, runtime.estate.id, recognition, now)
    assert gallery.templates.shape == (1, 128)
    assert gallery.in_doubt is not None and gallery.in_doubt.templates.shape == (1, 136)
    assert gallery.in_doubt.people == gallery.people == (Subject.resident(ada),)
