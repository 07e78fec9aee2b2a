"""A sensor's message: empty, or JSON with known fields. What is refused is told without quoting it."""

from datetime import UTC, datetime

import pytest

from monitor.core.sensor_report import Refusal, SensorReport
from monitor.core.sighting import Direction
from monitor.errors import ReportRefused
from monitor.sensors.payload import read

CANARY = "kanarienvogel"
AT = datetime(2026, 11, 25, tzinfo=UTC)


def test_an_empty_message_says_that_the_sensor_noticed_its_resident() -> None:
    assert read("door", b"") == read("door", b"{}") == SensorReport("door")


def test_all_fields_are_read() -> None:
    text = '{"at": "2026-11-25T08:00:00+08:00", "key": "118", "direction": "in", "note": "门"}'
    assert read("door", text.encode()) == SensorReport("door", AT, Direction.IN, "门", "118")


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        (CANARY, "neither empty nor JSON"),
        (f'["{CANARY}"]', "neither empty nor JSON"),
        ("null", "neither empty nor JSON"),
        ("ON", "neither empty nor JSON"),
        ("\xff", "neither empty nor JSON"),
        ("[" * 2000, "neither empty nor JSON"),
        (f'{{"{CANARY}": 1}}', "unknown field; there are at, key, direction, note"),
        (f'{{"resident_id": 3, "at": "{CANARY}"}}', "at "),
        ('{"at": "2026-11-25T08:00:00"}', "at "),
        ('{"at": "1970-01-01T00:00:00Z"}', "at must be at least"),
        (f'{{"direction": "{CANARY}"}}', "direction must be one of"),
        (f'{{"key": "{CANARY * 3}"}}', "key must have at most 36"),
        ('{"key": ""}', "key "),
        ('{"key": "a\\u0000b"}', "key "),
        ('{"key": 118}', "key must be text"),
        ('{"note": "a\\u0000b"}', "note "),
        ('{"note": "\\ud800"}', "neither empty nor JSON"),
        (f'{{"note": "{CANARY * 40}"}}', "note must have at most 500"),
        (" " * 5000, "longer than 4096"),
    ],
)
def test_everything_else_is_refused_with_a_reason_that_quotes_nothing(payload: str, part: str) -> None:
    with pytest.raises(ReportRefused) as refused:
        read("door", payload.encode("latin-1"))
    assert refused.value.cause == Refusal.NOT_UNDERSTOOD
    assert part in str(refused.value)
    assert CANARY not in str(refused.value)
