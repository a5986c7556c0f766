"""What changed between two documents of an API, and whether callers break.

The documents are walked operation by operation, with references resolved, so that a schema is judged by where it
travels: a request must still take all that it took, a reply must not bring what it never brought. What this module
does not know how to judge counts as breaking.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from .lowering import METHODS, types_of
from .yamlfile import Pointer, is_array, is_object

__all__ = ["Change", "Level", "compare"]

Json = dict[str, Any]


class Level(IntEnum):
    """What a change asks of the version."""

    TEXT = 0  # patch: only words
    ADDED = 1  # minor: callers need not care
    BREAKING = 2  # major: callers may break


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `pointer` leads to it in the new document, or to where it was in the old one. `place` says the same in short.
    """

    level: Level
    pointer: Pointer
    place: str
    words: str
    operations: tuple[str, ...] = ()


def compare(old: Json, new: Json) -> list[Change]:
    """Every difference between two documents, breaking ones first; none for equal documents."""
    if old == new:
        return []
    comparison = _Comparison(old, new)
    comparison.document()
    return sorted(comparison.changes(), key=lambda change: (-change.level, change.place, change.words))


# --- keywords --------------------------------------------------------------------------------------------------------


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS = _set(
    "title summary description example examples x-sample x-columns tags externalDocs contact license termsOfService"
    " $comment"
)
# Looser or tighter, nobody's code breaks: how to look up an outcome, which digits of a time are written.
_MILD = _set("x-evidence x-lookup x-clock x-fraction-digits deprecated links")
# How the Python package is cut; surface.py sees what that does to it.
_SHAPING = _set("x-methods x-merge x-overloads")

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
# Rules that a value obeys or not: another one is another set of values.
_RULES = _set(
    "pattern multipleOf uniqueItems not if then else dependentRequired dependentSchemas contains propertyNames"
    " patternProperties unevaluatedItems unevaluatedProperties x-constraints"
)
_VALUES = ("type", "enum", "const")
_COMPARED = frozenset(
    (*_LOWER, *_UPPER, *_RULES, *_VALUES, "properties", "required", "additionalProperties", "items", "prefixItems")
) | {"default", "allOf", "oneOf", "anyOf", "$ref"}

_TEXT, _ADDED, _BREAKING = Level.TEXT, Level.ADDED, Level.BREAKING


