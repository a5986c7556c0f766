"""What the annotations of a model say, read once per class: the types of its fields and their names on the wire."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
import msgspec

__all__ = ["alternatives", "fields", "is_model", "is_row", "prepare", "unwrap", "walk"]


def unwrap(annotation: Any) -> tuple[Any, str]:
    """The type inside an annotation, and its wire form ("" where none is given)."""
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return inner, next((note for note in notes if isinstance(note, str)), "")
    return annotation, ""


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; a type that is none is its only member."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def is_model(kind: Any) -> bool:
    """Whether this is an attrs class, or one with its type arguments."""
    return attrs.has(get_origin(kind) or kind) if isinstance(get_origin(kind) or kind, type) else False


def is_row(kind: Any) -> bool:
    """Whether this is a NamedTuple class."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(cast("Any", kind), "_fields")


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls, include_extras=True)


def fields(kind: Any) -> Iterator[tuple[str, str, Any]]:
    """Python name, wire name and annotation of each field of a model or row, type arguments filled in."""
    cls = get_origin(kind) or kind
    arguments = dict(zip(getattr(cls, "__parameters__", ()), get_args(kind), strict=False))
    hints = _hints(cls)
    if is_row(cls):
        for name in cls._fields:
            yield name, name, hints[name]
        return
    names = wire_names(cls)
    for attribute in attrs.fields(cls):
        yield attribute.name, names.get(attribute.name, attribute.name), _fill(hints[attribute.name], arguments)


def wire_names(cls: type) -> Mapping[str, str]:
    """Wire names of the fields whose Python name differs."""
    names: Mapping[str, str] = getattr(cls, "__wire_names__", {})
    return names


def _fill(annotation: Any, arguments: Mapping[Any, Any]) -> Any:
    """Put type arguments in the place of type variables."""
    if isinstance(annotation, TypeVar):
        return arguments.get(annotation, Any)
    parameters = getattr(annotation, "__parameters__", ())
    return annotation[tuple(arguments.get(p, Any) for p in parameters)] if parameters else annotation


def walk(annotation: Any, seen: set[Any] | None = None) -> Iterator[tuple[Any, str]]:
    """Every type reachable from an annotation with its wire form, inner ones first."""
    seen = set() if seen is None else seen
    kind, form = unwrap(annotation)
    if is_model(kind) or is_row(kind):
        if kind in seen:
            return
        seen.add(kind)
        for _, _, inner in fields(kind):
            yield from walk(inner, seen)
    else:
        for inner in get_args(kind):
            if inner is not Ellipsis:
                yield from walk(inner, seen)
    yield kind, form


def prepare(annotation: Any) -> None:
    """Let msgspec read and write every class in an annotation under its wire names.

    msgspec does not rename the fields of attrs classes. It looks at a class once and remembers what it saw, so the
    class shows it the wire names for that one look; a descriptor under the wire name then leads to the same slot.
    """
    for kind, _ in walk(annotation):
        cls = get_origin(kind) or kind
        if is_model(kind) and wire_names(cls) and not hasattr(cls, "__msgspec_cache__"):
            _show_wire_names(cls)


def _show_wire_names(cls: Any) -> None:
    names = wire_names(cls)
    attributes, annotations = cls.__attrs_attrs__, cls.__annotations__
    for name, wire in names.items():
        setattr(cls, wire, cls.__dict__[name])
    try:
        cls.__attrs_attrs__ = tuple(a.evolve(name=names.get(a.name, a.name)) for a in attributes)
        cls.__annotations__ = {names.get(name, name): hint for name, hint in annotations.items()}
        msgspec.json.Decoder(cls)
    finally:
        cls.__attrs_attrs__, cls.__annotations__ = attributes, annotations
