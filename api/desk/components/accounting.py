"""Whether everybody is accounted for, said in words, and where each of them stands."""

from api.desk.access import Viewer
from api.desk.components.basics import chip, fact, link, linked, tag, text
from api.desk.components.icons import icon
from api.desk.components.presence_chip import LOOKS
from monitor.core.accounting import Count
from monitor.core.agreement import Cause, hours
from monitor.core.presence import PresenceState
from monitor.services.standing import Standing


def told(viewer: Viewer, count: Count) -> str:
    """The statement and the parts that it adds up from."""
    words, care = viewer.words, viewer.words.care
    if not count.watched:
        return care.nobody
    whole = care.all_accounted if count.everybody else care.some_accounted
    parts = words.comma.join(f"{words.presence[state]} {n}" for state, n in count.parts.items() if n)
    return care.adds_up.format(told=whole.format(n=count.accounted_for, total=count.watched), parts=parts)


def statement(viewer: Viewer, count: Count) -> None:
    look = "good" if count.everybody else "warning"
    with tag("div", f"panel statement {look}"):
        icon(look)
        link(told(viewer, count), "/accounted")


def stands(viewer: Viewer, standing: Standing) -> None:
    """One resident: where they stand, why, and what should be looked at."""
    words, care, times = viewer.words, viewer.words.care, viewer.times
    drawing, look = LOOKS[standing.state]
    with linked(f"/residents/{standing.resident_id}", "person standing") as row:
        row.props["data-resident"] = standing.resident_id
        text(standing.name[:1], "initial")
        with tag("div"):
            text(standing.name, "strong", "div")
            if standing.flat:
                text(words.building.format(flat=standing.flat), "soft small", "div")
        with tag("div"):
            chip(drawing, words.presence[standing.state], look)
        with tag("div"):
            text(_where(viewer, standing), "", "div")
            for line in _why(viewer, standing):
                text(line, "soft small", "div")
        with tag("div"):
            if standing.last_seen_at is not None:
                place = standing.last_seen_place or ""
                text(f"{times.clock(standing.last_seen_at)} {place}", "small", "div")
            if standing.taken_by is not None:
                fact("hand", standing.taken_by, "small")
            for reason in standing.poorly:
                text(care.poorly[reason], "small lacking", "div")
            if standing.consent_ends_soon and standing.consent_until is not None:
                text(care.consent_ends.format(day=times.day(standing.consent_until)), "small lacking", "div")


def _where(viewer: Viewer, standing: Standing) -> str:
    until = viewer.times.clock(standing.waits_until) if standing.waits_until else ""
    if standing.state is PresenceState.PAUSED and standing.waits_until is not None:
        until = viewer.times.last_day(standing.waits_until)
    unseen = viewer.times.hours(round(hours(standing.unseen_for), 1))
    return viewer.words.care.stands[standing.state].format(hours=unseen, until=until)


def _why(viewer: Viewer, standing: Standing) -> list[str]:
    care, lines = viewer.words.care, []
    if standing.cause is Cause.NOT_BACK and standing.last_seen_at is not None:
        lines.append(care.why_out)
    if standing.blind_ways:
        cameras = viewer.words.comma.join(standing.blind_ways)
        lines.append(care.why_blind_ways.format(cameras=cameras))
    if blind := round(hours(standing.blind_for), 1):
        lines.append(care.why_blind_for.format(hours=viewer.times.hours(blind)))
    if standing.doubtful:
        lines.append(care.why_doubtful.format(n=standing.doubtful))
    return lines