class _Comparison:
    """One walk over two documents; `report` collects what it finds."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old = old
        self.new = new
        self.found: dict[tuple[Pointer, str], tuple[Level, str, set[str]]] = {}
        self.operation = ""
        self.seen: set[str] = set()  # pairs of references on the way, for schemas may hold themselves

    def changes(self) -> Iterator[Change]:
        for (pointer, words), (level, place, operations) in self.found.items():
            yield Change(level, pointer, place, words, tuple(sorted(operations)))

    def report(self, level: Level, pointer: Pointer, words: str) -> None:
        """Take one difference down; where it travels both ways the graver judgement counts."""
        known, place, operations = self.found.get((pointer, words), (level, self.place(pointer), set[str]()))
        operations |= {self.operation} - {""}
        self.found[pointer, words] = (max(known, level), place, operations)

    def place(self, pointer: Pointer) -> str:
        if pointer[:2] == ("components", "schemas"):
            return str(pointer[2]) + _inside(pointer[3:])
        if pointer[:1] == ("components",):
            return " ".join(map(str, pointer[1:3])) + _inside(pointer[3:])
        if pointer[:1] == ("paths",):
            return (self.operation or str(pointer[1])) + self.parameter(pointer) + _inside(pointer[3:])
        return ".".join(map(str, pointer)) or "document"

    def parameter(self, pointer: Pointer) -> str:
        """The parameter that a place is inside of, by its name."""
        if "parameters" not in pointer[:-2]:
            return ""
        node: Any = self.new
        for before, key in zip(("", *pointer), pointer[:-1], strict=False):
            node = node[key]
            if before == "parameters":
                return f" {node.get('name', '')}"
        return ""

    # --- from the top

    def document(self) -> None:
        self.rest(self.old, self.new, (), {"info", "servers", "tags", "paths", "components", "security", "openapi"})
        old_info, new_info = self.old.get("info", {}), self.new.get("info", {})
        self.rest(old_info, new_info, ("info",), {"version"})
        for key in ("tags", "openapi"):
            if self.old.get(key) != self.new.get(key):
                self.report(_TEXT, (key,), "changed")
        self.servers(self.old.get("servers", []), self.new.get("servers", []), ("servers",))
        self.schemes()
        for before, after in self.pairs():
            self.seen.clear()
            self.one(before, after)
        self.operation = ""
        if not self.found and {**self.old, "info": {}} != {**self.new, "info": {}}:
            self.report(_TEXT, (), "changed where no operation uses it, or in its order")

    def pairs(self) -> Iterator[tuple[_Call | None, _Call | None]]:
        """Operations of both documents: those of the same path and method first, then those of the same name."""
        old, new = _calls(self.old), _calls(self.new)
        for key in old.keys() & new.keys():
            yield old.pop(key), new.pop(key)
        names = {call.name: key for key, call in new.items()}
        for call in old.values():
            place = names.get(call.name)
            yield call, new.pop(place) if place else None
        for call in new.values():
            yield None, call

    def one(self, old: _Call | None, new: _Call | None) -> None:
        call = new or old
        assert call is not None
        self.operation = call.name
        if new is None or old is None:
            words = "the operation is gone" if new is None else "a new operation"
            self.report(_BREAKING if new is None else _ADDED, call.pointer, f"{words} ({call})")
            return
        pointer = new.pointer
        if (old.key, old.method) != (new.key, new.method):
            self.report(_BREAKING, pointer, f"moved from {old} to {new}")
        if old.name != new.name:
            self.report(_BREAKING, (*pointer, "operationId"), f"operationId was {old.name}")
        self.rest(
            old.node,
            new.node,
            pointer,
            {"operationId", "parameters", "requestBody", "responses", "security", "servers", "x-constraints"},
        )
        self.rules(old.node, new.node, pointer, sent=True, names=("x-constraints",))
        self.servers(old.node.get("servers", []), new.node.get("servers", []), (*pointer, "servers"))
        self.security(old, new)
        self.parameters(old, new)
        self.body(old.node.get("requestBody"), new.node.get("requestBody"), (*pointer, "requestBody"))
        self.responses(old.node["responses"], new.node["responses"], (*pointer, "responses"))

    # --- who may call, and where

    def servers(self, old: list[Json], new: list[Json], pointer: Pointer) -> None:
        old_by, new_by = {item["url"]: item for item in old}, {item["url"]: item for item in new}
        for url in old_by.keys() - new_by.keys():
            self.report(_BREAKING, pointer, f"server {url} is gone")
        for url in new_by.keys() - old_by.keys():
            self.report(_ADDED, pointer, f"server {url} is new")
        for index, item in enumerate(new):
            if item["url"] in old_by:
                self.rest(old_by[item["url"]], item, (*pointer, index), set())
        if [*old_by] != [*new_by] and old_by.keys() == new_by.keys():
            self.report(_BREAKING, pointer, "servers in another order; the first is the default")

    def schemes(self) -> None:
        old, new = (document.get("components", {}).get("securitySchemes", {}) for document in (self.old, self.new))
        for name in old.keys() & new.keys():
            self.rest(old[name], new[name], ("components", "securitySchemes", name), set())

    def security(self, old: _Call, new: _Call) -> None:
        before, after = _ways(self.old, old), _ways(self.new, new)
        pointer = (*new.pointer, "security")
        # Who had what was needed then, must have it now.
        if not all(any(now <= then for now in after) for then in before):
            self.report(_BREAKING, pointer, f"credentials: now needs {_choice(after)}, was {_choice(before)}")
        elif set(before) != set(after):
            self.report(_ADDED, pointer, f"credentials: now {_choice(after)}, was {_choice(before)}")

    # --- what is sent

    def parameters(self, old: _Call, new: _Call) -> None:
        old_by, new_by = self.parameters_of(self.old, old), self.parameters_of(self.new, new)
        for key, (node, _) in old_by.items():
            if key not in new_by:
                name, where = node["name"], node["in"]
                self.report(_BREAKING, (*new.pointer, "parameters"), f"{where} parameter `{name}` is gone")
        for key, (node, pointer) in new_by.items():
            name, where, required = node["name"], node["in"], node.get("required", False)
            what = f"{where} parameter `{name}`"
            if key not in old_by:
                words = f"{what} is new" + (" and required" if required else "")
                self.report(_BREAKING if required else _ADDED, pointer, words)
                continue
            before = old_by[key][0]
            if before["name"] != name:
                self.report(_BREAKING, pointer, f"{where} parameter `{before['name']}` is now `{name}`")
            self.required(before, node, pointer, what)
            self.rest(before, node, pointer, {"name", "in", "required", "schema", "content"})
            self.schema(before.get("schema", {}), node.get("schema", {}), (*pointer, "schema"), sent=True)
            self.content(before.get("content", {}), node.get("content", {}), (*pointer, "content"), sent=True)

    def parameters_of(self, document: Json, call: _Call) -> dict[tuple[str, str], tuple[Json, Pointer]]:
        """Parameters by place and name; those in the path by position, for there the name does not travel."""
        found: dict[tuple[str, str], tuple[Json, Pointer]] = {}
        for owner, pointer in ((call.item, call.pointer[:-1]), (call.node, call.pointer)):
            for index, item in enumerate(owner.get("parameters", [])):
                node, place = _resolved(document, item, (*pointer, "parameters", index))
                name = node["name"]
                if node["in"] == "path" and name in call.names:
                    name = f"{{{call.names.index(name)}}}"
                found[node["in"], name.lower() if node["in"] == "header" else name] = node, place
        return found

    def required(self, old: Json, new: Json, pointer: Pointer, what: str) -> None:
        before, after = old.get("required", False), new.get("required", False)
        if before != after:
            words = f"{what} is now required" if after else f"{what} is no longer required"
            self.report(_BREAKING if after else _ADDED, pointer, words)

    def body(self, old: Json | None, new: Json | None, pointer: Pointer) -> None:
        if old is None and new is None:
            return
        if old is None or new is None:
            node = _resolved(self.new, new, pointer)[0] if new else {}
            fine = old is None and not node.get("required", False)
            words = "a request body is new" if old is None else "the request body is gone"
            self.report(_ADDED if fine else _BREAKING, pointer, words)
            return
        (old, _), (new, pointer) = _resolved(self.old, old, pointer), _resolved(self.new, new, pointer)
        self.required(old, new, pointer, "the request body")
        self.rest(old, new, pointer, {"required", "content"})
        self.content(old["content"], new["content"], (*pointer, "content"), sent=True)

    # --- what comes back

    def responses(self, old: Json, new: Json, pointer: Pointer) -> None:
        for status in old.keys() - new.keys():
            self.report(_BREAKING, pointer, f"response {status} is gone")
        for status in new.keys() - old.keys():
            level = _BREAKING if status[0] in "123" else _ADDED
            self.report(level, (*pointer, status), f"response {status} is new")
        for status in old.keys() & new.keys():
            before, _ = _resolved(self.old, old[status], ())
            after, place = _resolved(self.new, new[status], (*pointer, status))
            self.rest(before, after, place, {"content", "headers"})
            self.content(before.get("content", {}), after.get("content", {}), (*place, "content"), sent=False)
            self.headers(before.get("headers", {}), after.get("headers", {}), (*place, "headers"))

    def headers(self, old: Json, new: Json, pointer: Pointer) -> None:
        for name in old.keys() - new.keys():
            self.report(_BREAKING, pointer, f"header {name} is gone")
        for name in new.keys() - old.keys():
            self.report(_ADDED, (*pointer, name), f"header {name} is new")
        for name in old.keys() & new.keys():
            before, _ = _resolved(self.old, old[name], ())
            after, place = _resolved(self.new, new[name], (*pointer, name))
            if before.get("required", False) != after.get("required", False):
                kept = after.get("required", False)
                words = f"header {name} is {'now always there' if kept else 'no longer always there'}"
                self.report(_ADDED if kept else _BREAKING, place, words)
            self.rest(before, after, place, {"required", "schema", "content"})
            self.schema(before.get("schema", {}), after.get("schema", {}), (*place, "schema"), sent=False)

    def content(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        for media in old.keys() - new.keys():
            self.report(_BREAKING, pointer, f"media type {media} is gone")
        for media in new.keys() - old.keys():
            self.report(_ADDED, (*pointer, media), f"media type {media} is new")
        for media in old.keys() & new.keys():
            place = (*pointer, media)
            self.rest(old[media], new[media], place, {"schema"})
            self.schema(old[media].get("schema", {}), new[media].get("schema", {}), (*place, "schema"), sent=sent)

    # --- schemas

    def schema(self, old: Any, new: Any, pointer: Pointer, *, sent: bool) -> None:
        """Judge two schemas; `sent` says that callers write the value, else they read it."""
        old, new = _normal(old), _normal(new)
        pair = json.dumps([old, new, sent])
        if "$ref" in pair:
            if pair in self.seen:
                return
            self.seen.add(pair)
        elif old == new:
            return
        ways = _choices(self.old, old), _choices(self.new, new)
        old, _ = _resolved(self.old, old, ())
        new, pointer = _resolved(self.new, new, pointer)
        if _CHOICES & old.keys() or _CHOICES & new.keys():
            self.choices(*ways, (*pointer, *sorted(_CHOICES & new.keys())), sent=sent)
            # What has no alternatives is one itself; what stands beside alternatives counts for all of them.
            old, new = (side if _CHOICES & side.keys() else _words_of(side) for side in (old, new))
        self.values(old, new, pointer, sent=sent)
        self.bounds(old, new, pointer, sent=sent)
        self.rules(old, new, pointer, sent=sent, names=_RULES)
        self.default(old, new, pointer)
        self.members(old, new, pointer, sent=sent)
        self.items(old, new, pointer, sent=sent)
        self.parts(old.get("allOf", []), new.get("allOf", []), pointer, sent=sent)
        self.rest(old, new, pointer, _COMPARED)

    def narrowed(self, pointer: Pointer, words: str, *, sent: bool) -> None:
        """Fewer values than before: no harm where they are read."""
        self.report(_BREAKING if sent else _ADDED, pointer, words)

    def widened(self, pointer: Pointer, words: str, *, sent: bool) -> None:
        """More values than before: no harm where they are written."""
        self.report(_ADDED if sent else _BREAKING, pointer, words)

    def values(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        before, after = _types(old), _types(new)
        if before != after:
            words = f"type was {_listed(types_of(old)) or 'any'}, is {_listed(types_of(new)) or 'any'}"
            # A number that is only ever an integer is another type to those who read it.
            if after < before and (sent or {*types_of(new)} <= {*types_of(old)} or not types_of(old)):
                self.narrowed((*pointer, "type"), words, sent=sent)
            elif before < after:
                self.widened((*pointer, "type"), words, sent=sent)
            else:
                self.report(_BREAKING, (*pointer, "type"), words)
        self.enumerated(_enumerated(old), _enumerated(new), (*pointer, "enum"), sent=sent)

    def enumerated(self, old: list[Any] | None, new: list[Any] | None, pointer: Pointer, *, sent: bool) -> None:
        if old is None and new is None:
            return
        if old is None or new is None:
            if new is not None:
                self.narrowed(pointer, f"now one of {_listed(new)}", sent=sent)
            if old is not None:
                self.widened(pointer, f"no longer one of {_listed(old)}, but anything", sent=sent)
            return
        gone = [value for value in old if value not in new]
        added = [value for value in new if value not in old]
        if gone:
            self.narrowed(pointer, f"value {_listed(gone)} is gone", sent=sent)
        if added:
            self.widened(pointer, f"value {_listed(added)} is new", sent=sent)

    def bounds(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        for names, tighter in ((_LOWER, _greater), (_UPPER, _less)):
            for name in names:
                before, after = old.get(name), new.get(name)
                if before == after:
                    continue
                words = f"{name} was {_shown(before)}, is {_shown(after)}"
                judge = self.narrowed if tighter(after, before) else self.widened
                judge((*pointer, name), words, sent=sent)

    def rules(self, old: Json, new: Json, pointer: Pointer, *, sent: bool, names: Iterable[str]) -> None:
        for name in names:
            before, after = old.get(name), new.get(name)
            if before == after:
                continue
            if before is None:
                self.narrowed((*pointer, name), f"{name} is new", sent=sent)
            elif after is None:
                self.widened((*pointer, name), f"{name} is gone", sent=sent)
            else:
                self.report(_BREAKING, (*pointer, name), f"{name} changed")

    def default(self, old: Json, new: Json, pointer: Pointer) -> None:
        if ("default" in old, old.get("default")) == ("default" in new, new.get("default")):
            return
        words = f"default was {_shown(old.get('default'))}, is {_shown(new.get('default'))}"
        self.report(_BREAKING if "default" in old else _ADDED, (*pointer, "default"), words)

    def members(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        old_required, new_required = old.get("required", []), new.get("required", [])
        for name in before.keys() - after.keys():
            self.report(_BREAKING, pointer, f"property `{name}` is gone")
        for name in after.keys() - before.keys():
            needed = sent and name in new_required
            words = f"property `{name}` is new" + (" and required" if needed else "")
            self.report(_BREAKING if needed else _ADDED, (*pointer, "properties", name), words)
        for name in before.keys() & after.keys():
            self.schema(before[name], after[name], (*pointer, "properties", name), sent=sent)
        # A property that comes or goes has been reported with what it needs.
        stayed = {*old_required, *new_required} - (before.keys() ^ after.keys())
        for name in sorted(stayed - {*old_required}):
            self.narrowed((*pointer, "required"), f"property `{name}` is now required", sent=sent)
        for name in sorted(stayed - {*new_required}):
            self.widened((*pointer, "required"), f"property `{name}` is no longer required", sent=sent)
        self.others(old, new, (*pointer, "additionalProperties"), sent=sent)

    def others(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if is_object(before) and is_object(after):
            self.schema(before, after, pointer, sent=sent)
        elif after is False and before is not False:
            level = _BREAKING if sent or is_object(before) else _ADDED
            self.report(level, pointer, "other properties are no longer allowed")
        elif before is False and after is not False:
            self.report(_ADDED, pointer, "other properties are allowed now")
        elif before != after:
            judge = self.narrowed if is_object(after) else self.widened
            judge(pointer, "the schema of other properties changed", sent=sent)

    def items(self, old: Json, new: Json, pointer: Pointer, *, sent: bool) -> None:
        if "prefixItems" in old or "prefixItems" in new:
            self.row(old.get("prefixItems", []), new.get("prefixItems", []), (*pointer, "prefixItems"), sent=sent)
        if "items" in old or "items" in new:
            self.schema(old.get("items", {}), new.get("items", {}), (*pointer, "items"), sent=sent)

    def row(self, old: list[Json], new: list[Json], pointer: Pointer, *, sent: bool) -> None:
        """Elements of a tuple: people count on their number, their order and, in Python, their names."""
        before, after = _titles(self.old, old), _titles(self.new, new)
        if before != after and sorted(before) == sorted(after) and len({*before}) == len(before):
            self.report(_BREAKING, pointer, f"elements in another order: were {_listed(before)}, are {_listed(after)}")
            old = [old[before.index(title)] for title in after]
            before = after
        for index in range(len(new), len(old)):
            self.report(_BREAKING, pointer, f"element {index} {before[index]} is gone".replace("  ", " "))
        for index in range(len(old), len(new)):
            words = f"element {index} {after[index]} is new".replace("  ", " ")
            self.report(_BREAKING, (*pointer, index), words)
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            if before[index] != after[index]:
                words = f"title was {before[index] or 'none'}, is {after[index] or 'none'}"
                self.report(_BREAKING, (*pointer, index, "title"), words)
            was, now = (types_of(_resolved(*side, ())[0]) for side in ((self.old, one), (self.new, other)))
            if was != now:
                self.report(_BREAKING, (*pointer, index), f"element type was {_listed(was)}, is {_listed(now)}")
            self.schema(_untitled(one), _untitled(other), (*pointer, index), sent=sent)

    def choices(self, old: list[Json], new: list[Json], pointer: Pointer, *, sent: bool) -> None:
        """Alternatives: equal ones first, then those of the same name, then those of the same type."""
        before, after = [*old], [*enumerate(new)]
        for same in (self.equal, self.same_name, self.same_types):
            for choice in [*before]:
                match = next((pair for pair in after if same(choice, pair[1])), None)
                if match is not None:
                    before.remove(choice)
                    after.remove(match)
                    self.schema(choice, match[1], (*pointer, match[0]), sent=sent)
        for choice in before:
            self.narrowed(pointer, f"alternative {_brief(choice)} is gone", sent=sent)
        for index, choice in after:
            self.widened((*pointer, index), f"alternative {_brief(choice)} is new", sent=sent)

    def equal(self, old: Json, new: Json) -> bool:
        return old == new

    def same_name(self, old: Json, new: Json) -> bool:
        return "$ref" in old and old["$ref"] == new.get("$ref")

    def same_types(self, old: Json, new: Json) -> bool:
        before, after = _resolved(self.old, old, ())[0], _resolved(self.new, new, ())[0]
        return types_of(before) == types_of(after)

    def parts(self, old: list[Json], new: list[Json], pointer: Pointer, *, sent: bool) -> None:
        """The schemas of an allOf, one by one."""
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            self.schema(one, other, (*pointer, "allOf", index), sent=sent)
        if len(old) > len(new):
            self.report(_BREAKING, pointer, "a part of allOf is gone")
        if len(old) < len(new):
            self.narrowed(pointer, "a part of allOf is new", sent=sent)

    # --- everything else

    def rest(self, old: Json, new: Json, pointer: Pointer, compared: Iterable[str]) -> None:
        """Fields that need no walk: words, extensions, and what nobody knows."""
        for key in sorted((old.keys() | new.keys()) - {*compared}):
            before, after = old.get(key), new.get(key)
            if before == after:
                continue
            words = f"{key} changed"
            if key not in old or key not in new:
                words = f"{key} is new" if key not in old else f"{key} is gone"
            if not (is_object(before) or is_object(after) or is_array(before) or is_array(after)) and key not in _WORDS:
                words = f"{key} was {_shown(before)}, is {_shown(after)}"
            self.report(self.level(key, before, after), (*pointer, key), words)

    def level(self, key: str, old: Any, new: Any) -> Level:
        if key in _WORDS:
            return _TEXT
        # Shell scripts know a command by what is said about it; what was not said before is taken for new.
        if key in _MILD or key in _SHAPING or (key == "x-sdk-ignore" and not new) or (key == "x-command" and not old):
            return _ADDED
        if key == "x-sdk" and is_object(old) and is_object(new):
            return _names(old, new)
        return _BREAKING


# --- operations ------------------------------------------------------------------------------------------------------

_IN_PATH = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class _Call:
    """An operation, and where it stands."""

    path: str
    method: str
    item: Json
    node: Json

    @property
    def name(self) -> str:
        return str(self.node.get("operationId", self))

    @property
    def key(self) -> str:
        """The path without names: these do not travel."""
        return _IN_PATH.sub("{}", self.path)

    @property
    def names(self) -> list[str]:
        return _IN_PATH.findall(self.path)

    @property
    def pointer(self) -> Pointer:
        return ("paths", self.path, self.method)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def _calls(document: Json) -> dict[tuple[str, str], _Call]:
    calls = (
        _Call(path, method, item, node)
        for path, item in document.get("paths", {}).items()
        for method, node in item.items()
        if method in METHODS
    )
    return {(call.key, call.method): call for call in calls}


def _ways(document: Json, call: _Call) -> list[frozenset[tuple[str, str]]]:
    """Ways to be let in, each a set of credentials; no way listed is the way without any."""
    listed: Any = call.node.get("security", document.get("security", []))
    ways: list[dict[str, list[str]]] = listed or [{}]
    return [frozenset((name, scope) for name, scopes in way.items() for scope in ("", *scopes)) for way in ways]


def _choice(ways: list[frozenset[tuple[str, str]]]) -> str:
    return " or ".join(" + ".join(sorted({name for name, _ in way})) or "none" for way in ways)


# --- schemas, helpers ------------------------------------------------------------------------------------------------

_ANY_TYPE = _set("null boolean object array number integer string")


def _resolved(document: Json, node: Json, pointer: Pointer) -> tuple[Json, Pointer]:
    """What a reference leads to, with the fields beside the reference on top, and its place."""
    beside: Json = {}
    while "$ref" in node:
        beside = {**{key: value for key, value in node.items() if key != "$ref"}, **beside}
        pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in node["$ref"][2:].split("/"))
        target: Any = document
        for part in pointer:
            target = target[part]
        node = target
    return ({**node, **beside} if beside else node), pointer


def _normal(schema: Any) -> Json:
    return schema if is_object(schema) else {} if schema else {"not": {}}


def _types(schema: Json) -> frozenset[str]:
    """The types that a schema lets in; an integer is a number too."""
    types = frozenset(types_of(schema)) or _ANY_TYPE
    return types | {"integer"} if "number" in types else types


def _enumerated(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    if "enum" not in schema:
        return None
    # Null in a list of values says the same as null among the types.
    return [value for value in schema["enum"] if value is not None]


_CHOICES = _set("oneOf anyOf")


def _choices(document: Json, schema: Json) -> list[Json]:
    """The alternatives of a schema; one that lists none is its only one, null apart."""
    resolved, _ = _resolved(document, schema, ())
    choices: list[Any] = resolved.get("oneOf") or resolved.get("anyOf") or []
    if choices:
        return [_normal(choice) for choice in choices]
    types = types_of(resolved)
    if "null" in types and len(types) > 1:
        kept = [name for name in types if name != "null"]
        return [{**resolved, "type": kept[0] if len(kept) == 1 else kept}, {"type": "null"}]
    return [schema]


def _titles(document: Json, row: list[Json]) -> list[str]:
    return [str(_resolved(document, item, ())[0].get("title", "")) for item in row]


def _untitled(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "title"}


def _words_of(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key in _WORDS}


def _greater(one: float | None, other: float | None) -> bool:
    return other is None or (one is not None and one > other)


def _less(one: float | None, other: float | None) -> bool:
    return other is None or (one is not None and one < other)


def _names(old: Json, new: Json) -> Level:
    """Names that users type must stay; others may come, and words about them may change."""
    before, after = _typed(old), _typed(new)
    if before == after:
        return _TEXT
    return _ADDED if before <= after else _BREAKING


def _typed(sdk: Json) -> set[tuple[str, str]]:
    plain = {(key, json.dumps(value)) for key, value in sdk.items() if key not in ("resources", "credentials")}
    credentials = {("credentials", item["name"]) for item in sdk.get("credentials", [])}
    return plain | credentials | {("resources", name) for name in sdk.get("resources", {})}


_NAMED: dict[str, Callable[[Any], str]] = {
    "properties": lambda name: f".{name}",
    "prefixItems": lambda index: f"[{index}]",
    "headers": lambda name: f" header {name}",
    "responses": lambda status: f" {status}",
    "content": lambda _: "",
}


def _inside(pointer: Pointer) -> str:
    """The rest of a pointer, as a person would say it."""
    words = ""
    parts = iter(pointer)
    for part in parts:
        if part in _NAMED:
            following = next(parts, None)
            words += "" if following is None else _NAMED[str(part)](following)
        elif part == "items":
            words += "[]"
        elif part == "additionalProperties":
            words += ".*"
    return words


def _brief(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("title") or _shown(schema.get("const")) * ("const" in schema) or _listed(types_of(schema)))


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(value if isinstance(value, str) else json.dumps(value) for value in values)


def _shown(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)
