"""Who is told of an alert now, and when is nobody there?"""

from functools import partial

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, fact, field, tag, text
from api.desk.components.follow import follow
from api.desk.components.frame import frame
from api.desk.components.redrawn import Redrawn
from api.desk.components.rostering import ReceiverForm, ShiftForm, on_duty
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.roster import Receiver
from monitor.services import roster as services
from monitor.services.roster import NOTE_LIMIT, Roster, ShiftView

LOOK_AGAIN_S = 60.0


async def roster(viewer: Viewer) -> None:
    words = viewer.words.roster

    def read(session: Session) -> Roster:
        return services.get(session, viewer.desk.estate_id, utc_now())

    first = await viewer.desk.read(read)
    with frame(viewer, words.title), tag("div", "stack"):
        with tag("div", "lead"), tag("div"):
            text(words.title, name="h1")
            text(words.lead, "soft", "p")
        # Each part is drawn anew only when it has changed: what somebody is typing elsewhere stays.
        nobody = Redrawn[bool](viewer, lambda empty: _nobody(viewer) if empty else None)
        present = Redrawn[Roster](viewer, lambda found: _present(viewer, found), "stack")
        shifts = Redrawn[tuple[ShiftView, ...]](viewer, lambda found: _shifts(viewer, found))
        form = Redrawn[tuple[Receiver, ...]](viewer, lambda found: _form(viewer, found))
        receivers = Redrawn[tuple[Receiver, ...]](viewer, lambda found: _receivers(viewer, found))
        if viewer.may(Action.MANAGE_RECEIVERS):
            ReceiverForm(viewer)

    def show(found: Roster) -> None:
        nobody.show(not found.receivers)
        present.show(found)
        shifts.show(found.shifts)
        form.show(found.receivers)
        receivers.show(found.receivers)

    show(first)

    async def redraw() -> None:
        show(await viewer.desk.read(read))

    follow(viewer, redraw, ("receiver.", "shift."), LOOK_AGAIN_S)


def _nobody(viewer: Viewer) -> None:
    with tag("section", "panel"):
        fact("warning", viewer.words.roster.no_receivers, "lacking")


def _present(viewer: Viewer, found: Roster) -> None:
    if found.receivers:
        _now(viewer, found)
        _gaps(viewer, found)


def _form(viewer: Viewer, receivers: tuple[Receiver, ...]) -> None:
    if viewer.may(Action.KEEP_ROSTER):
        ShiftForm(viewer, receivers)


def _now(viewer: Viewer, found: Roster) -> None:
    with tag("section", "panel stack"):
        text(viewer.words.roster.now, name="h2")
        on_duty(viewer, found)
        if found.without_fallback:
            fact("warning", viewer.words.roster.no_fallback, "lacking")


def _gaps(viewer: Viewer, found: Roster) -> None:
    words, times = viewer.words.roster, viewer.times
    with tag("section", "panel stack"):
        text(words.gaps, name="h2")
        for gap in found.gaps:
            start, end = times.clock(gap.starts_at), times.clock(gap.ends_at)
            fact("warning", words.gap.format(link=words.link[gap.link], start=start, end=end))
        if not found.gaps:
            fact("good", words.no_gaps)


def _shifts(viewer: Viewer, shifts: tuple[ShiftView, ...]) -> None:
    words = viewer.words.roster
    with tag("section", "panel stack"):
        text(words.shifts, name="h2")
        for shift in shifts:
            _shift(viewer, shift)
        if not shifts:
            text(words.no_shifts, "soft")


def _shift(viewer: Viewer, shift: ShiftView) -> None:
    words, times = viewer.words.roster, viewer.times
    running = shift.starts_at <= utc_now() < shift.ends_at
    with tag("div", "stack tight") as row:
        row.props["data-shift"] = shift.id
        with tag("div", "row"):
            text(f"{shift.receiver_name} · {words.link[shift.link]}", "strong")
            text(words.shift.format(start=times.clock(shift.starts_at), end=times.clock(shift.ends_at)))
            if viewer.may(Action.KEEP_ROSTER):
                button(words.remove, partial(_take_off, viewer, shift.id), look="slim")
        if shift.note:
            fact("info", words.noted.format(note=shift.note, by=shift.noted_by))
        if running and viewer.may(Action.HANDLE_ALERTS):
            _note(viewer, shift)


def _note(viewer: Viewer, shift: ShiftView) -> None:
    words, typed = viewer.words.roster, [shift.note]

    async def save() -> None:
        await viewer.change(
            Action.HANDLE_ALERTS,
            lambda session: services.hand_over(
                session, viewer.desk.estate_id, shift.id, typed[0], viewer.principal.name, utc_now()
            ),
            words.note_saved,
        )

    with tag("div", "stack tight note"):
        box = field(words.note, lambda note: typed.__setitem__(0, note), words.note_hint)
        box.props.update({"value": shift.note, "maxlength": NOTE_LIMIT})
        button(words.note_save, save, look="slim")


def _receivers(viewer: Viewer, receivers: tuple[Receiver, ...]) -> None:
    words, comma = viewer.words.roster, viewer.words.comma
    if not receivers:
        return
    with tag("section", "panel stack"):
        text(words.receivers, name="h2")
        text(words.receivers_lead, "soft", "p")
        for each in receivers:
            with tag("div", "row") as row:
                row.props["data-receiver"] = each.id
                text(each.name, "strong")
                text(words.link[each.link])
                text(words.reached_by.format(channels=comma.join(each.channels)), "soft")
                for channel in set(each.channels) - set(viewer.desk.runtime.channels):
                    fact("warning", words.not_set_up.format(channel=channel), "lacking")
                if each.buildings:
                    buildings = comma.join(sorted(each.buildings))
                    text(words.of_buildings.format(buildings=buildings), "soft")
                if viewer.may(Action.MANAGE_RECEIVERS):
                    button(words.remove, partial(_remove, viewer, each.id), look="slim")


async def _take_off(viewer: Viewer, shift_id: int) -> None:
    await viewer.change(
        Action.KEEP_ROSTER,
        lambda session: services.remove_shift(session, viewer.desk.estate_id, shift_id, utc_now()),
        viewer.words.roster.shift_removed,
    )


async def _remove(viewer: Viewer, receiver_id: int) -> None:
    await viewer.change(
        Action.MANAGE_RECEIVERS,
        lambda session: services.remove_receiver(session, viewer.desk.estate_id, receiver_id, utc_now()),
        viewer.words.roster.receiver_removed,
    )
