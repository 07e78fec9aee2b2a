"""What is known of a camera, to be typed: each field with its own note when something is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from api.desk.access import Viewer
from api.desk.components.basics import tag, text, tick, typing
from monitor.config.cameras import CameraConfig
from monitor.config.credentials import shown
from monitor.core.sighting import Direction

NUMBERS = ("east", "north", "heading_deg", "field_of_view_deg", "range_m")
_NEW: dict[str, object] = {
    "id": "", "name": "", "place": "", "direction": Direction.IN.value, "identifies": True, "enabled": True,
    "main": "", "sub": "", "user": "", "password": "", "east": "0", "north": "0", "heading_deg": "0",
    "field_of_view_deg": "80", "range_m": "12",
}  # fmt: skip


@dataclass
class Typed:
    """What stands in the form, and what stood there at first."""

    first: dict[str, object]
    now: dict[str, object] = field(default_factory=dict)

    @staticmethod
    def of(camera: CameraConfig | None) -> "Typed":
        first = _NEW if camera is None else _as_typed(camera)
        return Typed(first, dict(first))

    def changes(self, *, whole: bool) -> tuple[dict[str, object], list[str]]:
        """The fields as the camera file takes them (all of them, or what was changed), and those that are no numbers."""
        found = {key: value for key, value in self.now.items() if whole or value != self.first[key]}
        wrong = []
        for key in NUMBERS:
            if key not in found:
                continue
            try:
                found[key] = float(str(found[key]))
            except ValueError:
                wrong.append("position" if key in ("east", "north") else key)
        if found.keys() & {"east", "north"} and "position" not in wrong:
            found["position"] = (float(str(self.now["east"])), float(str(self.now["north"])))
        for key in ("east", "north"):
            found.pop(key, None)
        for key in ("user", "password"):
            if not found.get(key):
                found.pop(key, None)
        if "sub" in found and not found["sub"]:
            found["sub"] = None
        return found, wrong


def _as_typed(camera: CameraConfig) -> dict[str, object]:
    return {
        "id": camera.id,
        "name": camera.name,
        "place": camera.place,
        "direction": camera.direction.value,
        "identifies": camera.identifies,
        "enabled": camera.enabled,
        "main": shown(camera.main),
        "sub": shown(camera.sub),
        "user": "",
        "password": "",
        "east": f"{camera.position[0]:g}",
        "north": f"{camera.position[1]:g}",
        **{key: f"{getattr(camera, key):g}" for key in NUMBERS[2:]},
    }


class CameraFields:
    """Draws the three parts of the form; `typed` always says what stands in it."""

    def __init__(self, viewer: Viewer, typed: Typed, *, new: bool) -> None:
        self._viewer, self._typed = viewer, typed
        self._notes: dict[str, TextElement] = {}
        words = viewer.words
        self._part(words.camera_what, lambda: self._what(new))
        self._part(words.camera_reach, lambda: self._reach(new))
        self._part(words.camera_where, self._where)

    def mark(self, mistakes: dict[str, str]) -> list[str]:
        """Put each sentence to its field; returns those that have none."""
        for key, note in self._notes.items():
            note.set_text(mistakes.get(key, ""))
            note.set_visibility(key in mistakes)
        return [sentence for key, sentence in mistakes.items() if key not in self._notes]

    def _part(self, title: str, draw: Callable[[], None]) -> None:
        with tag("section", "panel stack"):
            text(title, name="h2")
            draw()

    def _what(self, new: bool) -> None:
        with tag("div", "two"):
            if new:
                self._field("id", maxlength=60)
            self._field("name", maxlength=100)
            places = sorted({camera.place for camera in self._viewer.desk.runtime.estate.cameras})
            self._field("place", maxlength=60, list="places")
            with tag("datalist") as known:
                known.props["id"] = "places"
                for place in places:
                    tag("option").props["value"] = place
            self._direction()
        self._tick("identifies")
        self._tick("enabled")

    def _reach(self, new: bool) -> None:
        words = self._viewer.words
        self._field("main", maxlength=2000, inputmode="url")
        self._field("sub", maxlength=2000, inputmode="url")
        with tag("div", "two"):
            self._field("user", maxlength=100, autocomplete="off")
            self._field("password", maxlength=200, type="password", autocomplete="new-password")
        text(words.camera_hint["login"] if new else words.camera_login_kept, "soft small", "p")

    def _where(self) -> None:
        with tag("div", "two"):
            for key in NUMBERS:
                note = {"east": None, "north": "position"}.get(key, key)
                self._field(key, note=note, inputmode="decimal")

    def _field(self, key: str, note: str | None = "", **props: Any) -> None:
        """`note`: the name of the note below it where that is another one; None: it has none."""
        words = self._viewer.words
        with tag("div"):
            with tag("label", "field"):
                text(words.camera_field[key])
                box = typing(lambda value: self._set(key, value))
            box.props.update(props)
            box.props["placeholder"] = words.camera_hint.get(key, "")
            # As an attribute (^): a property called `value` would overwrite what was typed with every redraw.
            box.props["^value"] = self._typed.first[key]
            if note is not None:
                self._note(box, note or key)

    def _note(self, box: Element, key: str) -> None:
        self._notes[key] = note = text("", "wrong", "div")
        note.props["id"] = box.props["aria-describedby"] = f"note-{key}"
        note.set_visibility(False)

    def _direction(self) -> None:
        words = self._viewer.words
        with tag("label", "field"):
            text(words.camera_field["direction"])
            with tag("select") as choice:
                for direction in Direction:
                    option = text(words.direction[direction], name="option")
                    option.props["value"] = direction.value
                    option.props.set_bool("selected", direction.value == self._typed.first["direction"])
        self._on_change(choice, "direction")

    def _on_change(self, choice: Element, key: str) -> None:
        choice.on(
            "change",
            lambda event: self._set(key, str(event.args)),
            js_handler="(event) => emit(event.target.value)",
        )

    def _tick(self, key: str) -> None:
        words = self._viewer.words
        box = tick(words.camera_field[key], lambda ticked: self._set(key, ticked), words.camera_hint[key])
        box.props.set_bool("checked", self._typed.first[key] is True)

    def _set(self, key: str, value: object) -> None:
        self._typed.now[key] = value.strip() if isinstance(value, str) and key != "password" else value
