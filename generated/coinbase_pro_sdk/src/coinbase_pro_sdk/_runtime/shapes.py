"""What the annotations of a model say, read once per class: the types of its fields and their names on the wire."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .model import Model

__all__ = ["alternatives", "fields", "is_model", "is_row", "unwrap", "walk"]


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
    """Whether this is the class of a model, or one with its type arguments."""
    cls = get_origin(kind) or kind
    return isinstance(cls, type) and issubclass(cls, Model)


def is_row(kind: Any) -> bool:
    """Whether this is a NamedTuple class."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(cast("Any", kind), "_fields")


@cache
def _class_fields(cls: Any) -> tuple[tuple[str, str, Any], ...]:
    """Python name, wire name and annotation as it stands, of each field of a class."""
    hints = get_type_hints(cls, include_extras=True)
    if is_row(cls):
        return tuple((name, name, hints[name]) for name in cls._fields)
    names = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    return tuple((name, wire, hints[name]) for name, wire in names)


def fields(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    """Python name, wire name and annotation of each field of a model or row, type arguments filled in."""
    # Only classes are keys of the cache: unions of the same types in another order are equal to each other.
    cls: Any = get_origin(kind) or kind
    known = _class_fields(cls)
    parameters = getattr(cls, "__parameters__", ())
    if not parameters:
        return known
    arguments = dict(zip(parameters, get_args(kind), strict=False))
    return tuple((name, wire, _fill(hint, arguments)) for name, wire, hint in known)


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
