"""`shouwang watch` as a process of its own, what it says, and what it sends."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import TypeVar

from monitor.bootstrap import Runtime

T = TypeVar("T")
POLL_S, GIVE_UP_S = 0.05, 60.0
ACTS, WAITS = "this watch acts", "another watch acts"
NOTHING: Mapping[str, str] = MappingProxyType({})


class WatchProcess:
    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        with log.open("wb") as opened:
            command = [sys.executable, "-m", "monitor.cli", "watch"]
            self.process = subprocess.Popen(command, env=environment, stdout=opened, stderr=opened)

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def says(self, text: str) -> None:
        """Waits until it does."""
        wait_for(lambda: text in self.said() or self._ended(), f"{text!r}", self.said)
        assert text in self.said(), self.said()

    def _ended(self) -> bool:
        return self.process.poll() is not None


class Sink:
    """A webhook that keeps what it gets."""

    def __init__(self) -> None:
        got: queue.Queue[str] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.got, self.others = got, list[str]()
        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, name: str) -> None:
        """Until a message names this resident."""
        while name not in (message := self.got.get(timeout=60)):
            self.others.append(message)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def wait_for(question: Callable[[], T], what: str, said: Callable[[], str] = str) -> T:
    """Ask until the answer is something; fails with what was waited for."""
    pause, asked = Event(), 0
    while asked * POLL_S < GIVE_UP_S:
        answer = question()
        if answer:
            return answer
        pause.wait(POLL_S)
        asked += 1
    raise AssertionError(f"waited {GIVE_UP_S} s in vain for {what}\n{said()}")


@contextmanager
def watching(
    runtime: Runtime, name: str = "watch", environment: Mapping[str, str] = NOTHING
) -> Iterator[WatchProcess]:
    """On the folder and the database of this runtime."""
    folder = runtime.settings.data_dir
    settings = {
        "SHOUWANG_DATA_DIR": str(folder),
        "SHOUWANG_CAMERAS_FILE": str(runtime.settings.cameras_file),
        "SHOUWANG_DATABASE_URL": runtime.database.url.render_as_string(hide_password=False),
        "SHOUWANG_TICK_S": "0.2",
    }
    started = WatchProcess(folder / f"{name}.log", {**os.environ, **settings, **environment})
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait(20)
