"""A small made-up estate on the sample portraits: four drawn cameras on real RTSP, and who passes them.

The cameras are drawn and the residents enrolled once; every module starts the service on a copy of that.
"""

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import rtsp
from service import Service, camera_file
from sqlalchemy.orm import Session

from monitor.clock import utc_now
from monitor.services import sightings
from monitor.services.seen import Seen
from monitor.simulate.people import UNSEEN, everybody
from monitor.simulate.render import render, stream_name
from monitor.simulate.script import DAY_STRANGERS, NIGHT_STRANGERS, Pass, Story
from monitor.simulate.site import SPOTS
from monitor.store.database import Database

ESTATE = "test"
DAY_GATE, NIGHT_GATE, HALL, OTHER_HALL = "gate-east-1", "gate-east-2", "hall-1-1", "hall-3-1"
PLACES = {DAY_GATE: "east-gate", NIGHT_GATE: "night-gate", HALL: "building-1", OTHER_HALL: "building-3"}
STRANGER, DAY_STRANGER = NIGHT_STRANGERS[NIGHT_GATE], DAY_STRANGERS[OTHER_HALL]
LOOP_S = 16.0
TOLD = Story(
    (
        Pass(DAY_GATE, "055m", 1.0, 10.0),
        Pass(HALL, "000m", 4.0, 13.0, lane=0),
        Pass(HALL, "003f", 4.5, 13.5, lane=1),
        Pass(NIGHT_GATE, STRANGER, 3.0, 12.0),
        Pass(OTHER_HALL, DAY_STRANGER, 6.0, 15.0),
    ),
    LOOP_S,
)
# Watched and in no scene: one was seen long ago when the service starts, the other is found missing later.
MISSING, MISSING_LATER = UNSEEN, "062m"
NOT_SEEN_FOR = timedelta(hours=49)
NAMES = {key: everybody()[key].name for key in ("055m", "000m", "003f", MISSING, MISSING_LATER)}
DUTY, PASSWORD = "duty", "three quiet herons"
ALL_DAY_AT_THE_NIGHT_GATE = (
    f'[{{name: night gate, places: [{PLACES[NIGHT_GATE]}], from: "00:00", to: "00:00"}}]'
)


class Sample:
    """Use with `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = rtsp.free_port()
        spots = [spot for spot in SPOTS if spot.camera_id in PLACES]
        self._streams = render(folder / "streams", spots, TOLD)
        self.ids: dict[str, int] = {}  # residents by portrait key
        self._furnish()

    def __enter__(self) -> "Sample":
        module = ["-m", "monitor.simulate.server", str(self._streams), "--port", str(self._port)]
        self._server = subprocess.Popen([sys.executable, *module])
        pause = threading.Event()
        while not self._answers():
            assert self._server.poll() is None, "the RTSP server ended"
            pause.wait(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(20)

    @contextmanager
    def running(self, folder: Path, **settings: object) -> Iterator[Service]:
        """The whole service on this estate, in a folder of its own."""
        shutil.copytree(self._folder / "data", folder / "data")
        service = Service(folder, self._camera_file(folder), **settings)
        with database(service) as opened, opened.writer() as session:
            self.seen_long_ago(session, MISSING)
        with service:
            yield service

    def seen_long_ago(self, session: Session, key: str) -> None:
        """The last sighting of this resident is 49 hours old."""
        now = utc_now()
        at, why = now - NOT_SEEN_FOR, {"verdict": "resident", "score": 0.7, "reason": "clear_match"}
        seen = Seen(DAY_GATE, at - timedelta(seconds=9), at, why)
        sightings.record(session, ESTATE, self.ids[key], seen, 30, now)

    def _furnish(self) -> None:
        """Enrols the residents from their photo files, as a user would."""
        service = Service(self._folder, self._camera_file(self._folder))
        for key, name in NAMES.items():
            watched = ["--watch"] if key in (MISSING, MISSING_LATER) else []
            told = service.run("enrol", "--name", name, *watched, str(everybody()[key].photo))
            found = re.search(r"resident (\d+)\.", told)
            assert found is not None, told
            self.ids[key] = int(found[1])
        service.run("user", "create", DUTY, "--role", "duty", SHOUWANG_NEW_PASSWORD=PASSWORD)

    def _camera_file(self, folder: Path) -> Path:
        def address(slug: str, stream: str) -> str:
            return f"rtsp://127.0.0.1:{self._port}/{stream_name(slug, stream)}/play_count_0"

        return camera_file(
            folder,
            {slug: address(slug, "main") for slug in PLACES},
            subs={slug: address(slug, "sub") for slug in PLACES},
            places=PLACES,
            visit_alerts=ALL_DAY_AT_THE_NIGHT_GATE,
        )

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), 1).close()
        except OSError:
            return False
        return True


@contextmanager
def database(service: Service) -> Iterator[Database]:
    """The file that the service works on."""
    opened = Database(f"sqlite:///{service.folder / 'data' / 'shouwang.db'}")
    yield opened
    opened.dispose()
