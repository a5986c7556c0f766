"""Overlays: applies OpenAPI Overlay 1.0 and 1.1 documents, and remembers which line wrote what.

The text of the specification decides. Where it is lenient the house is strict: an action that selects nothing, gives
no reason (`description`) or carries an unknown field is an error, because an overlay must not rot in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import jsonpath_rfc9535 as jsonpath

from tradeloom.yamlfile import Json, Origin, Pointer, Source, SourceError, dotted, is_array, is_object, load


class OverlayError(SourceError):
    """An overlay that is not well formed, or that does not fit its document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and where each part of it was written: in the spec, or in one of its overlays."""

    data: dict[str, Any]
    origin: Origin

    @classmethod
    def of(cls, source: Source) -> Document:
        """A document that starts from a source and shares nothing with it."""
        if not is_object(source.data):
            raise SourceError(source.path, source.origin.line, "the document must be an object")
        return cls(_copied(source.data), source.origin.copy())

    def locate(self, pointer: Pointer) -> tuple[Path, int]:
        """The file and line that wrote a location (or its nearest ancestor that exists)."""
        origin = self.origin.find(pointer)
        return origin.path, origin.line


def build(spec_path: str | Path, overlay_paths: Iterable[str | Path]) -> Document:
    """The spec with its overlays applied, in the given order."""
    document = Document.of(load(spec_path))
    for path in overlay_paths:
        overlay = load(path)
        actions = _read(overlay)
        _check_extends(overlay, Path(spec_path))
        _run(actions, document)
    return document


def apply(document: Document, overlay: Source) -> Document:
    """A new document with one overlay applied; both inputs stay as they were."""
    result = Document(_copied(document.data), document.origin.copy())
    _run(_read(overlay), result)
    return result


def _check_extends(overlay: Source, spec_path: Path) -> None:
    reference: str | None = overlay.data.get("extends")
    if reference is None:
        return
    parts = urlsplit(reference)
    target = overlay.path.parent / unquote(parts.path)
    if parts.scheme or parts.netloc or target.resolve() != spec_path.resolve():
        line = overlay.line(("extends",))
        raise OverlayError(overlay.path, line, f"extends {reference}, which is not {spec_path}")


# --- reading an overlay ----------------------------------------------------------------------------------------------

_VERSION = re.compile(r"1\.(?P<minor>[01])\.\d+")
_FIELDS = {
    "overlay": {"overlay", "info", "extends", "actions"},
    "info": {"title", "version", "description"},
    "action": {"target", "description", "update", "remove", "copy"},
}


@dataclass(frozen=True, slots=True)
class _Query:
    """A JSONPath as it was written, ready to run."""

    text: str
    compiled: jsonpath.JSONPathQuery

    def select(self, data: Json) -> list[Pointer]:
        """Every location selected, each once: a query may select a node twice."""
        return list(dict.fromkeys(tuple(node.location) for node in self.compiled.find(data)))


@dataclass(frozen=True, slots=True)
class _Action:
    """One action of an overlay, read and checked."""

    overlay: Source
    minor: int  # of the overlay's version: 1.0 or 1.1
    index: int
    target: _Query
    fields: dict[str, Any]
    copy: _Query | None

    def fail(self, reason: str, *place: str | int) -> NoReturn:
        """Refuse the action, at the line of the field at fault."""
        line = self.overlay.line(("actions", self.index, *place))
        raise OverlayError(self.overlay.path, line, f"actions[{self.index}]: {reason}")


def _read(overlay: Source) -> list[_Action]:
    """The overlay's actions, once its whole structure is known to be sound."""
    root = _object(overlay, (), "overlay")
    minor = _minor_version(overlay)
    info = _object(overlay, ("info",), "info")
    _text(overlay, ("info", "title"))
    _text(overlay, ("info", "version"))
    if "description" in info:
        _text(overlay, ("info", "description"))
    if "extends" in root:
        _text(overlay, ("extends",))
    actions = root.get("actions")
    if not is_array(actions) or not actions:
        _refuse(overlay, ("actions",), "actions: must be a list of at least one action")
    return [_read_action(overlay, minor, index) for index in range(len(actions))]


