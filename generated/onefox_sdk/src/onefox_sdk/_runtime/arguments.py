"""What an argument may be, and how it is written on the wire.

Each kind takes the caller's value and gives back what JSON holds (str, int, bool, Decimal for a bare number, list).
Whatever does not fit is refused here, before the network, with an error that names the argument and what is allowed.
"""

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

__all__ = ["Amount", "Choice", "Day", "Flag", "Instant", "Items", "Kind", "OneKindOf", "Text", "Uid", "Whole"]


class Kind(Protocol):
    """A kind of argument."""

    def wire(self, argument: str, value: Any) -> Any:
        """What goes into the request, or ValueError/TypeError."""
        ...


# More digits than any amount has; a number beyond is a slip, and one far beyond would fill the memory.
_MOST_DIGITS = 64


def shown(value: object) -> str:
    """A value in an error: its repr, unless that is too long to be read or cannot be had."""
    try:
        text = repr(value)
    except ValueError:  # An integer of thousands of digits.
        return f"a very long {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:200]}…"


def refused(argument: str, value: object, allowed: str) -> ValueError:
    """The error for a value of the right type that is not allowed."""
    return ValueError(f"{argument}: expected {allowed}, got {shown(value)}")


def wrong_type(argument: str, value: object, allowed: str) -> TypeError:
    """The error for a value of the wrong type."""
    return TypeError(f"{argument}: expected {allowed}, got {shown(value)} ({type(value).__name__})")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The expression; the module's own cache takes longer to look at."""
    return re.compile(pattern, re.ASCII)


class Text(Record, frozen=True):
    """A string, never empty."""

    pattern: str | None = None
    max_length: int | None = None

    def wire(self, argument: str, value: Any) -> str:
        """The string itself."""
        if not isinstance(value, str):
            raise wrong_type(argument, value, "str")
        text = str.__str__(value)
        if not text:
            raise refused(argument, text, "a string that is not empty")
        if not text.isprintable():
            raise refused(argument, text, "printable characters only")
        if self.max_length is not None and len(text) > self.max_length:
            raise refused(argument, text, f"at most {self.max_length} characters")
        if self.pattern is not None and _compiled(self.pattern).search(text) is None:
            raise refused(argument, text, f"text that matches {self.pattern}")
        return text


class Choice(Record, frozen=True):
    """A member of an enum, or its string."""

    enum: type[enum.Enum]
    allowed: tuple[str, ...] = ()
    """The values allowed here; all documented ones if empty."""

    def wire(self, argument: str, value: Any) -> str:
        """The string on the wire."""
        text = value.value if isinstance(value, self.enum) else value
        known = self.allowed or tuple(str(member.value) for member in self.enum)
        if not isinstance(text, str):
            raise wrong_type(argument, value, f"{self.enum.__name__} or one of {', '.join(map(repr, known))}")
        if text not in known:
            raise refused(argument, text, f"one of {', '.join(map(repr, known))}")
        return str.__str__(text)


