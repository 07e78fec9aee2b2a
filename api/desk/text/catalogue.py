"""What a catalogue of the desk's sentences has to hold. Both languages fill the same fields; mypy sees to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.desk.text.care import Care
from api.desk.text.roster import Roster
from monitor.core.access import Role
from monitor.core.agreement import Step
from monitor.core.alert import AlertKind, Outcome, Severity
from monitor.core.camera import CameraState
from monitor.core.enrolment import SetFlaw
from monitor.core.expected_visitor import PassState
from monitor.core.identifiability import CameraVerdict, IecClass, Light
from monitor.core.presence import PresenceState
from monitor.core.sighting import Direction


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    code: str  # BCP 47
    care: Care  # of the pages on which staff look after residents
    roster: Roster
    product: str

    # times
    ago_s: str
    ago_min: str
    ago_h: str
    ago_d: str
    yesterday: str
    day: str  # strftime
    day_and_year: str
    since: str
    hours: str
    dash: str
    comma: str

    # frame
    desk: str
    cameras: str
    residents: str
    other_language: str
    switch_language: str
    day_theme: str
    night_theme: str
    sound_off: str
    sound_on: str
    sign_out: str
    role: Mapping[Role, str]
    lost: str
    lost_body: str

    # signing in
    sign_in: str
    sign_in_lead: str
    name: str
    password: str
    sign_in_error: Mapping[str, str]

    # pages that cannot be shown
    refused: str
    refused_body: str
    not_found: str
    not_found_body: str

    # the head line
    all_live: str
    some_live: str
    no_cameras: str
    all_accounted: str
    some_accounted: str
    nobody_watched: str
    nothing_open: str
    some_open: str
    count_state: Mapping[PresenceState, str]  # of those who are not accounted for
    watch_is_behind: str
    broker_away: str
    broker_refused: str
    count_taken: str
    unknown: str
    unknown_none: str
    camera_dark: str
    and_more: str
    undelivered: str

    # the feed
    feed: str
    feed_empty: str
    feed_empty_body: str
    resolved: str
    resolved_empty: str
    severity: Mapping[Severity, str]
    kind: Mapping[AlertKind, str]
    step: Mapping[Step, str]
    title_wellness: str
    title_not_back: str
    title_cannot_tell: str
    title_visitor: str
    title_camera: str
    building: str
    where_last_seen: str
    where_hidden: str
    open: str
    taken_by_you: str
    taken_by: str
    resolved_by: str
    closed_by_itself: str
    closed_by_system: str
    take: str
    close: str
    close_by_staff: str
    seen_again: str
    seen_again_camera: str
    seen_again_staff: str
    confirm: str
    face_of_visit: str
    scene_of_visit: str

    # why
    why: str
    why_unseen: str
    why_blind: str
    why_no_blind: str
    why_step: Mapping[Step, str]
    why_not_back: str
    why_doubtful: str
    why_names: str
    why_cameras: str
    turned_out: Mapping[str, str]
    why_rule: str
    why_stranger: str
    why_shots: str
    why_camera: str
    camera_reason: Mapping[str, str]

    # closing
    close_title: str
    close_lead: str
    outcome: Mapping[Outcome, str]
    outcome_hidden: str
    note: str
    note_hint: str
    save: str
    cancel: str
    choose_outcome: str
    saved_taken: str
    saved_closed: str

    # one alert
    timeline: str
    deliveries: str
    delivered: str
    not_delivered: str
    channel_desk: str
    event: Mapping[str, str]
    result: str

    # cameras
    camera_lead: str
    filter_all: str
    filter_not_live: str
    camera_state: Mapping[CameraState, str]
    camera_unconfirmed: str
    frame_age: str
    last_picture: str
    no_picture: str
    picture_of: str
    every_camera_live: str

    # can this camera identify
    can_it_identify: str
    camera_verdict: Mapping[CameraVerdict, str]
    verdict_means: Mapping[CameraVerdict, str]
    not_for_identifying: str
    light: Mapping[Light, str]
    light_passes: str
    light_faces: str
    light_too_few: str
    light_nobody: str
    iec: Mapping[IecClass, str]
    advice: str
    camera_advice: Mapping[str, str]
    chart_widths: str
    chart_widths_hint: str
    chart_hours: str
    chart_hours_hint: str
    chart_width_bar: str
    chart_hour_bar: str
    chart_nobody: str
    all_cameras: str
    # adding, changing and removing cameras
    looked_less: str
    view_accept: str
    view_accepted: str
    camera_add: str
    camera_add_lead: str
    camera_change: str
    camera_change_title: str
    camera_remove: str
    camera_remove_title: str
    camera_remove_body: str
    camera_removed: str
    camera_what: str
    camera_reach: str
    camera_where: str
    camera_field: Mapping[str, str]
    camera_hint: Mapping[str, str]
    camera_login_kept: str
    camera_mistake: Mapping[str, str]
    camera_id_taken: str
    camera_save: str
    camera_file_refused: str
    camera_file_fixed: str
    direction: Mapping[Direction, str]

    # residents
    residents_lead: str
    enrol: str
    search: str
    nobody_found: str
    nobody_enrolled: str
    more_residents: str
    not_watched: str
    presence: Mapping[PresenceState, str]
    last_seen: str
    last_seen_hidden: str
    never_seen: str
    consent_until: str
    no_consent: str
    templates: str
    needs_photos: str
    next_look: str
    entry: Mapping[str, str]
    entry_score: str
    history: str
    history_empty: str
    history_hidden: str

    # corrections
    not_them: str
    not_them_title: str
    not_them_lead: str
    not_them_confirm: str
    corrected: str
    rejected_by: str
    see_sighting: str
    unclear: str
    unclear_faces: str
    unclear_lead: str
    unclear_empty: str
    unclear_earlier: str
    unclear_reason: Mapping[str, str]
    this_is: str
    this_is_title: str
    this_is_lead: str
    this_is_choose: str
    add_picture: str
    add_picture_hint: str
    named_by: str
    named: str
    picture_added: str
    picture_not_added: str

    # enrolling
    enrol_lead: str
    step_consent: str
    consent_points: tuple[str, ...]
    consent_tick: str
    keep_tick: str
    keep_hint: str
    step_person: str
    full_name: str
    flat: str
    flat_hint: str
    watch_tick: str
    watch_hint: str
    step_photos: str
    photos_hint: str
    add_photos: str
    photo_reading: str
    photo_good: str
    photo_usable: str
    photo_refused: str
    photo_remove: str
    photo_limit: str
    photo_reason: Mapping[str, str]
    photo_advice: Mapping[str, str]
    set_flaw: Mapping[SetFlaw, str]
    walk_camera: str
    walk_start: str
    walk_hint: str
    walk_connecting: str
    walk_left: str
    walk_reading: str
    walk_done: str
    walk_reason: Mapping[str, str]
    enrol_save: str
    enrol_needs: str
    enrol_needs_consent: str
    enrol_needs_name: str
    enrol_needs_photo: str
    enrolled: str
    looks_like: str
    already_enrolled: str
    already_enrolled_body: str
    already_enrolled_open: str
    add_to_them: str
    enrol_anyway: str
    add_photos_to: str
    photos_added: str

    # expected visitors
    visitors: str
    visitors_tab: str
    visitors_lead: str
    visitors_empty: str
    pass_state: Mapping[PassState, str]
    pass_term: str
    recorded_by: str
    end_pass: str
    end_pass_title: str
    end_pass_body: str
    pass_ended: str
    expect: str
    expect_lead: str
    visitor_consent_points: tuple[str, ...]
    visitor_consent_tick: str
    step_visitor: str
    visit_reason: str
    visit_reason_hint: str
    first_day: str
    last_day: str
    pass_limit: str
    visitor_save: str
    visitor_needs_reason: str
    visitor_needs_days: str
    visitor_saved: str
    arrived: str
    arrived_line: str

    # errors
    error_conflict: str
    error_not_found: str
    error_not_allowed: str
    error_field: Mapping[str, str]
    error_invalid: str
    error_other: str
