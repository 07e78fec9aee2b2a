"""The duty roster over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import people
from fastapi import FastAPI

from monitor.bootstrap import Runtime
from monitor.services import chain, roster

V1 = "/api/v1"
HOUR = timedelta(hours=1)


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in found]


def test_who_is_entered_is_told_and_the_gaps_are_shown(anna: httpx.Client, scene: Any, now: datetime) -> None:
    said = {"name": "Station", "link": "fallback", "channels": ["desk"], "language": "en"}
    answer = anna.post(f"{V1}/receivers", json=said)
    assert answer.status_code == 201
    week = answer.json()
    assert names(week["on_duty"]) == ["Olga", "Station"]
    assert not week["without_fallback"]
    (gap,) = week["gaps"]
    assert gap["link"] == "duty"
    assert datetime.fromisoformat(gap["starts_at"]) == now + 3 * HOUR
    assert datetime.fromisoformat(gap["ends_at"]) > now + timedelta(days=6.9)


def test_a_shift_closes_the_gap(sam: httpx.Client, scene: Any, now: datetime) -> None:
    start, end = now + 3 * HOUR, now + 12 * HOUR
    said = {"receiver_id": scene.receiver, "starts_at": start.isoformat(), "ends_at": end.isoformat()}
    (gap,) = sam.post(f"{V1}/shifts", json=said).json()["gaps"]
    assert datetime.fromisoformat(gap["starts_at"]) == end
    again = sam.post(f"{V1}/shifts", json=said)
    assert again.status_code == 409


def test_what_is_wrong_is_said(anna: httpx.Client, scene: Any, now: datetime) -> None:
    said = {"name": "Max", "link": "duty", "channels": ["pager"]}
    answer = anna.post(f"{V1}/receivers", json=said)
    assert answer.status_code == 422
    assert "pager is not set up in SHOUWANG_NOTIFY" in answer.text
    backwards = {
        "receiver_id": scene.receiver,
        "starts_at": (now + 20 * HOUR).isoformat(),
        "ends_at": (now + 19 * HOUR).isoformat(),
    }
    assert anna.post(f"{V1}/shifts", json=backwards).status_code == 422


def test_a_note_is_handed_over_by_name(olga: httpx.Client, scene: Any) -> None:
    note = {"note": "lift 3 is out of order"}
    assert olga.put(f"{V1}/shifts/{scene.shift}/note", json=note).status_code == 204
    (shift,) = olga.get(f"{V1}/roster").json()["shifts"]
    assert (shift["note"], shift["noted_by"]) == (note["note"], people.OLGA)


def test_the_status_says_when_nobody_is_on_duty(
    olga: httpx.Client, scene: Any, app: FastAPI, runtime: Runtime, now: datetime
) -> None:
    assert not olga.get(f"{V1}/status").json()["nobody_on_duty"]
    with runtime.database.writer() as session:
        roster.remove_shift(session, runtime.estate.id, scene.shift, now)
    assert olga.get(f"{V1}/status").json()["nobody_on_duty"]


def test_an_alert_explains_itself(olga: httpx.Client, scene: Any, runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        at = now + timedelta(minutes=61)
        chain.escalate(session, runtime.estate.id, ["desk"], at)
    olga.post(f"{V1}/alerts/{scene.wellness_alert}/acknowledge")
    told = olga.get(f"{V1}/alerts/{scene.wellness_alert}/explanation").json()
    assert told["alert"]["why"]["unseen_hours"] >= 24
    assert [each["link"] for each in told["chain"]] == ["duty", "staff", "lead", "fallback"]
    assert [each["minutes"] for each in told["chain"]] == [15, 15, 30, 60]
    assert [each["kind"] for each in told["events"]] == [
        "alert.opened",
        "alert.escalated",
        "alert.acknowledged",
    ]
    assert [(each["channel"], each["round"], each["sent_at"]) for each in told["told"]] == [
        ("desk", "opened", None),
        ("desk", "call1", None),
    ]
    assert (told["link"], told["escalates_at"]) == ("fallback", None)
