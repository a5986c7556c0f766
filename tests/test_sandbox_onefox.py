"""The 1Fox sandbox: the documented numbers, every kind of order, and balances that add up."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from onefox_sdk import AsyncOneFox, OneFox, errors

from sandbox.onefox import OneFoxSandbox
from sandbox.onefox.amounts import average, btc, fraction_of, parse_time, percent, satoshis, unit_value
from sandbox.onefox.exchange import Fill
from sandbox.onefox.markets import MARKETS
from sandbox.onefox.server import TOKEN
from sandbox.onefox.state import Order
from sandbox.onefox.views import open_position
from sandbox.serve import Running

Json = dict[str, Any]
# The moment of the documented position 22.
MOMENT = 1_517_490_326.0
DEPOSIT = Decimal("5.01116817")
PREFIX = "/api/v1"


class Frozen(OneFoxSandbox):
    """A sandbox whose clock moves by the door only."""

    moment: ClassVar[float] = MOMENT

    def now(self) -> float:
        return self.moment + self.offset


class Caller:
    """Requests without a network: straight into the application."""

    def __init__(self, sandbox: OneFoxSandbox | None = None) -> None:
        self.sandbox = sandbox or Frozen(check_answers=True)

    def raw(self, path: str, method: str = "GET", client: str = "10.0.0.1", **query: Any) -> tuple[int, bytes, Json]:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": urlencode(query).encode(),
            "headers": [],
            "client": (client, 1),
        }
        answer, _ = self.sandbox.process(scope, b"")
        body = self.sandbox.dump(answer.body) if answer.media == "application/json" else answer.body.encode()
        return answer.status, body, answer.headers

    def envelope(self, name: str, **query: Any) -> Json:
        """The answer as it travels."""
        needs_token = name.partition("/")[0] in ("user", "order", "position")
        if needs_token:
            query = {"token": TOKEN, **query}
        return json.loads(self.raw(f"{PREFIX}/{name}.php", **query)[1], parse_float=Decimal)

    def __call__(self, name: str, **query: Any) -> Any:
        """The result of a call that is to succeed."""
        answer = self.envelope(name, **query)
        assert not answer["error"], answer
        return answer["response"]

    def code(self, name: str, **query: Any) -> str:
        """The error code of a call that is to fail."""
        answer = self.envelope(name, **query)
        assert answer["error"]
        assert answer["response"] is None
        return answer["error_code"]

    def door(self, name: str, **asked: Any) -> Any:
        answer = self.sandbox.control.answer("POST", f"/_sandbox/{name}", json.dumps(asked).encode())
        assert answer.status == 200, answer.body
        return answer.body

    def price(self, price: float | str, symbol: str = "BTCUSD") -> None:
        self.door("price", symbol=symbol, price=price)

    def order(self, direction: str = "LONG", kind: str = "MARKET", price: Any = None, **more: Any) -> Any:
        asked: Json = {"symbol": "BTCUSD", "margin": "0.1", "leverage": 5} | more
        if price is not None:
            asked["limit_price" if kind == "LIMIT" else "stop_entry_price"] = price
        return self("order/create", direction=direction, order_type=kind, **asked)

    @property
    def positions(self) -> Json:
        return self("user/overview")["positions"] or {}

    @property
    def orders(self) -> Json:
        return self("user/overview")["orders"] or {}

    @property
    def history(self) -> list[Json]:
        return self("position/history", limit=100_000)


@pytest.fixture
def fox() -> Caller:
    caller = Caller()
    caller.price(10_000)
    return caller


EXPECTED_RATES = {"FEE_TAKER": "-0.02", "FEE_MAKER": "0.02", "SOCIALIZED_LOSS": "-0.01"}


def check_balances(fox: Caller, *, deep: bool = True) -> None:
    """unlocked + locked + margins = deposits + profits of closed positions; and each of these by its parts."""
    overview, history = fox("user/overview"), fox.history
    positions, orders = overview["positions"] or {}, overview["orders"] or {}
    margins = sum(Decimal(item["margin"]) for item in positions.values())
    profits = sum(Decimal(item["profit_loss_realized"]) for item in history)
    unlocked, locked = Decimal(overview["balance_unlocked"]), Decimal(overview["balance_locked"])
    assert unlocked + locked + margins == DEPOSIT + profits
    assert unlocked >= 0
    assert locked == sum(Decimal(item["margin"]) for item in orders.values())
    if not deep:
        return
    for item in [*positions.values(), *history]:
        fees = fox("position/fees", position_id=item["position_id"], limit=10_000)
        assert sum(Decimal(fee["amount"]) for fee in fees) == Decimal(item["fees"])
        for fee in fees:
            assert (Decimal(fee["amount"]) > 0) == (Decimal(fee["percentage"]) > 0)
            assert fee["percentage"] == EXPECTED_RATES.get(fee["type"], fee["percentage"])
        trades = fox("position/trades", position_id=item["position_id"], limit=10_000)
        entry = "BUY" if item["direction"] == "LONG" else "SELL"
        sums = {side: [0, Decimal(0)] for side in ("BUY", "SELL")}
        for trade in trades:
            sums[trade["type"]][0] += int(trade["contracts"])
            sums[trade["type"]][1] += Decimal(trade["volume"])
        if item.get("merged_into") is not None:
            assert (trades, fees, item["profit_loss_realized"]) == ([], [], "0")
            continue
        assert sums[entry] == [int(item["contracts_total"]), Decimal(item["balance_total"])]
        assert (Decimal(item["margin_total"]) * int(item["leverage"]) - Decimal(item["balance_total"])).copy_abs() <= (
            10 * int(item["leverage"]) * Decimal("0.00000001")
        )
        if "merged_into" in item:
            closed = sums["SELL" if entry == "BUY" else "BUY"]
            assert closed[0] == int(item["contracts_total"])
            gross = (closed[1] - sums[entry][1]) * (1 if item["direction"] == "SHORT" else -1)
            assert Decimal(item["profit_loss_realized"]) == gross + Decimal(item["fees"])
            assert Decimal(item["profit_loss_realized"]) >= -Decimal(item["margin_total"])


# The documented numbers


def test_volumes_of_the_documented_trades() -> None:
    assert btc(8159 * unit_value(Decimal(10200), up=True)) == "0.79990836"
    assert btc(1010 * unit_value(Decimal(10100), up=True)) == "0.1000001"


def test_the_documented_position() -> None:
    """29,700 contracts sold at 10,000, 9,900 and 9,800 have the entry price, margin and fees of the example."""
    sandbox = Frozen()
    exchange = sandbox.exchange
    feed = exchange.feeds["BTCUSD"]
    fills = [
        Fill(Decimal(price), contracts, contracts * unit_value(Decimal(price), up=False))
        for price, contracts in ((10_000, 10_000), (9_900, 9_900), (9_800, 9_800))
    ]
    order = Order(0, 22, "BTCUSD", "LIMIT", "SHORT", Decimal(9800), 10, 0, 0, Decimal(10760), Decimal(9260), MOMENT)
    exchange._fill(feed, order, fills, MOMENT, "FEE_TAKER", 0)
    step = feed.at(MOMENT)
    feed.shift(step, 10_398)
    assert feed.price(feed.quote(step).ask) == 10_400
    shown = open_position(exchange, exchange.state.positions[22], MOMENT)
    assert (
        shown
        == sandbox.document.data["paths"]["/user/overview.php"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]["examples"]["overview"]["value"]["response"]["positions"]["22"]
    )


def test_profit_and_percentage_of_the_documented_history() -> None:
    volume, exit_volume = satoshis(Decimal("2.999991")), satoshis(Decimal("2.83016748"))
    fees = -fraction_of(volume, Decimal("0.02")) - fraction_of(exit_volume, Decimal("0.02"))
    assert btc(fees) == "-0.00116603"
    profit = exit_volume - volume + fees
    assert btc(profit) == "-0.17098955"
    assert percent(profit, satoshis(Decimal("0.2999991"))) == "-56.99668766"


def test_the_documented_order(fox: Caller) -> None:
    """5,598 contracts at 10,500 by 7 bind 0.07616479 BTC; a little less buys one fewer."""
    fox.order("SHORT", "LIMIT", 10_500, margin="0.07616479", leverage=7, stop_loss="11860", take_profit="9420")
    fox.order("SHORT", "LIMIT", 10_500, margin="0.07616478", leverage=7)
    first, second = fox.orders.values()
    example = fox.sandbox.document.data["paths"]["/user/overview.php"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["examples"]["overview"]["value"]["response"]["orders"]["39"]
    assert first == example | {"position_id": "22", "date_created": "2018-02-01T13:05:26Z"}
    assert (second["contracts"], second["margin"]) == ("5597", "0.07615119")
    assert fox("user/overview")["balance_locked"] == "0.15231598"


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (1, "0.00000001"), (-144_936_00, "-0.144936"), (10**8, "1"), (-5 * 10**7, "-0.5")]
)
def test_amounts_are_written_without_idle_zeros(amount: int, text: str) -> None:
    assert btc(amount) == text


def test_averages_have_fourteen_digits() -> None:
    assert average(Decimal(2) / 3 * 10**10, 10**6) == "6666.6666666667"


# Shapes


def shape(value: Any) -> Any:
    """What kind of thing a value is, deep down; maps with ids or symbols as keys are of their values' shape."""
    if isinstance(value, dict):
        if value and all(re.fullmatch(r"\d+|[A-Z]{6}", key) for key in value):
            return {"each": shape(next(iter(value.values())))}
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return "bare number"
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "quoted number"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", value):
        return f"time with {len(value) - 20} more characters" if "." in value else "time in seconds"
    return "text"


