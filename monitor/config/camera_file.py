"""cameras.yaml as the one truth that people, the API and the desk all edit. Only files here, no database."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from monitor.config import passwords
from monitor.config.camera_text import KEYS, CameraText, UnfitLayout, Value
from monitor.config.cameras import CameraConfig, EstateConfig, load_estate
from monitor.config.credentials import STREAMS, Rewriting, is_of
from monitor.config.problems import explain
from monitor.config.replacing import replace_file
from monitor.errors import CameraFileFixed, CameraMistakes, ConfigError, Conflict, NotFound

Signature = tuple[tuple[int, int, int] | None, ...]
_LOGIN = ("user", "password")
_WHY = {
    errno.EROFS: "it is on a file system that is mounted read-only",
    errno.EACCES: "this user may not write into its folder",
    errno.EPERM: "this user may not write into its folder",
    errno.EBUSY: "it is mounted as a single file; mount its folder instead",
    errno.EXDEV: "it is mounted as a single file; mount its folder instead",
}


@dataclass(frozen=True)
class _State:
    """What the files say before an edit."""

    signature: Signature
    text: CameraText
    estate: EstateConfig
    passwords: dict[str, str]

    def number(self, slug: str) -> int:
        for number, camera in enumerate(self.estate.cameras):
            if camera.id == slug:
                return number
        raise NotFound(what="camera", key=slug)


class CameraFile:
    def __init__(self, path: Path, passwords_path: Path, environment: Mapping[str, str]) -> None:
        self.path, self._passwords_path, self._environment = path, passwords_path, environment

    def load(self) -> EstateConfig:
        """Raises ConfigError with every mistake."""
        return load_estate(self.path, self._variables(passwords.load(self._passwords_path)))

    def signature(self) -> Signature:
        """Differs when one of the files was written. Cheap."""
        return tuple(_stat(path) for path in (self.path, self._passwords_path))

    def add(self, camera: Mapping[str, object]) -> EstateConfig:
        """`camera`: the fields of CameraConfig with plain addresses, user and password.

        Raises CameraMistakes, Conflict for an id that is there, CameraFileFixed, ConfigError for a file with mistakes.
        """
        with self._state() as state:
            new = _checked({key: value for key, value in camera.items() if key not in _LOGIN})
            if any(new.id == old.id for old in state.estate.cameras):
                raise Conflict(what="camera id", state="in use")
            written = Rewriting(new.id, _typed(camera), {}, {})
            written.run()
            values = {**_values(new), **written.streams}
            if new.enabled:
                del values["enabled"]
            given = {key: value for key, value in values.items() if value is not None}
            wanted = (*state.estate.cameras, new)
            return self._replace(state, state.text.with_camera(given), wanted, written.passwords)

    def change(self, slug: str, changes: Mapping[str, object]) -> EstateConfig:
        """`changes` as for `add`, only what is to change; all but the id. Raises as `add` does, and NotFound."""
        with self._state() as state:
            number = state.number(slug)
            old = state.estate.cameras[number]
            fields = {key: getattr(old, key) for key in KEYS}
            new = _checked(fields | {key: value for key, value in changes.items() if key not in _LOGIN})
            if new.id != old.id:
                raise CameraMistakes([("id", "never changes; add another camera and remove this one")])
            before, now = _values(old), _values(new)
            values = {key: value for key, value in now.items() if value != before[key]}
            written = self._rewritten(state, number, changes)
            values |= written.streams
            wanted = tuple(new if camera is old else camera for camera in state.estate.cameras)
            return self._replace(state, state.text.changed(number, values), wanted, written.passwords)

    def remove(self, slug: str) -> EstateConfig:
        """Raises as `change` does; CameraMistakes when the file cannot be without this camera."""
        with self._state() as state:
            number = state.number(slug)
            wanted = tuple(camera for camera in state.estate.cameras if camera.id != slug)
            if not wanted:
                raise CameraMistakes([("last", "the last camera cannot be removed; disable it instead")])
            estate = self._replace(state, state.text.without(number), wanted, {})
            kept = {name: word for name, word in state.passwords.items() if not is_of(name, slug)}
            if kept != state.passwords:
                self._write(self._passwords_path, lambda path: passwords.save(path, kept))
            return estate

    def _rewritten(self, state: _State, number: int, changes: Mapping[str, object]) -> Rewriting:
        old, typed = state.estate.cameras[number], _typed(changes)
        before = {stream: state.text.written(number, stream) for stream in STREAMS}
        hosts = {"main": old.main.host} | ({"sub": old.sub.host} if old.sub else {})
        written = Rewriting(old.id, typed, before, hosts)
        if typed:
            written.run()
        return written

    @contextmanager
    def _state(self) -> Iterator[_State]:
        """The files as they are, with no other editor of ours at work."""
        try:
            folder = os.open(self.path.resolve().parent, os.O_RDONLY)
        except OSError as error:
            raise self._fixed(self.path, error) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            signature, kept = self.signature(), passwords.load(self._passwords_path)
            estate = load_estate(self.path, self._variables(kept))
            try:
                text = CameraText(self.path.read_text(encoding="utf-8-sig"))
            except UnfitLayout:
                raise self._unfit() from None
            yield _State(signature, text, estate, kept)
        finally:
            os.close(folder)

    def _replace(
        self, state: _State, text: str, wanted: tuple[CameraConfig, ...], typed: Mapping[str, str]
    ) -> EstateConfig:
        """Put the new text in place once it says what is wanted and nothing else."""
        self._refuse_overruled(typed)
        words = {**state.passwords, **typed}
        found: list[EstateConfig] = []

        def check(beside: Path) -> None:
            found.append(self._as_wanted(beside, words, wanted))
            if self.signature()[0] != state.signature[0]:
                raise Conflict(what="camera file", state="changed by somebody else")

        if words != state.passwords:
            self._write(self._passwords_path, lambda secret: passwords.save(secret, words))
        done = False
        try:
            self._write(self.path.resolve(), lambda new: replace_file(new, text, _mode(new), check))
            done = True
        finally:
            if not done and words != state.passwords:
                self._write(self._passwords_path, lambda secret: passwords.save(secret, state.passwords))
        return found[0]

    def _as_wanted(
        self, beside: Path, words: Mapping[str, str], wanted: tuple[CameraConfig, ...]
    ) -> EstateConfig:
        try:
            found = load_estate(beside, self._variables(words))
        except ConfigError as error:
            if any(problem.key == "(file)" for problem in error.problems):  # it is no YAML any more
                raise self._unfit() from None
            raise CameraMistakes([(_field(p.key), p.message) for p in error.problems]) from None
        if [_marks(camera) for camera in found.cameras] != [_marks(camera) for camera in wanted]:
            raise self._unfit()
        return found

    def _refuse_overruled(self, typed: Mapping[str, str]) -> None:
        for name, word in typed.items():
            if self._environment.get(name) not in (None, "", word):
                reason = f"the environment variable {name} is set and goes first; change it there"
                raise CameraMistakes([("password", reason)])

    def _write(self, path: Path, write: Callable[[Path], None]) -> None:
        try:
            if path.exists():
                path.open("r+b").close()  # a file that was made read-only is not ours to replace
            write(path)
        except OSError as error:
            raise self._fixed(path, error) from None

    def _variables(self, words: Mapping[str, str]) -> dict[str, str]:
        return passwords.together(self._environment, words)

    def _fixed(self, path: Path, error: OSError) -> CameraFileFixed:
        why = _WHY.get(error.errno or 0) or error.strerror or type(error).__name__
        return CameraFileFixed(file=path, reason=why)

    def _unfit(self) -> CameraFileFixed:
        return CameraFileFixed(file=self.path, reason="it is laid out in a way that only people understand")


def _checked(fields: Mapping[str, object]) -> CameraConfig:
    try:
        return CameraConfig.model_validate({key: value for key, value in fields.items() if value != ""})
    except ValidationError as errors:
        found = [(str(error["loc"][0]), explain(error)) for error in errors.errors(include_url=False)]
        raise CameraMistakes(found) from None


def _values(camera: CameraConfig) -> dict[str, Value]:
    """All but the addresses, as the file says it."""
    values: dict[str, Value] = {}
    for key in KEYS:
        if key not in STREAMS:
            value = getattr(camera, key)
            values[key] = value.value if isinstance(value, Enum) else value
    return values


def _field(key: str) -> str:
    """cameras[3].main -> main; visit_alerts[0].places[1] -> places"""
    return key.rpartition(".")[2].partition("[")[0]


def _marks(camera: CameraConfig) -> tuple[dict[str, Value], str, str | None]:
    """By what it is seen that a camera in the new file is the wanted one."""
    return _values(camera), camera.main.host, camera.sub.host if camera.sub else None


def _typed(fields: Mapping[str, object]) -> dict[str, str | None]:
    """Which of addresses, user and password were typed; a user or password of None was not."""
    found = {key: fields[key] for key in (*STREAMS, *_LOGIN) if key in fields}
    films = [key for key in STREAMS if str(found.get(key, "")).lower().startswith("file:")]
    if films:
        raise CameraMistakes([(key, "a film can be named in the camera file only") for key in films])
    return cast(
        dict[str, str | None],
        {key: value for key, value in found.items() if not (key in _LOGIN and value is None)},
    )


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
