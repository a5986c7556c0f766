"""From bytes to typed values: every form that servers send, and every form that is refused, with its place."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import pytest
from msgspec import UNSET, UnsetType

from tradeloom.runtime.decode import Decoder, Misfit, decoder_for, parse
from tradeloom.runtime.enums import OpenEnum
from tradeloom.runtime.model import Model
from tradeloom.runtime.wire import (
    Day,
    LenientTime,
    LooseDecimal,
    LooseInt,
    MicroTime,
    MilliTime,
    NaiveTime,
    Number,
    NumberOrText,
    PhpMap,
    QuotedInt,
    Time,
    UnixMillis,
    UnixSeconds,
    read_decimal,
)

T = TypeVar("T")


class Side(OpenEnum):
    BUY = "buy"
    SELL = "sell"


class Level(Model, frozen=True):
    price: Decimal
    size: Number


class Row(NamedTuple):
    time: UnixSeconds
    low: Number
    note: str | None


class Renamed(Model, frozen=True, rename={"from_": "from", "pair": "Pair", "win_rate": "winRate"}):
    from_: str
    to: str
    pair: Level | None = None
    win_rate: Number | None | UnsetType = UNSET  # noqa: RUF036 (the order of the models)


class Three(Model, frozen=True):
    """A field that may be absent, null or there, in the two ways of the models."""

    kept: QuotedInt | None | UnsetType = UNSET  # noqa: RUF036 (the order of the models)
    plain: QuotedInt | None = None


class Enveloped(Model, Generic[T], frozen=True):
    error: bool
    response: T
    time: MicroTime


class Deep(Model, frozen=True):
    levels: dict[str, tuple[Level, ...]]
    rows: tuple[Row, ...]


def read(kind: Any, text: str) -> Any:
    return decoder_for(kind).decode(text.encode())


def misfit(kind: Any, text: str) -> Misfit:
    with pytest.raises(Misfit) as caught:
        read(kind, text)
    return caught.value


# Decimals

LONG = "123456789012345678901234567890.12345678901234567890"


@pytest.mark.parametrize("kind", [Decimal, Number], ids=["quoted", "number"])
@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ('"7150.25000000"', "7150.25000000"),
        ('"0.00"', "0.00"),
        ('"-0.5"', "-0.5"),
        ('".01"', "0.01"),
        (f'"{LONG}"', LONG),
        ("0.1", "0.1"),
        ("1e-08", "1E-8"),
        ("5", "5"),
        ("5.0", "5.0"),
        ("-0.0", "-0.0"),
        ("0.1234567890123456789012345", "0.1234567890123456789012345"),
    ],
)
def test_a_decimal_keeps_every_digit(kind: Any, text: str, digits: str) -> None:
    value = read(kind, text)
    assert type(value) is Decimal
    assert str(value) == digits


@pytest.mark.parametrize("kind", [Decimal, Number, Decimal | None, LooseDecimal], ids=str)
@pytest.mark.parametrize(
    "text",
    [
        '"NaN"',
        '"nan"',
        '"sNaN"',
        '"-NaN"',
        '"Infinity"',
        '"-inf"',
        '" 1"',
        r'"\t1"',
        '"1_0"',
        '"_1"',
        '"1_"',
        '"+1"',
        r'"\u004eaN"',
        '"N_aN"',
        '"-_NaN"',
        '"_+NaN"',
        '"Infinit_y"',
        '"NaN123"',
        '"1._5"',
        '"1_.5"',
        '"-_1"',
        '"1_e5"',
        '"1e_5"',
        '"\u0661_\u0661"',
        '"\u00a01"',
        '"\u00a0NaN"',
        '"\u30001"',
        '""',
        '"."',
        '"0x1"',
        '"1,5"',
        '"abc"',
        "true",
        "[]",
        "{}",
    ],
)
def test_what_is_no_decimal_is_refused(kind: Any, text: str) -> None:
    assert misfit(kind, text).path == "$"


@pytest.mark.parametrize("beside", ["", r',"x":"\u0041"', ',"x":"a_1"'], ids=["", "escape", "underscore"])
@pytest.mark.parametrize(("text", "value"), [("1.", "1"), ("1e5", "1E+5"), ("1E-8", "1E-8"), ("1 ", "1")])
def test_odd_spellings_of_one_exact_value_are_read_the_same_with_and_without_a_second_look(
    text: str, value: str, beside: str
) -> None:
    level = read(Level, f'{{"price":"{text}","size":"1"{beside}}}')
    assert level.price == Decimal(value)


ODD_PARTS = [*"01.-+_eEnNaAiIfs ", "\u00a0", "\u0661"]


@pytest.mark.parametrize("inner", ["{}", "{}aN", "n{}N", "na{}", "s{}an", "i{}f", "{}nfinity", "1{}5", "-{}1", "1{}e5"])
def test_a_quoted_decimal_is_read_like_its_text_whatever_it_is_made_of(inner: str) -> None:
    """No way around the look for odd decimals: every short text is refused or read exactly as `read_decimal` does."""
    decoder = decoder_for(Decimal)
    for length in range(4):
        for parts in product(ODD_PARTS, repeat=length):
            text = inner.format("".join(parts))
            try:
                expected = read_decimal(text)
            except ValueError:
                # Most are no decimals for anybody; what Decimal() takes is what the look is for.
                with suppress(InvalidOperation):
                    Decimal(text)
                    with pytest.raises(Misfit):
                        decoder.decode(f'"{text}"'.encode())
            else:
                assert str(decoder.decode(f'"{text}"'.encode())) == str(expected)


@pytest.mark.parametrize("text", ["NaN", "N_aN", "1_0", "+1", " 1", "\u00a01", "-inf", "_1"])
@pytest.mark.parametrize("beside", ["Cheap fee_24h name+info", "5_\u00e9", "min_in_force", 'a " b', "_id", "12:30:01Z"])
def test_an_odd_decimal_is_found_among_texts_that_look_odd(text: str, beside: str) -> None:
    class Told(Model, frozen=True):
        trade_enabled: str
        fee_24h: Decimal
        from_time: Time

    whole = {"trade_enabled": beside, "fee_24h": "1.50", "from_time": "2020-03-20T00:22:57.5Z"}
    value = read(Told, json.dumps(whole, ensure_ascii=False))
    assert (value.trade_enabled, str(value.fee_24h)) == (beside, "1.50")
    assert misfit(Told, json.dumps({**whole, "fee_24h": text}, ensure_ascii=False)).path == "$.fee_24h"
    other = read(Told, json.dumps({**whole, "from_time": "2020-03-19T17:22:57.5-07:00"}, ensure_ascii=False))
    assert (other.from_time, other.from_time.utcoffset()) == (value.from_time, timedelta(0))


@pytest.mark.parametrize("length", [100_000])
def test_a_long_text_made_to_be_looked_at_takes_no_time_to_speak_of(length: int) -> None:
    """Each look passes over a text once; trying again from every character of it would take minutes."""
    for text in ("_" * length, "1_" * length, "-_" * length + "x", "1" * length + "_x", "\u00e9_" * length):
        with pytest.raises(Misfit):
            read(list[Decimal], json.dumps([text], ensure_ascii=False))


@pytest.mark.parametrize("offset", [r"\u002b02:00", "+02:00", "-02:00", "-02"])
def test_a_time_comes_out_in_utc_where_nothing_else_is_looked_for(offset: str) -> None:
    assert read(list[Time], f'["2020-03-20T12:00:57{offset}"]')[0].utcoffset() == timedelta(0)


def test_an_odd_decimal_deep_inside_is_found_and_named() -> None:
    found = misfit(Deep, '{"levels":{"BTCUSD":[{"price":"1","size":1},{"price":" 1","size":1}]},"rows":[]}')
    assert found.path == "$.levels['BTCUSD'][1].price"
    assert "' 1'" in found.reason


@pytest.mark.parametrize("other", ["1", "NaN", "5.0", '"a_1"'])
def test_what_stands_beside_a_value_does_not_change_how_it_is_read(other: str) -> None:
    """A reply with something odd takes another way through the decoder; the rest must come out the same."""

    class Two(Model, frozen=True):
        price: Decimal
        time: Time
        whole: int
        other: Any = None

    text = '{{"price":"7150.10","time":"2020-03-20T00:22:57.123456789Z","whole":7,"other":{}}}'
    plain, odd = read(Two, text.format("1")), read(Two, text.format(other))
    assert (odd.price, odd.time, odd.whole) == (plain.price, plain.time, plain.whole)
    assert str(odd.price) == "7150.10"


def test_bare_nan_is_null_and_bare_infinity_is_kept() -> None:
    assert read(Number | None, "NaN") is None
    assert read(Number, "Infinity") == Decimal("Infinity")
    assert read(Number, "-Infinity") == Decimal("-Infinity")
    assert read(list[Number | None], "[1.50, NaN, Infinity]") == [Decimal("1.50"), None, Decimal("Infinity")]
    assert misfit(list[Number], "[1, NaN]").path == "$[1]"


def test_the_word_nan_inside_a_text_is_only_text() -> None:
    class Told(Model, frozen=True):
        text: str
        amount: Decimal

    assert read(Told, '{"text":"NaN","amount":"1"}') == Told("NaN", Decimal(1))
    assert read(Told, '{"text":" Infinity_1","amount":"1.0"}').text == " Infinity_1"


# Integers


@pytest.mark.parametrize("kind", [int, QuotedInt, LooseInt], ids=["int", "quoted", "loose"])
@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("7.0", 7), ("-7", -7), ("41608.0", 41608), (str(10**30), 10**30), ("9007199254740993", 2**53 + 1)],
)
def test_an_integer_is_read_bare_or_with_a_point(kind: Any, text: str, number: int) -> None:
    value = read(kind, text)
    assert value == number
    assert isinstance(value, int)
    assert not isinstance(value, bool)


@pytest.mark.parametrize("kind", [int, QuotedInt, LooseInt, int | None], ids=str)
@pytest.mark.parametrize(
    "text", ["7.5", "true", '""', '" 7"', '"1_0"', '"7.5"', '"seven"', '"٧"', "Infinity", "-Infinity", "[7]", "1e-1"]
)
def test_what_is_no_integer_is_refused(kind: Any, text: str) -> None:
    assert misfit(kind, text).path == "$"


@pytest.mark.parametrize("kind", [int, QuotedInt, LooseInt], ids=["int", "quoted", "loose"])
def test_nan_is_no_integer(kind: Any) -> None:
    assert misfit(kind, "NaN").path == "$"


# Loose forms


def test_loose_forms_are_read_from_text_and_number() -> None:
    assert read(LooseDecimal, '"1.50"') == read(LooseDecimal, "1.5") == Decimal("1.5")
    assert str(read(LooseDecimal, '"1.50"')) == "1.50"
    assert read(LooseInt, '"3"') == read(LooseInt, "3") == 3
    assert read(LooseDecimal | None, "null") is None
    assert read(LooseDecimal | None, "NaN") is None


def test_a_number_or_a_word_is_one_or_the_other() -> None:
    number = read(NumberOrText, "0.05")
    assert (number, type(number)) == (Decimal("0.05"), Decimal)
    assert read(NumberOrText, "2") == Decimal(2)
    assert read(NumberOrText, '"unlimited"') == "unlimited"
    for text in ("true", "null", "NaN", "[]", "{}"):
        assert misfit(NumberOrText, text).path == "$"


# Times

NOON = datetime(2020, 3, 20, 12, 0, 57, tzinfo=UTC)


@pytest.mark.parametrize("kind", [Time, MicroTime, MilliTime, LenientTime, NaiveTime], ids=str)
@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2020-03-20T12:00:57Z", 0),
        ("2020-03-20 12:00:57Z", 0),
        ("2020-03-20t12:00:57z", 0),
        ("2020-03-20 12:00:57", 0),
        ("2020-03-20T12:00:57", 0),
        ("2020-03-20 12:00:57+00", 0),
        ("2020-03-20T12:00:57+00:00", 0),
        ("2020-03-20T12:00:57-0000", 0),
        ("2020-03-20T14:00:57+02:00", 0),
        ("2020-03-20T05:00:57-07:00", 0),
        ("2020-03-20 05:30:57-0630", 0),
        ("2020-03-20T12:00:57.4Z", 400000),
        ("2020-03-20T12:00:57.48Z", 480000),
        ("2020-03-20T12:00:57.482Z", 482000),
        ("2020-03-20T12:00:57.4821Z", 482100),
        ("2020-03-20T12:00:57.48213Z", 482130),
        ("2020-03-20T12:00:57.482136Z", 482136),
        ("2020-03-20T12:00:57.4821361Z", 482136),
        ("2020-03-20T12:00:57.48213612Z", 482136),
        ("2020-03-20T12:00:57.482136499Z", 482136),
        ("2020-03-20T12:00:57.482136500Z", 482137),
        ("2020-03-20 12:00:57.655243+00", 655243),
        ("2020-03-20 12:00:57.66", 660000),
    ],
)
def test_a_time_is_read_in_every_spelling_and_comes_out_in_utc(kind: Any, text: str, microsecond: int) -> None:
    value = read(kind, f'"{text}"')
    assert value == NOON.replace(microsecond=microsecond)
    assert value.utcoffset() == timedelta(0)


@pytest.mark.parametrize("kind", [Time, LenientTime, NaiveTime], ids=str)
@pytest.mark.parametrize(
    "text",
    [
        '"2020-02-30T00:00:00Z"',
        '"2020-03-20T24:00:00Z"',
        '"2020-03-20T00:00:60Z"',
        '"2020-03-20"',
        '"20-03-2020 00:00:00"',
        '"2020-03-20T12:00:57.Z"',
        '"2020-03-20  12:00:57"',
        '"٢٠٢٠-03-20T12:00:57Z"',
        '"soon"',
        '""',
        "1577836800",
        '"1577836800"',
        "true",
        "null",
        "NaN",
        '"9999-12-31T23:59:59-01:00"',
        '"0001-01-01T00:00:00+01:00"',
        '"2020-03-20T12:00:57+99:00"',
    ],
)
def test_what_is_no_time_is_refused(kind: Any, text: str) -> None:
    assert misfit(kind, text).path == "$"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1577836800", datetime(2020, 1, 1, tzinfo=UTC)),
        ("1577836800.125", datetime(2020, 1, 1, 0, 0, 0, 125000, tzinfo=UTC)),
        ("1577836800.000001", datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("-1.5", datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=UTC)),
        ("1574240400.0", datetime(2019, 11, 20, 9, 0, tzinfo=UTC)),
    ],
)
def test_unix_seconds_are_read_with_their_fraction(text: str, time: datetime) -> None:
    assert read(UnixSeconds, text) == time
    assert read(UnixSeconds, text).utcoffset() == timedelta(0)
    # The same beside something that sends the whole reply the slow way.
    assert read(Row, f"[{text}, 1, null, 4]").time == time


@pytest.mark.parametrize("text", ["true", "null", "NaN", "Infinity", "1e20", "1e400", "-1e400", '"soon"', "[]"])
def test_what_is_no_unix_time_is_refused(text: str) -> None:
    assert misfit(UnixSeconds, text).path == "$"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1597048800123", datetime(2020, 8, 10, 8, 40, 0, 123000, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("-1", datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ("-86400000", datetime(1969, 12, 31, tzinfo=UTC)),
        ("1597048800000.0", datetime(2020, 8, 10, 8, 40, tzinfo=UTC)),
    ],
)
def test_unix_milliseconds_are_read_exactly(text: str, time: datetime) -> None:
    assert read(UnixMillis, text) == time
    assert read(UnixMillis | None, text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text", ["1.5", '"5"', "true", "null", "NaN", "Infinity", "-Infinity", "1e400", str(10**30), "[]"]
)
def test_what_is_no_count_of_milliseconds_is_refused(text: str) -> None:
    assert misfit(UnixMillis, text).path == "$"


def test_days_are_read_and_only_days() -> None:
    assert read(Day, '"2020-08-09"') == date(2020, 8, 9)
    assert misfit(Day, '"2020-08-09T00:00:00Z"').path == "$"
    assert misfit(Day, '"2020-08-32"').path == "$"


# Rows, maps, fields


def test_a_longer_row_is_cut_and_a_shorter_one_refused() -> None:
    row = Row(datetime(2020, 1, 1, tzinfo=UTC), Decimal("1.50"), "x")
    assert read(Row, '[1577836800, 1.50, "x"]') == row
    assert read(Row, '[1577836800, 1.50, "x", {"new": "column"}, 7]') == row
    assert isinstance(read(list[Row], '[[1577836800, 1.50, "x", 4]]')[0], Row)
    assert misfit(Row, "[1577836800, 1.50]").path == "$"
    assert misfit(list[Row], '[[1577836800, 1.50, "x"], []]').path == "$[1]"
    assert misfit(Row, '{"time": 1577836800}').path == "$"


def test_an_empty_map_may_be_spelt_as_a_list_only_where_the_document_says_so() -> None:
    for text in ("{}", "[]"):
        assert read(PhpMap[Level], text) == {}
    assert read(PhpMap[Level], '{"a":{"price":"1","size":2}}') == {"a": Level(Decimal(1), Decimal(2))}
    assert misfit(PhpMap[Level], "[1]").path == "$"
    assert misfit(PhpMap[Level], "null").path == "$"
    assert misfit(dict[str, Level], "[]").path == "$"


def test_an_empty_map_spelt_as_a_list_is_read_inside_an_envelope() -> None:
    text = '{"error":false,"time":"2020-01-01T00:00:00Z","response":[]}'
    assert read(Enveloped[PhpMap[Level] | None], text).response == {}
    assert read(Enveloped[PhpMap[Level] | None], text.replace("[]", "null")).response is None


def test_renamed_fields_are_read_by_their_wire_names() -> None:
    text = '{"from":"USD","to":"USDC","Pair":{"price":"1.0","size":2},"winRate":0.5}'
    assert read(Renamed, text) == Renamed("USD", "USDC", Level(Decimal(1), Decimal(2)), Decimal("0.5"))
    # and in a reply that takes the slow way
    assert read(Renamed, text.replace("0.5", "NaN")).win_rate is None
    assert read(list[Renamed], '[{"from":"a","to":"b"}]') == [Renamed("a", "b")]
    assert "from" in misfit(Renamed, '{"to":"b"}').reason
    assert misfit(Renamed, '{"from_":"a","to":"b"}').path == "$"


def test_renaming_leaves_the_class_as_it_was() -> None:
    decoder_for(Renamed).decode(b'{"from":"a","to":"b"}')
    value = Renamed("a", "b")
    assert repr(value) == "Renamed(from_='a', to='b', pair=None, win_rate=UNSET)"
    assert [a.name for a in Renamed.__attrs_attrs__] == ["from_", "to", "pair", "win_rate"]
    assert list(Renamed.__annotations__) == ["from_", "to", "pair", "win_rate"]
    assert hash(value) == hash(Renamed("a", "b"))


def test_absent_null_and_given_are_told_apart() -> None:
    assert read(Three, "{}") == Three(UNSET, None)
    assert read(Three, '{"kept":null,"plain":null}') == Three(None, None)
    assert read(Three, '{"kept":"5","plain":"6"}') == Three(5, 6)
    assert read(Three, '{"kept":5.0,"plain":NaN}') == Three(5, None)  # the slow way
    assert read(Three, '{"plain":NaN}').kept is UNSET


def test_unknown_fields_are_left_out_and_missing_ones_named() -> None:
    assert read(Level, '{"price":"1","size":2,"new":{"a":[NaN]},"x_1":null}') == Level(Decimal(1), Decimal(2))
    found = misfit(list[Level], '[{"price":"1","size":2},{"price":"1"}]')
    assert (found.path, "size" in found.reason) == ("$[1]", True)


def test_null_for_a_required_value_is_refused_with_its_place() -> None:
    assert misfit(Level, '{"price":null,"size":2}').path == "$.price"
    assert misfit(list[Level], "null").path == "$"
    assert misfit(list[Level], "[null]").path == "$[0]"


def test_enums_keep_unknown_words_and_refuse_what_is_no_word() -> None:
    assert read(Side, '"buy"') is Side.BUY
    stranger = read(list[Side], '["hold"]')[0]
    assert stranger == "hold"
    assert isinstance(stranger, Side)
    assert not stranger.is_known
    assert misfit(list[Side], "[5]").path == "$[0]"


def test_uuids_are_read_with_and_without_dashes() -> None:
    value = UUID("7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65")
    assert read(UUID, f'"{value}"') == read(UUID, f'"{value.hex}"') == value
    assert misfit(list[UUID], '["7be21d04"]').path == "$[0]"


def test_generics_fill_in_the_type_of_the_result() -> None:
    text = '{"error":false,"time":"2020-01-01T00:00:00Z","response":{"price":"1","size":2}}'
    value = read(Enveloped[Level | None], text)
    assert value.response == Level(Decimal(1), Decimal(2))
    assert read(Enveloped[Level | None], text.replace('"1"', '" 1"').replace('" 1"', '"1"')).response == value.response
    assert misfit(Enveloped[Level | None], text.replace('"1"', '"1_0"')).path == "$.response.price"
    assert misfit(Enveloped[Level | None], text.replace('"1"', "{}")).path == "$.response.price"
    assert read(Enveloped[list[Row]], '{"error":true,"time":"2020-01-01T00:00:00","response":[]}').response == []


def test_a_union_of_models_is_the_first_that_fits() -> None:
    kind = Level | Renamed
    assert read(kind, '{"price":"1","size":2}') == Level(Decimal(1), Decimal(2))
    assert read(kind, '{"from":"a","to":"b"}') == Renamed("a", "b")
    assert "price" in misfit(kind, '{"x":1}').reason


def test_the_order_of_a_union_counts_though_unions_in_any_order_are_equal() -> None:
    text = '{"price":"1","size":2,"from":"a","to":"b","winRate":NaN}'
    assert isinstance(read(Level | Renamed, text), Level)
    assert isinstance(read(Renamed | Level, text), Renamed)


def test_a_choice_that_lacks_fields_gets_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look is long, and finds no fields where there are none; what is told in the end is as before."""
    decoder = decoder_for(Level | Renamed)
    looks: list[bytes] = []
    look = Decoder.second_look

    def counted(self: Decoder[Any], content: bytes) -> Any:
        looks.append(content)
        return look(self, content)

    monkeypatch.setattr(Decoder, "second_look", counted)
    assert decoder.decode(b'{"from":"a","to":"b"}') == Renamed("a", "b")
    assert not looks
    # The first choice is still the one wherever it fits, be it at a second look.
    assert decoder.decode(b'{"from":"a","to":"b","price":"1","size":2,"Pair":NaN}') == Level(Decimal(1), Decimal(2))
    assert decoder.decode(b'{"from":"a","to":"b","price":"1","size":2.0e0}') == Level(Decimal(1), Decimal(2))
    assert decoder.decode(b'{"from":"a","to":"b","winRate":NaN}') == Renamed("a", "b", None, None)
    with pytest.raises(Misfit) as caught:
        decoder.decode(b'{"x":1} trailing')
    assert "not JSON" in caught.value.reason