REQUESTS: dict[str, tuple[str, Json]] = {
    "quota.status": ("status", {}),
    "user.get": ("user", {}),
    "user.overview": ("overview", {}),
    "market.list": ("markets", {}),
    "market.get": ("market", {"symbol": "BTCUSD"}),
    "market.bars": ("bars", {"symbol": "BTCUSD", "resolution": 60, "limit": 250}),
    "market.orderbook": ("book", {"symbol": "BTCUSD", "depth": 2}),
    "market.ticker": ("tickers", {"symbols": "BTCUSD,BCHUSD"}),
    "market.index_history": ("history", {"symbol": "BTCUSD", "limit": 10, "offset": 0}),
    "market.trades": ("trades", {"symbol": "BTCUSD", "limit": 10}),
    "order.create": (
        "limit",
        {
            "symbol": "BTCUSD",
            "margin": "1.345",
            "direction": "SHORT",
            "leverage": 2,
            "order_type": "LIMIT",
            "limit_price": "10500",
            "stop_loss": "11000",
            "take_profit": "9000",
        },
    ),
    "order.close": ("closed", {"order_id": 39}),
    "position.edit": ("edited", {"position_id": 23, "stop_loss": "600.45", "take_profit": "1200.36"}),
    "position.history": ("history", {"limit": 10, "offset": 0}),
    "position.close": ("closed", {"position_id": 22}),
    "position.trades": ("trades", {"position_id": 22, "limit": 10, "offset": 0}),
    "position.fees": ("fees", {"position_id": 22, "limit": 10, "offset": 0}),
    "position.merge": ("merged", {"position_ids": "22,24"}),
}


@pytest.mark.parametrize("operation", REQUESTS)
def test_answers_have_the_shape_of_the_documented_example(operation: str, fox: Caller) -> None:
    example, query = REQUESTS[operation]
    fox.order("SHORT", stop_loss="10760", take_profit="9260")
    fox.order("LONG", symbol="ETHUSD")
    fox.order("SHORT", stop_loss="10760", take_profit="9260")
    fox.order("SHORT", "LIMIT", 11_000, stop_loss="11860", take_profit="9420")
    if operation == "position.history":
        fox("position/close", position_id=22)
    found = fox.sandbox.document.operations[operation]
    content = found.data["responses"]["200"]["content"]["application/json"]
    expected = shape(content["examples"][example]["value"])
    assert shape(fox.envelope(found.path.strip("/").removesuffix(".php"), **query)) == expected


def test_failures_have_the_shape_of_the_documented_example(fox: Caller) -> None:
    failed = fox.envelope(
        "order/create",
        symbol="BTCUSD",
        margin=1,
        direction="LONG",
        leverage=1,
        order_type="LIMIT",
        limit_price="4300.35",
    )
    assert failed.pop("error_message")
    assert shape(failed) == shape(fox.sandbox.document.data["components"]["examples"]["Failed"]["value"])
    assert failed["error_code"] == "TRADE_DECIMALS_LIMIT_PRICE"
    assert failed["error_data"] == {"step_size": 1}


# Refusals