def _minor_version(overlay: Source) -> int:
    version = _text(overlay, ("overlay",))
    match = _VERSION.fullmatch(version)
    if not match:
        _refuse(overlay, ("overlay",), f"overlay: version {version} is not supported, only 1.0 and 1.1 are")
    return int(match["minor"])


def _read_action(overlay: Source, minor: int, index: int) -> _Action:
    place = ("actions", index)
    fields = _object(overlay, place, "action")
    target = _query(overlay, (*place, "target"))
    _text(overlay, (*place, "description"))
    if not isinstance(fields.get("remove", False), bool):
        _refuse(overlay, (*place, "remove"), f"actions[{index}].remove: must be true or false")
    copy = _query(overlay, (*place, "copy")) if "copy" in fields else None
    action = _Action(overlay, minor, index, target, fields, copy)
    _check_combination(action)
    return action


def _check_combination(action: _Action) -> None:
    fields = action.fields
    if not fields.keys() & {"update", "remove", "copy"}:
        action.fail("has none of update, remove and copy")
    if "copy" in fields and action.minor == 0:
        action.fail("copy needs overlay: 1.1.0", "copy")
    # `remove: true` beats both. Of update and copy, each is without effect beside the other: nothing would happen.
    if "copy" in fields and "update" in fields and not fields.get("remove"):
        action.fail("has both update and copy, which cancel each other", "copy")
    previous = action.overlay.data["actions"].index(fields)
    if previous < action.index:
        action.fail(f"is the same as actions[{previous}]")


def _object(overlay: Source, place: Pointer, what: str) -> dict[str, Any]:
    """The object at a place, with no field but the known ones and extensions."""
    value = _get(overlay, place)
    name = _name(place)
    if not is_object(value):
        _refuse(overlay, place, f"{name}: must be an object")
    for field in value:
        if field not in _FIELDS[what] and not field.startswith("x-"):
            _refuse(overlay, (*place, field), f"{name}: unknown field {field}")
    return value


def _text(overlay: Source, place: Pointer) -> str:
    value = _get(overlay, place)
    if not isinstance(value, str) or not value.strip():
        missing = value is None
        _refuse(overlay, place, f"{_name(place)}: " + ("is missing" if missing else "must be text, not empty"))
    return value


def _query(overlay: Source, place: Pointer) -> _Query:
    text = _text(overlay, place)
    try:
        return _Query(text, jsonpath.compile(text))
    except jsonpath.JSONPathError as error:
        _refuse(overlay, place, f"{_name(place)}: {text} is not a JSONPath: {error}")


def _get(overlay: Source, place: Pointer) -> Any:
    value = overlay.data
    for key in place:
        value = value.get(key) if isinstance(key, str) else value[key]
    return value