def test_a_union_of_text_and_list_is_read_as_it_comes() -> None:
    assert read(str | list[str], '"a"') == "a"
    assert read(str | list[str], '["a"]') == ["a"]
    assert misfit(str | list[str], "5").path == "$"
    assert misfit(str | list[str], "[5]").path == "$[0]"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"   ", "not JSON"),
        (b"<html>502 Bad Gateway</html>", "not JSON"),
        (b'{"price":"1","si', "not JSON"),
        (b'{"price":"1","size":2} trailing', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"price":"\xff","size":2}', "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"nan", "not JSON"),
        (b"'price'", "not JSON"),
    ],
    ids=lambda v: repr(v)[:30],
)
def test_what_is_no_json_is_a_misfit_of_the_whole_body(content: bytes, reason: str) -> None:
    with pytest.raises(Misfit) as caught:
        Decoder(Level).decode(content)
    assert caught.value.path == "$"
    assert reason in caught.value.reason


def test_a_number_too_long_for_python_is_a_misfit() -> None:
    assert misfit(list[int], f"[{'9' * 5000}]").path == "$"
    with pytest.raises(ValueError, match="4300 digits"):
        parse(b"9" * 5000)


def test_untyped_parsing_keeps_numbers_exact() -> None:
    assert parse(b'{"a":1.10,"b":NaN,"c":[Infinity],"d":5}') == {
        "a": Decimal("1.10"),
        "b": None,
        "c": [Decimal("Infinity")],
        "d": 5,
    }
    assert str(parse(b"1.10")) == "1.10"


