"""YAML 1.2 core documents, read with the place of every value and written so that any reader agrees.

Only what JSON can say is accepted: no tags, no merge keys, no keys but text, no infinities. A plain `200` used as a
key stays the text "200", `on` and `no` are words, and `2024-01-01` is not turned into a date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import yaml

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Pointer: TypeAlias = tuple[str | int, ...]


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a piece of data is an object; all its keys are text, `load` sees to that."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a piece of data is an array."""
    return isinstance(value, list)


class SourceError(Exception):
    """A file that cannot be used, with the line to look at."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(slots=True)
class Origin:
    """The file and line that wrote a value, and the same for each of its parts.

    Origins form a tree of the same shape as the data: `parts[key]` belongs to `data[key]`.
    """

    path: Path
    line: int
    parts: Any = None  # dict[str, Origin] beside an object, list[Origin] beside an array, None beside a primitive

    def find(self, pointer: Pointer) -> Origin:
        """The origin of a location, or of its nearest ancestor that exists."""
        origin = self
        for key in pointer:
            part = origin.part(key)
            if part is None:
                break
            origin = part
        return origin

    def part(self, key: str | int) -> Origin | None:
        """The origin of one member or item, if there is one."""
        if isinstance(key, str):
            return self.parts.get(key) if is_object(self.parts) else None
        return self.parts[key] if is_array(self.parts) and 0 <= key < len(self.parts) else None

    def copy(self) -> Origin:
        """An independent tree that says the same."""
        return self._rebuilt(lambda origin: (origin.path, origin.line))

    def moved(self, path: Path, line: int) -> Origin:
        """An independent tree of the same shape in which one line wrote everything."""
        return self._rebuilt(lambda _: (path, line))

    def _rebuilt(self, place: Callable[[Origin], tuple[Path, int]]) -> Origin:
        parts = self.parts
        if is_object(parts):
            parts = {key: part._rebuilt(place) for key, part in parts.items()}
        elif is_array(parts):
            parts = [part._rebuilt(place) for part in parts]
        return Origin(*place(self), parts)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's data, and where in the file each part of it stands."""

    path: Path
    data: Any
    origin: Origin

    def line(self, pointer: Pointer) -> int:
        """The line of the key or item at a location, or of its nearest ancestor that exists."""
        return self.origin.find(pointer).line


def dotted(pointer: Pointer) -> str:
    """A location as people write it: `paths./orders.get`."""
    return ".".join(str(key) for key in pointer)