def _name(place: Pointer) -> str:
    """A place as messages name it: `actions[2].target`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return text.removeprefix(".") or "overlay"


def _refuse(overlay: Source, place: Pointer, reason: str) -> NoReturn:
    raise OverlayError(overlay.path, overlay.line(place), reason)


# --- applying it -----------------------------------------------------------------------------------------------------


def _run(actions: list[_Action], document: Document) -> None:
    """Apply actions in order, each to what the one before it left."""
    root = _Node(document.data, document.origin)
    for action in actions:
        targets = action.target.select(document.data)
        _check_targets(action, root, targets)
        if action.fields.get("remove"):
            _remove(action, root, targets)
        elif action.copy is not None:
            _write(action, root, targets, _copy_source(action, action.copy, root))
        elif "update" in action.fields:
            update = ("actions", action.index, "update")
            _write(action, root, targets, _Node(action.fields["update"], action.overlay.origin.find(update)))


def _check_targets(action: _Action, root: _Node, targets: list[Pointer]) -> None:
    if not targets:
        action.fail(f"target {action.target.text} matched nothing", "target")
    kinds = {root.at(target).kind for target in targets}
    if action.minor == 0 and "primitive" in kinds:
        action.fail(f"target {action.target.text} selects a primitive, which needs overlay: 1.1.0", "target")
    if len(kinds) > 1 and not action.fields.get("remove"):
        mixture = " and ".join(f"{kind}s" for kind in sorted(kinds))
        action.fail(f"target {action.target.text} selects {mixture}, not nodes of one kind", "target")


def _remove(action: _Action, root: _Node, targets: list[Pointer]) -> None:
    # Backwards, what is removed never moves what is still to go: children go before their parents, and later items
    # before earlier ones. (Two locations differ first inside one container, so their keys there are of one type.)
    for target in sorted(targets, reverse=True):
        if not target:
            action.fail("the document itself cannot be removed", "target")
        root.at(target[:-1]).delete(target[-1])


def _copy_source(action: _Action, query: _Query, root: _Node) -> _Node:
    found = query.select(root.data)
    if len(found) != 1:
        action.fail(f"copy {query.text} selects {len(found)} nodes, not exactly one", "copy")
    source = root.at(found[0])
    line = action.overlay.line(("actions", action.index, "copy"))
    return _Node(_copied(source.data), source.origin.moved(action.overlay.path, line))


def _write(action: _Action, root: _Node, targets: list[Pointer], new: _Node) -> None:
    for target in targets:
        node = root.at(target)
        if is_array(node.data) and not is_array(new.data):
            node.extend(_Node([new.data], Origin(new.origin.path, new.origin.line, [new.origin])))
        elif is_array(node.data) and action.minor == 0:
            # 1.0 speaks of one entry to append and leaves open what becomes of a list.
            action.fail("an array onto an array needs overlay: 1.1.0", "update")
        else:
            _merge(action, root, target, new, ())


def _merge(action: _Action, root: _Node, target: Pointer, new: _Node, path: tuple[str, ...]) -> None:
    """Merge a value into a location by the specification's table; `path` leads to it inside the new value."""
    old = root.at(target)
    if is_object(old.data) and is_object(new.data):
        for key in new.data:
            part = new.at((key,))
            if key in old.data:
                _merge(action, root, (*target, key), part, (*path, key))
            else:
                old.put(key, part)
    elif is_array(old.data) and is_array(new.data):
        old.extend(new)
    elif old.kind == new.kind == "primitive":
        root.at(target[:-1]).put(target[-1], new)
    else:
        field = "copy" if action.copy is not None else "update"
        where = dotted(target) or "the document"
        action.fail(f"{where} is {_a(old.kind)}, the {field} {_a(new.kind)}", field, *path)


def _a(kind: str) -> str:
    return f"a {kind}" if kind == "primitive" else f"an {kind}"


@dataclass(frozen=True, slots=True)
class _Node:
    """A value with its origin; each change is made to both, so that they keep one shape."""

    data: Any
    origin: Origin

    @property
    def kind(self) -> str:
        if is_object(self.data):
            return "object"
        return "array" if is_array(self.data) else "primitive"

    def at(self, pointer: Pointer) -> _Node:
        data, origin = self.data, self.origin
        for key in pointer:
            data, origin = data[key], origin.parts[key]
        return _Node(data, origin)

    def put(self, key: str | int, new: _Node) -> None:
        self.data[key] = _copied(new.data)
        self.origin.parts[key] = new.origin.copy()

    def extend(self, new: _Node) -> None:
        self.data.extend(_copied(new.data))
        self.origin.parts.extend(new.origin.copy().parts)

    def delete(self, key: str | int) -> None:
        del self.data[key]
        del self.origin.parts[key]


def _copied(data: Any) -> Any:
    if is_object(data):
        return {key: _copied(value) for key, value in data.items()}
    if is_array(data):
        return [_copied(item) for item in data]
    return data