@pytest.fixture
def _restless_threads() -> Iterator[None]:
    """Threads take turns so often that each of them is interrupted everywhere."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_restless_threads")
def test_many_threads_may_use_a_decoder_for_the_first_time_at_once() -> None:
    text = b'{"from":"USD","to":"USDC","Pair":{"price":"1.0","size":2}}'
    for _ in range(20):

        class Fresh(Model, frozen=True, rename={"from_": "from", "pair": "Pair"}):
            from_: str
            to: str
            pair: Level | None = None

        decoders: list[Decoder[Fresh]] = [Decoder(Fresh), Decoder(Fresh)]
        start = threading.Barrier(8)
        results: list[Any] = []

        def use(
            number: int,
            start: threading.Barrier = start,
            decoders: list[Decoder[Any]] = decoders,
            results: list[Any] = results,
        ) -> None:
            start.wait()
            try:
                results.append(decoders[number % 2].decode(text))
            except Exception as error:
                results.append(error)

        threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [Fresh("USD", "USDC", Level(Decimal("1.0"), Decimal(2)))] * 8


@pytest.mark.parametrize("kind", [QuotedInt, LooseInt], ids=["quoted", "loose"])
def test_a_quoted_integer_is_read_exactly_where_the_document_quotes_it(kind: Any) -> None:
    assert read(kind, '"9007199254740993"') == 2**53 + 1
    assert misfit(int, '"7"').path == "$"


@pytest.mark.parametrize("text", ["1e999999999999999999999", "-1e999999999999999999999"])
@pytest.mark.parametrize("kind", [Decimal, LooseDecimal, LooseInt, UnixMillis, dict[str, Any]], ids=str)
def test_a_number_beyond_all_bounds_is_refused(kind: Any, text: str) -> None:
    assert misfit(kind, f'{{"a":{text}}}' if kind == dict[str, Any] else text).path == "$"


@pytest.mark.parametrize("text", ["2020-W01-1T00:00:00", "2020-01-01T00:00+05"])
def test_a_naive_time_takes_no_spelling_of_the_same_length(text: str) -> None:
    assert misfit(NaiveTime, f'"{text}"').path == "$"
