"""What a catalogue of the care pages has to hold. Both languages fill the same fields; mypy sees to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.absence import AbsenceEnd
from monitor.core.advice import Flag
from monitor.core.agreement import Cause, Step
from monitor.core.presence import PresenceState
from monitor.core.wellness import AttemptKind, AttemptResult
from monitor.services.enrolled_well import Poorly


@dataclass(frozen=True, kw_only=True)
class Care:
    # today
    tab: str
    today: str
    today_lead: str
    nothing_to_do: str
    nothing_to_do_body: str
    open_check: str
    asks: str
    ask_back: str

    # one check
    check: str
    check_of: str
    cause: Mapping[Cause, str]
    not_seen_since: str
    lapses: str
    take_first: str
    whom_to_call: str
    no_contacts: str
    key_holder: str
    tried: str
    nothing_tried: str
    attempt: Mapping[AttemptKind, str]
    result: Mapping[AttemptResult, str]
    attempt_line: str
    attempt_saved: str
    record: str
    help_given: str
    help_hint: str
    away_until: str
    away_hint: str
    closed: str
    help_was: str
    other_checks: str

    # everybody
    accounted: str
    accounted_lead: str
    all_accounted: str
    some_accounted: str
    nobody: str
    adds_up: str
    stands: Mapping[PresenceState, str]
    why_out: str
    why_blind_ways: str
    why_blind_for: str
    why_doubtful: str
    poorly: Mapping[Poorly, str]
    consent_ends: str
    digests: str
    digest_line: str
    no_digest: str

    # what is agreed
    agreement: str
    agreed_hours: str
    agreed_not_back: str
    agreed_quiet: str
    agreed_no_quiet: str
    agreed_by: str
    agree: str
    agree_lead: str
    phone_hours: str
    visit_hours: str
    urgent_hours: str
    not_back_hours: str
    quiet_from: str
    quiet_until: str
    why_agreed: str
    why_agreed_hint: str
    agree_save: str
    agree_saved: str

    # what other hours would have meant
    advice: str
    advice_open: str
    advice_lead: str
    advice_of: str
    advice_of_lead: str
    advice_ground: str
    advice_hours: str
    advice_alerts: str
    advice_delay: str
    advice_delay_unknown: str
    advice_use: Mapping[Step, str]
    advice_step: str
    step_name: Mapping[Step, str]
    flag: Mapping[Flag, str]
    advice_not_back: str
    advice_usual: str
    advice_reason: str
    advice_from: str
    advice_none: str
    advice_wait: str

    # away
    absence: str
    absence_lead: str
    absence_now: str
    absence_ahead: str
    absence_told: str
    absence_enter: str
    absence_from: str
    absence_until: str
    told_by: str
    told_by_hint: str
    call: str
    call_hint: str
    absence_save: str
    absence_saved: str
    absence_end: str
    absence_ended: str
    absence_keep: str
    absence_kept: str
    perhaps_back: str
    ended: Mapping[AbsenceEnd, str]

    # what staff noticed
    noticed: str
    seen_by_me: str
    phoned: str
    visited: str
    noticed_saved: str

    # whom to call
    contacts: str
    contacts_edit: str
    contacts_lead: str
    contacts_reason: str
    contacts_reason_hint: str
    contacts_show: str
    contact_name: str
    contact_relation: str
    contact_phone: str
    contact_key: str
    contact_add: str
    contact_remove: str
    contacts_save: str
    contacts_saved: str

    # the end of it
    stop: str
    stop_title: str
    stop_lead: str
    stop_by_resident: str
    stop_by_other: str
    stopped: str
    stop_first: str

    error_field: Mapping[str, str]
