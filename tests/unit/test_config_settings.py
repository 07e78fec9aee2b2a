"""Settings come from the environment; a mistake names the variable and shows no secret."""

import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.config.broker import BrokerAddress
from monitor.config.settings import Settings, load_settings, misspelt
from monitor.core.agreement import Agreement
from monitor.core.identification import IdentificationPolicy
from monitor.errors import ConfigError, Problem

CANARY = "kanarienvogel"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("SHOUWANG_"):
            monkeypatch.delenv(name)


def mistakes(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[Problem]:
    for name, value in variables.items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)
    with pytest.raises(ConfigError) as error:
        load_settings()
    assert CANARY not in str(error.value)
    return error.value.problems


def test_without_any_variable_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.database() == "sqlite:///data/shouwang.db"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.identification() == IdentificationPolicy()
    assert settings.agreement() == Agreement()
    assert (settings.cameras_file, settings.notify) == (Path("cameras.yaml"), {})


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATA_DIR": "/srv/shouwang",
        "PORT": "9000",
        "PHONE_HOURS": "12.5",
        "RESIDENT_AT": "0.6",
        "UNDECIDED_BELOW": "0.05",
        "MATCH_MARGIN": "0.1",
        "LOG_LEVEL": "debug",
        "NOTIFY": f'{{"duty": "wecombot://{CANARY}"}}',
        "HOST": "",
    }.items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)
    settings = load_settings()
    assert settings.database() == "sqlite:////srv/shouwang/shouwang.db"
    assert settings.agreement().phone == timedelta(hours=12.5)
    assert settings.identification() == IdentificationPolicy(margin=0.1, undecided_below=0.05)
    assert settings.resident_at == 0.6
    assert (settings.host, settings.log_level) == ("127.0.0.1", "DEBUG")
    assert settings.notify["duty"].get_secret_value() == f"wecombot://{CANARY}"
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_quiet_hours_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_QUIET_FROM", "07:00")
    assert load_settings().agreement().quiet is None


def test_quiet_hours_longer_than_a_night_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (problem,) = mistakes(monkeypatch, QUIET_UNTIL="10:00:01")
    assert problem.key == "SHOUWANG_QUIET_UNTIL" and "12 hours" in problem.message


def test_the_database_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+psycopg://shouwang:{CANARY}@db/shouwang"
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", url)
    settings = load_settings()
    assert settings.database() == url
    assert CANARY not in repr(settings)


def test_the_sensors_broker_is_read_and_its_password_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().broker() is None
    monkeypatch.setenv("SHOUWANG_MQTT_URL", f"mqtts://ada:{CANARY}@broker")
    settings = load_settings()
    assert settings.broker() == BrokerAddress("broker", 8883, True, "ada", CANARY)
    assert settings.mqtt_topic == "shouwang/evidence"
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.broker()!r}"


@pytest.mark.parametrize(
    ("host", "public_url", "link"),
    [
        ("0.0.0.0", "", "http://127.0.0.1:8080"),
        ("::", "", "http://[::1]:8080"),
        ("fd00::1", "", "http://[fd00::1]:8080"),
        ("10.0.0.2", "https://desk.example/", "https://desk.example"),
    ],
)
def test_links_lead_to_the_desk(
    monkeypatch: pytest.MonkeyPatch, host: str, public_url: str, link: str
) -> None:
    monkeypatch.setenv("SHOUWANG_HOST", host)
    monkeypatch.setenv("SHOUWANG_PUBLIC_URL", public_url)
    assert load_settings().public_url == link


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("PORT", f"80{CANARY}", "whole number"),
        ("PORT", "65536", "at most 65535"),
        ("PORT", "0", "at least 1"),
        ("DATABASE_URL", f"mysql://u:{CANARY}@db/x", "must start with sqlite:///"),
        ("PUBLIC_URL", f"https://u:{CANARY}@desk", "without user and password"),
        ("PUBLIC_URL", "javascript:alert(1)", "must be an address"),
        ("PUBLIC_URL", "http://[", "must be an address"),
        ("MQTT_URL", f"http://u:{CANARY}@broker", "must start with mqtt://"),
        ("MQTT_URL", f"mqtt://u:{CANARY}@b:port", "port"),
        ("MQTT_TOPIC", "estate/+", "without + and #"),
        ("MQTT_TOPIC", "estate//evidence", "empty parts"),
        ("MQTT_TOPIC", "$SYS/evidence", "without $"),
        ("MQTT_TOPIC", "e" * 201, "at most 200"),
        ("NOTIFY", f'{{"duty": "wecombot://{CANARY}"', "must be JSON"),
        ("NOTIFY", f'["{CANARY}"]', "names and addresses"),
        ("NOTIFY", f'{{"duty": "{CANARY}"}}', "channel 1 must look like"),
        ("NOTIFY", f'{{"wecombot://{CANARY}": "duty"}}', "channel 1 must look like"),
        ("NOTIFY", f'{{"wecombot://{CANARY}": 5}}', "must be text"),
        ("RESIDENT_AT", "nan", "infinite"),
        ("RESIDENT_AT", "1.1", "at most 1"),
        ("WANTED_FPIR", "0.2", "at most 0.1"),
        ("VISIT_HOURS", "24", "more than SHOUWANG_PHONE_HOURS (24)"),
        ("URGENT_HOURS", "48", "more than SHOUWANG_VISIT_HOURS (48)"),
        ("PHONE_HOURS", "0", "at least 4"),
        ("TICK_S", "0", "more than 0"),
        ("SIGHTING_DAYS", "1.5", "whole number"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO'"),
    ],
)
def test_a_mistake_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, part: str
) -> None:
    (problem,) = mistakes(monkeypatch, **{name: value})
    assert (problem.file, problem.line, problem.key) == ("environment", 0, f"SHOUWANG_{name}")
    assert part in problem.message


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mistakes(monkeypatch, PORT="x", NOTIFY="{", PHONE_HOURS="-1", TICK_S="soon")
    assert {p.key for p in found} == {
        "SHOUWANG_PORT",
        "SHOUWANG_NOTIFY",
        "SHOUWANG_PHONE_HOURS",
        "SHOUWANG_TICK_S",
    }


def test_a_misspelt_variable_is_warned_about(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SHOUWANG_PHONE_HUORS", CANARY)
    with caplog.at_level(logging.WARNING):
        load_settings()
    assert "SHOUWANG_PHONE_HUORS means nothing; did you mean SHOUWANG_PHONE_HOURS?" in caplog.text
    assert CANARY not in caplog.text


def test_variables_of_cameras_and_of_others_are_left_alone() -> None:
    names = [
        "SHOUWANG_CAMERA_USER",
        "SHOUWANG_CAMERA_PASSWORD",
        "SHOUWANG_NVR_KEY",
        "SHOUWANG_PORT",
        "PHONE_HUORS",
    ]
    assert misspelt(names) == []


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
