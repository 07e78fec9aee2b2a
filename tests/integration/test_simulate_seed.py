"""The sample estate as it begins: every watched resident has weeks behind them, and one is missed."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import fakes
import people
import pytest

from monitor.clock import utc_now
from monitor.config.cameras import load_estate
from monitor.core.access import Role
from monitor.core.ports import PhotoFace
from monitor.core.presence import PresenceState
from monitor.core.roster import Link
from monitor.services import advice, alerts, contacts, estate, roster, standing, tick
from monitor.services.enrolment import Defaults
from monitor.simulate import demo
from monitor.simulate.people import AWAY, UNSEEN, everybody, residents
from monitor.simulate.seed import ACCOUNTS, seed
from monitor.store.database import Database

NAMES = {key: everybody()[key].name for key in (UNSEEN, AWAY)}


class Portraits(fakes.FakePhotoReader):
    """Everybody has a face of their own."""

    def read(self, photo: bytes) -> PhotoFace:
        return people.photo_face(sha256(photo).hexdigest())


@pytest.fixture(scope="module")
def began() -> datetime:
    return utc_now()


@pytest.fixture(scope="module")
def sample(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, began: datetime
) -> Iterator[tuple[Database, str]]:
    """The database and the estate's id. On SQLite alone, as the demo is."""
    path = tmp_path_factory.mktemp("sample") / "shouwang.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}")
    config = load_estate(
        demo.SAMPLE, {"SHOUWANG_CAMERA_USER": "viewer", "SHOUWANG_CAMERA_PASSWORD": "unused"}
    )
    with database.writer() as session:
        estate.register(session, config, began)
    passwords = dict.fromkeys(ACCOUNTS, people.PASSWORD)
    seed(database, config, Portraits(), passwords, Defaults(consent_days=365), began)
    with database.writer() as session:
        tick.tick(session, config.id, ["desk"], began)
    yield database, config.id
    database.dispose()


def test_one_is_missed_one_is_away_and_six_are_seen(sample: tuple[Database, str], began: datetime) -> None:
    database, estate_id = sample
    with database.reader() as session:
        stood = standing.everybody(session, estate_id, Role.STAFF, "staff", fakes.ENGINE, began)
    expected = {person.name: PresenceState.SEEN for person in residents() if person.watched}
    expected |= {NAMES[UNSEEN]: PresenceState.UNSEEN, NAMES[AWAY]: PresenceState.PAUSED}
    assert {one.name: one.state for one in stood} == expected


def test_the_one_alert_is_about_who_has_been_home_and_unseen_for_49_hours(
    sample: tuple[Database, str], began: datetime
) -> None:
    database, estate_id = sample
    with database.reader() as session:
        (alert,) = alerts.listing(session, estate_id)
        assert alert.resident_id is not None
        called = contacts.of(session, alert.resident_id)
    assert (alert.resident_name, alert.cause) == (NAMES[UNSEEN], "unseen")
    assert alert.why["unseen_hours"] == pytest.approx(49, abs=0.1)
    assert any(contact.has_key for contact in called)


def test_there_is_advice_about_everybody_who_is_watched(
    sample: tuple[Database, str], began: datetime
) -> None:
    database, estate_id = sample
    with database.reader() as session:
        views = advice.of_estate(session, estate_id, began)
    assert len(views) == sum(person.watched for person in residents())
    assert all(view.advice is not None for view in views)


def test_somebody_is_on_duty_and_the_gap_ahead_is_shown(
    sample: tuple[Database, str], began: datetime
) -> None:
    database, estate_id = sample
    with database.reader() as session:
        found = roster.get(session, estate_id, began)
    assert {each.link for each in found.on_duty} == set(Link)
    assert any(gap.link is Link.DUTY for gap in found.gaps)
    assert not found.without_fallback