class Whole(Record, frozen=True):
    """An integer."""

    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[int, ...] = ()
    quoted: bool = False

    def wire(self, argument: str, value: Any) -> int | str:
        """The integer, in quotes where the API wants them."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_type(argument, value, "int")
        if abs(value) >= 10**_MOST_DIGITS:
            raise refused(argument, value, f"an integer of at most {_MOST_DIGITS} digits")
        if self.allowed and value not in self.allowed:
            raise refused(argument, value, f"one of {', '.join(map(str, self.allowed))}")
        if self.minimum is not None and value < self.minimum:
            raise refused(argument, value, f"an integer of at least {self.minimum}")
        if self.maximum is not None and value > self.maximum:
            raise refused(argument, value, f"an integer of at most {self.maximum}")
        return str(int(value)) if self.quoted else int(value)


class Amount(Record, frozen=True):
    """An exact decimal number: a price, a size, an amount of money."""

    positive: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    quoted: bool = True

    def wire(self, argument: str, value: Any) -> str | Decimal:
        """The number in plain digits, in quotes unless the API wants a bare number."""
        if isinstance(value, float):
            text = repr(str(value))
            raise TypeError(f"{argument}: a float is not exact; write Decimal({text}) or {text} instead of {value!r}")
        if not isinstance(value, (Decimal, int, str)) or isinstance(value, bool):
            raise wrong_type(argument, value, "Decimal, int or str")
        allowed = "a decimal number greater than 0" if self.positive else "a decimal number"
        try:
            number = Decimal(value)
        except (InvalidOperation, ValueError):
            raise refused(argument, value, allowed) from None
        if number.is_finite() and not _printable(number):
            raise refused(argument, value, f"{allowed}, of at most {_MOST_DIGITS} digits")
        if not number.is_finite() or (isinstance(value, str) and not _plain_number(value)):
            raise refused(argument, value, allowed)
        if self.positive and number <= 0:
            raise refused(argument, value, allowed)
        if self.minimum is not None and number < self.minimum:
            raise refused(argument, value, f"a decimal number of at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise refused(argument, value, f"a decimal number of at most {self.maximum}")
        return plain_decimal(number) if self.quoted else number


def _printable(number: Decimal) -> bool:
    """Whether a finite number has a sensible count of digits on either side of the point."""
    return number.adjusted() < _MOST_DIGITS and int(number.as_tuple().exponent) >= -_MOST_DIGITS


_PLAIN_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def _plain_number(text: str) -> bool:
    """Whether a string is a decimal as a person writes it: no spaces, underscores or words."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


class Instant(Record, frozen=True):
    """An aware time."""

    def wire(self, argument: str, value: Any) -> str:
        """RFC 3339 in UTC."""
        if not isinstance(value, datetime):
            raise wrong_type(argument, value, "datetime")
        if value.utcoffset() is None:
            raise ValueError(
                f"{argument}: expected an aware datetime, got {value!r} without a time zone; add tzinfo=timezone.utc"
            )
        try:
            return write_time(value)
        except OverflowError:
            raise refused(argument, value, "a time that exists in UTC") from None


class Day(Record, frozen=True):
    """A calendar day."""

    def wire(self, argument: str, value: Any) -> str:
        """`YYYY-MM-DD`."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise wrong_type(argument, value, "date")
        return value.isoformat()


class Flag(Record, frozen=True):
    """True or False."""

    def wire(self, argument: str, value: Any) -> bool:
        """The boolean."""
        if not isinstance(value, bool):
            raise wrong_type(argument, value, "bool")
        return value


class Uid(Record, frozen=True):
    """A UUID."""

    def wire(self, argument: str, value: Any) -> str:
        """Lower-case hexadecimal with dashes."""
        if isinstance(value, UUID):
            return str(value)
        if not isinstance(value, str):
            raise wrong_type(argument, value, "UUID or str")
        try:
            return str(UUID(value))
        except ValueError:
            raise refused(argument, value, "a UUID") from None


class Items(Record, frozen=True):
    """A list of one kind."""

    kind: Kind
    minimum: int = 0

    def wire(self, argument: str, value: Any) -> list[Any]:
        """The list."""
        if not _is_listable(value):
            raise wrong_type(argument, value, "a list")
        items: Sequence[Any] = list(value)
        if len(items) < self.minimum:
            raise refused(argument, items, f"at least {self.minimum} item{'s' if self.minimum > 1 else ''}")
        return [self.kind.wire(f"{argument}[{i}]", item) for i, item in enumerate(items)]


def _is_listable(value: object) -> bool:
    """Whether a value is a list of things in an order of their own, and no text or mapping."""
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, Set))


class OneKindOf(Record, frozen=True):
    """One of several kinds; the first that takes the value writes it."""

    kinds: tuple[Kind, ...]

    def wire(self, argument: str, value: Any) -> Any:
        """What the first fitting kind writes, or the refusal of the last kind that knows the type."""
        refusal: ValueError | TypeError | None = None
        for kind in self.kinds:
            try:
                return kind.wire(argument, value)
            except ValueError as error:
                refusal = error
            except TypeError as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal
