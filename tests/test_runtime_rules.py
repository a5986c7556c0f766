"""What arguments may not say together: the rules themselves, and what they refuse in the packages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from coinbase_pro_sdk.errors import NotFoundError
from coinbase_pro_sdk.models import OrderStatusFilter, Side

from tests.wires import (
    COINBASE_KEYS,
    ORDER,
    UUID_1,
    UUID_2,
    Exchange,
    Reply,
    both,
    coinbase,
    enveloped,
    onefox,
    run,
)
from tradeloom.runtime.rules import AtLeastOne, ExactlyOne, Needs, NotTogether, Rule, When

GTT = When({"tif": ("GTT",)}, required=("after",), only=("after",))
NO_REST = When({"tif": ("IOC", "FOK")}, allowed={"post_only": (False,)})
NO_STOP = When({"post_only": (True,)}, forbidden=("stop",))
GIVEN = When({"stop": ()}, required=("stop_price",))

KEPT: list[tuple[Rule, Mapping[str, Any]]] = [
    (Needs("stop", ("stop_price",)), {}),
    (Needs("stop", ("stop_price",)), {"stop_price": "1"}),
    (Needs("stop", ("stop_price",)), {"stop": "loss", "stop_price": "1"}),
    (NotTogether(("before", "after")), {}),
    (NotTogether(("before", "after")), {"before": "1"}),
    (ExactlyOne((("size",), ("funds",))), {"size": "1"}),
    (ExactlyOne((("size",), ("funds",))), {"funds": "1"}),
    (ExactlyOne((("a", "b"), ("c",))), {"a": 1, "c": 1}),
    (AtLeastOne((("stop_loss",), ("take_profit",))), {"stop_loss": "1"}),
    (AtLeastOne((("stop_loss",), ("take_profit",))), {"stop_loss": "1", "take_profit": "2"}),
    (GTT, {}),
    (GTT, {"tif": "GTC"}),
    (GTT, {"tif": "GTT", "after": "min"}),
    (NO_REST, {"post_only": True}),
    (NO_REST, {"tif": "IOC"}),
    (NO_REST, {"tif": "FOK", "post_only": False}),
    (NO_REST, {"tif": "GTC", "post_only": True}),
    (NO_STOP, {"post_only": False, "stop": "loss"}),
    (NO_STOP, {"stop": "loss"}),
    (GIVEN, {}),
    (GIVEN, {"stop": "loss", "stop_price": "1"}),
]


@pytest.mark.parametrize(("rule", "given"), KEPT, ids=str)
def test_arguments_that_keep_a_rule_pass(rule: Rule, given: Mapping[str, Any]) -> None:
    before = dict(given)
    rule.check(given)
    assert given == before


BROKEN: list[tuple[Rule, Mapping[str, Any], str]] = [
    (Needs("stop", ("stop_price",)), {"stop": "loss"}, "stop_price: required together with stop='loss'"),
    (Needs("a", ("b", "c", "d")), {"a": 1, "c": 1}, "b and d: required together with a=1"),
    (
        NotTogether(("before", "after")),
        {"before": "1", "after": "2"},
        "before and after: give only one of them, got before='1', after='2'",
    ),
    (ExactlyOne((("size",), ("funds",))), {}, "size or funds: give exactly one, got neither"),
    (
        ExactlyOne((("size",), ("funds",))),
        {"size": "1", "funds": "2"},
        "size or funds: give exactly one, got size='1', funds='2'",
    ),
    (ExactlyOne((("a", "b"), ("c",))), {"a": 1}, "a and b or c: give exactly one, got neither"),
    (AtLeastOne((("stop_loss",), ("take_profit",))), {}, "stop_loss or take_profit: give at least one"),
    (AtLeastOne((("a", "b", "c"), ("d",))), {"a": 1, "b": 1}, "a, b and c or d: give at least one"),
    (GTT, {"tif": "GTT"}, "after: required with tif='GTT'"),
    (GTT, {"after": "min"}, "after: only allowed with tif='GTT', got 'min'"),
    (GTT, {"tif": "GTC", "after": "min"}, "after: only allowed with tif='GTT', got 'min'"),
    (NO_REST, {"tif": "IOC", "post_only": True}, "post_only: expected False with tif='IOC', got True"),
    (NO_STOP, {"post_only": True, "stop": "loss"}, "stop: not allowed with post_only=True, got 'loss'"),
    (GIVEN, {"stop": "loss"}, "stop_price: required with stop='loss'"),
]


@pytest.mark.parametrize(("rule", "given", "message"), BROKEN, ids=str)
def test_a_broken_rule_names_the_arguments(rule: Rule, given: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=": ") as caught:
        rule.check(given)
    assert str(caught.value) == message


# What the CoPrA client refuses with a ValueError, by the numbers of its 36 raise statements, and the argument that the
# refusal here names. The first two are about the client itself and have tests of their own below.

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)


def limit(**changes: Any) -> dict[str, Any]:
    return {"side": "buy", "product_id": "BTC-USD", "price": "7150.25", "size": "0.5", **changes}


def market(**changes: Any) -> dict[str, Any]:
    return {"side": "buy", "product_id": "BTC-USD", **changes}


def report(**changes: Any) -> dict[str, Any]:
    return {"report_type": "fills", "start_date": START, "end_date": END, "product_id": "BTC-USD", **changes}


COPRA: list[tuple[int, str, Mapping[str, Any], str]] = [
    (3, "products.order_book", {"product_id": "BTC-USD", "level": 4}, "level"),
    (4, "products.trades", {"product_id": "BTC-USD", "before": "1", "after": "2"}, "before and after"),
    (5, "products.historic_rates", {"product_id": "BTC-USD", "granularity": 61}, "granularity"),
    (6, "products.historic_rates", {"product_id": "BTC-USD", "granularity": 60, "start": START}, "end"),
    (7, "products.historic_rates", {"product_id": "BTC-USD", "granularity": 60, "end": END}, "start"),
    (8, "accounts.history", {"account_id": UUID_1, "before": "1", "after": "2"}, "before and after"),
    (9, "accounts.holds", {"account_id": UUID_1, "before": "1", "after": "2"}, "before and after"),
    (10, "orders.limit", limit(side="BUY"), "side"),
    (11, "orders.limit", limit(time_in_force="GCC"), "time_in_force"),
    (12, "orders.limit", limit(time_in_force="GTT"), "cancel_after"),
    (13, "orders.limit", limit(time_in_force="GTT", cancel_after="week"), "cancel_after"),
    (14, "orders.limit", limit(time_in_force="GTC", cancel_after="min"), "cancel_after"),
    (15, "orders.limit", limit(time_in_force="IOC", post_only=True), "post_only"),
    (15, "orders.limit", limit(time_in_force="FOK", post_only=True), "post_only"),
    (16, "orders.limit", limit(stp="xx"), "stp"),
    (17, "orders.limit", limit(stop="profit", stop_price="1"), "stop"),
    (18, "orders.limit", limit(stop="loss"), "stop_price"),
    (18, "orders.limit", limit(stop="loss", stop_price=0), "stop_price"),
    (19, "orders.limit", limit(stop_price="1"), "stop"),
    (20, "orders.limit", limit(stop="loss", stop_price="1", post_only=True), "stop"),
    (21, "orders.market", market(side="long", size="1"), "side"),
    (22, "orders.market", market(), "size or funds"),
    (22, "orders.market", market(size=0), "size"),
    (23, "orders.market", market(size="1", funds="1"), "size or funds"),
    (24, "orders.market", market(size="1", stp="xx"), "stp"),
    (25, "orders.market", market(size="1", stop="profit", stop_price="1"), "stop"),
    (26, "orders.market", market(size="1", stop="loss"), "stop_price"),
    (27, "orders.market", market(size="1", stop_price="1"), "stop"),
    (28, "orders.list", {"before": "1", "after": "2"}, "before and after"),
    (29, "orders.list", {"status": ["open", "settled"]}, "status[1]"),
    (30, "fills.list", {"product_id": "BTC-USD", "before": "1", "after": "2"}, "before and after"),
    (31, "fills.list", {}, "order_id or product_id"),
    (32, "fills.list", {"product_id": "BTC-USD", "order_id": UUID_1}, "order_id or product_id"),
    (33, "reports.create", report(report_type="balance"), "report_type"),
    (34, "reports.create", report(product_id=None), "product_id"),
    (35, "reports.create", report(report_type="account", product_id=None), "account_id"),
    (36, "reports.create", report(report_format="xls"), "report_format"),
]


def test_the_table_has_every_refusal_of_copra() -> None:
    assert {1, 2} | {number for number, *_ in COPRA} == set(range(1, 37))


@both
@pytest.mark.parametrize(
    ("operation", "arguments", "named"), [row[1:] for row in COPRA], ids=[f"{n}-{name}" for n, name, *_ in COPRA]
)
def test_what_copra_refuses_is_refused_before_the_network(
    operation: str, arguments: Mapping[str, Any], named: str, asynchronous: bool
) -> None:
    with Exchange() as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(ValueError, match=": ") as caught:
            run(client, operation, **arguments)
    assert str(caught.value).startswith(f"{named}: ")
    assert wire.seen == []


@pytest.mark.parametrize("missing", list(COINBASE_KEYS))
def test_copra_1_partial_credentials_are_refused(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COINBASE_KEYS:
        monkeypatch.delenv(f"COINBASE_PRO_{name.upper()}", raising=False)
    given = {name: value for name, value in COINBASE_KEYS.items() if name != missing}
    with pytest.raises(ValueError, match=f"^{missing}: required together with ") as caught:
        coinbase(Exchange(), False, **{**given, missing: None})
    assert not any(value in str(caught.value) for value in given.values())


SIGNED: list[tuple[str, Mapping[str, Any]]] = [
    ("accounts.list", {}),
    ("accounts.get", {"account_id": UUID_1}),
    ("accounts.history", {"account_id": UUID_1}),
    ("accounts.holds", {"account_id": UUID_1}),
    ("orders.limit", limit()),
    ("orders.market", market(size="1")),
    ("orders.cancel", {"order_id": UUID_1}),
    ("orders.cancel_all", {}),
    ("orders.list", {}),
    ("orders.get", {"order_id": UUID_1}),
    ("fills.list", {"product_id": "BTC-USD"}),
    ("deposits.payment_method", {"amount": 1, "currency": "USD", "payment_method_id": UUID_1}),
    ("deposits.coinbase", {"amount": 1, "currency": "USD", "coinbase_account_id": UUID_1}),
    ("withdrawals.payment_method", {"amount": 1, "currency": "USD", "payment_method_id": UUID_1}),
    ("withdrawals.coinbase", {"amount": 1, "currency": "USD", "coinbase_account_id": UUID_1}),
    ("withdrawals.crypto", {"amount": 1, "currency": "BTC", "crypto_address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}),
    ("conversions.create", {"from_currency_id": "USD", "to_currency_id": "USDC", "amount": 1}),
    ("payment_methods.list", {}),
    ("fees.get", {}),
    ("coinbase_accounts.list", {}),
    ("reports.create", report()),
    ("reports.status", {"report_id": UUID_1}),
    ("users.trailing_volume", {}),
]


@both
@pytest.mark.parametrize(("operation", "arguments"), SIGNED, ids=[name for name, _ in SIGNED])
def test_copra_2_a_signed_call_without_credentials_is_refused(
    operation: str, arguments: Mapping[str, Any], asynchronous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COINBASE_KEYS:
        monkeypatch.delenv(f"COINBASE_PRO_{name.upper()}", raising=False)
    with Exchange() as wire:
        client = coinbase(wire, asynchronous, key=None, secret=None, passphrase=None)
        with pytest.raises(ValueError, match=": ") as caught:
            run(client, operation, **arguments)
    message = str(caught.value)
    assert message.startswith(f"{operation} needs credentials: pass key, secret, passphrase to CoinbasePro")
    assert "COINBASE_PRO_KEY, COINBASE_PRO_SECRET, COINBASE_PRO_PASSPHRASE" in message


@both
@pytest.mark.parametrize(("operation", "arguments"), SIGNED, ids=[name for name, _ in SIGNED])
def test_with_credentials_every_signed_call_is_signed(
    operation: str, arguments: Mapping[str, Any], asynchronous: bool
) -> None:
    with Exchange().otherwise(Reply({"message": "seen"}, 404)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(NotFoundError, match="seen"):
            run(client, operation, **arguments)
    for name in ("cb-access-key", "cb-access-sign", "cb-access-timestamp", "cb-access-passphrase"):
        assert wire.last.headers[name]


@both
@pytest.mark.parametrize("level", ["2", True, 2.0])
def test_a_book_level_of_another_type_is_refused(level: Any, asynchronous: bool) -> None:
    with Exchange() as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(TypeError, match=r"^level: expected int, got "):
            run(client, "products.order_book", "BTC-USD", level=level)


def test_a_kept_unknown_member_is_no_argument() -> None:
    with Exchange() as wire:
        client = coinbase(wire)
        with pytest.raises(ValueError, match=r"^side: expected one of 'buy', 'sell', got "):
            client.orders.limit(Side("hold"), "BTC-USD", 1, 1)
        with pytest.raises(ValueError, match=r"^status\[0\]: expected one of "):
            client.orders.list(status=[OrderStatusFilter("settled")])


@both
def test_a_good_order_passes_all_rules(asynchronous: bool) -> None:
    with Exchange().on("POST", "/orders", ORDER) as wire:
        client = coinbase(wire, asynchronous)
        arguments = limit(time_in_force="GTT", cancel_after="hour", stop="loss", stop_price=7000, post_only=False)
        run(client, "orders.limit", **arguments, client_oid=UUID_2, stp="dc")
    assert wire.last.json == {
        "type": "limit",
        "side": "buy",
        "product_id": "BTC-USD",
        "price": "7150.25",
        "size": "0.5",
        "time_in_force": "GTT",
        "cancel_after": "hour",
        "post_only": False,
        "client_oid": UUID_2,
        "stp": "dc",
        "stop": "loss",
        "stop_price": "7000",
    }


# What 1Fox would ignore without a word.

ORDER_ARGUMENTS = {"symbol": "BTCUSD", "margin": "0.3", "direction": "LONG", "leverage": 10}

FOX: list[tuple[str, Mapping[str, Any], str]] = [
    ("order.create", {**ORDER_ARGUMENTS, "order_type": "LIMIT"}, "limit_price: required with order_type='LIMIT'"),
    (
        "order.create",
        {**ORDER_ARGUMENTS, "order_type": "MARKET", "limit_price": "4300"},
        "limit_price: only allowed with order_type='LIMIT', got '4300'",
    ),
    (
        "order.create",
        {**ORDER_ARGUMENTS, "order_type": "STOP_ENTRY", "stop_entry_price": 4, "limit_price": 5},
        "limit_price: only allowed with order_type='LIMIT', got '5'",
    ),
    (
        "order.create",
        {**ORDER_ARGUMENTS, "order_type": "STOP_ENTRY"},
        "stop_entry_price: required with order_type='STOP_ENTRY'",
    ),
    (
        "order.create",
        {**ORDER_ARGUMENTS, "order_type": "MARKET", "stop_entry_price": "4300"},
        "stop_entry_price: only allowed with order_type='STOP_ENTRY', got '4300'",
    ),
    (
        "order.create",
        {**ORDER_ARGUMENTS, "order_type": "LIMIT", "limit_price": 1, "stop_entry_price": 2},
        "stop_entry_price: only allowed with order_type='STOP_ENTRY', got '2'",
    ),
    ("position.edit", {"position_id": 21}, "stop_loss or take_profit: give at least one"),
    ("position.edit", {"position_id": 21, "execution_time": 1}, "stop_loss or take_profit: give at least one"),
    ("position.merge", {"position_ids": []}, "position_ids: expected at least 1 item, got []"),
    ("market.ticker", {"symbols": []}, "symbols: expected at least 1 item, got []"),
    ("market.orderbook", {"symbol": "BTCUSD", "depth": 101}, "depth: expected an integer of at most 100, got 101"),
]


@both
@pytest.mark.parametrize(("operation", "arguments", "message"), FOX, ids=[message[:40] for _, _, message in FOX])
def test_what_1fox_would_ignore_is_refused(
    operation: str, arguments: Mapping[str, Any], message: str, asynchronous: bool
) -> None:
    with Exchange() as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(ValueError, match=": ") as caught:
            run(client, operation, **arguments)
    assert str(caught.value) == message


@both
def test_a_1fox_order_without_contradiction_travels(asynchronous: bool) -> None:
    answer = enveloped({"order_id": "18947"})
    with Exchange().on("GET", "/api/v1/order/create.php", answer, answer) as wire:
        client = onefox(wire, asynchronous)
        run(client, "order.create", **ORDER_ARGUMENTS, order_type="LIMIT", limit_price="4300.50")
        run(client, "order.create", **ORDER_ARGUMENTS, order_type="STOP_ENTRY", stop_entry_price=4400)
    assert ("limit_price", "4300.50") in wire.seen[0].query
    assert ("stop_entry_price", "4400") in wire.seen[1].query
