"""The whole service as a user starts it: `shouwang up` on a folder of its own, seen through its API."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import httpx
import psutil
from rtsp import free_port

T = TypeVar("T")
POLL_S = 0.05


def camera_file(
    folder: Path,
    addresses: dict[str, str],
    *,
    subs: Mapping[str, str] = MappingProxyType({}),
    places: Mapping[str, str] = MappingProxyType({}),
    visit_alerts: str = "[]",
) -> Path:
    """A camera file with one camera for every id and main address, at the place `gate` where nothing else is said."""
    lines = [
        "estate: {id: test, name: Test, time_zone: Asia/Shanghai}",
        f"visit_alerts: {visit_alerts}",
        "cameras:",
    ]
    lines += [
        f"  - {{id: {slug}, name: {slug}, place: {places.get(slug, 'gate')}, direction: in, main: '{address}',"
        + (f" sub: '{subs[slug]}'," if slug in subs else "")
        + " position: [0, 0], heading_deg: 0, field_of_view_deg: 80, range_m: 10}"
        for slug, address in addresses.items()
    ]
    path = folder / "cameras.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class Service:
    """Use with `with`: starts everything and ends everything."""

    def __init__(self, folder: Path, cameras: Path, **settings: object) -> None:
        self.folder, self.port = folder, free_port()
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SHOUWANG_")},
            "SHOUWANG_DATA_DIR": str(folder / "data"),
            "SHOUWANG_CAMERAS_FILE": str(cameras),
            "SHOUWANG_PORT": str(self.port),
            "SHOUWANG_TICK_S": "1",
            # Steps go out at any hour, so that tests can be run at any hour.
            "SHOUWANG_QUIET_FROM": "07:00",
            "SHOUWANG_QUIET_UNTIL": "07:00",
            **{f"SHOUWANG_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self._up: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)

    def __enter__(self) -> "Service":
        token = self.run("token", "create", "--role", "admin").strip()
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.log = (self.folder / "service.log").open("wb")
        self._up = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "up"],
            env=self._environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.wait_for(self._answers, 60, "the API to answer")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._up is not None
        self._up.terminate()
        self._up.wait(20)
        self.client.close()
        self.log.close()

    def run(self, *arguments: str, **environment: str) -> str:
        """A `shouwang` command; fails the test when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor.cli", *arguments],
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1/{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    def processes(self) -> dict[str, psutil.Process]:
        """The running children by their command: ingest-1, watch, api."""
        assert self._up is not None
        found: dict[str, psutil.Process] = {}
        for process in psutil.Process(self._up.pid).children():
            words: list[str] = []
            with suppress(psutil.NoSuchProcess):  # it ended a moment ago
                words = process.cmdline()
            if "monitor.cli" in words:
                arguments = words[words.index("monitor.cli") + 1 :]
                name = arguments[0]
                found[f"{name}-{arguments[-1].split('/')[0]}" if name == "ingest" else name] = process
        return found

    def wait_for(self, question: Callable[[], T | None], within_s: float, what: str) -> T:
        """Ask until the answer is something; fails with what was waited for."""
        pause, asked = threading.Event(), 0
        while asked * POLL_S < within_s:
            answer = question()
            if answer:
                return answer
            pause.wait(POLL_S)
            asked += 1
        raise AssertionError(f"waited {within_s} s in vain for {what}\n{self.tail()}")

    def tail(self) -> str:
        return (self.folder / "service.log").read_text(errors="replace")[-3000:]

    def _answers(self) -> bool:
        assert self._up is not None
        assert self._up.poll() is None, self.tail()
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False