GOOD: Json = {"symbol": "BTCUSD", "margin": "0.1", "direction": "LONG", "leverage": 5, "order_type": "MARKET"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"symbol": "XXXYYY"}, "MARKET_NOT_FOUND"),
        ({"symbol": "BTCEUR"}, "MARKET_CLOSED"),
        ({"symbol": "LTCUSD"}, "MARKET_ORDERS_ONLY"),
        ({"leverage": 11}, "TRADE_MAXIMUM_LEVERAGE"),
        ({"leverage": 0}, "INVALID_PARAMETER"),
        ({"leverage": "5x"}, "INVALID_PARAMETER"),
        ({"leverage": "9" * 5000}, "INVALID_PARAMETER"),
        ({"margin": "0.00099999"}, "TRADE_MINIMUM_MARGIN"),
        ({"margin": "5.01116818"}, "TRADE_INSUFFICIENT_BALANCE"),
        ({"margin": "9" * 5000}, "TRADE_INSUFFICIENT_BALANCE"),
        ({"margin": "1e3"}, "INVALID_PARAMETER"),
        ({"margin": "-1"}, "INVALID_PARAMETER"),
        ({"direction": "UP"}, "INVALID_PARAMETER"),
        ({"direction": None}, "MISSING_PARAMETER"),
        ({"limit_price": 9000}, "TRADE_UNUSED_LIMIT_PRICE"),
        ({"stop_entry_price": 9000}, "TRADE_UNUSED_STOP_ENTRY_PRICE"),
        ({"order_type": "LIMIT"}, "TRADE_MISSING_LIMIT_PRICE"),
        ({"order_type": "STOP_ENTRY"}, "TRADE_MISSING_STOP_ENTRY_PRICE"),
        ({"order_type": "LIMIT", "limit_price": "9000.5"}, "TRADE_DECIMALS_LIMIT_PRICE"),
        ({"order_type": "LIMIT", "limit_price": "9000." + "0" * 50 + "1"}, "TRADE_DECIMALS_LIMIT_PRICE"),
        ({"order_type": "LIMIT", "limit_price": "9" * 60}, "TRADE_PRICE_TOO_HIGH"),
        ({"order_type": "STOP_ENTRY", "stop_entry_price": "11000.1"}, "TRADE_DECIMALS_LIMIT_PRICE"),
        ({"order_type": "STOP_ENTRY", "stop_entry_price": "9000"}, "TRADE_STOP_ENTRY_PRICE_REACHED"),
        ({"stop_loss": "9000.5"}, "TRADE_DECIMALS_LIMIT_PRICE"),
        ({"take_profit": "11000.5"}, "TRADE_DECIMALS_LIMIT_PRICE"),
        ({"stop_loss": "10001"}, "TRADE_STOP_LOSS_SIDE"),
        ({"take_profit": "9999"}, "TRADE_TAKE_PROFIT_SIDE"),
        ({"direction": "SHORT", "stop_loss": "9999"}, "TRADE_STOP_LOSS_SIDE"),
        ({"post_only": "true"}, "TRADE_POST_ONLY_ORDER_TYPE"),
        ({"order_type": "LIMIT", "limit_price": "10100", "post_only": "1"}, "TRADE_POST_ONLY_EXECUTION"),
        ({"token": "WRONG"}, "INVALID_TOKEN"),
    ],
)
def test_refused_orders_change_nothing(fox: Caller, changed: Json, code: str) -> None:
    before = fox("user/overview")
    query = {key: value for key, value in (GOOD | changed).items() if value is not None}
    assert fox.code("order/create", **query) == code
    assert fox("user/overview") == before
    assert fox.sandbox.journal == []


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("order/close", {"order_id": 39}, "ORDER_NOT_FOUND"),
        ("position/close", {"position_id": 22}, "POSITION_NOT_FOUND"),
        ("position/edit", {"position_id": 22, "stop_loss": 1}, "POSITION_NOT_FOUND"),
        ("position/edit", {"position_id": 22}, "MISSING_PARAMETER"),
        ("position/trades", {"position_id": 22}, "POSITION_NOT_FOUND"),
        ("position/fees", {"position_id": 22}, "POSITION_NOT_FOUND"),
        ("position/merge", {"position_ids": "22,23"}, "POSITION_NOT_FOUND"),
        ("position/merge", {"position_ids": "22,,23"}, "INVALID_PARAMETER"),
        ("market/get", {"symbol": "NOPE"}, "MARKET_NOT_FOUND"),
        ("market/bars", {"symbol": "BTCUSD", "resolution": 60, "date_start": "yesterday"}, "INVALID_PARAMETER"),
        ("market/orderbook", {"symbol": "BTCUSD", "depth": 101}, "INVALID_PARAMETER"),
        ("market/trades", {"symbol": "BTCUSD", "limit": 0}, "INVALID_PARAMETER"),
        ("market/trades", {}, "MISSING_PARAMETER"),
        ("quota/status", {"execution_time": 2}, "INVALID_PARAMETER"),
    ],
)
def test_other_refusals(name: str, query: Json, code: str) -> None:
    fox = Caller()
    status, _, _ = fox.raw(f"{PREFIX}/{name}.php", token=TOKEN, **query)
    assert status == 200
    assert fox.code(name, **query) == code


def test_a_missing_token() -> None:
    fox = Caller()
    answer = json.loads(fox.raw(f"{PREFIX}/user/get.php")[1])
    assert answer["error_code"] == "TOKEN_MISSING"
    assert not json.loads(fox.raw(f"{PREFIX}/market/list.php", token="WRONG")[1])["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"{PREFIX}/order/create.php", 405),
        ("DELETE", f"{PREFIX}/market/list.php", 405),
        ("GET", f"{PREFIX}/order/create", 404),
        ("GET", "/order/create.php", 404),
        ("GET", f"{PREFIX}/<script>", 404),
        ("GET", "/", 404),
    ],
)
def test_other_ways_lead_to_a_page(method: str, path: str, status: int) -> None:
    found, body, _ = Caller().raw(path, method)
    assert found == status
    assert body.startswith(b"<!DOCTYPE html>")
    assert b"<script>" not in body


# Orders and positions


def test_a_market_order_opens_a_position_at_the_book(fox: Caller) -> None:
    asks = fox("market/orderbook", symbol="BTCUSD", depth=100)["asks"]
    placed = fox.order("LONG", margin="0.5", leverage=10)
    assert placed == {"order_id": None, "position_id": "22"}
    trades = fox("position/trades", position_id=22, limit=100)[::-1]
    for trade, level in zip(trades, asks, strict=False):
        assert trade["price"] == level["price"]
        assert int(trade["contracts"]) <= int(level["contracts"])
    assert all(trade["contracts"] == level["contracts"] for trade, level in zip(trades[:-1], asks, strict=False))
    position = fox.positions["22"]
    assert Decimal(position["margin"]) <= Decimal("0.5")
    # One contract more would be too much.
    assert Decimal("0.5") - Decimal(position["margin"]) < Decimal("0.00011") / 10
    assert Decimal(position["fees"]) < 0
    public = fox("market/trades", symbol="BTCUSD", limit=len(trades))
    assert [item["trade_id"] for item in public] == [item["trade_id"] for item in trades[::-1]]
    check_balances(fox)


def test_a_limit_order_waits_is_seen_in_the_book_and_fills_as_a_maker(fox: Caller) -> None:
    placed = fox.order("LONG", "LIMIT", 9_900, margin="0.1", leverage=5)
    assert placed == {"order_id": "39"}
    assert fox.positions == {}
    own = int(fox.orders["39"]["contracts"])
    levels = {
        item["price"]: int(item["contracts"]) for item in fox("market/orderbook", symbol="BTCUSD", depth=100)["bids"]
    }
    assert levels["9900"] >= own
    fox.price(9_890)
    assert fox.orders == {}
    position = fox.positions["22"]
    assert (position["entry_price"], position["contracts"]) == ("9900", str(own))
    (fee,) = fox("position/fees", position_id=22)
    assert (fee["type"], fee["percentage"]) == ("FEE_MAKER", "0.02")
    assert Decimal(fee["amount"]) > 0
    (trade,) = fox("position/trades", position_id=22)
    assert (trade["order_id"], trade["price"]) == ("39", "9900")
    check_balances(fox)


