"""Somebody was seen on a camera: what ingest hands to sightings and visits alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.services.snapshots import Snapshot


@dataclass(frozen=True)
class Seen:
    camera: str
    start: datetime
    end: datetime
    why: dict[str, Any]  # what decided, as `Identification.explain` says it
    snapshot: Snapshot | None = None
