"""Passwords of cameras that were typed at the desk or the API: a file of their own that only this user can read.

cameras.yaml refers to them as it does to environment variables. The environment goes first.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from monitor.config.replacing import replace_file
from monitor.errors import ConfigError, Problem

FILE = "camera-passwords.json"
_PRIVATE = 0o600


def load(path: Path) -> dict[str, str]:
    """Variable -> password; empty while there is no such file. Raises ConfigError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    except ValueError:
        found = None  # the decoder's own text quotes the file
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise _unreadable(path, "must be JSON such as {}; put the last good copy back, or delete it")
    return found


def save(path: Path, passwords: Mapping[str, str]) -> None:
    """Raises OSError."""
    text = json.dumps(dict(passwords), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    replace_file(path, text, _PRIVATE)


def together(environment: Mapping[str, str], passwords: Mapping[str, str]) -> dict[str, str]:
    """What the camera file may refer to. Compose files hand over empty variables for what was not set."""
    return {**passwords, **{name: value for name, value in environment.items() if value}}


def _unreadable(path: Path, text: str) -> ConfigError:
    return ConfigError([Problem(str(path), 0, "(file)", text)])
