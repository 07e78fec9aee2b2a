"""Programs that some tests need and that no Python package brings: Chromium, an MQTT broker, libfaketime."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Read once: tests take such variables away.
_ALL_HERE = os.environ.get("SHOUWANG_REQUIRE_BROWSER") == "1"
# Debian keeps servers where only root's path leads.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def required(name: str) -> str:
    """Where it is. Without it the test is skipped, or fails where everything has to be there."""
    return shutil.which(name, path=_PATH) or _missing(f"there is no {name} on the path")


def faketime() -> Path:
    """The library that shows a process another clock."""
    found = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    return found or _missing("libfaketime is not installed")


def _missing(what: str) -> NoReturn:
    if _ALL_HERE:
        pytest.fail(f"SHOUWANG_REQUIRE_BROWSER=1, but {what}")
    pytest.skip(what)
