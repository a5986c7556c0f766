"""Every operation of every document is carried out over real HTTP, by every public method of both kinds of clients."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.__main__ import sandbox_class
from sandbox.app import Answer
from sandbox.serve import Running
from tests.documents import APIS, Json, document, methods_of, package
from tests.replies import CREDENTIALS

ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
Do = Callable[..., Any]


def operations_of(api: str) -> set[str]:
    return {operation["operationId"] for item in document(api)["paths"].values() for operation in item.values()}


# One round through an API: `do` carries out a method and gives its result


def coinbase_pro(do: Do) -> None:
    assert do("time").iso.tzinfo is not None
    assert do("currencies.list")
    product = do("products.list")[0]
    assert do("products.order_book", product.id, level=2).bids
    ticker = do("products.ticker", product.id)
    assert len(do("products.trades", product.id, limit=5)) == 5
    assert do("products.historic_rates", product.id, granularity=3600)
    assert do("products.stats", product.id).last == ticker.price
    accounts = {account.currency: account for account in do("accounts.list")}
    assert do("accounts.get", accounts["USD"].id) == accounts["USD"]
    resting = do("orders.limit", "buy", product.id, "100", "0.5")
    assert [order.id for order in do("orders.list")] == [resting.id]
    assert [hold.amount for hold in do("accounts.holds", accounts["USD"].id)] == [Decimal("50.25")]
    assert do("orders.cancel", str(resting.id)) == str(resting.id)
    again = do("orders.limit", "buy", product.id, "100", "0.5")
    assert do("orders.cancel_all", product_id=product.id) == [again.id]
    bought = do("orders.get", str(do("orders.market", "buy", product.id, funds="500").id))
    assert sum(fill.size for fill in do("fills.list", order_id=bought.id)) == bought.filled_size > 0
    assert do("accounts.history", accounts["USD"].id)[0].type == "fee"
    method = do("payment_methods.list")[0]
    wallet = next(item for item in do("coinbase_accounts.list") if item.currency == "BTC")
    assert do("deposits.payment_method", "10", "USD", method.id).amount == 10
    assert do("deposits.coinbase", "0.1", "BTC", wallet.id).amount == Decimal("0.1")
    assert do("withdrawals.payment_method", "10", "USD", method.id).payout_at
    assert do("withdrawals.coinbase", "0.1", "BTC", wallet.id).amount == Decimal("0.1")
    assert do("withdrawals.crypto", "0.1", "BTC", ADDRESS).amount == Decimal("0.1")
    assert do("conversions.create", "USD", "USDC", "5").amount == 5
    assert do("fees.get").maker_fee_rate > 0
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    report = do("reports.create", "fills", moment, moment, product_id=product.id)
    assert do("reports.status", report.id).id == report.id
    assert do("users.trailing_volume") == []


def freqtrade(do: Do) -> None:
    assert do("ping").status == "pong"
    assert do("token.refresh", refresh_token=do("token.login").refresh_token).access_token
    assert do("version").version
    assert do("show_config").state == "running"
    assert do("count").current == len(do("status")) == 2
    assert len(do("trades", limit=2).trades) == 2
    assert do("profit").closed_trade_count == 5
    assert do("performance")
    assert len(do("daily", timescale=3).data) == 3
    assert do("balance").total > 0
    assert do("whitelist").whitelist
    assert "NEO/BTC" not in do("blacklist").blacklist
    assert "NEO/BTC" in do("blacklist", add=["NEO/BTC"]).blacklist
    assert do("edge")
    bought = do("forcebuy", "XRP/BTC", price="0.0000248")
    assert str(bought.trade_id) in do("forcesell", bought.trade_id).result
    assert do("delete_trade", 1).trade_id == 1
    for name in ("stopbuy", "stop", "start", "reload_config"):
        assert do(name).status


def onefox(do: Do) -> None:
    assert do("quota.status").cpu_time_left > 0
    assert do("user.get").username
    assert "BTCUSD" in do("market.list")
    assert do("market.get", "BTCUSD").maximum_leverage == 10
    now = datetime.now(UTC)
    assert do("market.bars", "BTCUSD", 60, date_start=now - timedelta(hours=1), limit=10)
    assert do("market.orderbook", "BTCUSD", depth=3).bids
    ticker = do("market.ticker", ["BTCUSD"])["BTCUSD"]
    assert len(do("market.index_history", "BTCUSD", limit=5)) == 5
    assert len(do("market.trades", "BTCUSD", limit=5)) == 5
    low = int(ticker.bid) - 1_000
    order = do("order.create", "BTCUSD", "0.1", "LONG", 5, "LIMIT", limit_price=low)
    assert do("order.close", order.order_id) is None
    ids = [do("order.create", "BTCUSD", "0.1", "LONG", 5, "MARKET").position_id for _ in range(2)]
    assert list(do("user.overview").positions) == [str(number) for number in ids]
    merged = do("position.merge", ids).position_id
    assert do("position.edit", merged, stop_loss=low).stop_loss == low
    assert do("position.trades", merged)
    assert do("position.fees", merged)
    assert do("position.close", merged) is None
    assert {position.position_id for position in do("position.history")} == set(ids)


ROUNDS: dict[str, Callable[[Do], None]] = {"coinbase_pro": coinbase_pro, "freqtrade": freqtrade, "onefox": onefox}


def carry_out(api: str, round_: Callable[[Do], None], *, asynchronous: bool) -> tuple[set[str], set[str]]:
    """Methods that gave a result in a round over a socket, and operations that the server carried out."""
    name = api.replace("_", "-")
    called: set[str] = set()
    answered: set[str] = set()

    class Watched(sandbox_class(name)):  # type: ignore[misc]
        def finish(self, call: Any, answer: Answer) -> Answer:
            if call is not None and answer.status < 400 and self.succeeded(answer):
                answered.add(call.operation.id)
            finished: Answer = super().finish(call, answer)
            return finished

    settings: Json = {"edge": True} if api == "freqtrade" else {}
    runner = asyncio.Runner() if asynchronous else None
    kind = getattr(package(api), ("Async" if asynchronous else "") + APIS[api])

    def finished(result: Any) -> Any:
        return runner.run(result) if runner is not None and inspect.isawaitable(result) else result

    with Running(Watched(check_answers=True, **settings)) as server:
        client = kind(**CREDENTIALS[name], base_url=server.url, max_retries=0)

        def do(method: str, *args: Any, **kwargs: Any) -> Any:
            found: Any = client
            for part in method.split("."):
                found = getattr(found, part)
            result = finished(found(*args, **kwargs))
            called.add(method)
            return result

        try:
            round_(do)
        finally:
            finished(client.close())
            if runner is not None:
                runner.close()
    return called, answered


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("api", ROUNDS)
def test_every_method_carries_out_its_operation_over_http(api: str, asynchronous: bool) -> None:
    called, answered = carry_out(api, ROUNDS[api], asynchronous=asynchronous)
    assert called == set(methods_of(getattr(package(api), ("Async" if asynchronous else "") + APIS[api])))
    assert answered == operations_of(api)


def test_no_operation_is_overlooked() -> None:
    assert {api: len(operations_of(api)) for api in APIS} == {"coinbase_pro": 30, "freqtrade": 23, "onefox": 18}
    assert set(ROUNDS) == set(APIS)


def test_a_call_that_the_server_refuses_counts_as_none() -> None:
    def refused(do: Do) -> None:
        with suppress(package("onefox").errors.APIError):
            do("order.close", 5)

    assert carry_out("onefox", refused, asynchronous=False) == (set(), set())
