"""Programs that some tests need and that no Python package brings: Chromium, an MQTT broker."""

import os
import shutil

import pytest

# Read once: tests take such variables away.
_ALL_HERE = os.environ.get("SHOUWANG_REQUIRE_BROWSER") == "1"
# Debian keeps servers where only root's path leads.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def required(name: str) -> str:
    """Where it is. Without it the test is skipped, or fails where everything has to be there."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        missing = f"there is no {name} on the path"
        if _ALL_HERE:
            pytest.fail(f"SHOUWANG_REQUIRE_BROWSER=1, but {missing}")
        pytest.skip(missing)
    return found
