"""From typed values back to what the wire carried."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast, get_args, get_origin
from uuid import UUID

import msgspec

from .shapes import alternatives, fields, is_model, is_row, unwrap
from .wire import Hook, Number, write_micro_time, write_milli_time, write_time, write_unix

__all__ = ["dump_json", "plain_decimal", "to_json"]

_TIMES = {"rfc3339-micros": write_micro_time, "rfc3339-millis": write_milli_time, "unix": write_unix}


def plain_decimal(value: Decimal) -> str:
    """The number in plain digits, never in exponent form: `0.00000001`."""
    return format(value, "f")


def to_json(value: Any) -> str:
    """JSON text of a result in its wire form: quoted numbers quoted, bare ones bare, every digit kept.

    Takes anything an operation returns: models, rows, lists and maps of them, pages. Fields that the API left out stay
    out. An infinite number is written as the bare token `Infinity`, as it came.
    """
    return dump_json(_wire(value, type(value)))


def dump_json(value: Any) -> str:
    """JSON text of plain values; a Decimal is a number in plain digits, which the standard encoder cannot write."""
    # The commonest first: this is done for every order.
    match value:
        case str():
            return msgspec.json.encode(str.__str__(value)).decode()
        case None | bool():
            return msgspec.json.encode(value).decode()
        case Decimal():
            if value.is_finite():
                return plain_decimal(value)
            return "null" if value.is_nan() else "Infinity" if value > 0 else "-Infinity"
        case int():
            return str(int(value))
        case _ if _is(value, Mapping):
            return "{" + ",".join([f"{dump_json(str(key))}:{dump_json(item)}" for key, item in value.items()]) + "}"
        case _ if _is(value, Iterable):
            return "[" + ",".join(map(dump_json, value)) + "]"
        case _:
            raise TypeError(f"cannot be written as JSON: {value!r}")


def _is(value: object, kind: type) -> bool:
    """isinstance for values whose items may be of any type."""
    return isinstance(value, kind)


def _wire(value: Any, annotation: Any) -> Any:
    """The JSON value (Decimal for exact numbers) of a typed value; the annotation tells its form."""
    if value is None or isinstance(value, bool):
        return value
    kind, form = _chosen(value, annotation)
    if isinstance(kind, type) and issubclass(kind, Hook):
        return kind.write(value)
    match value:
        case enum.Enum():
            return value.value
        case Decimal():
            return value if form == "number" else plain_decimal(value)
        case int():
            return str(value) if form == "quoted" else value
        case datetime():
            return _TIMES.get(form, write_time)(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case str():
            return value
        case _ if _is(value, Mapping):
            inner = _inner(kind, 1)
            return {key: _wire(item, _or_own(inner, item)) for key, item in value.items()}
        case _ if is_row(type(value)):
            return [_wire(item, hint) for item, (_, _, hint) in zip(value, fields(type(value)), strict=True)]
        case _ if is_model(type(value)):
            return _wire_model(value, kind if is_model(kind) else type(value))
        case _ if _is(value, Sequence):
            inner = _inner(kind, 0)
            return [_wire(item, _or_own(inner, item)) for item in value]
        case _:
            raise TypeError(f"cannot be written as JSON: {value!r}")


def _wire_model(value: Any, kind: Any) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, wire, hint in fields(kind):
        item = getattr(value, name)
        if item is msgspec.UNSET or (item is None and _absent_is_none(type(value), name)):
            continue
        body[wire] = _wire(item, hint)
    return body


def _absent_is_none(cls: Any, name: str) -> bool:
    """Whether None stands for a field that was left out (it has None for its default)."""
    return _defaults(cls).get(name, msgspec.NODEFAULT) is None


@cache
def _defaults(cls: Any) -> Mapping[str, Any]:
    return {field.name: field.default for field in msgspec.structs.fields(cls)}


def _chosen(value: Any, annotation: Any) -> tuple[Any, str]:
    """The member of a union that a value belongs to, and its form."""
    kind, form = unwrap(annotation)
    choices = alternatives(kind)
    if len(choices) == 1:
        return kind, form
    for choice in choices:
        inner, inner_form = unwrap(choice)
        origin = get_origin(inner) or inner
        if isinstance(origin, type) and isinstance(value, origin):
            return inner, inner_form
    return kind, form


def _inner(kind: Any, position: int) -> Any:
    arguments = get_args(kind)
    return arguments[position] if len(arguments) > position else None


def _or_own(annotation: Any, value: Any) -> Any:
    """The annotation, or the value's own type where a bare list or map gives none (there, numbers are bare)."""
    if annotation in (None, Any) and isinstance(value, Decimal):
        return Number
    return cast("Any", type(value)) if annotation in (None, Any) else annotation
