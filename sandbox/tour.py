"""A tour of the three packages: every operation called over HTTP against the sandboxes, and a few calls that go wrong.

    python -m sandbox.tour

Nothing printed is prepared: the calls are made while you watch, and whatever goes wrong ends the tour with status 1.
"""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any, cast

import coinbase_pro_sdk
import freqtrade_sdk
import onefox_sdk

from .live import LiveSandbox
from .showing import WIDTH, Tour

__all__ = ["WIDTH", "Tour", "main"]

DAY = 24 * 60 * 60


def _exact(text: str | bytes) -> object:
    """JSON with every number as a decimal."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _once(done: str, before: int, now: int) -> str:
    """In words, that there is one more; the tour ends where that is not so."""
    if now != before + 1:
        raise AssertionError(f"{done} {now - before} times")
    return f"{before} before, {now} now: {done} once"


def _purchases(server: LiveSandbox) -> int:
    """How many forced purchases the bot carried out."""
    return sum(entry["operation"] == "forcebuy" for entry in server.journal())


def coinbase_pro(tour: Tour, server: LiveSandbox) -> None:
    """Every operation of Coinbase Pro."""
    errors = coinbase_pro_sdk.errors
    client: coinbase_pro_sdk.CoinbasePro = server.client()
    now = tour.call(client.time).iso
    tour.call(client.products.list)
    tour.call(client.products.order_book, "BTC-USD", level=3)
    ticker = tour.call(client.products.ticker, "BTC-USD")
    tour.call(client.products.trades, "BTC-USD", limit=2)
    start = (now - timedelta(hours=24)).replace(minute=0, second=0, microsecond=0)
    tour.call(client.products.historic_rates, "BTC-USD", granularity=3600, start=start, end=now)
    tour.call(client.products.stats, "BTC-USD")
    tour.call(client.currencies.list)
    accounts = {account.currency: account for account in tour.call(client.accounts.list)}
    tour.call(client.accounts.get, str(accounts["USD"].id))
    order = tour.call(client.orders.limit, "buy", "BTC-USD", ticker.bid - 48, "0.5", post_only=True, stp="dc")
    tour.call(client.accounts.holds, str(accounts["USD"].id), limit=100)
    bought = tour.call(client.orders.market, "buy", "BTC-USD", funds=500)
    tour.call(client.orders.get, str(bought.id))
    tour.call(client.orders.list, status=["all"], limit=100)
    fills = tour.call(client.fills.list, product_id="BTC-USD", limit=100)
    ledger = tour.call(client.accounts.history, str(accounts["USD"].id), limit=2)
    tour.call(client.orders.cancel, str(order.id))
    tour.call(client.orders.cancel_all, product_id="BTC-USD")
    bank = next(method for method in tour.call(client.payment_methods.list) if method.currency == "USD")
    wallet = next(found for found in tour.call(client.coinbase_accounts.list) if found.currency == "BTC")
    tour.call(client.deposits.payment_method, Decimal("1500.00"), "USD", str(bank.id))
    tour.call(client.deposits.coinbase, Decimal("0.1"), "BTC", wallet.id)
    tour.call(client.withdrawals.payment_method, Decimal("250.00"), "USD", str(bank.id))
    tour.call(client.withdrawals.coinbase, Decimal("0.1"), "BTC", wallet.id)
    tour.call(client.withdrawals.crypto, Decimal("0.25"), "BTC", "1ExampleExampleExampleExample")
    tour.call(client.conversions.create, "USD", "USDC", Decimal("250.00"))
    tour.call(client.fees.get)
    report = tour.call(client.reports.create, "fills", start, now, product_id="BTC-USD")
    tour.call(client.reports.status, str(report.id))
    tour.call(client.users.trailing_volume)

    tour.topic("Values are exact and typed")
    tour.fact("ticker.price", repr(ticker.price))
    tour.fact("ticker.time", f"{ticker.time}  (an aware datetime)")
    tour.fact("order.id", repr(order.id))
    tour.fact("order.side", repr(order.side))
    raw = client.with_raw_response.products.ticker("BTC-USD")
    text = coinbase_pro_sdk.to_json(raw.parse())
    tour.fact("to_json(ticker)", text)
    tour.fact("same JSON as received", str(_exact(text) == _exact(raw.content)))
    paid = sum(fill.price * fill.size + fill.fee for fill in fills)
    tour.fact("sum of fills and fees", f"{paid} of {bought.specified_funds} asked for")

    tour.topic("A page knows the next one; all() walks on")
    walked = [entry.id for entry in ledger.all()]
    tour.fact("ledger", f"{ledger!r}, cursor {ledger.cursor!r}")
    tour.fact("[e.id for e in ledger.all()]", repr(walked))

    tour.topic("What cannot be right is refused before it is sent")
    tour.refused(TypeError, client.orders.limit, "buy", "BTC-USD", cast("Any", 7150.25), "0.5")
    tour.refused(ValueError, client.orders.limit, "buy", "BTC-USD", 7150, "0.5", time_in_force="GTT")

    tour.topic("What the API refuses is an error that says so")
    tour.refused(errors.NotFoundError, client.products.ticker, "NO-SUCH")
    tour.refused(errors.BadRequestError, client.orders.limit, "buy", "BTC-USD", ticker.bid, "250")

    tour.topic("The reply to an order gets lost. It is not sent again, but looked up by the key it went out with")
    before = len(client.orders.list(status=["open"]))
    server.fault("orders.limit", "drop-after")
    price = ticker.bid - Decimal("11.84")
    lost = tour.refused(errors.OutcomeUnknown, client.orders.limit, "buy", "BTC-USD", price, "0.25")
    found: coinbase_pro_sdk.models.Order = lost.resolve()
    tour.fact("unknown.resolve()", f"Order {found.id}, {found.status}, {found.size} at {found.price}")
    tour.fact("open orders", _once("placed", before, len(client.orders.list(status=["open"]))))

    tour.topic("A read whose reply gets lost is tried again")
    server.fault("products.ticker", "drop-after")
    tour.call(client.products.ticker, "BTC-USD")

    tour.topic("Secrets stay hidden")
    tour.fact("repr(client)", repr(client))
    if lost.request is not None:
        shown = [f"{name}: {value}" for name, value in lost.request.headers.items() if name.startswith("CB-")]
        tour.fact("unknown.request.headers", ", ".join(shown))

    async def at_once() -> None:
        async with server.async_client() as client:
            await tour.together(
                tour.called_later(client.products.ticker, "BTC-USD"),
                tour.called_later(client.products.stats, "BTC-USD"),
                tour.called_later(client.products.order_book, "BTC-USD", level=1),
            )

    tour.topic("The same, three at once")
    asyncio.run(at_once())


def freqtrade(tour: Tour, server: LiveSandbox) -> None:
    """Every operation of Freqtrade."""
    errors = freqtrade_sdk.errors
    client: freqtrade_sdk.Freqtrade = server.client()
    tour.call(client.ping)
    tokens = tour.call(client.token.login)
    tour.call(client.token.refresh, refresh_token=tokens.refresh_token)
    tour.call(client.version)
    config = tour.call(client.show_config)
    tour.call(client.start)
    tour.call(client.count)
    trades = tour.call(client.status)
    tour.call(client.trades, limit=2)
    tour.call(client.profit)
    tour.call(client.performance)
    tour.call(client.balance)
    tour.call(client.daily, timescale=3)
    tour.call(client.whitelist)
    tour.call(client.blacklist)
    tour.call(client.blacklist, add=["NEO/BTC"])
    tour.call(client.forcebuy, "LTC/BTC", price=Decimal("0.00495"))
    tour.call(client.forcesell, str(trades[0].trade_id))
    tour.call(client.delete_trade, 1)
    tour.refused(errors.ServerError, client.edge)
    server.door("edge", enabled=True)
    tour.call(client.edge)
    server.door("edge", enabled=False)

    tour.topic("Times in every spelling are aware datetimes; no number passes through a float")
    trade = trades[0]
    tour.fact("trade.open_date", str(trade.open_date))
    tour.fact("trade.open_timestamp", str(trade.open_timestamp))
    tour.fact("trade.current_rate", repr(trade.current_rate))
    tour.fact("config.state", f"{config.state!r}, is_known {config.state.is_known}")

    tour.topic("The client logs in by itself and renews its token")
    server.clock(DAY)
    tour.call(client.count)
    tour.fact("repr(tokens)", repr(tokens))

    tour.topic("The reply to a forced buy gets lost: there is no key to look up, so the message says where to look")
    tour.call(client.stopbuy)
    held = {trade.pair for trade in client.status()}
    pair = next(pair for pair in client.whitelist().whitelist if pair not in held)
    before = _purchases(server)
    server.fault("forcebuy", "drop-after")
    tour.refused(errors.OutcomeUnknown, client.forcebuy, pair)
    tour.fact("status()", ", ".join(f"{trade.pair} #{trade.trade_id}" for trade in client.status()))
    tour.fact("purchases in its journal", _once("bought", before, _purchases(server)))

    tour.topic("A bot that declines is not a bot that failed")
    tour.refused(errors.ServerError, client.forcebuy, pair)

    async def at_once() -> None:
        async with server.async_client() as client:
            await tour.together(
                tour.called_later(client.count), tour.called_later(client.profit), tour.called_later(client.whitelist)
            )

    tour.topic("Three at once, and good night")
    asyncio.run(at_once())
    tour.call(client.stop)
    tour.call(client.reload_config)


def onefox(tour: Tour, server: LiveSandbox) -> None:
    """Every operation of 1Fox."""
    errors = onefox_sdk.errors
    client: onefox_sdk.OneFox = server.client()
    tour.call(client.quota.status)
    tour.call(client.user.get)
    ticker = client.market.ticker(["BTCUSD"])["BTCUSD"]
    bid = ticker.bid or Decimal(0)
    waiting = tour.call(client.order.create, "BTCUSD", "0.3", "LONG", 2, "LIMIT", limit_price=bid - 500)
    if waiting is not None and waiting.order_id:
        tour.call(client.order.close, waiting.order_id)
    for size in ("0.3", "0.2", "0.1"):
        tour.call(client.order.create, "BTCUSD", Decimal(size), "SHORT", 2, "MARKET")
    overview = tour.call(client.user.overview)
    first, *others = overview.positions
    stop, profit = bid + 3000, bid - 3000
    edited = tour.call(client.position.edit, int(first), stop_loss=stop, take_profit=profit)
    merged = tour.call(client.position.merge, [int(first), *map(int, others)]).position_id
    tour.call(client.position.trades, merged)
    server.clock(DAY)
    tour.call(client.position.fees, merged)
    tour.call(client.position.close, merged)
    tour.call(client.position.history, limit=10)

    async def at_once() -> None:
        async with server.async_client() as client:
            end = (await client.market.trades("BTCUSD"))[0].date
            await tour.together(
                tour.called_later(client.market.list),
                tour.called_later(client.market.get, "BTCUSD"),
                tour.called_later(client.market.bars, "BTCUSD", 60, date_start=end - timedelta(hours=3), date_end=end),
                tour.called_later(client.market.orderbook, "BTCUSD", depth=2),
                tour.called_later(client.market.ticker, ["BTCUSD", "BCHUSD"]),
                tour.called_later(client.market.index_history, "BTCUSD"),
                tour.called_later(client.market.trades, "BTCUSD"),
            )

    asyncio.run(at_once())

    tour.topic("Results come without their envelope, which can be had")
    raw = client.with_raw_response.user.overview()
    tour.fact("edited", repr(edited))
    envelope = raw.envelope()
    tour.fact("raw.envelope()", f"server_time {envelope.server_time}, error {envelope.error}")
    position = overview.positions[first]
    tour.fact("position.entry_price", repr(position.entry_price))
    tour.fact("position.date_created", str(position.date_created))

    tour.topic("A warning of the API is a Python warning")
    server.door("warning", message="API version 1 will be switched off. Please move to version 2.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client.quota.status()
    server.door("warning", message=None)
    tour.fact(caught[0].category.__name__, str(caught[0].message))

    tour.topic("No, nonsense and silence are three different errors")
    tour.refused(errors.APIError, client.order.create, "BTCUSD", "0.3", "SHORT", 2, "LIMIT", limit_price="4300.355")
    server.fault("market.ticker", "html-200")
    tour.refused(errors.InvalidReply, client.with_options(max_retries=0).market.ticker, ["BTCUSD"])
    before = len(client.user.overview().positions)
    server.fault("order.create", "drop-after")
    tour.refused(errors.OutcomeUnknown, client.order.create, "BTCUSD", "0.3", "SHORT", 10, "MARKET")
    tour.fact("positions", _once("opened", before, len(client.user.overview().positions)))


def main() -> int:
    """Make the tour; 1 if something went wrong."""
    started = perf_counter()
    tour = Tour()
    with ExitStack() as stack:
        for title, name, visit in (
            ("Coinbase Pro", "coinbase-pro", coinbase_pro),
            ("Freqtrade", "freqtrade", freqtrade),
            ("1Fox", "onefox", onefox),
        ):
            server = stack.enter_context(LiveSandbox(name))
            tour.section(title, server.url)
            visit(tour, server)
    counts = ", ".join(f"{title} {len(names)}" for title, names in tour.called.items())
    total = sum(map(len, tour.called.values()))
    print(f"\n{total} operations called ({counts}), all as they should be, in {perf_counter() - started:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
