"""How arguments become a request: path, query, body, and their exact text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.wires import (
    ACCOUNT,
    FOX_TICKERS,
    LOGIN,
    ORDER,
    TICKER,
    UUID_1,
    Exchange,
    both,
    coinbase,
    enveloped,
    freqtrade,
    onefox,
    run,
    tokens,
    trade,
)
from tradeloom.runtime.arguments import Flag, Items, Text, Whole
from tradeloom.runtime.auth import target_of
from tradeloom.runtime.operation import Operation, Parameter


def operation(*parameters: Parameter, path: str = "/things", **more: Any) -> Operation[Any]:
    return Operation("things.do", "POST", path, "read", None, parameters, **more)


def test_a_path_parameter_is_quoted_as_one_segment() -> None:
    drawn = operation(Parameter("id", "path", Text(), required=True), path="/things/{id}/parts")
    assert drawn.draft({"id": "a b?c#d%2e&é"}).path == "/things/a%20b%3Fc%23d%252e%26%C3%A9/parts"
    assert drawn.draft({"id": "client:7be21d04"}).path == "/things/client:7be21d04/parts"


@pytest.mark.parametrize("text", ["a/b", "..", ".", "../x", "a..b", "a\\b", "/", "%2e%2e/"])
def test_a_path_parameter_cannot_lead_to_another_path(text: str) -> None:
    drawn = operation(Parameter("thing_id", "path", Text(), required=True), path="/things/{thing_id}")
    with pytest.raises(ValueError, match=r"^thing_id: expected one path segment") as caught:
        drawn.draft({"thing_id": text})
    assert repr(text) in str(caught.value)


def test_lists_repeat_or_are_joined_by_commas() -> None:
    repeated = operation(Parameter("status", "query", Items(Text())))
    joined = operation(Parameter("ids", "query", Items(Whole()), joined=True))
    assert target_of(repeated.draft({"status": ["open", "a b"]}), "") == "/things?status=open&status=a%20b"
    assert target_of(joined.draft({"ids": [21, 22]}), "/v1") == "/v1/things?ids=21,22"


@both
def test_an_item_of_a_joined_list_cannot_pose_as_two(asynchronous: bool) -> None:
    with Exchange() as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(ValueError, match=r"^symbols\[0\]: ") as caught:
            run(client, "market.ticker", ["BTCUSD,ETHUSD"])
    assert "BTCUSD,ETHUSD" in str(caught.value)


def test_query_values_cannot_add_parameters() -> None:
    drawn = operation(Parameter("a", "query", Text()), Parameter("on", "query", Flag()))
    assert target_of(drawn.draft({"a": "1&b=2#c+d e", "on": True}), "") == "/things?a=1%26b%3D2%23c%2Bd%20e&on=true"


def test_what_is_not_given_is_not_sent() -> None:
    drawn = operation(Parameter("a", "query", Text()), Parameter("b", "body", Flag()), Parameter("c", "header", Text()))
    empty = drawn.draft({"a": None, "b": None})
    assert (empty.query, empty.headers, empty.body) == ([], {}, b"")
    full = drawn.draft({"b": False, "c": "x"})
    assert (full.headers, full.body) == ({"c": "x", "Content-Type": "application/json"}, b'{"b":false}')


def test_a_required_argument_cannot_be_none() -> None:
    with pytest.raises(TypeError, match=r"^a: required, got None$"):
        operation(Parameter("a", "query", Text(), required=True)).draft({"a": None})


@both
def test_prices_travel_in_plain_digits_and_in_quotes(asynchronous: bool) -> None:
    with Exchange().on("POST", "/orders", ORDER) as wire:
        run(coinbase(wire, asynchronous), "orders.limit", "buy", "BTC-USD", Decimal("1E-8"), Decimal("1.50E+3"))
    start = b'{"type":"limit","side":"buy","product_id":"BTC-USD","price":"0.00000001","size":"1500"'
    assert wire.last.body.startswith(start)
    assert wire.last.headers["content-type"] == "application/json"


@both
def test_a_bare_price_travels_as_a_number_with_all_its_digits(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("POST", "/api/v1/forcebuy", {"status": "Error"}) as wire:
        run(freqtrade(wire, asynchronous), "forcebuy", "ETH/BTC", price=Decimal("1.20E-7"))
    assert wire.last.body == b'{"pair":"ETH/BTC","price":0.000000120}'


@both
def test_text_arrives_whatever_it_holds(asynchronous: bool) -> None:
    address = 'é"\\</script>€😀'
    with Exchange().on("POST", "/withdrawals/crypto", {"id": UUID_1, "amount": "1", "currency": "BTC"}) as wire:
        run(coinbase(wire, asynchronous), "withdrawals.crypto", 1, "BTC", address)
    assert wire.last.json["crypto_address"] == address
    json.loads(wire.last.body.decode("utf-8"))


@both
@pytest.mark.parametrize(("argument", "wire_value"), [(5, 5), ("all", "all"), (10**19, 10**19), (10**30, 10**30)])
def test_an_id_or_a_word_arrives_as_it_is(argument: Any, wire_value: Any, asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("POST", "/api/v1/forcesell", {"result": "ok"}) as wire:
        run(freqtrade(wire, asynchronous), "forcesell", argument)
    assert wire.last.json == {"tradeid": wire_value}


@both
def test_required_arguments_may_be_positional_in_the_documented_order(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("GET", "/api/v1/position/merge.php", enveloped({"position_id": "21"}))
        wire.on("GET", "/api/v1/market/ticker.php", enveloped(FOX_TICKERS))
        client = onefox(wire, asynchronous)
        run(client, "position.merge", [21, 22])
        run(client, "market.ticker", ["BTCUSD", "BCHUSD"], execution_time=1)
    assert wire.seen[0].query[0] == ("position_ids", "21,22")
    assert wire.seen[1].target.endswith("?symbols=BTCUSD,BCHUSD&execution_time=1")


@both
def test_times_travel_in_utc_with_a_raw_colon(asynchronous: bool) -> None:
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, 0, 0, 0, 500000, tzinfo=UTC)
    with Exchange().on("GET", "/products/BTC-USD/candles", []) as wire:
        run(coinbase(wire, asynchronous), "products.historic_rates", "BTC-USD", granularity=60, start=start, end=end)
    assert wire.last.target.endswith("?granularity=60&start=2020-01-01T00:00:00Z&end=2020-01-01T00:00:00.5Z")


@both
@pytest.mark.parametrize(
    ("operation", "arguments", "error"),
    [
        ("products.ticker", ("BTC-USD/../../orders",), ValueError),
        ("products.ticker", ("..",), ValueError),
        ("products.ticker", ("",), ValueError),
        ("products.ticker", (None,), TypeError),
        ("accounts.get", ("../orders",), ValueError),
        ("orders.get", ("client:../x",), ValueError),
        ("orders.cancel", ("",), ValueError),
        ("reports.status", ("a/b",), ValueError),
    ],
)
def test_a_path_that_would_lead_elsewhere_is_refused_before_the_network(
    operation: str, arguments: tuple[Any, ...], error: type[Exception], asynchronous: bool
) -> None:
    with Exchange() as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(error, match=r"^(product_id|account_id|order_id|report_id): "):
            run(client, operation, *arguments)


@both
def test_public_calls_carry_no_credentials(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/ticker", TICKER) as wire:
        run(coinbase(wire, asynchronous), "products.ticker", "BTC-USD")
    assert not [name for name in wire.last.headers if name.startswith("cb-access")]
    assert wire.last.headers["user-agent"].startswith("coinbase-pro-sdk/1.0.0 Python/3.")
    assert wire.last.headers["accept"] == "application/json"
    assert "authorization" not in wire.last.headers


@both
@pytest.mark.parametrize("base", ["https://host.test/some/prefix", "https://host.test/some/prefix/"])
def test_a_base_url_with_a_path_keeps_it_and_signs_it(base: str, asynchronous: bool) -> None:
    with Exchange().on("GET", "/some/prefix/accounts", [ACCOUNT]) as wire:
        client = coinbase(wire, asynchronous, base_url=base)
        run(client, "accounts.list")
    assert client.base_url == "https://host.test/some/prefix"
    assert wire.last.target == "/some/prefix/accounts"


@both
def test_every_argument_of_a_page_travels(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/trades", [trade(1)]) as wire:
        run(coinbase(wire, asynchronous), "products.trades", "BTC-USD", limit=100, before="5")
    assert wire.last.query == [("limit", "100"), ("before", "5")]
