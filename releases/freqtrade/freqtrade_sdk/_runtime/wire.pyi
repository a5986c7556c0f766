from __future__ import annotations
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
import msgspec
__all__ = ['Day', 'Form', 'Hook', 'LenientTime', 'LooseDecimal', 'LooseInt', 'MicroTime', 'MilliTime', 'NaiveTime', 'Number', 'NumberOrText', 'PhpMap', 'QuotedInt', 'Time', 'UnixMillis', 'UnixSeconds']
Form = Literal['number', 'quoted', 'rfc3339', 'rfc3339-micros', 'rfc3339-millis', 'unix', 'empty-list']

def read_time(text: str) -> datetime:
    ...

@lru_cache(4096)
def read_naive_time(text: str) -> datetime:
    ...

def write_time(value: datetime) -> str:
    ...

def write_micro_time(value: datetime) -> str:
    ...

def write_milli_time(value: datetime) -> str:
    ...

def write_unix(value: datetime) -> Decimal:
    ...

class _ReadsAs(type):
    __instancecheck__: Any = property(attrgetter('holds'))

class Hook(metaclass=_ReadsAs):
    holds: Any = object.__instancecheck__

    @staticmethod
    def read(raw: Any) -> Any:
        ...

    @staticmethod
    def write(value: Any) -> Any:
        ...

class _QuotedDecimal(Decimal):

    def __reduce__(self) -> tuple[Any, ...]:
        ...

class _QuotedInt(int):

    def __reduce__(self) -> tuple[Any, ...]:
        ...

def read_decimal(text: str, kind: type[Decimal]=Decimal) -> Decimal:
    ...

def read_integer(text: str) -> int:
    ...

@lru_cache(4096)
def read_quoted_decimal(text: str) -> Decimal:
    ...

@lru_cache(4096)
def read_quoted_integer(text: str) -> int:
    ...

def whole_number(raw: Any) -> int:
    ...
if TYPE_CHECKING:
    LooseDecimal = Decimal
    LooseInt = int
    LenientTime = datetime
    NaiveTime = datetime
    UnixMillis = datetime
    NumberOrText = Decimal | str
else:

    class LooseDecimal(Hook):
        holds = Decimal.__instancecheck__

        @staticmethod
        def read(raw: Any) -> Decimal:
            ...

        @staticmethod
        def write(value: Decimal) -> str | Decimal:
            ...

    class LooseInt(Hook):
        holds = int.__instancecheck__

        @staticmethod
        def read(raw: Any) -> int:
            ...

        @staticmethod
        def write(value: int) -> str | int:
            ...

    class NumberOrText(Hook):

        @staticmethod
        def holds(value: object) -> bool:
            ...

        @staticmethod
        def read(raw: Any) -> Decimal | str:
            ...

        @staticmethod
        def write(value: Decimal | str) -> Decimal | str:
            ...

    class LenientTime(Hook):
        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            ...

        @staticmethod
        def write(value: datetime) -> str:
            ...

    class NaiveTime(Hook):
        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            ...

        @staticmethod
        def write(value: datetime) -> str:
            ...

    class UnixMillis(Hook):
        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            ...

        @staticmethod
        def write(value: datetime) -> int:
            ...
Number = Annotated[Decimal, 'number']
QuotedInt = Annotated[int, 'quoted']
Time = Annotated[datetime, msgspec.Meta(tz=True), 'rfc3339']
MicroTime = Annotated[datetime, msgspec.Meta(tz=True), 'rfc3339-micros']
MilliTime = Annotated[datetime, msgspec.Meta(tz=True), 'rfc3339-millis']
Day = date
UnixSeconds = Annotated[datetime, 'unix']
PhpMap = Annotated[dict[str, V], 'empty-list']
