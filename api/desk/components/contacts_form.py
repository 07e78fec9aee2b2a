"""Whom to call: shown to who has the check, to others with a reason, and changed by staff."""

from dataclasses import asdict
from functools import partial
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from api.desk.access import Viewer
from api.desk.components.basics import button, chip, fact, field, tag, text, tick
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.errors import InvalidInput
from monitor.services import contacts, events
from monitor.services.contacts import NAME_LIMIT, PHONE_LIMIT, RELATION_LIMIT, Contact


def whom_to_call(viewer: Viewer, found: list[Contact]) -> None:
    """With a link that dials on a telephone."""
    care = viewer.words.care
    if not found:
        fact("person", care.no_contacts, "soft")
    for contact in found:
        with tag("div", "contact"):
            with tag("div"):
                text(f"{contact.name} · {contact.relation}", "strong", "div")
                dial = text(contact.phone, "", "a")
                dial.props["href"] = "tel:" + "".join(c for c in contact.phone if c.isdigit() or c == "+")
            if contact.has_key:
                chip("lock", care.key_holder, "info")


_TEXTS = (("name", NAME_LIMIT), ("relation", RELATION_LIMIT), ("phone", PHONE_LIMIT))


class ContactsForm:
    """The dialog of one resident's page. Nothing is read before somebody has said why they look."""

    def __init__(self, viewer: Viewer, resident_id: int) -> None:
        self._viewer, self._resident_id = viewer, resident_id
        self._reason = ""
        self._drafts: list[dict[str, Any]] = []
        with ui.dialog() as self._dialog:
            self._box = tag("div", "dialog stack")

    def open(self) -> None:
        care, words = self._viewer.words.care, self._viewer.words
        self._reason, self._drafts = "", []
        self._box.clear()
        with self._box:
            text(care.contacts, name="h2")
            text(care.contacts_lead, "soft", "p")
            why = field(care.contacts_reason, self._write_reason, care.contacts_reason_hint)
            why.props["maxlength"] = 200
            with tag("div", "row"):
                button(care.contacts_show, self._show, look="main")
                button(words.cancel, self._dialog.close)
        self._dialog.open()

    def _write_reason(self, typed: str) -> None:
        self._reason = typed.strip()

    async def _show(self) -> None:
        viewer, reason = self._viewer, self._reason

        def read(session: Session) -> list[Contact]:
            if not reason:
                raise InvalidInput(field="reason", reason="say why you look")
            facts = {"resident_id": self._resident_id, "by": viewer.principal.name, "reason": reason}
            events.append(session, viewer.desk.estate_id, "contacts.viewed", utc_now(), **facts)
            return contacts.of(session, self._resident_id)

        found = await viewer.change(Action.AGREE, read)
        if found is None:
            return
        words, care = viewer.words, viewer.words.care
        self._box.clear()
        with self._box:
            text(care.contacts, name="h2")
            self._list = tag("div", "stack")
            for contact in found:
                self._edit(asdict(contact))
            with tag("div", "row"):
                button(care.contact_add, self._add, "plus")
            with tag("div", "row"):
                button(care.contacts_save, self._save, "good", "main")
                button(words.cancel, self._dialog.close)

    def _add(self) -> None:
        self._edit({"name": "", "relation": "", "phone": "", "has_key": False})

    def _edit(self, draft: dict[str, Any]) -> None:
        care = self._viewer.words.care
        labels = {"name": care.contact_name, "relation": care.contact_relation, "phone": care.contact_phone}
        self._drafts.append(draft)
        with self._list, tag("div", "stack tight contact-edit") as box:
            with tag("div", "three"):
                for name, limit in _TEXTS:
                    entry = field(labels[name], partial(draft.__setitem__, name))
                    entry.props.update(value=draft[name], maxlength=limit)
            with tag("div", "row"):
                key = tick(care.contact_key, lambda on: draft.update(has_key=on))
                if draft["has_key"]:
                    key.props["checked"] = True

                def remove() -> None:
                    self._drafts.remove(draft)
                    box.delete()

                button(care.contact_remove, remove, look="slim")

    async def _save(self) -> None:
        viewer, drafts = self._viewer, [dict(draft) for draft in self._drafts]

        def command(session: Session) -> bool:
            new = [Contact(**draft) for draft in drafts]
            contacts.replace(session, viewer.desk.estate_id, self._resident_id, new, utc_now())
            return True

        if await viewer.change(Action.AGREE, command, viewer.words.care.contacts_saved):
            self._dialog.close()
