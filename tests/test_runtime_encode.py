"""From typed values back to the JSON they came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import pytest
from coinbase_pro_sdk import to_json as coinbase_json
from freqtrade_sdk import to_json as freqtrade_json
from msgspec import UNSET, UnsetType
from onefox_sdk import to_json as onefox_json

from tests.wires import FOX_TICKERS, LOGIN, Exchange, both, coinbase, enveloped, freqtrade, onefox, run, tokens, trade
from tradeloom.runtime.decode import decoder_for
from tradeloom.runtime.encode import dump_json, plain_decimal, to_json
from tradeloom.runtime.enums import OpenEnum
from tradeloom.runtime.model import Model
from tradeloom.runtime.pages import Page
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
    read_time,
    write_micro_time,
    write_milli_time,
    write_time,
    write_unix,
)

T = TypeVar("T")


class Side(OpenEnum):
    BUY = "buy"


class Candle(NamedTuple):
    time: UnixSeconds
    low: Number
    size: Decimal
    number: QuotedInt


class Everything(Model, frozen=True, rename={"from_": "from", "pair": "Pair"}):
    from_: str
    pair: str
    quoted: Decimal
    bare: Number
    whole: int
    quoted_whole: QuotedInt
    loose: LooseDecimal
    loose_whole: LooseInt
    stake: NumberOrText
    at: Time
    at_micros: MicroTime
    at_millis: MilliTime
    at_naive: NaiveTime
    at_lenient: LenientTime
    at_unix: UnixSeconds
    at_unix_ms: UnixMillis
    day: Day
    side: Side
    id: UUID
    flag: bool
    rows: tuple[Candle, ...]
    by_name: dict[str, Number]
    words: PhpMap[str]
    nothing: Number | None
    tri: Number | None | UnsetType = UNSET  # noqa: RUF036 (the order of the models)
    left_out: Decimal | None = None
    maybe: Decimal | None = None
    loose_maybe: LooseDecimal | None = None


WIRE = (
    '{"from":"a\\"é","Pair":"ETH/BTC","quoted":"0.100","bare":0.100,"whole":5,"quoted_whole":"18947",'
    '"loose":"0.00000001","loose_whole":"3","stake":"unlimited","at":"2019-11-20T09:15:27.4Z",'
    '"at_micros":"2019-11-20T09:15:27.482000Z","at_millis":"2019-11-20T09:17:03.390Z",'
    '"at_naive":"2020-08-09 10:11:12","at_lenient":"2022-03-02T17:50:06.66Z","at_unix":1577836800.125,'
    '"at_unix_ms":1597048800123,"day":"2020-08-09","side":"hold","id":"7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65",'
    '"flag":false,"rows":[[1574240400,7150.1,"0.50","9"],[1574240460,7150.10,"1","10"]],"by_name":{"0":0.10,"x y":1},'
    '"words":{},"nothing":null,"tri":null,"maybe":"1.0","loose_maybe":2.50}'
)


def test_every_form_comes_back_as_it_was() -> None:
    assert to_json(decoder_for(Everything).decode(WIRE.encode())) == WIRE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"loose":"0.00000001"', '"loose":0.00000001'),
        ('"loose_whole":"3"', '"loose_whole":3'),
        ('"stake":"unlimited"', '"stake":0.05'),
        ('"nothing":null', '"nothing":1.50'),
        ('"tri":null,', '"tri":1,'),
        ('"tri":null,', ""),
        (',"loose_maybe":2.50', ""),
        ('"loose_maybe":2.50', '"loose_maybe":"2.50"'),
        ('"at":"2019-11-20T09:15:27.4Z"', '"at":"2019-11-20T09:15:27Z"'),
        ('"at_micros":"2019-11-20T09:15:27.482000Z"', '"at_micros":"2019-11-20T09:15:27Z"'),
        ('"at_unix":1577836800.125', '"at_unix":-1.5'),
        ('"at_unix_ms":1597048800123', '"at_unix_ms":-1'),
        ('"bare":0.100', '"bare":Infinity'),
        ('"bare":0.100', '"bare":-Infinity'),
        ('"whole":5', f'"whole":{10**30}'),
        ('"quoted_whole":"18947"', f'"quoted_whole":"{10**30}"'),
        ('"words":{}', '"words":{"1":"NaN"}'),
    ],
)
def test_every_other_form_comes_back_as_it_was(before: str, after: str) -> None:
    wire = WIRE.replace(before, after)
    assert wire != WIRE
    assert to_json(decoder_for(Everything).decode(wire.encode())) == wire


def test_what_the_document_does_not_name_is_not_written() -> None:
    wire = WIRE[:-1] + ',"brand_new":[1,2]}'
    assert to_json(decoder_for(Everything).decode(wire.encode())) == WIRE


def test_lists_maps_pages_and_rows_are_written() -> None:
    row = decoder_for(Candle).decode(b'[1574240400,7150.10,"0.50","9"]')
    written = '[1574240400,7150.10,"0.50","9"]'
    assert to_json(row) == written
    assert to_json([row, row]) == f"[{written},{written}]"
    assert to_json((row,)) == f"[{written}]"
    assert to_json({"a": row}) == f'{{"a":{written}}}'
    page = Page([row], "cursor", lambda at: pytest.fail("a page is not fetched to be written"))
    assert to_json(page) == f"[{written}]"
    assert to_json([]) == "[]"
    assert to_json({}) == "{}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (10**30, str(10**30)),
        ('a"b\u2028\\', '"a\\"b\u2028\\\\"'),
        (Decimal("1E-8"), '"0.00000001"'),
        (UUID("7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"), '"7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"'),
        (Side.BUY, '"buy"'),
        (Side("hold"), '"hold"'),
        (datetime(2020, 1, 1, tzinfo=UTC), '"2020-01-01T00:00:00Z"'),
        ([None, [1, {"a": None}]], '[null,[1,{"a":null}]]'),
    ],
    ids=repr,
)
def test_plain_results_are_written(value: Any, text: str) -> None:
    assert to_json(value) == text
    assert json.loads(text) == json.loads(to_json(value))


def test_a_value_taken_out_of_a_model_is_written_on_its_own() -> None:
    value = decoder_for(Everything).decode(WIRE.encode())
    assert to_json(value.loose_whole) in ("3", '"3"')
    assert to_json([value.loose_whole]) in ("[3]", '["3"]')
    assert to_json(value.loose) == '"0.00000001"'
    assert to_json(value.rows) == '[[1574240400,7150.1,"0.50","9"],[1574240460,7150.10,"1","10"]]'


def test_what_has_no_wire_form_is_refused() -> None:
    for value in (object(), 1.5, [object()], {"a": 1.5}):
        with pytest.raises(TypeError, match="cannot be written as JSON"):
            to_json(value)
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        dump_json({"a": 1.5})


def test_json_text_is_exact() -> None:
    def numbers() -> Iterator[int]:
        yield from (1, 2)

    assert dump_json({"a": Decimal("1E-8"), "b": [True, None, "é"], "c": numbers()}) == (
        '{"a":0.00000001,"b":[true,null,"é"],"c":[1,2]}'
    )
    assert dump_json(Decimal("NaN")) == "null"
    assert dump_json(Decimal("1E+3")) == "1000"
    assert dump_json(2**70) == str(2**70)
    assert plain_decimal(Decimal("1.50E-10")) == "0.000000000150"


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (write_time, "2019-11-20T09:15:27.4Z"),
        (write_time, "2019-11-20T09:15:27Z"),
        (write_time, "2019-11-20T09:15:00Z"),
        (write_time, "2019-11-20T09:15:27.000001Z"),
        (write_micro_time, "2019-11-20T09:15:27.400000Z"),
        (write_micro_time, "2019-11-20T09:15:27Z"),
        (write_milli_time, "2019-11-20T09:15:27.400Z"),
        (write_milli_time, "2019-11-20T09:15:27.000Z"),
    ],
)
def test_written_times_read_back(write: Callable[[datetime], str], text: str) -> None:
    assert write(read_time(text)) == text


@pytest.mark.parametrize("text", ["0", "1577836800", "1577836800.125", "1577836800.000001", "-1.5", "1577836800.1"])
def test_unix_times_are_written_exactly(text: str) -> None:
    assert plain_decimal(write_unix(decoder_for(UnixSeconds).decode(text.encode()))) == text


@both
def test_results_of_calls_are_written(asynchronous: bool) -> None:
    trades = [trade(2), trade(1)]
    candles = [[1574240400, 7150.01, 7162.1, 7155, 7162.0, 12.5]]
    book = {"sequence": 5, "bids": [["7162.09", "2.8", 3]], "asks": []}
    with Exchange() as wire:
        wire.on("GET", "/products/BTC-USD/trades", trades)
        wire.on("GET", "/products/BTC-USD/candles", candles)
        wire.on("GET", "/products/BTC-USD/book", book)
        wire.on("DELETE", "/orders", ["7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"])
        client = coinbase(wire, asynchronous)
        assert json.loads(coinbase_json(run(client, "products.trades", "BTC-USD"))) == trades
        assert coinbase_json(run(client, "products.historic_rates", "BTC-USD")) == (
            "[[1574240400,7150.01,7162.1,7155,7162.0,12.5]]"
        )
        assert json.loads(coinbase_json(run(client, "products.order_book", "BTC-USD"))) == book
        assert coinbase_json(run(client, "orders.cancel_all")) == '["7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"]'
    with Exchange() as wire:
        wire.on("GET", "/api/v1/market/ticker.php", enveloped(FOX_TICKERS), enveloped([]))
        wire.on("GET", "/api/v1/order/close.php", enveloped(None))
        fox = onefox(wire, asynchronous)
        assert json.loads(onefox_json(run(fox, "market.ticker", ["BTCUSD"]))) == FOX_TICKERS
        assert onefox_json(run(fox, "market.ticker", ["BTCUSD"])) == "{}"
        assert onefox_json(run(fox, "order.close", 5)) == "null"
    edge = [{"Pair": "ETH/BTC", "Winrate": 0.5, "Expectancy": 1e-08, "Stoploss": -0.02}]
    with Exchange().on("POST", LOGIN, tokens()).on("GET", "/api/v1/edge", edge) as wire:
        assert freqtrade_json(run(freqtrade(wire, asynchronous), "edge")) == (
            '[{"Pair":"ETH/BTC","Winrate":0.5,"Expectancy":0.00000001,"Stoploss":-0.02}]'
        )
