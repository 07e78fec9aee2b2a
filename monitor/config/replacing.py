"""Replacing a file in one step: whoever reads it gets the old text or the new one, also after a power cut."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, text: str, mode: int, check: Callable[[Path], None] | None = None) -> None:
    """`check` may look at the new file first; what it raises leaves the old one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
