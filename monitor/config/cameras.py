"""cameras.yaml: the estate, its visit alerts and its cameras. Reads that one file and touches nothing else."""

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from monitor.config.address import StreamAddress
from monitor.config.document import Document, Where
from monitor.config.problems import explain, meant, unknown
from monitor.core.schedule import DailyWindow
from monitor.core.sighting import Direction
from monitor.core.visit import VisitRule
from monitor.errors import ConfigError

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


def _slug(value: object) -> object:
    if isinstance(value, str) and not _SLUG.fullmatch(value):
        raise ValueError("may have only small letters a-z, digits and hyphens, and must not be empty")
    return value


def _time_of_day(value: object) -> time:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError('must be a time of day in quotes, such as "22:00"')
    return time(int(match[1]), int(match[2]))


def _nothing_is_empty(value: object) -> object:
    return () if value is None else value


def _at_least_one(value: object) -> object:
    if value in ([], ()):
        raise ValueError("there must be at least one camera")
    return value


Slug = Annotated[str, BeforeValidator(_slug), Field(max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
# Strict: `true` and "12" are no numbers.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )


class VisitAlertConfig(_Model):
    """When a stranger's visit becomes an alert."""

    name: Name = Field(description="What the alert is called on the desk.")
    places: Annotated[tuple[Slug, ...], BeforeValidator(_nothing_is_empty)] = Field(
        (), description="The places it is for, as written at the cameras; empty or missing: everywhere."
    )
    start: TimeOfDay = Field(alias="from", description="Start, local time of the estate.")
    end: TimeOfDay = Field(
        alias="to", description="End, local time; before the start: on the next day. Equal to it: all day."
    )

    def rule(self) -> VisitRule:
        return VisitRule(self.name, frozenset(self.places), DailyWindow(self.start, self.end))


class CameraConfig(_Model):
    """One camera: what it is called, where it looks and how it is reached."""

    id: Slug = Field(description="Short name that never changes; sightings refer to it.")
    name: Name = Field(description="The name that people read.")
    place: Slug = Field(description="Where it is; cameras of one place share it.")
    direction: Direction = Field(
        description="Which way people go who walk towards it: in, out or both ways of the gate."
    )
    identifies: bool = Field(True, description="Whether it is near enough to recognise faces.")
    main: StreamAddress = Field(
        description="Address of the full picture. ${NAME} stands for an environment variable with the plain, "
        "unencoded user name or password."
    )
    sub: StreamAddress | None = Field(
        None, description="Address of the small picture, if the camera has one."
    )
    position: tuple[Number, Number] = Field(description="Metres to the east and north on the site plan.")
    heading_deg: Number = Field(ge=0, le=360, description="Where it looks: 0 is north, 90 is east.")
    field_of_view_deg: Number = Field(ge=1, le=180, description="How wide it looks, in degrees.")
    range_m: Number = Field(gt=0, le=1000, description="How far it sees, in metres.")
    enabled: bool = Field(True, description="Set to false while the camera is taken down.")


class _Head(_Model):
    """The `estate` part of the file."""

    id: Slug = Field(description="Short name of the estate; every row in the database carries it.")
    name: Name = Field(description="The name that people read.")
    time_zone: str = Field(description="IANA name of the local time, such as Asia/Shanghai.")

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # OSError: "Asia" is a folder of zones
            hint = meant(name, available_timezones()) or "write it like Asia/Shanghai"
            raise ValueError(f"unknown time zone `{name}`; {hint}") from None
        return name


# Not `min_length`: pydantic counts only valid entries and would complain about that as well.
Cameras = Annotated[tuple[CameraConfig, ...], BeforeValidator(_at_least_one)]
VisitAlerts = Annotated[tuple[VisitAlertConfig, ...], BeforeValidator(_nothing_is_empty)]


class _File(_Model):
    """The file as it is written."""

    estate: _Head
    visit_alerts: VisitAlerts = ()
    cameras: Cameras


class EstateConfig(_Head):
    """Everything that cameras.yaml says."""

    visit_alerts: VisitAlerts = Field((), description="When a stranger's visit becomes an alert.")
    cameras: Cameras = Field(description="The cameras, in the file's order.")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def load_estate(path: Path, environment: Mapping[str, str]) -> EstateConfig:
    """Read cameras.yaml. Raises ConfigError with every mistake that can be found in one go."""
    document = Document.read(path)
    file = None
    if document.data is not None:
        _substitute(document, environment)
        file = _validate(document)
        _same_ids(document)
        _unknown_places(document)
    if file is None or document.problems:
        raise ConfigError(sorted(document.problems, key=lambda p: p.line))
    return EstateConfig(**dict(file.estate), visit_alerts=file.visit_alerts, cameras=file.cameras)


def _substitute(document: Document, environment: Mapping[str, str]) -> None:
    """Put the variables into the addresses, percent-encoded, so that a password may have any character.

    This happens after the YAML is parsed, so a value can never be read as YAML.
    """
    for number, camera in enumerate(_mappings(document.data, "cameras")):
        for key in ("main", "sub"):
            text = camera.get(key)
            if isinstance(text, str):
                camera[key] = _filled(document, ("cameras", number, key), text, environment)


def _filled(document: Document, where: Where, text: str, environment: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1], "")
        if not found:
            document.report(where, f"the environment variable {match[1] or '(no name)'} is not set or empty")
        # The stand-in keeps the rest of the address checkable.
        return quote(found or "unset", safe="")

    return _VARIABLE.sub(value, text)


def _validate(document: Document) -> _File | None:
    try:
        return _File.model_validate(document.data)
    except ValidationError as errors:
        for error in errors.errors(include_url=False):
            where = error["loc"]
            if error["type"] == "extra_forbidden":
                text = unknown("key", str(where[-1]), _known_keys(where))
            else:
                text = explain(error)
            document.report(where, text)
    return None


def _known_keys(where: Where) -> list[str]:
    """The keys that could have stood there."""
    parents: dict[str | int, type[BaseModel]] = {
        "estate": _Head,
        "visit_alerts": VisitAlertConfig,
        "cameras": CameraConfig,
    }
    model = parents[where[0]] if len(where) > 1 else _File
    return [info.alias or name for name, info in model.model_fields.items()]


def _same_ids(document: Document) -> None:
    first_of: dict[str, int] = {}
    for number, camera in enumerate(_mappings(document.data, "cameras")):
        where, name = ("cameras", number, "id"), camera.get("id")
        if not isinstance(name, str):
            continue
        if name in first_of:
            document.report(where, f"{name} is already the id of the camera on line {first_of[name]}")
        else:
            first_of[name] = document.line(where)


def _unknown_places(document: Document) -> None:
    known = {str(camera.get("place")) for camera in _mappings(document.data, "cameras")}
    for number, alert in enumerate(_mappings(document.data, "visit_alerts")):
        places = alert.get("places")
        for position, place in enumerate(places if isinstance(places, list) else []):
            if isinstance(place, str) and place not in known:
                text = f"no camera is at `{place}`; the places are: {', '.join(sorted(known))}"
                document.report(("visit_alerts", number, "places", position), text)


def _mappings(data: object, key: str) -> list[dict[str, object]]:
    """The entries of a list in the file, as far as they are what they should be; a stand-in keeps the numbers."""
    entries = data.get(key) if isinstance(data, dict) else None
    return [e if isinstance(e, dict) else {} for e in entries] if isinstance(entries, list) else []
