"""A YAML file as plain data that remembers on which line each key stands."""

from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from monitor.config.address import redact
from monitor.errors import Problem

Where = tuple[str | int, ...]

_SCALARS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_NOT_YAML = (
    "this is no valid YAML; look at the indentation, colons and quotes of this line and the one before"
)


def dotted(where: Where) -> str:
    """('cameras', 3, 'main') -> cameras[3].main"""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(file)"


@dataclass
class Document:
    """What was read and what was wrong with it. Without data there is at least one problem."""

    file: str
    data: dict[str, object] | None = None
    problems: list[Problem] = field(default_factory=list)
    _lines: dict[Where, int] = field(default_factory=dict)
    _nodes: set[int] = field(default_factory=set)
    _yaml: YAML = field(default_factory=lambda: YAML(typ="safe", pure=True))

    @staticmethod
    def read(path: Path) -> "Document":
        """Takes the YAML apart without building any object, so that a file cannot run anything."""
        document = Document(str(path))
        try:
            document._take(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            document.report((), "there is no such file", line=0)
        except UnicodeDecodeError:
            document.report((), "is not UTF-8 text", line=0)
        except OSError as error:
            document.report((), f"cannot be read: {error.strerror}", line=0)
        return document

    def line(self, where: Where) -> int:
        """The line of a key, or of the nearest thing around it; 0 when nothing was read."""
        while where not in self._lines and where:
            where = where[:-1]
        return self._lines.get(where, 0)

    def report(self, where: Where, message: str, *, line: int | None = None) -> None:
        at = self.line(where) if line is None else line
        # A key is the writer's own text too, so an address put in the wrong place is masked here as well.
        self.problems.append(Problem(self.file, at, redact(dotted(where)), redact(message)))

    def _take(self, text: str) -> None:
        try:
            root = self._yaml.compose(text)
        except ReaderError as error:
            self.report((), "has a control character in it", line=text.count("\n", 0, error.position) + 1)
        except MarkedYAMLError as error:
            # The library's own text quotes the line, and with it perhaps a password.
            mark = error.problem_mark or error.context_mark
            self.report((), _NOT_YAML, line=mark.line + 1 if mark else 1)
        except (YAMLError, RecursionError):
            self.report((), _NOT_YAML, line=1)
        else:
            if root is None:
                self.report((), "the file is empty", line=1)
            elif not isinstance(root, MappingNode):
                self.report((), "must be a group of keys", line=root.start_mark.line + 1)
            else:
                self._lines[()] = root.start_mark.line + 1
                self.data = self._mapping(root, ())

    def _plain(self, node: Node, where: Where) -> object:
        if id(node) in self._nodes:
            self.report(where, "anchors and aliases (& and *) are not supported; write the value again")
            return None
        self._nodes.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, where)
        if isinstance(node, SequenceNode):
            return [self._item(child, (*where, number)) for number, child in enumerate(node.value)]
        return self._scalar(node, where)

    def _item(self, node: Node, where: Where) -> object:
        self._lines[where] = node.start_mark.line + 1
        return self._plain(node, where)

    def _mapping(self, node: MappingNode, where: Where) -> dict[str, object]:
        plain: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.report(where, "a key must be a word", line=line)
                continue
            key = str(key_node.value)
            if key in plain:
                first = self.line((*where, key))
                self.report(
                    (*where, key), f"this key stands here twice; the first is on line {first}", line=line
                )
                continue
            self._lines[(*where, key)] = line
            plain[key] = self._plain(value_node, (*where, key))
        return plain

    def _scalar(self, node: Node, where: Where) -> object:
        tag = str(node.tag)
        if tag not in _SCALARS:
            self.report(where, "tags (!) are not supported; write a plain value")
            return None
        if tag.endswith(":timestamp"):
            return str(node.value)
        try:
            return self._yaml.constructor.construct_object(node)
        except ValueError:
            # `!!int abc`: the tag promises what the value is not.
            return str(node.value)