def test_an_own_order_can_be_the_best_price(fox: Caller) -> None:
    ticker = fox("market/ticker", symbols="BTCUSD")["BTCUSD"]
    bid = int(ticker["bid"]) + 1
    assert bid < int(ticker["ask"])
    fox.order("LONG", "LIMIT", bid)
    assert fox("market/ticker", symbols="BTCUSD")["BTCUSD"]["bid"] == str(bid)
    assert fox("market/orderbook", symbol="BTCUSD", depth=1)["bids"][0]["price"] == str(bid)
    fox("order/close", order_id=39)
    assert fox("market/ticker", symbols="BTCUSD")["BTCUSD"] == ticker


def test_trades_come_to_a_limit_order_in_parts(fox: Caller) -> None:
    fox.order("LONG", "LIMIT", 9_985, margin="4", leverage=10)
    whole = int(fox.orders["39"]["contracts"])
    seen: set[tuple[int, int]] = set()
    for offset in range(10, 3_000, 10):
        fox.door("clock", offset=offset)
        waiting = int(fox.orders["39"]["contracts"]) if fox.orders else 0
        held = int(fox.positions["22"]["contracts"]) if fox.positions else 0
        assert waiting + held == whole
        seen.add((waiting, held))
        check_balances(fox, deep=False)
    assert len(seen) > 3
    check_balances(fox)


def test_a_limit_order_takes_what_there_is_and_waits_for_the_rest(fox: Caller) -> None:
    level = fox("market/orderbook", symbol="BTCUSD", depth=1)["asks"][0]
    placed = fox.order("LONG", "LIMIT", level["price"], margin="4", leverage=10)
    assert placed == {"order_id": "39"}
    position, order = fox.positions["22"], fox.orders["39"]
    assert position["contracts"] == level["contracts"]
    assert position["entry_price"] == level["price"]
    assert order["position_id"] == "22"
    assert Decimal(position["margin"]) + Decimal(order["margin"]) <= 4
    check_balances(fox)
    # Closing the position withdraws what waits.
    fox("position/close", position_id=22)
    assert (fox.positions, fox.orders) == ({}, {})
    check_balances(fox)


def test_a_limit_order_beyond_the_market_is_filled_at_the_market(fox: Caller) -> None:
    fox.order("LONG", "LIMIT", 12_000)
    assert fox.orders == {}
    assert Decimal(fox.positions["22"]["entry_price"]) < 10_050


@pytest.mark.parametrize(("direction", "price", "short_of"), [("LONG", 10_500, 10_400), ("SHORT", 9_500, 9_600)])
def test_a_stop_entry_order_waits_for_its_price(fox: Caller, direction: str, price: int, short_of: int) -> None:
    assert fox.order(direction, "STOP_ENTRY", price) == {"order_id": "39"}
    book = fox("market/orderbook", symbol="BTCUSD", depth=100)
    fox.price(short_of)
    assert fox.orders["39"]["type"] == "STOP_ENTRY"
    assert fox.positions == {}
    fox.price(price)
    assert fox.orders == {}
    position = fox.positions["22"]
    assert abs(Decimal(position["entry_price"]) - price) < 20
    assert {fee["type"] for fee in fox("position/fees", position_id=22)} == {"FEE_TAKER"}
    assert "39" in {trade["order_id"] for trade in fox("position/trades", position_id=22)}
    assert str(price) not in {level["price"] for side in book.values() for level in side[:1]}
    check_balances(fox)


@pytest.mark.parametrize(
    ("direction", "field", "level", "price"),
    [
        ("LONG", "stop_loss", 9_500, 9_500),
        ("LONG", "take_profit", 10_500, 10_600),
        ("SHORT", "stop_loss", 10_500, 10_510),
        ("SHORT", "take_profit", 9_500, 9_400),
    ],
)
def test_stop_loss_and_take_profit_close(fox: Caller, direction: str, field: str, level: int, price: int) -> None:
    fox.order(direction, **{field: level})
    fox.price((level + 10_000) // 2)
    assert list(fox.positions) == ["22"]
    fox.price(price)
    assert fox.positions == {}
    (closed,) = fox.history
    assert closed[field] == str(level)
    assert abs(Decimal(closed["exit_price"]) - price) < 20
    assert (Decimal(closed["profit_loss_realized"]) > 0) == (field == "take_profit")
    check_balances(fox)


def test_edit_moves_the_exits_and_answers_bare_numbers(fox: Caller) -> None:
    fox.order("LONG", symbol="ETHUSD", leverage=1, stop_loss="700.5")
    edited = fox("position/edit", position_id=22, take_profit="1000.25")
    assert edited == {"position_id": 22, "stop_loss": Decimal("700.5"), "take_profit": Decimal("1000.25")}
    assert isinstance(edited["position_id"], int)
    assert fox.code("position/edit", position_id=22, stop_loss="700.001") == "TRADE_DECIMALS_LIMIT_PRICE"
    assert fox.code("position/edit", position_id=22, stop_loss="2000") == "TRADE_STOP_LOSS_SIDE"
    assert fox("position/edit", position_id=22, stop_loss="600") == {
        "position_id": 22,
        "stop_loss": 600,
        "take_profit": Decimal("1000.25"),
    }
    fox.price("650", "ETHUSD")
    assert fox.positions["22"]["stop_loss"] == "600"
    fox.price("599.99", "ETHUSD")
    assert fox.positions == {}


@pytest.mark.parametrize("direction", ["LONG", "SHORT"])
@pytest.mark.parametrize("leverage", [1, 2, 10])
@pytest.mark.parametrize("gap", [0.001, 3])
def test_a_position_never_loses_more_than_its_margin(fox: Caller, direction: str, leverage: int, gap: float) -> None:
    fox.order(direction, margin="1", leverage=leverage)
    position = fox.sandbox.state.positions[22]
    ruin = fox.sandbox.exchange.liquidation_price(position)
    if direction == "SHORT" and leverage == 1:
        # The value of what was sold never falls by more than itself.
        assert ruin is None or ruin > 500_000
        return
    assert ruin is not None
    sign = -1 if direction == "LONG" else 1
    fox.price(int(ruin - sign * 3))
    assert list(fox.positions) == ["22"]
    far = ruin * (1 + Decimal(gap)) if sign > 0 else ruin / (1 + Decimal(gap))
    fox.price(int(far))
    assert fox.positions == {}
    (closed,) = fox.history
    share = Decimal(closed["profit_loss_realized_percentage"])
    assert -100 <= share < -90
    # Not at the market, when that is beyond the price at which nothing is left.
    last_resort = ruin * (1 + sign * Decimal("0.02"))
    assert (Decimal(closed["exit_price"]) - last_resort) * sign < 0
    check_balances(fox)


def test_liquidation_prices_are_those_of_inverse_contracts(fox: Caller) -> None:
    """Leverage 1 is ruined at half the price; leverage 10 at about 9 % below or 11 % above."""
    for direction, leverage, share in [("LONG", 1, 0.501), ("LONG", 10, 0.913), ("SHORT", 10, 1.105)]:
        fox.order(direction, margin="0.05", leverage=leverage)
        position = list(fox.sandbox.state.positions.values())[-1]
        entry = position.weighted / position.volume
        ruin = fox.sandbox.exchange.liquidation_price(position)
        assert ruin is not None
        assert float(ruin / entry) == pytest.approx(share, abs=0.003)


def test_unrealized_profit_is_what_closing_brings_but_for_the_closing_fee(fox: Caller) -> None:
    for direction in ("LONG", "SHORT"):
        fox.order(direction, margin="0.001", leverage=1)
        (position,) = fox.positions.values()
        fox("position/close", position_id=position["position_id"])
        closed = fox.history[0]
        fee = Decimal(fox("position/fees", position_id=position["position_id"])[0]["amount"])
        difference = Decimal(closed["profit_loss_realized"]) - fee - Decimal(position["profit_loss_unrealized"])
        assert 0 <= difference <= int(position["contracts"]) * Decimal("0.00000001")


def test_closing_twice_and_reading_what_is_closed(fox: Caller) -> None:
    fox.order()
    assert fox("position/close", position_id=22) is None
    assert fox.code("position/close", position_id=22) == "POSITION_CLOSED"
    assert fox.code("position/edit", position_id=22, stop_loss=1) == "POSITION_CLOSED"
    assert fox("position/trades", position_id=22)
    assert fox("user/overview")["positions"] == []
    assert [entry["operation"] for entry in fox.sandbox.journal] == ["order.create", "position.close"]


def test_history_pages_from_the_last_one_closed(fox: Caller) -> None:
    for _ in range(5):
        fox.order(margin="0.01")
    for position_id in (24, 22, 26):
        fox("position/close", position_id=position_id)
    pages = [fox("position/history", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[item["position_id"] for item in page] for page in pages] == [["26", "22"], ["24"], []]


# Merging


def test_merge_adds_up_and_names_where_the_others_went(fox: Caller) -> None:
    fox.order("SHORT", margin="0.1")
    fox.price(10_100)
    fox.order("SHORT", margin="0.3")
    fox.price(9_900)
    fox.order("SHORT", margin="0.2")
    fox.order("SHORT", "LIMIT", 12_000, margin="0.2")
    before = fox.positions
    assert fox("position/merge", position_ids="22,23,24") == {"position_id": "23"}
    (merged,) = fox.positions.values()
    for name in ("margin", "balance", "fees"):
        assert Decimal(merged[name]) == sum(Decimal(item[name]) for item in before.values())
    assert int(merged["contracts"]) == sum(int(item["contracts"]) for item in before.values())
    assert {(item["position_id"], item["merged_into"]) for item in fox.history} == {("22", "23"), ("24", "23")}
    assert all(item["exit_price"] is None for item in fox.history)
    check_balances(fox)
    assert fox.code("position/merge", position_ids="22,23") == "POSITION_CLOSED"
    assert fox("position/merge", position_ids="23,23") == {"position_id": "23"}
    fox("position/close", position_id=23)
    check_balances(fox)


def test_an_order_of_a_merged_position_belongs_to_the_other(fox: Caller) -> None:
    level = fox("market/orderbook", symbol="BTCUSD", depth=1)["asks"][0]
    fox.order("LONG", "LIMIT", level["price"], margin="1", leverage=5)
    fox.order("LONG", margin="2", leverage=5)
    assert fox("position/merge", position_ids="22,23") == {"position_id": "23"}
    assert fox.orders["39"]["position_id"] == "23"
    before = int(fox.positions["23"]["contracts"])
    fox.price(9_000, "BTCUSD")
    assert fox.orders == {}
    assert int(fox.positions["23"]["contracts"]) > before
    check_balances(fox)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"leverage": 4}, "POSITION_MERGE_LEVERAGE"),
        ({"symbol": "BCHUSD"}, "POSITION_MERGE_SYMBOL"),
        ({"direction": "SHORT"}, "POSITION_MERGE_DIRECTION"),
    ],
)
def test_positions_that_differ_are_not_merged(fox: Caller, other: Json, code: str) -> None:
    fox.order(leverage=5)
    fox.order(**({"leverage": 5} | other))
    before = fox("user/overview")
    assert fox.code("position/merge", position_ids="22,23") == code
    assert fox("user/overview") == before


