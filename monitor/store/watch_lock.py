"""Of several watches of an estate one acts: the one that holds this lock. Its end, by whatever, frees it at once."""

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

logger = logging.getLogger(__name__)


class WatchLock(Protocol):
    def take(self) -> bool:
        """Whether it is ours now. Never waits."""
        ...

    def held(self) -> bool:
        """Whether it is still ours."""
        ...

    def release(self) -> None: ...


class FileLock:
    """In the data folder of one machine; the kernel frees it with its process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        if self.held():
            return True
        self.release()  # the file was replaced at this moment: the lock is that of another
        return False

    def held(self) -> bool:
        """A lock on a file that somebody has deleted keeps nobody out."""
        if self._fd is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self._path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class AdvisoryLock:
    """In PostgreSQL, on a connection of its own; the server frees it with the connection."""

    def __init__(self, engine: Engine, estate_id: str) -> None:
        self._engine, self._name = engine, f"shouwang watch {estate_id}"
        self._connection: Connection | None = None
        self._ours = False

    def take(self) -> bool:
        lock = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
        try:
            if self._connection is None:
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._ours = bool(self._connection.scalar(lock, {"name": self._name}))
        except OperationalError as error:
            logger.warning("the database cannot say which watch acts: %s", error.orig)
            self.release()
        return self._ours

    def held(self) -> bool:
        if self._connection is None or not self._ours:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except OperationalError:
            self._ours = False
        return self._ours

    def release(self) -> None:
        if self._connection is not None:
            if self._ours:  # the server notices a closed connection a moment later
                with suppress(OperationalError):
                    self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._connection.invalidate()  # not back into the pool
            self._connection.close()
        self._connection, self._ours = None, False
