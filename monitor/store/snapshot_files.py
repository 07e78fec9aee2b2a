"""The files of snapshots, of the camera wall and of what cameras used to show. Names are made here, never by a user."""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{32}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class Picture(StrEnum):
    FACE = "face"
    SCENE = "scene"


@dataclass(frozen=True)
class SnapshotFiles:
    """A folder of JPEG files, 0700."""

    folder: Path

    def save(self, snapshot_id: str, face_jpeg: bytes, scene_jpeg: bytes) -> None:
        for picture, jpeg in ((Picture.FACE, face_jpeg), (Picture.SCENE, scene_jpeg)):
            self._write(self._snapshot(snapshot_id, picture), jpeg)

    def load(self, snapshot_id: str, picture: Picture) -> bytes | None:
        return _read(self._snapshot(snapshot_id, picture))

    def delete(self, snapshot_id: str) -> None:
        for picture in Picture:
            self._snapshot(snapshot_id, picture).unlink(missing_ok=True)

    def ids_before(self, limit: datetime) -> set[str]:
        """The snapshots on disk that were written before a moment."""
        root = self.folder / "snapshots"
        files = root.glob("*/*.jpg")
        return {f.stem.split("-")[0] for f in files if f.stat().st_mtime < limit.timestamp()}

    def save_newest(self, camera: str, jpeg: bytes) -> None:
        """The newest picture of a camera, for the wall."""
        self._write(self._wall(camera), jpeg)

    def load_newest(self, camera: str) -> bytes | None:
        return _read(self._wall(camera))

    def save_view(self, camera: str, learned: bytes) -> None:
        """What a camera used to show: coarse edges, no picture."""
        self._write(self._view(camera), learned)

    def load_view(self, camera: str) -> bytes | None:
        return _read(self._view(camera))

    def forget_view(self, camera: str) -> None:
        self._view(camera).unlink(missing_ok=True)

    def _snapshot(self, snapshot_id: str, picture: Picture) -> Path:
        if not _ID.fullmatch(snapshot_id):
            raise ValueError("not a snapshot id")
        return self.folder / "snapshots" / snapshot_id[:2] / f"{snapshot_id}-{picture.value}.jpg"

    def _wall(self, camera: str) -> Path:
        if not _SLUG.fullmatch(camera):
            raise ValueError("not a camera id")
        return self.folder / "wall" / f"{camera}.jpg"

    def _view(self, camera: str) -> Path:
        if not _SLUG.fullmatch(camera):
            raise ValueError("not a camera id")
        return self.folder / "views" / f"{camera}.view"

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(content)
        draft.replace(path)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