# Time


def test_funding_every_eight_hours(fox: Caller) -> None:
    fox.order("LONG", margin="0.1", leverage=1)
    fox.order("SHORT", margin="0.1", leverage=1)
    market = fox("market/get", symbol="BTCUSD")
    assert market["date_next_funding"] == "2018-02-01T20:00:00Z"
    assert int(market["seconds_until_next_funding"]) == 6 * 3600 + 54 * 60 + 34
    fox.door("clock", offset=24 * 3600)
    funding: list[list[Json]] = []
    for position_id in (22, 23):
        fees = fox("position/fees", position_id=position_id, limit=1000)
        funding.append([item for item in fees if item["type"] == "FINANCING"])
    assert [item["date"] for item in funding[0]] == [
        "2018-02-02T12:00:00Z",
        "2018-02-02T04:00:00Z",
        "2018-02-01T20:00:00Z",
    ]
    for long, short in zip(*funding, strict=True):
        assert Decimal(long["percentage"]) == -Decimal(short["percentage"])
        assert (Decimal(long["amount"]) < 0) == (Decimal(long["percentage"]) < 0)
        assert abs(Decimal(long["amount"]) - Decimal("0.1") * Decimal(long["percentage"]) / 100) < Decimal("0.0000001")
    check_balances(fox)


def test_losses_are_socialized_after_a_crash(fox: Caller) -> None:
    fox.order("SHORT", margin="0.1", leverage=1)
    fox.order("LONG", margin="0.1", leverage=1)
    fox.price(8_000)
    fox.door("clock", offset=8 * 3600)
    kinds = {p: {item["type"] for item in fox("position/fees", position_id=p, limit=1000)} for p in (22, 23)}
    assert "SOCIALIZED_LOSS" in kinds[22]
    assert "SOCIALIZED_LOSS" not in kinds[23]
    check_balances(fox)


def test_a_day_with_open_orders_is_quick(fox: Caller) -> None:
    for symbol in ("BTCUSD", "BCHUSD", "ETHUSD", "BTCAUD"):
        fox.order(symbol=symbol, leverage=1, margin="0.01")
    began = time.perf_counter()
    fox.door("clock", offset=24 * 3600)
    assert time.perf_counter() - began < 10
    check_balances(fox)


def test_the_same_moment_has_the_same_past() -> None:
    """A day lived through in one go, in many, or looked back at: the market is the same."""
    one, many = Caller(), Caller()
    for caller in (one, many):
        caller.order(margin="0.1", leverage=2, stop_loss=9_000)
        caller.order("SHORT", "LIMIT", 10_100, margin="0.1", leverage=2)
    one.door("clock", offset=6 * 3600)
    for offset in range(0, 6 * 3600 + 1, 40):
        many.door("clock", offset=offset)
    assert one("user/overview") == many("user/overview")
    query = {"symbol": "BTCUSD", "limit": 1000}
    assert one("market/trades", **query) == many("market/trades", **query)


# Markets


