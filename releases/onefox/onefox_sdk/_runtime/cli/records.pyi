from __future__ import annotations
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from msgspec import UNSET, structs
from ..encode import _wire, dump_json
from ..shapes import fields, is_model, is_row
__all__ = ['Cell', 'Sheet', 'cut', 'is_a', 'wire_text']

class Cell(NamedTuple):
    value: Any
    hint: Any = None
    secret: bool = False

class Sheet(NamedTuple):
    title: str
    rows: list[Row]
    model: str

    @property
    def names(self) -> list[str]:
        ...

def cut(result: Any) -> tuple[Row, list[Sheet]]:
    ...

def is_a(value: object, kind: type) -> bool:
    ...

def wire_text(cell: Cell) -> str:
    ...