# --- reading ---------------------------------------------------------------------------------------------------------

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_NOT_FINITE = re.compile(r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$")


_Resolvers: TypeAlias = dict[str, list[tuple[str, re.Pattern[str]]]]  # by first character, as PyYAML keeps them
if TYPE_CHECKING:
    _Parser = yaml.SafeLoader
else:
    _Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _resolvers(*rules: tuple[str, re.Pattern[str], str]) -> _Resolvers:
    """A table of what plain scalars mean, from rules of tag, pattern and possible first characters."""
    table: _Resolvers = {}
    for tag, pattern, first in rules:
        for character in first or [""]:
            table.setdefault(character, []).append((_TAG + tag, pattern))
    return table


class _Loader(_Parser):
    """The parser, with the scalars of the YAML 1.2 core schema in place of those of YAML 1.1."""

    yaml_implicit_resolvers: _Resolvers = _resolvers(
        ("null", _NULL, "~nN"),
        ("null", _NULL, ""),
        ("bool", _BOOL, "tTfF"),
        ("int", _INT, "-+0123456789"),
        ("float", _FLOAT, "-+.0123456789"),
        ("not-finite", _NOT_FINITE, "-+."),
    )


def load(path: str | Path) -> Source:
    """Read one file; anything but a single clean document is a SourceError."""
    path = Path(path)
    root = _compose(path, _read(path))
    if root is None:
        raise SourceError(path, 1, "the file holds no document")
    builder = _Builder(path)
    line = root.start_mark.line + 1
    data, origin = builder.build(root, line)
    return Source(path, data, origin)


def _read(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "not UTF-8 text") from error


def _compose(path: Path, text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise SourceError(path, mark.line + 1 if mark else 1, reason) from error
    except yaml.reader.ReaderError as error:
        # Looked up by the character: the two parsers count positions in different units.
        line = text.partition(chr(error.character))[0].count("\n") + 1
        raise SourceError(path, line, f"{error.reason} (character {error.character!r})") from error


class _Builder:
    """Turns a node tree into data and origins in one pass."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open: set[int] = set()  # the containers being built, to refuse one that holds itself

    def build(self, node: yaml.Node, line: int) -> tuple[Json, Origin]:
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node), Origin(self.path, line)
        if id(node) in self.open:
            raise self.error(node, "an alias inside its own anchor")
        # An alias is the anchor's own node, so building a node twice is what makes the two independent copies.
        self.open.add(id(node))
        parts = self.mapping(node, line) if isinstance(node, yaml.MappingNode) else self.sequence(node, line)
        self.open.remove(id(node))
        return parts

    def mapping(self, node: yaml.MappingNode, line: int) -> tuple[Json, Origin]:
        self.check_tag(node, "map")
        data: dict[str, Json] = {}
        parts: dict[str, Origin] = {}
        for key_node, value_node in node.value:
            key = self.key(key_node)
            if key in data:
                raise self.error(key_node, f"duplicate key {key!r}, first on line {parts[key].line}")
            data[key], parts[key] = self.build(value_node, key_node.start_mark.line + 1)
        return data, Origin(self.path, line, parts)

    def sequence(self, node: yaml.Node, line: int) -> tuple[Json, Origin]:
        self.check_tag(node, "seq")
        built = [self.build(item, item.start_mark.line + 1) for item in node.value]
        return [data for data, _ in built], Origin(self.path, line, [origin for _, origin in built])

    def key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, "a key must be text")
        text = str(node.value)
        if node.tag == _TAG + "null":
            raise self.error(node, "a key must be text, this one is null")
        if text == "<<" and not node.style:  # no style: written without quotes
            raise self.error(node, "merge keys (<<) are not part of YAML 1.2")
        return text

    def scalar(self, node: yaml.ScalarNode) -> Json:
        text = str(node.value)
        match str(node.tag).removeprefix(_TAG):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return self.integer(node, text)
            case "float":
                return self.floating(node, text)
            case "not-finite":
                raise self.error(node, f"{text} has no JSON form; quote it if it is text")
            case _:
                raise self.error(node, f"tag {node.tag} is not allowed")

    def integer(self, node: yaml.ScalarNode, text: str) -> int:
        if not _INT.match(text):  # only an explicit tag brings other text here
            raise self.error(node, f"{text!r} is not an integer")
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text, base)

    def floating(self, node: yaml.ScalarNode, text: str) -> float:
        if not _FLOAT.match(text):
            raise self.error(node, f"{text!r} is not a number")
        number = float(text)
        if math.isinf(number):
            raise self.error(node, f"{text} is too large for a number")
        return number

    def check_tag(self, node: yaml.Node, name: str) -> None:
        if node.tag != _TAG + name:
            raise self.error(node, f"tag {node.tag} is not allowed")

    def error(self, node: yaml.Node, reason: str) -> SourceError:
        return SourceError(self.path, node.start_mark.line + 1, reason)


# --- writing ---------------------------------------------------------------------------------------------------------

_OTHER_BREAK = re.compile("[\r\x85\u2028\u2029]")


def _joined(one: _Resolvers, other: _Resolvers) -> _Resolvers:
    return {first: [*one.get(first, []), *other.get(first, [])] for first in one.keys() | other.keys()}


class _Dumper(yaml.SafeDumper):
    """The emitter; it quotes what a reader of YAML 1.1 or 1.2 would take for something other than text.

    PyYAML's own emitter, not libyaml's: that one is faster, but escapes emoji and breaks other lines, so that
    the text would depend on the machine.
    """

    # The inherited table knows YAML 1.1 as PyYAML reads it; ours, the other words that some reader takes for a value.
    yaml_implicit_resolvers: _Resolvers = _joined(
        yaml.SafeDumper.yaml_implicit_resolvers,
        _resolvers(
            ("bool", re.compile(r"^[yYnN]$"), "yYnN"),
            ("int", _INT, "-+0123456789"),
            ("float", _FLOAT, "-+.0123456789"),
        ),
    )

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(_: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    style = "|" if "\n" in data else None  # the emitter falls back to quotes where a block cannot hold the text
    if _OTHER_BREAK.search(data):
        style = '"'  # the only style in which these survive
    return yaml.ScalarNode(_TAG + "str", data, style=style)


def _number(dumper: yaml.SafeDumper, data: float) -> yaml.ScalarNode:
    if not math.isfinite(data):
        raise ValueError(f"{data} has no JSON form")
    return dumper.represent_float(data)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)


def dump(data: Json) -> str:
    """Block style, keys in their order, no aliases; the same data always gives the same text."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**16, default_flow_style=False)