def test_states_of_markets(fox: Caller) -> None:
    assert {item["status"] for item in fox("market/list").values()} == {"OPEN", "CLOSED", "ORDERS_ONLY"}
    for item in fox("market/list").values():
        assert Decimal(item["minimum_price_step"]) == Decimal(1).scaleb(-int(item["decimals"]))
    assert fox.order("LONG", "LIMIT", 500, symbol="LTCUSD") == {"order_id": "39"}
    fox.door("clock", offset=3600)
    assert list(fox.orders) == ["39"]
    before = fox("market/trades", symbol="LTCUSD")
    fox.door("clock", offset=7200)
    assert fox("market/trades", symbol="LTCUSD") == before
    assert fox("market/trades", symbol="BTCEUR")


def test_prices_move_and_stay_in_order() -> None:
    fox = Caller()
    seen: set[str] = set()
    for offset in range(0, 3600, 60):
        fox.door("clock", offset=offset)
        for symbol, ticker in fox("market/ticker", symbols=",".join(MARKETS)).items():
            step = MARKETS[symbol].step
            assert all(not Decimal(price) % step for price in ticker.values())
            assert Decimal(ticker["bid"]) < Decimal(ticker["ask"])
        seen.add(fox("market/ticker", symbols="BTCUSD")["BTCUSD"]["last"])
    assert len(seen) > 10


def test_a_set_price_moves_on_from_there(fox: Caller) -> None:
    assert fox("market/ticker", symbols="BTCUSD")["BTCUSD"]["last"] == "10000"
    fox.price(20_000)
    assert fox("market/ticker", symbols="BTCUSD")["BTCUSD"] == {"bid": "19996", "ask": "20004", "last": "20000"}
    index = Decimal(fox("market/get", symbol="BTCUSD")["index_price"])
    assert abs(index - 20_000) < 100
    fox.door("clock", offset=600)
    assert abs(Decimal(fox("market/ticker", symbols="BTCUSD")["BTCUSD"]["last"]) - 20_000) < 300


@pytest.mark.parametrize(
    "asked", [{"symbol": "NOPE", "price": 1}, {"symbol": "BTCEUR", "price": 8000}, {"symbol": "BTCUSD", "price": "1.5"},
              {"symbol": "BTCUSD", "price": "-5"}, {"symbol": "BTCUSD", "price": 5}, {"symbol": "BTCUSD"}, [], 5]
)  # fmt: skip
def test_the_price_door_refuses(asked: Any) -> None:
    answer = Frozen().control.answer("POST", "/_sandbox/price", json.dumps(asked).encode())
    assert answer.status == 400


