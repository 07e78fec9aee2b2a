"""What a catalogue of the roster has to hold. Both languages fill the same fields; mypy sees to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.roster import Language, Link


@dataclass(frozen=True, kw_only=True)
class Roster:
    title: str
    lead: str
    no_receivers: str
    link: Mapping[Link, str]
    language: Mapping[Language, str]
    now: str
    nobody: str
    gaps: str
    gap: str
    no_gaps: str
    no_fallback: str
    gap_now: str
    escalated: Mapping[Link, str]
    escalates: str

    shifts: str
    no_shifts: str
    shift: str
    remove: str
    shift_removed: str
    note: str
    note_hint: str
    note_save: str
    note_saved: str
    noted: str
    enter_shift: str
    who: str
    day: str
    start: str
    end: str
    end_hint: str
    save_shift: str
    shift_saved: str

    receivers: str
    receivers_lead: str
    reached_by: str
    not_set_up: str
    of_buildings: str
    receiver_removed: str
    enter_receiver: str
    name: str
    stands: str
    channels: str
    channels_hint: str
    buildings: str
    buildings_hint: str
    speaks: str
    save_receiver: str
    receiver_saved: str
    error_field: Mapping[str, str]
