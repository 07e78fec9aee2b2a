"""The book of visits and its clients as processes of their own.

`python tests/book_process.py serve PATH` answers until it is ended; `... meet PATH NAME CAMERA` prints a visit's key.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import people

from monitor.workers.visit_book import VisitBookClient, VisitBookServer

GAP = timedelta(minutes=30)
NOW = datetime(2026, 3, 1, 16, tzinfo=UTC)


def serve(path: Path) -> None:
    answering = VisitBookServer(path, GAP).start(Event())
    assert answering is not None
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    answering.join()


def meet(path: Path, name: str, camera: str) -> None:
    client = VisitBookClient(path, GAP)
    client.keep_in_step(NOW)
    assert client.shared
    sys.stdout.write(client.meet(people.face(name), camera, NOW) + "\n")
    client.close()


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    {"serve": serve, "meet": meet}[what](Path(where), *rest)
