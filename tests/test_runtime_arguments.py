"""What an argument may be, how it is written, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

import pytest

from tradeloom.runtime.arguments import Amount, Choice, Day, Flag, Instant, Items, Kind, OneKindOf, Text, Uid, Whole
from tradeloom.runtime.enums import OpenEnum


class Side(OpenEnum):
    """Two words."""

    BUY = "buy"
    SELL = "sell"


class Colour(Enum):
    """Another enum with a word of Side."""

    BUY = "buy"


class Three(IntEnum):
    """An integer with a name."""

    VALUE = 3


class Shout(str):
    """A string that shows itself in another way."""

    __slots__ = ()

    def __str__(self) -> str:
        return "SHOUT"


PAIR = Text(pattern=r"^[A-Z0-9]+-[A-Z0-9]+$")
UID = "4f1c2a90-6f0e-4e43-9d57-2f5b1a7c3e88"
HUGE = 10**5000  # more digits than Python turns into text

TAKEN: list[tuple[Kind, Any, Any]] = [
    (Text(), "a b", "a b"),
    (Text(), "é€", "é€"),
    (Text(), Side.BUY, "buy"),
    (Text(), Shout("quiet"), "quiet"),
    (Text(max_length=3), "abc", "abc"),
    (PAIR, "BTC-USD", "BTC-USD"),
    (Choice(Side), Side.SELL, "sell"),
    (Choice(Side), "sell", "sell"),
    (Choice(Side, ("buy",)), Side.BUY, "buy"),
    (Whole(), -5, -5),
    (Whole(), 10**30, 10**30),
    (Whole(), Three.VALUE, 3),
    (Whole(minimum=1, maximum=3), 1, 1),
    (Whole(minimum=1, maximum=3), 3, 3),
    (Whole(allowed=(60, 300)), 300, 300),
    (Whole(quoted=True), 12, "12"),
    (Amount(), Decimal("7150.250"), "7150.250"),
    (Amount(), Decimal("1E-8"), "0.00000001"),
    (Amount(), Decimal("1.5E+3"), "1500"),
    (Amount(), 3, "3"),
    (Amount(), -3, "-3"),
    (Amount(), "0.01500000", "0.01500000"),
    (Amount(), ".5", "0.5"),
    (Amount(), "1e5", "100000"),
    (Amount(), "123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
    (Amount(positive=True), "0.00000001", "0.00000001"),
    (Amount(minimum=Decimal("0.1"), maximum=Decimal(1)), "0.1", "0.1"),
    (Amount(minimum=Decimal("0.1"), maximum=Decimal(1)), 1, "1"),
    (Instant(), datetime(2020, 1, 1, tzinfo=UTC), "2020-01-01T00:00:00Z"),
    (Instant(), datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2020-01-01T00:00:00Z"),
    (Instant(), datetime(2020, 1, 1, 0, 0, 0, 120000, tzinfo=UTC), "2020-01-01T00:00:00.12Z"),
    (Instant(), datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC), "2020-01-01T00:00:00.000001Z"),
    (Day(), date(2020, 1, 31), "2020-01-31"),
    (Flag(), True, True),
    (Flag(), False, False),
    (Uid(), UUID(UID), UID),
    (Uid(), UID.upper(), UID),
    (Uid(), UID.replace("-", ""), UID),
    (Items(Whole()), [1, 2], [1, 2]),
    (Items(Whole()), (), []),
    (Items(Whole()), range(1, 3), [1, 2]),
    (Items(Choice(Side)), [Side.BUY, "sell"], ["buy", "sell"]),
    (Items(Text(), minimum=1), ["a"], ["a"]),
    (OneKindOf((Whole(minimum=0), Text(pattern=r"^(all|\d+)$"))), 5, 5),
    (OneKindOf((Whole(minimum=0), Text(pattern=r"^(all|\d+)$"))), "all", "all"),
]


@pytest.mark.parametrize(("kind", "value", "wire"), TAKEN, ids=lambda v: repr(v)[:60])
def test_a_fitting_value_is_written_exactly(kind: Kind, value: Any, wire: Any) -> None:
    written = kind.wire("argument", value)
    assert written == wire
    assert type(written) is type(wire)


def test_a_bare_amount_stays_an_exact_number() -> None:
    written = Amount(quoted=False).wire("price", "0.10")
    assert isinstance(written, Decimal)
    assert str(written) == "0.10"


def test_an_amount_does_not_depend_on_the_precision_of_the_caller() -> None:
    with localcontext() as context:
        context.prec = 3
        assert Amount(positive=True).wire("price", "7150.2512345") == "7150.2512345"
        assert Amount(positive=True).wire("price", Decimal("7150.2512345")) == "7150.2512345"


# Kind, value, error, what the message must say about what is allowed, and what was given.
REFUSED: list[tuple[Kind, Any, type[Exception], str, str]] = [
    (Text(), 5, TypeError, "str", "5"),
    (Text(), b"BTC", TypeError, "str", "b'BTC'"),
    (Text(), True, TypeError, "str", "True"),
    (Text(), "", ValueError, "not empty", "''"),
    (Text(), "a\n", ValueError, "printable", r"'a\n'"),
    (Text(), "a\r\nb", ValueError, "printable", r"'a\r\nb'"),
    (Text(), "\0", ValueError, "printable", r"'\x00'"),
    (Text(), "\x7f", ValueError, "printable", r"'\x7f'"),
    (Text(), "\ud800", ValueError, "printable", r"'\ud800'"),
    (Text(), "\u202e", ValueError, "printable", r"'\u202e'"),
    (Text(max_length=3), "abcd", ValueError, "at most 3 characters", "'abcd'"),
    (PAIR, "btc-usd", ValueError, PAIR.pattern or "", "'btc-usd'"),
    (PAIR, "BTC/USD", ValueError, PAIR.pattern or "", "'BTC/USD'"),
    (Text(pattern=r"^\d+$"), "٣", ValueError, r"^\d+$", "'٣'"),
    (Choice(Side), "hold", ValueError, "'buy', 'sell'", "'hold'"),
    (Choice(Side), "BUY", ValueError, "'buy', 'sell'", "'BUY'"),
    (Choice(Side), "", ValueError, "'buy', 'sell'", "''"),
    (Choice(Side), Side("hold"), ValueError, "'buy', 'sell'", "hold"),
    (Choice(Side, ("buy",)), Side.SELL, ValueError, "'buy'", "sell"),
    (Choice(Side), Colour.BUY, TypeError, "'buy', 'sell'", "Colour.BUY"),
    (Choice(Side), 1, TypeError, "Side", "1"),
    (Choice(Side), None, TypeError, "Side", "None"),
    (Whole(), True, TypeError, "int", "True"),
    (Whole(), 5.0, TypeError, "int", "5.0"),
    (Whole(), "5", TypeError, "int", "'5'"),
    (Whole(), Decimal(5), TypeError, "int", "Decimal('5')"),
    (Whole(minimum=1), 0, ValueError, "at least 1", "0"),
    (Whole(maximum=100), 101, ValueError, "at most 100", "101"),
    (Whole(allowed=(1, 2, 3)), 4, ValueError, "1, 2, 3", "4"),
    (Amount(), True, TypeError, "Decimal, int or str", "True"),
    (Amount(), b"1", TypeError, "Decimal, int or str", "b'1'"),
    (Amount(), [1], TypeError, "Decimal, int or str", "[1]"),
    (Amount(), "", ValueError, "decimal number", "''"),
    (Amount(), "abc", ValueError, "decimal number", "'abc'"),
    (Amount(), "1_0", ValueError, "decimal number", "'1_0'"),
    (Amount(), " 1", ValueError, "decimal number", "' 1'"),
    (Amount(), "1 ", ValueError, "decimal number", "'1 '"),
    (Amount(), "1\n", ValueError, "decimal number", r"'1\n'"),
    (Amount(), "+1", ValueError, "decimal number", "'+1'"),
    (Amount(), "1,5", ValueError, "decimal number", "'1,5'"),
    (Amount(), "0x10", ValueError, "decimal number", "'0x10'"),
    (Amount(), "١", ValueError, "decimal number", "'١'"),
    (Amount(), "NaN", ValueError, "decimal number", "'NaN'"),
    (Amount(), "Infinity", ValueError, "decimal number", "'Infinity'"),
    (Amount(), Decimal("NaN"), ValueError, "decimal number", "Decimal('NaN')"),
    (Amount(), Decimal("sNaN"), ValueError, "decimal number", "Decimal('sNaN')"),
    (Amount(), Decimal("-Infinity"), ValueError, "decimal number", "Decimal('-Infinity')"),
    (Amount(positive=True), 0, ValueError, "greater than 0", "0"),
    (Amount(positive=True), "-0.0", ValueError, "greater than 0", "'-0.0'"),
    (Amount(positive=True), Decimal(-1), ValueError, "greater than 0", "Decimal('-1')"),
    (Amount(positive=True), Decimal("NaN"), ValueError, "greater than 0", "Decimal('NaN')"),
    (Amount(minimum=Decimal("0.1")), "0.09", ValueError, "at least 0.1", "'0.09'"),
    (Amount(maximum=Decimal(1)), "1.01", ValueError, "at most 1", "'1.01'"),
    (Instant(), "2020-01-01", TypeError, "datetime", "'2020-01-01'"),
    (Instant(), date(2020, 1, 1), TypeError, "datetime", "datetime.date(2020, 1, 1)"),
    (Instant(), 1577836800, TypeError, "datetime", "1577836800"),
    (Instant(), datetime(2020, 1, 1), ValueError, "tzinfo=timezone.utc", "datetime.datetime(2020, 1, 1, 0, 0)"),
    (Day(), datetime(2020, 1, 1, tzinfo=UTC), TypeError, "date", "datetime.datetime(2020"),
    (Day(), "2020-01-01", TypeError, "date", "'2020-01-01'"),
    (Flag(), 1, TypeError, "bool", "1"),
    (Flag(), "true", TypeError, "bool", "'true'"),
    (Uid(), "", ValueError, "UUID", "''"),
    (Uid(), "not-a-uuid", ValueError, "UUID", "'not-a-uuid'"),
    (Uid(), UID[:-1], ValueError, "UUID", UID[:-1]),
    (Uid(), 5, TypeError, "UUID or str", "5"),
    (Items(Text()), "BTCUSD", TypeError, "a list", "'BTCUSD'"),
    (Items(Text()), b"BTCUSD", TypeError, "a list", "b'BTCUSD'"),
    (Items(Text()), 5, TypeError, "a list", "5"),
    (Items(Text(), minimum=1), [], ValueError, "at least 1 item", "[]"),
    (Items(Whole(), minimum=2), [1], ValueError, "at least 2 items", "[1]"),
    (OneKindOf((Whole(minimum=0), Text(pattern=r"^(all|\d+)$"))), "every", ValueError, r"^(all|\d+)$", "'every'"),
    (OneKindOf((Whole(minimum=0), Text(pattern=r"^(all|\d+)$"))), -1, ValueError, "at least 0", "-1"),
    (OneKindOf((Whole(minimum=0), Text(pattern=r"^(all|\d+)$"))), True, TypeError, "int", "True"),
]


@pytest.mark.parametrize(("kind", "value", "error", "allowed", "given"), REFUSED, ids=lambda v: repr(v)[:60])
def test_a_misfit_is_refused_with_its_name_what_was_given_and_what_is_allowed(
    kind: Kind, value: Any, error: type[Exception], allowed: str, given: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        kind.wire("some_argument", value)
    assert type(caught.value) is error
    message = str(caught.value)
    assert message.startswith("some_argument: ")
    assert allowed in message
    assert given in message


@pytest.mark.parametrize("value", [7150.25, 0.1, 1e-8, float("nan"), float("inf")])
def test_a_float_price_is_refused_and_the_fix_is_shown(value: float) -> None:
    with pytest.raises(TypeError) as caught:
        Amount(positive=True).wire("price", value)
    message = str(caught.value)
    assert message.startswith("price: ")
    assert f"Decimal('{value}')" in message
    assert f"instead of {value!r}" in message


def test_an_item_that_does_not_fit_is_named_by_its_position() -> None:
    with pytest.raises(ValueError, match=r"^status\[1\]: expected one of 'buy', 'sell', got 'hold'$"):
        Items(Choice(Side)).wire("status", ["buy", "hold"])


def test_an_iterator_is_read_once() -> None:
    def numbers() -> Iterator[int]:
        yield from (1, 2)

    assert Items(Whole(), minimum=2).wire("ids", numbers()) == [1, 2]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Whole(maximum=100), HUGE),
        (Whole(allowed=(1,)), HUGE),
        (Whole(minimum=0), -HUGE),
        (Whole(quoted=True), HUGE),
        (Amount(positive=True), -HUGE),
        (Amount(maximum=Decimal(1)), HUGE),
    ],
    ids=["maximum", "allowed", "minimum", "quoted", "positive", "amount maximum"],
)
def test_a_number_too_long_to_print_is_refused_by_name(kind: Kind, value: int) -> None:
    with pytest.raises(ValueError, match=r"^limit: "):
        kind.wire("limit", value)


@pytest.mark.parametrize("value", ["1e1000000", Decimal("1E+1000000"), "1e-1000000"])
def test_an_exponent_that_would_fill_the_memory_with_zeros_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^price: "):
        Amount(positive=True).wire("price", value)


@pytest.mark.parametrize(
    "value",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
    ],
    ids=["max", "min"],
)
def test_a_time_that_has_no_utc_is_refused_by_name(value: datetime) -> None:
    with pytest.raises(ValueError, match=r"^start: "):
        Instant().wire("start", value)


@pytest.mark.parametrize("wrong", [{"BTC/USD": 1}, {"BTC/USD"}], ids=["mapping", "set"])
def test_what_has_no_order_of_its_own_is_no_list(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"^add: expected a list"):
        Items(Text()).wire("add", wrong)
