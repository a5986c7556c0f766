from __future__ import annotations
import enum
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from uuid import UUID
import attrs
from .encode import plain_decimal
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

@attrs.frozen
class Text:
    pattern: str | None = None
    max_length: int | None = None

    def wire(self, argument: str, value: Any) -> str:
        ...

@attrs.frozen
class Choice:
    enum: type[enum.Enum]
    allowed: tuple[str, ...] = ()

    def wire(self, argument: str, value: Any) -> str:
        ...

@attrs.frozen
class Whole:
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[int, ...] = ()
    quoted: bool = False

    def wire(self, argument: str, value: Any) -> int | str:
        ...

@attrs.frozen
class Amount:
    positive: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    quoted: bool = True

    def wire(self, argument: str, value: Any) -> str | Decimal:
        ...

@attrs.frozen
class Instant:

    def wire(self, argument: str, value: Any) -> str:
        ...

@attrs.frozen
class Day:

    def wire(self, argument: str, value: Any) -> str:
        ...

@attrs.frozen
class Flag:

    def wire(self, argument: str, value: Any) -> bool:
        ...

@attrs.frozen
class Uid:

    def wire(self, argument: str, value: Any) -> str:
        ...

@attrs.frozen
class Items:
    kind: Kind
    minimum: int = 0

    def wire(self, argument: str, value: Any) -> list[Any]:
        ...

@attrs.frozen
class OneKindOf:
    kinds: tuple[Kind, ...]

    def wire(self, argument: str, value: Any) -> Any:
        ...
