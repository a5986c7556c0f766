"""Results cut into what rows and columns can show: single facts, and sheets of records that have the same fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import UNSET, structs

from ..encode import _wire, dump_json
from ..shapes import fields, is_model, is_row

__all__ = ["Cell", "Sheet", "cut", "is_a", "wire_text"]


class Cell(NamedTuple):
    """A value, its annotation (which tells how it is written on the wire), and whether it is secret."""

    value: Any
    hint: Any = None
    secret: bool = False


Row = dict[str, Cell]


class Sheet(NamedTuple):
    """Records with the same fields."""

    title: str
    """Field of the result that holds them; empty if they are the result."""
    rows: list[Row]
    model: str
    """Name of their class; empty for plain values."""

    @property
    def names(self) -> list[str]:
        """Every column, in order."""
        return list(dict.fromkeys(name for row in self.rows for name in row))


def cut(result: Any) -> tuple[Row, list[Sheet]]:
    """The facts and the sheets of a result."""
    if _is_record(result):
        return _parts(result)
    if is_a(result, Mapping):
        if any(map(_is_record, result.values())) or not result:
            return {}, [_keyed("", result)]
        return {str(key): Cell(value) for key, value in result.items()}, []
    if _is_list(result):
        return {}, [_sheet("", result)]
    return ({} if result is None else {"": Cell(result)}), []


def is_a(value: object, kind: type) -> bool:
    """isinstance for values whose items may be of any type."""
    return isinstance(value, kind)


def _is_record(value: object) -> bool:
    return is_model(type(value)) or is_row(type(value))


def _is_list(value: Any) -> bool:
    return (
        is_a(value, Iterable)
        and not is_a(value, Mapping)
        and not isinstance(value, (str, bytes))
        and not _is_record(value)
    )


def _cells(record: Any) -> Iterator[tuple[str, Cell]]:
    """Fields that the API sent."""
    cls: Any = record.__class__
    defaults = {} if is_row(cls) else {field.name: field.default for field in structs.fields(cls)}
    secrets: tuple[str, ...] = () if is_row(cls) else cls.__secret_fields__
    for name, _, hint in fields(cls):
        value = getattr(record, name)
        left_out = value is UNSET or (value is None and name in defaults and defaults[name] is None)
        if not left_out:
            yield name, Cell(value, hint, name in secrets)


def _parts(record: Any) -> tuple[Row, list[Sheet]]:
    """Fields of an object; lists and maps of objects become sheets of their own."""
    facts: Row = {}
    sheets: list[Sheet] = []
    for name, cell in _cells(record):
        value = cell.value
        if is_a(value, Mapping) and any(map(_is_record, value.values())):
            sheets.append(_keyed(name, value))
        elif _is_list(value) and any(map(_is_record, value)):
            sheets.append(_sheet(name, value))
        elif _is_record(value):
            facts |= {f"{name}.{inner}": found for inner, found in _flat(value)}
        else:
            facts[name] = cell
    return facts, sheets


def _flat(record: Any) -> Iterator[tuple[str, Cell]]:
    """Fields of an object, with those of objects inside of it."""
    for name, cell in _cells(record):
        if _is_record(cell.value):
            yield from ((f"{name}.{inner}", found) for inner, found in _flat(cell.value))
        else:
            yield name, cell


def _sheet(title: str, items: Iterable[Any]) -> Sheet:
    rows: list[Row] = []
    model = ""
    for item in items:
        if _is_record(item):
            rows.append(dict(_flat(item)))
            model = type(item).__name__
        else:
            rows.append({"value": Cell(item)})
    return Sheet(title, rows, model)


def _keyed(title: str, items: Mapping[Any, Any]) -> Sheet:
    """Records under keys; the key is a column unless a field says the same."""
    sheet = _sheet(title, items.values())
    keys = [str(key) for key in items]
    known = any(
        all(name in row and str(row[name].value) == key for key, row in zip(keys, sheet.rows, strict=True))
        for name in sheet.names
    )
    if known and keys:
        return sheet
    return sheet._replace(rows=[{"key": Cell(key), **row} for key, row in zip(keys, sheet.rows, strict=True)])


def wire_text(cell: Cell) -> str:
    """A value as text, every digit as on the wire."""
    if cell.value is None:
        return ""
    value = _wire(cell.value, type(cell.value) if cell.hint is None else cell.hint)
    return value if isinstance(value, str) else dump_json(value)