def expected_bars(fox: Caller, resolution: int, start: float, end: float) -> list[Json]:
    """Bars out of the public trades, one by one."""
    trades = [
        item
        for item in fox("market/trades", symbol="BTCUSD", limit=1000)[::-1]
        if start <= parse_time(item["date"]) < end
    ]
    bars: list[Json] = []
    for begin, group in itertools.groupby(
        trades, lambda item: int(parse_time(item["date"])) // resolution * resolution
    ):
        items = list(group)
        prices = [Decimal(item["price"]) for item in items]
        bars.append(
            {
                "date": datetime.fromtimestamp(begin, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "o": str(prices[0]),
                "h": str(max(prices)),
                "l": str(min(prices)),
                "c": str(prices[-1]),
                "v": btc(satoshis(sum((Decimal(item["volume"]) for item in items), Decimal(0)))),
            }
        )
    return bars


@pytest.mark.parametrize("resolution", [1, 7, 10, 60, 61, 300, 3600, 86_400])
def test_bars_are_made_of_the_trades(fox: Caller, resolution: int) -> None:
    fox.order("LONG", margin="1", leverage=10)
    fox.door("clock", offset=4_321)
    fox.order("SHORT", margin="1", leverage=10)
    now = MOMENT + 4_321
    end = now - 10
    start = -(-(now - 7_000) // resolution) * resolution
    bars = fox("market/bars", symbol="BTCUSD", resolution=resolution, date_start=iso(start))
    assert bars == expected_bars(fox, resolution, start, now + 1)
    again = fox("market/bars", symbol="BTCUSD", resolution=resolution, date_start=iso(start), date_end=iso(end))
    assert again == [bar for bar in bars if parse_time(bar["date"]) < end]
    assert fox("market/bars", symbol="BTCUSD", resolution=resolution, date_start=iso(start), limit=3) == bars[:3]
    if resolution < 3600:
        assert fox("market/bars", symbol="BTCUSD", resolution=resolution, limit=3) == bars[-3:]


def iso(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_bars_without_bounds_reach_back_to_the_first_day(fox: Caller) -> None:
    bars = fox("market/bars", symbol="BTCUSD", resolution=3600)
    assert len(bars) in (168, 169)
    assert bars == fox("market/bars", symbol="BTCUSD", resolution=3600, limit=10_000)
    assert fox("market/bars", symbol="BTCUSD", resolution=3600, date_start="2030-01-01T00:00:00Z") == []


def test_index_history_pages(fox: Caller) -> None:
    whole = fox("market/index_history", symbol="BTCUSD", limit=30)
    dates = [item["date"] for item in whole]
    assert dates == sorted(dates)
    assert dates[-1] == "2018-02-01T13:05:00Z"
    pages = [fox("market/index_history", symbol="BTCUSD", offset=offset) for offset in (20, 10, 0)]
    assert list(itertools.chain(*pages)) == whole
    assert len(fox("market/index_history", symbol="BTCUSD", limit=10**400)) == 7 * 24 * 60
    assert fox("market/index_history", symbol="BTCUSD", offset=10**30) == []


def test_unknown_symbols_and_empty_maps(fox: Caller) -> None:
    assert list(fox("market/ticker", symbols="NOPE,ETHUSD,NIX")) == ["ETHUSD"]
    assert fox("market/ticker", symbols="NOPE") == []
    overview = fox("user/overview")
    assert (overview["positions"], overview["orders"]) == ([], [])


# Envelope, quota, doors


def test_the_quota_goes_down_and_is_full_again_in_the_next_hour() -> None:
    fox = Caller()
    total = int(fox("quota/status")["cpu_time_total"])
    fox("user/overview")
    fox.order()
    left = fox("quota/status")
    assert int(left["cpu_time_left"]) == total - (412 + 18_622 + 24_310) // 1000 - 1
    assert Decimal(left["cpu_time_left_percentage"]) < 100
    fox.door("clock", offset=3600)
    assert int(fox("quota/status")["cpu_time_left"]) == total


def test_a_spent_quota_answers_nothing_until_the_next_full_hour() -> None:
    fox = Caller()
    fox.door("quota", ip="10.0.0.1", left=1)
    fox("market/list")
    before = json.dumps(fox.sandbox.state.unlocked)
    for name, query in [
        ("quota/status", {}),
        ("market/list", {}),
        ("order/create", GOOD),
        ("user/get", {"token": "X"}),
    ]:
        status, body, headers = fox.raw(f"{PREFIX}/{name}.php", **({"token": TOKEN} | query))
        assert status == 429
        answer = json.loads(body)
        assert (answer["error"], answer["error_code"]) == (True, "QUOTA_EXCEEDED")
        assert headers["retry-after"] == str(3600 - (5 * 60 + 26))
    assert json.dumps(fox.sandbox.state.unlocked) == before
    assert fox.raw(f"{PREFIX}/market/list.php", client="10.0.0.2")[0] == 200
    fox.door("clock", offset=3600 - (5 * 60 + 26))
    assert fox.raw(f"{PREFIX}/market/list.php")[0] == 200
    fox.door("quota", left=0)
    assert {fox.raw(f"{PREFIX}/market/list.php", client=f"10.0.0.{n}")[0] for n in range(3)} == {429}


def test_execution_time_is_what_the_call_took_from_the_quota() -> None:
    fox = Caller()
    assert fox.envelope("user/overview", execution_time=1)["execution_time_milliseconds"] == "18.622"
    assert "execution_time_milliseconds" not in fox.envelope("user/overview")
    long = fox.envelope("market/trades", symbol="BTCUSD", limit=1000, execution_time=1)
    short = fox.envelope("market/trades", symbol="BTCUSD", limit=1, execution_time=1)
    assert Decimal(long["execution_time_milliseconds"]) > Decimal(short["execution_time_milliseconds"])


@pytest.mark.parametrize(("text", "indented"), [("1", True), ("true", True), ("false", False), ("0", False)])
def test_pretty(text: str, indented: bool) -> None:
    fox = Caller()
    body = fox.raw(f"{PREFIX}/market/list.php", pretty=text)[1]
    assert (b"\n    " in body) is indented
    assert json.loads(body)["response"] == fox("market/list")


def test_warnings_come_with_every_answer() -> None:
    fox = Caller()
    fox.door("warning", message="API version 1 is deprecated.")
    for answer in (fox.envelope("market/list"), fox.envelope("order/close", order_id=1)):
        assert (answer["warning"], answer["warning_message"]) == (True, "API version 1 is deprecated.")
    fox.door("warning", message=None)
    assert "warning_message" not in fox.envelope("market/list")


def test_the_journal_has_what_was_done_and_no_token(fox: Caller) -> None:
    fox.order("LONG", "LIMIT", 9000)
    fox("order/close", order_id=39)
    fox.code("order/close", order_id=39)
    fox("user/overview")
    journal = fox.sandbox.journal
    assert [entry["operation"] for entry in journal] == ["order.create", "order.close"]
    assert journal[0]["answer"] == {"order_id": "39"}
    assert TOKEN not in json.dumps(journal)


def test_no_answer_has_bare_numbers_but_edit(fox: Caller) -> None:
    def bare(value: Any) -> bool:
        if isinstance(value, dict):
            return any(map(bare, value.values()))
        if isinstance(value, list):
            return any(map(bare, value))
        return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)

    fox.order()
    fox.order("SHORT", "LIMIT", 12_000)
    for operation, (_, query) in REQUESTS.items():
        if operation not in ("position.edit", "order.close", "position.close", "position.merge", "order.create"):
            assert not bare(fox(fox.sandbox.document.operations[operation].path[1:-4], **query)), operation


# Whatever comes


@pytest.mark.parametrize("seed", range(6))
def test_balances_add_up_after_every_request(seed: int) -> None:
    fox, dice = Caller(), random.Random(seed)
    offset = 0

    def some(ids: Any) -> Any:
        return dice.choice([*ids, 1]) if ids else 1

    done: dict[str, int] = {}
    for number in range(250):
        state = fox.sandbox.state
        symbol = dice.choice(["BTCUSD", "BTCUSD", "ETHUSD", "BTCAUD", "LTCUSD"])
        step = MARKETS[symbol].step
        market = fox.sandbox.exchange.feeds[symbol]
        at = market.price(market.quote(market.at(fox.sandbox.now())).market)

        def near(width: float, at: Decimal = at, step: Decimal = step) -> str:
            return f"{max(round(at * Decimal(1 + dice.uniform(-width, width)) / step), 10) * step:f}"

        match dice.randrange(10):
            case 0 | 1 | 2:
                kind = dice.choice(["MARKET", "LIMIT", "LIMIT", "STOP_ENTRY"])
                query: Json = {
                    "symbol": symbol,
                    "margin": f"{dice.choice([0.001, 0.05, 0.4, 3]) * dice.uniform(0.9, 1.4):.{dice.randrange(3, 9)}f}",
                    "direction": dice.choice(["LONG", "SHORT"]),
                    "leverage": dice.randint(1, 3) if dice.random() < 0.7 else dice.randint(1, 11),
                    "order_type": kind,
                }
                if kind != "MARKET":
                    query["limit_price" if kind == "LIMIT" else "stop_entry_price"] = near(0.02)
                for name in ("stop_loss", "take_profit"):
                    if dice.random() < 0.2:
                        query[name] = near(0.1)
                name = "order/create"
            case 3:
                name, query = "order/close", {"order_id": some(state.orders)}
            case 4:
                name, query = "position/close", {"position_id": some(state.positions)}
            case 5:
                name, query = "position/edit", {"position_id": some(state.positions), "stop_loss": near(0.1)}
            case 6:
                ids = [some(state.positions) for _ in range(dice.randint(1, 3))]
                name, query = "position/merge", {"position_ids": ",".join(map(str, ids))}
            case 7:
                name, query = "user/overview", {}
                if symbol != "LTCUSD":
                    fox.price(near(0.15 if dice.random() < 0.2 else 0.02), symbol)
            case _:
                name, query = "user/overview", {}
                offset += dice.choice([5, 60, 600, 9_000])
                fox.door("clock", offset=offset)
        answer = fox.envelope(name, **query)
        done[name] = done.get(name, 0) + (not answer["error"])
        check_balances(fox, deep=number % 25 == 0)
    check_balances(fox)
    assert min(done.values()) > 0, done


def test_the_balance_is_whole_when_everything_is_closed() -> None:
    fox = Caller()
    for number in range(30):
        fox.order(("LONG", "SHORT")[number % 2], margin="0.05", leverage=1 + number % 10)
        fox.door("clock", offset=number * 500)
    for position_id in list(fox.positions):
        fox("position/close", position_id=position_id)
    overview = fox("user/overview")
    profits = sum(Decimal(item["profit_loss_realized"]) for item in fox.history)
    assert Decimal(overview["balance_unlocked"]) == DEPOSIT + profits
    assert overview["balance_locked"] == "0"


# Restarts


def test_state_lives_over_a_restart(tmp_path: Path) -> None:
    first = Caller(Frozen(state=tmp_path / "fox.sqlite", check_answers=True))
    first.price(10_000)
    first.order("LONG", margin="0.3", stop_loss=9_000)
    first.order("SHORT", "LIMIT", 11_000)
    first.order(margin="0.1", leverage=2)
    first("position/close", position_id=24)
    first.door("warning", message="soon")
    first.sandbox.store.save(first.sandbox.state)
    second = Caller(Frozen(state=tmp_path / "fox.sqlite", check_answers=True))
    for name, query in [
        ("user/overview", {}),
        ("position/history", {}),
        ("position/fees", {"position_id": 22}),
        ("market/trades", {"symbol": "BTCUSD", "limit": 30}),
        ("market/orderbook", {"symbol": "BTCUSD", "depth": 100}),
        ("quota/status", {}),
    ]:
        one, two = first.envelope(name, **query), second.envelope(name, **query)
        assert one == two, name
    second.price(11_100)
    assert list(second.positions) == ["22", "23"]
    check_balances(second)


def test_reset_forgets_everything() -> None:
    fox = Caller()
    before = fox("user/overview"), fox("market/ticker", symbols="BTCUSD")
    fox.order()
    fox.price(5_000)
    fox.door("clock", offset=10_000)
    fox.door("reset")
    assert (fox("user/overview"), fox("market/ticker", symbols="BTCUSD")) == before
    assert fox.sandbox.journal == []


# Over the network, through the SDK


def call_everything(fox: OneFox) -> None:
    """Every operation once, as a program would."""
    assert fox.quota.status().cpu_time_total == 20_000_000
    assert fox.user.get().username == "user1"
    assert fox.market.list()["BTCUSD"].maximum_leverage == 10
    details = fox.market.get("BTCUSD")
    assert details.minimum_margin == Decimal("0.001")
    now = datetime.now(UTC)
    bars = fox.market.bars("BTCUSD", 60, date_start=now - timedelta(hours=1), date_end=now, limit=10)
    assert len(bars) == 10
    assert all(bar.low <= bar.open <= bar.high for bar in bars)
    book = fox.market.orderbook("BTCUSD", depth=3)
    ticker = fox.market.ticker(["BTCUSD", "BCHUSD"])["BTCUSD"]
    assert book.bids[0].price <= ticker.bid < ticker.ask
    assert len(fox.market.index_history("BTCUSD", limit=5)) == 5
    assert len(fox.market.trades("BTCUSD", limit=5)) == 5
    price = int(ticker.bid) - 1_000
    order = fox.order.create("BTCUSD", "0.1", "LONG", 5, "LIMIT", limit_price=price, stop_loss=price - 100)
    assert order is not None
    assert order.order_id is not None
    fox.order.close(order.order_id)
    opened = [fox.order.create("BTCUSD", "0.1", "SHORT", 5, "MARKET") for _ in range(2)]
    ids = [item.position_id for item in opened if item is not None]
    assert all(isinstance(item, int) for item in ids)
    overview = fox.user.overview()
    assert list(overview.positions) == [str(item) for item in ids]
    merged = fox.position.merge([item for item in ids if isinstance(item, int)])
    edited = fox.position.edit(merged.position_id, stop_loss=price + 3_000)
    assert edited.stop_loss == price + 3_000
    assert fox.position.trades(merged.position_id)
    assert fox.position.fees(merged.position_id)
    fox.position.close(merged.position_id)
    assert [item.merged_into for item in fox.position.history(limit=2)] == [None, merged.position_id]


def test_every_operation_over_http() -> None:
    with Running(OneFoxSandbox(check_answers=True)) as running, OneFox(token=TOKEN, base_url=running.url) as fox:
        assert running.url.endswith("/api/v1")
        call_everything(fox)


async def test_every_operation_over_http_without_blocking() -> None:
    with Running(OneFoxSandbox(check_answers=True)) as running:
        async with AsyncOneFox(token=TOKEN, base_url=running.url) as fox:
            ticker, quota, markets = await asyncio.gather(
                fox.market.ticker(["BTCUSD"]), fox.quota.status(), fox.market.list()
            )
            assert quota.cpu_time_left <= 20_000_000
            assert set(markets) == set(MARKETS)
            assert (await fox.user.get()).username == "user1"
            assert (await fox.market.get("BTCUSD")).status == "OPEN"
            assert await fox.market.bars("BTCUSD", 60, limit=2)
            assert (await fox.market.orderbook("BTCUSD")).asks
            assert await fox.market.trades("BTCUSD")
            assert await fox.market.index_history("BTCUSD")
            price = int(ticker["BTCUSD"].bid) - 500
            order = await fox.order.create("BTCUSD", "0.1", "LONG", 2, "LIMIT", limit_price=price)
            assert order is not None
            assert isinstance(order.order_id, int)
            await fox.order.close(order.order_id)
            for _ in range(2):
                await fox.order.create("BTCUSD", "0.1", "LONG", 2, "MARKET")
            ids = [int(item) for item in (await fox.user.overview()).positions]
            merged = (await fox.position.merge(ids)).position_id
            assert (await fox.position.edit(merged, take_profit=price * 3)).take_profit == price * 3
            assert await fox.position.trades(merged)
            assert await fox.position.fees(merged)
            await fox.position.close(merged)
            found = [item.position_id async for item in (await fox.position.history(limit=1)).all()]
            assert sorted(found) == sorted(ids)


def tell(url: str, door: str, **asked: Any) -> Any:
    request = urllib.request.Request(
        url.removesuffix(PREFIX) + "/_sandbox/" + door, json.dumps(asked).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_the_sdk_reads_refusals_warnings_and_lost_replies() -> None:
    sandbox = OneFoxSandbox(check_answers=True)
    with Running(sandbox) as running, OneFox(token=TOKEN, base_url=running.url, max_retries=0) as fox:
        with pytest.raises(errors.APIError) as refused:
            fox.order.create("BTCUSD", "0.1", "LONG", 5, "LIMIT", limit_price="9000.5")
        assert refused.value.code == "TRADE_DECIMALS_LIMIT_PRICE"
        assert refused.value.data == {"step_size": 1}
        tell(running.url, "warning", message="old")
        with pytest.warns(UserWarning, match="old"):
            fox.market.list()
        tell(running.url, "warning", message=None)
        tell(running.url, "faults", operation="order.create", kind="drop-after")
        with pytest.raises(errors.OutcomeUnknown):
            fox.order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
        assert len(fox.user.overview().positions) == 1
        tell(running.url, "faults", operation="order.create", kind="drop-before")
        with pytest.raises(errors.OutcomeUnknown):
            fox.order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
        assert len(fox.user.overview().positions) == 1
        assert [entry["operation"] for entry in sandbox.journal] == ["order.create"]
        tell(running.url, "faults", operation="market.list", kind="rate-limit", seconds=30)
        with pytest.raises(errors.RateLimitError) as limited:
            fox.market.list()
        assert (limited.value.code, limited.value.retry_after) == ("QUOTA_EXCEEDED", 30)
        tell(running.url, "quota", left=0)
        with pytest.raises(errors.RateLimitError):
            fox.quota.status()
        with OneFox(token="WRONG", base_url=running.url) as stranger:
            tell(running.url, "quota", left=1000)
            with pytest.raises(errors.APIError) as unknown:
                stranger.user.get()
            assert unknown.value.code == "INVALID_TOKEN"


# Memory


def test_withdrawn_orders_leave_nothing_behind(fox: Caller) -> None:
    for _ in range(500):
        placed = fox.order("LONG", "LIMIT", 5_000, margin="0.001", leverage=1)
        fox("order/close", order_id=placed["order_id"])
    state = fox.sandbox.state
    assert (state.orders, state.positions, state.closed) == ({}, {}, {})
    assert fox.sandbox.exchange._resting["BTCUSD", "LONG"] == {}
    assert len(state.prints["BTCUSD"]) == 1
