"""How the values of a reply look on the wire, as annotations of the generated models.

A type checker sees plain types (`Decimal`, `int`, `datetime`); at run time an annotation also says how the value
travels. What msgspec reads by itself in C is an `Annotated` type with a `Form`; what it cannot read is a `Hook`: a
class that reads and writes the value in Python.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec

__all__ = [
    "Day",
    "Form",
    "Hook",
    "LenientTime",
    "LooseDecimal",
    "LooseInt",
    "MicroTime",
    "MilliTime",
    "NaiveTime",
    "Number",
    "NumberOrText",
    "PhpMap",
    "QuotedInt",
    "Time",
    "UnixMillis",
    "UnixSeconds",
]

Form = Literal["number", "quoted", "rfc3339", "rfc3339-micros", "rfc3339-millis", "unix", "empty-list"]
"""How a value that msgspec reads by itself is written; a `Decimal` without a form is quoted, an `int` bare."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?", re.ASCII)


def read_time(text: str) -> datetime:
    """Read ISO 8601 in every spelling seen: T or space, any fraction, Z, +00, +00:00, or nothing for UTC.

    Rounded to the microsecond, as msgspec does. Other offsets are converted to UTC.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 time: {text!r}")
    day, clock, fraction, _, hours, minutes = match.groups()
    offset = f"{hours}:{minutes or '00'}" if hours else "+00:00"
    digits = (fraction or "").ljust(7, "0")
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}.{digits[:6]}{offset}").astimezone(UTC)
        return whole + _MICROSECOND if digits[6] >= "5" else whole
    except OverflowError:
        raise ValueError(f"no such time in UTC: {text!r}") from None


@lru_cache(4096)
def read_naive_time(text: str) -> datetime:
    """Like `read_time`, quicker for `YYYY-MM-DD HH:MM:SS`; a bot names the times of its trades in every reply."""
    plain = len(text) == 19 and text[4] == text[7] == "-" and text[13] == text[16] == ":"
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if plain else read_time(text)


def write_time(value: datetime) -> str:
    """RFC 3339 in UTC with `Z`, the fraction without its trailing zeros: `2019-11-20T09:15:27.4Z`."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def write_micro_time(value: datetime) -> str:
    """RFC 3339 in UTC with `Z` and six fraction digits, or none for a whole second."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def write_milli_time(value: datetime) -> str:
    """RFC 3339 in UTC with `Z` and three fraction digits."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def write_unix(value: datetime) -> Decimal:
    """Seconds since 1970, exactly."""
    seconds, rest = divmod((value - EPOCH) // _MICROSECOND, 1_000_000)
    return seconds + Decimal(rest).scaleb(-6).normalize()


class _ReadsAs(type):
    """Makes `isinstance(value, hook)` true for the type that the hook reads, which is what msgspec checks.

    It does so for every value, so the check is that of the type itself, without a call in Python.
    """

    __instancecheck__: Any = property(attrgetter("holds"))


class Hook(metaclass=_ReadsAs):
    """A value that is read and written in Python."""

    holds: Any = object.__instancecheck__
    """Whether a value is of the type that `read` returns."""

    @staticmethod
    def read(raw: Any) -> Any:
        """The value for what JSON holds (numbers as int or Decimal); ValueError if it does not fit."""
        raise NotImplementedError

    @staticmethod
    def write(value: Any) -> Any:
        """What JSON held."""
        raise NotImplementedError


class _QuotedDecimal(Decimal):
    """A decimal that arrived as a string where the API also sends numbers."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self),)


class _QuotedInt(int):
    """An integer that arrived as a string where the API also sends numbers."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self),)


def read_decimal(text: str, kind: type[Decimal] = Decimal) -> Decimal:
    """Read a quoted decimal: any spelling with one exact value that no reader would take for a slip.

    Words (`NaN`, `Infinity`), underscores, plus signs and leading blanks are refused, though Decimal() takes them.
    """
    try:
        value = kind(text)
    except InvalidOperation:
        raise ValueError(f"not a decimal: {text!r}") from None
    if not value.is_finite() or "_" in text or text[0] == "+" or text[0].isspace():
        raise ValueError(f"not a decimal: {text!r}")
    return value


def read_integer(text: str) -> int:
    """Read a quoted integer."""
    if len(text) > 40 or INTEGER.fullmatch(text) is None:
        raise ValueError(f"not an integer: {text[:50]!r}")
    return int(text)


# The same few texts come in every reply: counts, and the figures of days gone by.
@lru_cache(4096)
def read_quoted_decimal(text: str) -> Decimal:
    """Like `read_decimal`; the value remembers the quotes."""
    return read_decimal(text, _QuotedDecimal)


@lru_cache(4096)
def read_quoted_integer(text: str) -> int:
    """Like `read_integer`; the value remembers the quotes."""
    return _QuotedInt(read_integer(text))


def whole_number(raw: Any) -> int:
    """Read a bare integer, which may be spelt `5.0`."""
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        raise ValueError(f"expected an integer, got {raw!r}")
    if isinstance(raw, Decimal) and (not raw.is_finite() or raw.adjusted() > 40 or raw != raw.to_integral_value()):
        raise ValueError(f"expected an integer, got {raw}")
    return int(raw)


INTEGER = re.compile(r"-?\d+", re.ASCII)

if TYPE_CHECKING:
    LooseDecimal = Decimal
    LooseInt = int
    LenientTime = datetime
    NaiveTime = datetime
    UnixMillis = datetime
    NumberOrText = Decimal | str
else:

    class LooseDecimal(Hook):
        """A decimal that arrives as a string or as a number."""

        holds = Decimal.__instancecheck__

        @staticmethod
        def read(raw: Any) -> Decimal:
            """Exact either way; remembers the quotes."""
            if isinstance(raw, str):
                return read_quoted_decimal(raw)
            if type(raw) is Decimal:
                return raw
            if isinstance(raw, int) and not isinstance(raw, bool):
                return Decimal(raw)
            raise ValueError(f"expected a decimal, got {raw!r}")

        @staticmethod
        def write(value: Decimal) -> str | Decimal:
            """A string if it was one."""
            return format(value, "f") if isinstance(value, _QuotedDecimal) else value

    class LooseInt(Hook):
        """An integer that arrives as a string or as a number."""

        holds = int.__instancecheck__

        @staticmethod
        def read(raw: Any) -> int:
            """Exact either way; remembers the quotes."""
            if isinstance(raw, str):
                return read_quoted_integer(raw)
            return raw if type(raw) is int else whole_number(raw)

        @staticmethod
        def write(value: int) -> str | int:
            """A string if it was one."""
            return str(int(value)) if isinstance(value, _QuotedInt) else value

    class NumberOrText(Hook):
        """A number, or a word that stands for one (`unlimited`)."""

        @staticmethod
        def holds(value: object) -> bool:
            """Either of both."""
            return isinstance(value, (Decimal, str))

        @staticmethod
        def read(raw: Any) -> Decimal | str:
            """Numbers as Decimal, words as they are."""
            if isinstance(raw, str):
                return raw
            if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
                return Decimal(raw)
            raise ValueError(f"expected a number or a word, got {raw!r}")

        @staticmethod
        def write(value: Decimal | str) -> Decimal | str:
            """As it was."""
            return value

    class LenientTime(Hook):
        """ISO 8601 in every spelling seen."""

        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            """Aware, UTC."""
            if not isinstance(raw, str):
                raise ValueError(f"expected a time, got {raw!r}")
            return read_time(raw)

        @staticmethod
        def write(value: datetime) -> str:
            """RFC 3339."""
            return write_time(value)

    class NaiveTime(Hook):
        """`YYYY-MM-DD HH:MM:SS` without a zone, which is UTC."""

        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            """Aware, UTC."""
            if not isinstance(raw, str):
                raise ValueError(f"expected a time, got {raw!r}")
            return read_naive_time(raw)

        @staticmethod
        def write(value: datetime) -> str:
            """Without a zone."""
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")

    class UnixMillis(Hook):
        """Milliseconds since 1970 as an integer."""

        holds = datetime.__instancecheck__

        @staticmethod
        def read(raw: Any) -> datetime:
            """Aware, UTC."""
            try:
                return EPOCH + (raw if type(raw) is int else whole_number(raw)) * _MILLISECOND
            except OverflowError:
                raise ValueError(f"no such time: {raw} milliseconds since 1970") from None

        @staticmethod
        def write(value: datetime) -> int:
            """Whole milliseconds."""
            return (value - EPOCH) // _MILLISECOND


Number = Annotated[Decimal, "number"]
QuotedInt = Annotated[int, "quoted"]
Time = Annotated[datetime, msgspec.Meta(tz=True), "rfc3339"]
MicroTime = Annotated[datetime, msgspec.Meta(tz=True), "rfc3339-micros"]
MilliTime = Annotated[datetime, msgspec.Meta(tz=True), "rfc3339-millis"]
Day = date
UnixSeconds = Annotated[datetime, "unix"]

V = TypeVar("V")
PhpMap = Annotated[dict[str, V], "empty-list"]
"""A map whose empty form may be spelled `[]`."""
