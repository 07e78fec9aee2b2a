"""Who is on duty, and the forms in which shifts and receivers are entered."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, day_field, fact, field, select, tag, text
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.core.roster import Language, Link, Receiver
from monitor.services import roster
from monitor.services.roster import NAME_LIMIT, NewReceiver, NewShift, Roster


def on_duty(viewer: Viewer, found: Roster) -> None:
    """The links of the chain in which somebody stands, the nearest first; of a duty officer it is said that none is there."""
    words = viewer.words.roster
    for link in Link:
        names = [each.name for each in found.on_duty if each.link is link]
        stands = any(each.link is link for each in found.receivers)
        if names:
            fact("good", f"{words.link[link]}: {viewer.words.comma.join(names)}", "strong")
        elif link is Link.DUTY or (stands and link is not Link.FALLBACK):
            fact("warning", f"{words.link[link]}: {words.nobody}", "lacking")


class ShiftForm:
    """Who, on which day, from when until when."""

    def __init__(self, viewer: Viewer, receivers: Sequence[Receiver]) -> None:
        self._viewer, words = viewer, viewer.words.roster
        working = {each.id: each for each in receivers if each.link is not Link.FALLBACK}
        self._who = next(iter(working), 0)
        self._day: date | None = viewer.times.today
        self._start, self._end = "08:00", "20:00"
        if not working:
            return
        with tag("section", "panel stack"):
            text(words.enter_shift, name="h2")
            with tag("div", "two"):
                names = {str(id): f"{each.name} · {words.link[each.link]}" for id, each in working.items()}
                select(words.who, names, lambda chosen: self._set("_who", int(chosen)))
                day_field(words.day, lambda day: self._set("_day", day), self._day, self._day)
                for label, name in ((words.start, "_start"), (words.end, "_end")):
                    box = field(label, self._setter(name))
                    box.props.update({"type": "time", "value": getattr(self, name)})
            text(words.end_hint, "soft small", "p")
            with tag("div", "row"):
                button(words.save_shift, self._save, "good", "main")

    def _set(self, name: str, value: object) -> None:
        setattr(self, name, value)

    def _setter(self, name: str) -> Callable[[str], None]:
        return lambda typed: self._set(name, typed)

    async def _save(self) -> None:
        viewer, new = self._viewer, self._new()

        def command(session: Session) -> int:
            return roster.enter_shift(session, viewer.desk.estate_id, new, viewer.principal.name, utc_now())

        await viewer.change(Action.KEEP_ROSTER, command, viewer.words.roster.shift_saved)

    def _new(self) -> NewShift:
        """What is not filled in is refused with the end of the shift."""
        now = utc_now()
        if self._day is None or not self._start or not self._end:
            return NewShift(self._who, now, now)
        start, end = self._at(self._day, self._start), self._at(self._day, self._end)
        return NewShift(
            self._who, start, end if end > start else self._at(self._day + timedelta(days=1), self._end)
        )

    def _at(self, day: date, typed: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(typed), self._viewer.times.zone).astimezone(UTC)


class ReceiverForm:
    """Who can be told, by which channels, of which buildings, in which language."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer, words = viewer, viewer.words.roster
        self._name = self._channels = self._buildings = ""
        self._link, self._language = Link.DUTY, Language(viewer.words.code)
        with tag("section", "panel stack"):
            text(words.enter_receiver, name="h2")
            with tag("div", "two"):
                field(words.name, self._setter("_name")).props["maxlength"] = NAME_LIMIT
                select(words.stands, words.link, lambda chosen: setattr(self, "_link", Link(chosen)))
                known = ", ".join(viewer.desk.runtime.channels)
                field(words.channels, self._setter("_channels"), words.channels_hint.format(channels=known))
                field(words.buildings, self._setter("_buildings"), words.buildings_hint)
                select(
                    words.speaks,
                    words.language,
                    lambda chosen: setattr(self, "_language", Language(chosen)),
                    self._language,
                )
            with tag("div", "row"):
                button(words.save_receiver, self._save, "good", "main")

    def _setter(self, name: str) -> Callable[[str], None]:
        return lambda typed: setattr(self, name, typed)

    async def _save(self) -> None:
        viewer = self._viewer
        new = NewReceiver(
            self._name,
            self._link,
            tuple(_listed(self._channels)),
            frozenset(_listed(self._buildings)),
            self._language,
        )

        def command(session: Session) -> int:
            channels = viewer.desk.runtime.channels
            return roster.enter_receiver(session, viewer.desk.estate_id, new, channels, utc_now())

        await viewer.change(Action.MANAGE_RECEIVERS, command, viewer.words.roster.receiver_saved)


def _listed(typed: str) -> list[str]:
    """Both kinds of comma part what is listed."""
    return [
        each
        for each in (part.strip() for part in typed.replace("，", ",").replace("、", ",").split(","))
        if each
    ]
