from __future__ import annotations
import enum
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol
from uuid import UUID
from .encode import plain_decimal
from .record import Record
from .wire import write_time
__all__ = ['Amount', 'Choice', 'Day', 'Flag', 'Instant', 'Items', 'Kind', 'OneKindOf', 'Text', 'Uid', 'Whole']

class Kind(Protocol):

    def wire(self, argument: str, value: Any) -> Any:
        ...

def shown(value: object) -> str:
    ...

def refused(argument: str, value: object, allowed: str) -> ValueError:
    ...

def wrong_type(argument: str, value: object, allowed: str) -> TypeError:
    ...

class Text(Record, frozen=True):
    pattern: str | None = None
    max_length: int | None = None

    def wire(self, argument: str, value: Any) -> str:
        ...

class Choice(Record, frozen=True):
    enum: type[enum.Enum]
    allowed: tuple[str, ...] = ()

    def wire(self, argument: str, value: Any) -> str:
        ...

class Whole(Record, frozen=True):
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[int, ...] = ()
    quoted: bool = False

    def wire(self, argument: str, value: Any) -> int | str:
        ...

class Amount(Record, frozen=True):
    positive: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    quoted: bool = True

    def wire(self, argument: str, value: Any) -> str | Decimal:
        ...

class Instant(Record, frozen=True):

    def wire(self, argument: str, value: Any) -> str:
        ...

class Day(Record, frozen=True):

    def wire(self, argument: str, value: Any) -> str:
        ...

class Flag(Record, frozen=True):

    def wire(self, argument: str, value: Any) -> bool:
        ...

class Uid(Record, frozen=True):

    def wire(self, argument: str, value: Any) -> str:
        ...

class Items(Record, frozen=True):
    kind: Kind
    minimum: int = 0

    def wire(self, argument: str, value: Any) -> list[Any]:
        ...

class OneKindOf(Record, frozen=True):
    kinds: tuple[Kind, ...]

    def wire(self, argument: str, value: Any) -> Any:
        ...
