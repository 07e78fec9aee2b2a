"""Edits of the camera file's text, so that everything else in it stays as it was written, comments and order too.

The parser says where a value stands; what comes out is read again in full before it is used (camera_file.py).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

# How people order a camera; a key that comes new into one goes behind the nearest that is there.
KEYS = (
    "id", "name", "place", "direction", "identifies", "enabled", "main", "sub", "position", "heading_deg",
    "field_of_view_deg", "range_m",
)  # fmt: skip
Value = str | bool | float | None | Sequence[float]

_PLAIN = re.compile(r"[^\W\d_]\w*(?:[ -]\w+)*")
_PLAIN_ADDRESS = re.compile(r"rtsps?://[\w.${}:@%/?=&+~*!()-]*[\w/}=&]", re.ASCII | re.I)
_NOT_TEXT = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


class UnfitLayout(Exception):
    """The file is written in a way that edits do not reach."""


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


class CameraText:
    """One version of the file's text."""

    def __init__(self, text: str) -> None:
        """`text` is a valid camera file. Raises UnfitLayout."""
        self._text = text
        root = YAML(typ="safe", pure=True).compose(text)
        found = _value(root, "cameras") if isinstance(root, MappingNode) else None
        if not isinstance(found, SequenceNode) or found.flow_style:
            raise UnfitLayout
        self._cameras: list[MappingNode] = found.value

    def written(self, number: int, key: str) -> str | None:
        """The value as it stands there, before variables are filled in."""
        node = _value(self._cameras[number], key)
        return None if node is None or not node.value else str(node.value)

    def with_camera(self, camera: Mapping[str, Value]) -> str:
        """The text with one more camera at the end of the list."""
        last = self._cameras[-1]
        dash = " " * self._column(self._dash(last))
        lines = [f"{key}: {_rendered(camera[key])}" for key in KEYS if key in camera]
        block = "".join(f"\n{dash}{'  ' if number else '- '}{line}" for number, line in enumerate(lines))
        end = self._line_end(self._end(last))
        return self._edited([_Edit(end, end, block)])

    def without(self, number: int) -> str:
        """The text without this camera. Comments between cameras stay: they may be the next one's."""
        camera = self._cameras[number]
        start, end = self._line_start(self._dash(camera)), self._line_end(self._end(camera))
        return self._edited([_Edit(start, end + 1, "")])

    def changed(self, number: int, values: Mapping[str, Value]) -> str:
        """The text with other values for this camera; None takes a key out."""
        camera = self._cameras[number]
        edits = [self._set(camera, key, values[key]) for key in KEYS if key in values]
        return self._edited([edit for edit in edits if edit is not None])

    def _set(self, camera: MappingNode, key: str, value: Value) -> _Edit | None:
        pair = _pair(camera, key)
        if pair is None:
            return None if value is None else self._put(camera, key, value)
        name, node = pair
        start, end = node.start_mark.index, node.end_mark.index
        if start == end:  # `sub:` with nothing behind it
            colon = name.end_mark.index + 1
            return _Edit(colon, colon, f" {_rendered(value, camera)}")
        line = self._line_start(start)
        if value is None and not camera.flow_style and self._dash(camera) < line:
            return _Edit(line, self._line_end(end) + 1, "")
        return _Edit(start, end, _rendered(value, camera))

    def _put(self, camera: MappingNode, key: str, value: Value) -> _Edit:
        """A key that was not there."""
        before = [name for name in KEYS[: KEYS.index(key)] if _value(camera, name) is not None]
        neighbour = _value(camera, before[-1])
        assert neighbour is not None  # the id is always there
        pair = f"{key}: {_rendered(value, camera)}"
        if camera.flow_style:
            end = neighbour.end_mark.index
            return _Edit(end, end, f", {pair}")
        end = self._line_end(neighbour.end_mark.index)
        return _Edit(end, end, f"\n{' ' * camera.start_mark.column}{pair}")

    def _edited(self, edits: Sequence[_Edit]) -> str:
        text = self._text
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text if text.endswith("\n") else text + "\n"

    def _dash(self, camera: MappingNode) -> int:
        return self._text.rfind("-", 0, int(camera.start_mark.index))

    def _end(self, camera: MappingNode) -> int:
        """Where its last value ends; a block's own mark would be behind the comments that follow."""
        node = camera if camera.flow_style else camera.value[-1][1]
        return int(node.end_mark.index)

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        end = self._text.find("\n", index)
        return len(self._text) if end < 0 else end

    def _column(self, index: int) -> int:
        return index - self._line_start(index)


def _pair(mapping: MappingNode, name: str) -> tuple[Node, Node] | None:
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def _value(mapping: MappingNode, name: str) -> Node | None:
    found = _pair(mapping, name)
    return None if found is None else found[1]


def _rendered(value: Value, beside: MappingNode | None = None) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(float(value)).removesuffix(".0")
        case str():
            return _quoted(value, in_flow=beside is not None and bool(beside.flow_style))
        case _:
            return f"[{', '.join(_rendered(part) for part in value)}]"


def _quoted(text: str, *, in_flow: bool) -> str:
    """As people would write it where that can only be read as this text; else in the quotes that JSON and YAML share."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    if plain or (not in_flow and _PLAIN_ADDRESS.fullmatch(text)):
        return text
    return json.dumps(text, ensure_ascii=False)
