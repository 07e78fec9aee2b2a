"""Everything that can be set, from environment variables named SHOUWANG_*. Reading them touches nothing."""

import json
import logging
import os
from collections.abc import Iterable
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from monitor.config.broker import BrokerAddress, require_topic
from monitor.config.problems import explain
from monitor.core.agreement import LONGEST, LONGEST_QUIET, SHORTEST, Agreement, hours
from monitor.core.identification import IdentificationPolicy
from monitor.core.schedule import DailyWindow
from monitor.errors import ConfigError, Problem

PREFIX = "SHOUWANG_"
logger = logging.getLogger(__name__)


def _json_object(value: object) -> object:
    """Parsed here and not by pydantic-settings, which would stop at it and hide all other mistakes."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        # `from None`: the decoder's error carries the whole text, secrets and all.
        raise ValueError('must be JSON such as {"duty": "wecombot://KEY"}') from None


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Score = Annotated[float, Field(ge=-1, le=1)]
Hours = Annotated[float, Field(ge=hours(SHORTEST), le=hours(LONGEST))]


class Settings(BaseSettings):
    """The settings of one site. Every field is the variable SHOUWANG_<FIELD>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # compose files hand over empty variables for what was not set
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    data_dir: Path = Field(Path("data"), description="Folder of the database and the pictures.")
    database_url: SecretStr | None = Field(
        None,
        description="sqlite:/// or postgresql+psycopg:// address; not set: a SQLite file in the data folder.",
    )
    cameras_file: Path = Field(Path("cameras.yaml"), description="The file that lists estate and cameras.")

    host: str = Field("127.0.0.1", min_length=1, description="Address on which desk and API listen.")
    port: int = Field(8080, ge=1, le=65535, description="Port on which desk and API listen.")
    public_url: str = Field(
        "", description="Where people reach the desk, for links; default from host and port."
    )

    engine: Literal["sface", "dlib", "sface+dlib"] = Field(
        "sface", description="What makes the templates: sface, dlib (face_recognition) or both."
    )
    wanted_fpir: float = Field(
        0.003,
        ge=1e-5,
        le=0.1,
        description="Share of strangers who may get a name at most; thresholds are calibrated to it.",
    )
    resident_at: Score | None = Field(
        None, description="A fixed likeness (cosine) from which a face may get a name; not set: calibrated."
    )
    match_margin: float = Field(
        0.06, ge=0, le=1, description="How far the second-best resident must be behind."
    )
    undecided_below: float = Field(
        0.04, ge=0, le=1, description="This far below the threshold a face counts as not clear."
    )

    # What is agreed with a resident when nothing else is; staff agree on other hours with each.
    phone_hours: Hours = Field(24, description="Hours unseen until somebody should phone.")
    visit_hours: Hours = Field(48, description="Hours unseen until somebody should visit.")
    urgent_hours: Hours = Field(72, description="Hours unseen until it is urgent.")
    not_back_hours: Hours = Field(12, description="Hours after going out until somebody should phone.")
    quiet_from: time = Field(
        time(22), description="From when steps that are not urgent wait for the morning."
    )
    quiet_until: time = Field(
        time(7), description="When they go out; the same as SHOUWANG_QUIET_FROM: never wait."
    )
    absence_days: int = Field(30, ge=1, le=90, description="Days that a planned absence may last; renewable.")
    digest_at: time = Field(time(8), description="When the morning digest is made and sent.")

    visit_gap_minutes: float = Field(
        30, gt=0, le=24 * 60, description="A stranger away for longer than this begins a new visit."
    )
    camera_offline_after_s: float = Field(
        60, ge=5, le=3600, description="Seconds without a picture until a camera counts as offline."
    )
    tick_s: float = Field(15, gt=0, le=300, description="Seconds between two looks at what is due.")
    cameras_per_worker: int = Field(
        27, ge=1, le=200, description="About how many cameras one ingest process reads."
    )

    sighting_days: int = Field(30, ge=1, le=365, description="Days that sightings are kept.")
    snapshot_days: int = Field(30, ge=1, le=90, description="Days that pictures are kept.")
    stranger_days: int = Field(7, ge=1, le=30, description="Days that visits of strangers are kept.")

    notify: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_json_object)] = Field(
        default_factory=dict, description="JSON: channel name -> Apprise address. The addresses are secrets."
    )
    mqtt_url: SecretStr | None = Field(
        None, description="Broker of other sensors, mqtt:// or mqtts://user:password@host; not set: none."
    )
    mqtt_topic: str = Field(
        "shouwang/evidence", max_length=200, description="Topic above the sensors' ids at that broker."
    )
    consent_days: int = Field(365, ge=1, le=1095, description="Days after which consent must be given again.")
    session_hours: float = Field(12, gt=0, le=24 * 7, description="Hours after which a sign-in ends.")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", description="How much is logged."
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        scheme = url.get_secret_value().partition("://")[0].partition("+")[0] if url else "sqlite"
        if scheme not in ("sqlite", "postgresql"):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("public_url")
    @classmethod
    def _linkable(cls, url: str, info: ValidationInfo) -> str:
        if not url:
            host, port = info.data.get("host", ""), info.data.get("port", "")
            host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
            return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError("must be an address such as https://desk.example") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must be an address such as https://desk.example, without user and password")
        return url.rstrip("/")

    @field_validator("visit_hours", "urgent_hours")
    @classmethod
    def _later_than_the_step_before(cls, hours: float, info: ValidationInfo) -> float:
        before = {"visit_hours": "phone_hours", "urgent_hours": "visit_hours"}[str(info.field_name)]
        earlier = info.data.get(before, 0.0)
        if hours <= earlier:
            raise ValueError(f"must be more than {PREFIX}{before.upper()} ({earlier:g})")
        return hours

    @field_validator("quiet_until")
    @classmethod
    def _no_longer_than_a_night(cls, until: time, info: ValidationInfo) -> time:
        start = info.data.get("quiet_from", until)
        if DailyWindow(start, until).length > LONGEST_QUIET:
            raise ValueError(
                f"must end {hours(LONGEST_QUIET):g} hours after {PREFIX}QUIET_FROM at the latest"
            )
        return until

    @field_validator("notify")
    @classmethod
    def _addresses(cls, channels: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for number, url in enumerate(channels.values(), start=1):
            scheme, mark, rest = url.get_secret_value().partition("://")
            if not (scheme and mark and rest):
                # By number: whoever swaps name and address would see a secret here.
                raise ValueError(f"the address of channel {number} must look like wecombot://KEY")
        return channels

    @field_validator("mqtt_url")
    @classmethod
    def _known_broker(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            BrokerAddress.parse(url.get_secret_value())
        return url

    @field_validator("mqtt_topic")
    @classmethod
    def _plain_topic(cls, topic: str) -> str:
        return require_topic(topic)

    def broker(self) -> BrokerAddress | None:
        """Where other sensors report, with the password: for the connection only."""
        return BrokerAddress.parse(self.mqtt_url.get_secret_value()) if self.mqtt_url else None

    def database(self) -> str:
        """The database's address in full: for the engine only, it may hold a password."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir / 'shouwang.db').as_posix()}"
        return self.database_url.get_secret_value()

    def identification(self) -> IdentificationPolicy:
        return IdentificationPolicy(margin=self.match_margin, undecided_below=self.undecided_below)

    def longest_absence(self) -> timedelta:
        return timedelta(days=self.absence_days)

    def agreement(self) -> Agreement:
        """What is agreed with whom nothing else is agreed with."""
        quiet = (
            None if self.quiet_from == self.quiet_until else DailyWindow(self.quiet_from, self.quiet_until)
        )
        return Agreement(
            phone=timedelta(hours=self.phone_hours),
            visit=timedelta(hours=self.visit_hours),
            urgent=timedelta(hours=self.urgent_hours),
            not_back=timedelta(hours=self.not_back_hours),
            quiet=quiet,
        )


def load_settings() -> Settings:
    """Read the environment. Raises ConfigError with every mistake; warns about names that look misspelt."""
    for name, meant in misspelt(os.environ):
        logger.warning("The environment variable %s means nothing; did you mean %s?", name, meant)
    try:
        return Settings()
    except ValidationError as errors:
        problems = [
            Problem("environment", 0, PREFIX + str(error["loc"][0]).upper(), explain(error))
            for error in errors.errors(include_url=False)
        ]
        raise ConfigError(problems) from None


def misspelt(names: Iterable[str]) -> list[tuple[str, str]]:
    """Variables that are nearly a setting. Others are left alone: cameras.yaml may refer to any of them."""
    known = [field.upper() for field in Settings.model_fields]
    found = []
    for name in sorted(names):
        rest = name.upper().removeprefix(PREFIX)
        credential = rest.endswith(("_USER", "_PASSWORD"))
        if not name.upper().startswith(PREFIX) or rest in known or credential:
            continue
        if close := get_close_matches(rest, known, n=1, cutoff=0.75):
            found.append((name, PREFIX + close[0]))
    return found
