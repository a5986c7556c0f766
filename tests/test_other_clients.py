"""Clients that others wrote, on the sandboxes over HTTP: they find what they expect, and what our packages find."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import attrs
import copra.rest
import pytest
from coinbase_pro_sdk import errors
from freqtrade_client.ft_rest_client import FtRestClient

from sandbox.pytest_plugin import LiveSandbox

ADDRESS = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
PRODUCT = "BTC-USD"


def shape(value: Any) -> Any:
    """Names and types of a JSON value; of a list, those of its first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else type(value).__name__


def public_methods(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


# CoPrA 1.2.9 on Coinbase Pro


@attrs.frozen
class Exchange:
    """One exchange, asked by CoPrA and by our package. Its clock stands still, so both see the same."""

    theirs: Any
    ours: Any
    sandbox: LiveSandbox

    async def both(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """What CoPrA's method gives, and the JSON that our package's method got, once it has been read."""
        theirs = await getattr(self.theirs, name)(*args, **kwargs)
        method = self.ours.with_raw_response
        ours_name, ours_args, ours_kwargs = SHARED[name](args, kwargs)
        for part in ours_name.split("."):
            method = getattr(method, part)
        raw = method(*ours_args, **ours_kwargs)
        raw.parse()
        return theirs, json.loads(raw.content)


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    with LiveSandbox("coinbase-pro") as sandbox:
        moment = sandbox.application.now()
        sandbox.application.now = lambda: moment
        loop = asyncio.get_running_loop()
        async with copra.rest.Client(loop, url=sandbox.url, auth=True, **sandbox.credentials) as theirs:
            yield Exchange(theirs, sandbox.client(), sandbox)


Translation = Callable[[tuple[Any, ...], dict[str, Any]], tuple[str, tuple[Any, ...], dict[str, Any]]]


def same(name: str) -> Translation:
    """The same arguments; only that numbers are exact."""

    def exact(value: Any) -> Any:
        return repr(value) if isinstance(value, float) else value

    def translate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return name, tuple(map(exact, args)), {key: exact(value) for key, value in kwargs.items()}

    return translate


def times(name: str) -> Translation:
    """Times are objects in our package, and texts in CoPrA."""
    from datetime import datetime

    def translate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        def read(value: Any) -> Any:
            return datetime.fromisoformat(value) if isinstance(value, str) and value.endswith("Z") else value

        return name, tuple(map(read, args)), {key: read(value) for key, value in kwargs.items()}

    return translate


SHARED: dict[str, Translation] = {
    "products": same("products.list"),
    "order_book": same("products.order_book"),
    "ticker": same("products.ticker"),
    "trades": same("products.trades"),
    "historic_rates": times("products.historic_rates"),
    "get_24hour_stats": same("products.stats"),
    "currencies": same("currencies.list"),
    "server_time": same("time"),
    "accounts": same("accounts.list"),
    "account": same("accounts.get"),
    "account_history": same("accounts.history"),
    "holds": same("accounts.holds"),
    "limit_order": same("orders.limit"),
    "market_order": same("orders.market"),
    "cancel": same("orders.cancel"),
    "cancel_all": same("orders.cancel_all"),
    "orders": same("orders.list"),
    "get_order": same("orders.get"),
    "fills": same("fills.list"),
    "payment_methods": same("payment_methods.list"),
    "coinbase_accounts": same("coinbase_accounts.list"),
    "deposit_payment_method": same("deposits.payment_method"),
    "deposit_coinbase": same("deposits.coinbase"),
    "withdraw_payment_method": same("withdrawals.payment_method"),
    "withdraw_coinbase": same("withdrawals.coinbase"),
    "withdraw_crypto": same("withdrawals.crypto"),
    "stablecoin_conversion": same("conversions.create"),
    "fees": same("fees.get"),
    "create_report": times("reports.create"),
    "report_status": same("reports.status"),
    "trailing_volume": same("users.trailing_volume"),
}
NOT_SHARED = {
    "get": "any path, beneath the other methods",
    "post": "any path, beneath the other methods",
    "delete": "any path, beneath the other methods",
    "close": "closes the connections",
}


def test_the_tables_hold_every_method_of_copra() -> None:
    assert copra.__version__ == "1.2.9"
    assert public_methods(copra.rest.Client) == SHARED.keys() | NOT_SHARED.keys()
    assert not SHARED.keys() & NOT_SHARED.keys()
    assert len(SHARED) == 31


MARKET_CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "products": ((), {}),
    "order_book": ((PRODUCT,), {"level": 2}),
    "ticker": ((PRODUCT,), {}),
    "historic_rates": ((PRODUCT,), {"granularity": 300}),
    "get_24hour_stats": ((PRODUCT,), {}),
    "currencies": ((), {}),
    "server_time": ((), {}),
    "accounts": ((), {}),
    "payment_methods": ((), {}),
    "coinbase_accounts": ((), {}),
    "fees": ((), {}),
}


@pytest.mark.parametrize("name", MARKET_CALLS)
async def test_copra_reads_what_our_package_reads(exchange: Exchange, name: str) -> None:
    args, kwargs = MARKET_CALLS[name]
    theirs, ours = await exchange.both(name, *args, **kwargs)
    assert theirs == ours
    assert theirs


@pytest.mark.parametrize("level", [1, 3])
async def test_copra_reads_every_level_of_the_book(exchange: Exchange, level: int) -> None:
    theirs, ours = await exchange.both("order_book", PRODUCT, level=level)
    assert theirs == ours
    assert float(theirs["bids"][0][0]) < float(theirs["asks"][0][0])


async def test_copra_reads_candles_of_a_span(exchange: Exchange) -> None:
    now = (await exchange.theirs.server_time())["iso"]
    day = now[:10]
    theirs, ours = await exchange.both(
        "historic_rates", PRODUCT, granularity=3600, start=f"{day}T00:00:00Z", end=f"{day}T00:00:00Z"
    )
    assert theirs == ours


async def test_copra_walks_the_pages_of_trades(exchange: Exchange) -> None:
    (first, before, after), ours = await exchange.both("trades", PRODUCT, limit=5)
    assert first == ours
    assert (before, after) == (str(first[0]["trade_id"]), str(first[-1]["trade_id"]))
    (older, _, _), ours = await exchange.both("trades", PRODUCT, limit=5, after=after)
    assert older == ours
    assert [row["trade_id"] for row in older] == [first[-1]["trade_id"] - step for step in range(1, 6)]
    (newer, _, _), ours = await exchange.both("trades", PRODUCT, limit=5, before=str(older[-1]["trade_id"]))
    assert newer == ours
    assert {row["trade_id"] for row in newer} <= {row["trade_id"] for row in first + older}


async def test_copra_trades_with_floats(exchange: Exchange) -> None:
    """Orders of both kinds, and everything that tells of them; each one placed by both clients."""
    ticker = await exchange.theirs.ticker(PRODUCT)
    price = round(float(ticker["bid"]) * 0.9, 2)
    theirs, ours = await exchange.both("limit_order", "buy", PRODUCT, price, 0.05, post_only=True, stp="cn")
    assert shape(theirs) == shape(ours)
    assert float(theirs["price"]) == float(ours["price"]) == price
    assert (theirs["size"], theirs["status"]) == (ours["size"], ours["status"])
    (listed, before, after), again = await exchange.both("orders", status=["open", "pending"], limit=1)
    assert listed == again
    assert listed[0]["id"] == ours["id"]
    assert before
    assert after
    got, again = await exchange.both("get_order", theirs["id"])
    assert got == again
    assert float(got["size"]) == float(theirs["size"]) == 0.05
    dollars = next(row for row in await exchange.theirs.accounts() if row["currency"] == "USD")
    (held, _, _), again = await exchange.both("holds", dollars["id"])
    assert held == again
    assert {row["ref"] for row in held} == {theirs["id"], ours["id"]}
    account, again = await exchange.both("account", dollars["id"])
    assert account == again
    assert float(account["hold"]) >= 2 * price * 0.05

    bought, ours_bought = await exchange.both("market_order", "buy", PRODUCT, size=0.01)
    assert shape(bought) == shape(ours_bought)
    (fills, _, _), again = await exchange.both("fills", product_id=PRODUCT)
    assert fills == again
    assert {row["order_id"] for row in fills} == {bought["id"], ours_bought["id"]}
    (of_one, _, _), again = await exchange.both("fills", order_id=bought["id"])
    assert of_one == again
    assert sum(float(row["size"]) for row in of_one) == pytest.approx(0.01)
    (history, _, _), again = await exchange.both("account_history", dollars["id"], limit=10)
    assert history == again
    assert {row["type"] for row in history} >= {"match", "fee"}
    volumes, again = await exchange.both("trailing_volume")
    assert volumes == again

    assert await exchange.theirs.cancel(theirs["id"]) in (theirs["id"], [theirs["id"]])
    assert str(exchange.ours.orders.cancel(ours["id"])).strip("[']") == ours["id"]
    with pytest.raises(copra.rest.APIRequestError, match=r"\[404\]"):
        await exchange.theirs.get_order(theirs["id"])
    with pytest.raises(errors.NotFoundError):
        exchange.ours.orders.get(ours["id"])


async def test_copra_places_every_form_of_order(exchange: Exchange) -> None:
    ticker = await exchange.theirs.ticker(PRODUCT)
    low, high = round(float(ticker["bid"]) * 0.8, 2), round(float(ticker["ask"]) * 1.2, 2)
    forms: list[dict[str, Any]] = [
        {"time_in_force": "GTT", "cancel_after": "hour"},
        {"time_in_force": "IOC"},
        {"time_in_force": "FOK"},
        {"client_oid": "6c0f0d3e-8a34-4be4-9c3f-2f6bb0d1b7a1"},
        {"stop": "entry", "stop_price": high},
    ]
    for form in forms:
        rate = high if "stop" in form else low
        order = await exchange.theirs.limit_order("buy", PRODUCT, rate, 0.01, **form)
        assert {key: order[key] for key in form.keys() & {"time_in_force", "stop"}} == {
            key: form[key] for key in form.keys() & {"time_in_force", "stop"}
        }
    spent = await exchange.theirs.market_order("buy", PRODUCT, funds=50.5)
    assert float(spent["specified_funds"]) == 50.5
    with pytest.raises(copra.rest.APIRequestError, match=r"\[400\]"):
        await exchange.theirs.limit_order("buy", PRODUCT, low, 1e-9)


async def test_copra_cancels_everything(exchange: Exchange) -> None:
    ticker = await exchange.theirs.ticker(PRODUCT)
    low = round(float(ticker["bid"]) * 0.8, 2)
    one = await exchange.theirs.limit_order("buy", PRODUCT, low, 0.01)
    assert await exchange.theirs.cancel_all(product_id=PRODUCT, stop=True) == [one["id"]]
    other = await exchange.theirs.limit_order("buy", PRODUCT, low, 0.01)
    assert [str(each) for each in exchange.ours.orders.cancel_all(product_id=PRODUCT)] == [other["id"]]
    theirs, ours = await exchange.both("cancel_all", product_id=PRODUCT)
    assert theirs == ours == []


async def test_copra_moves_money(exchange: Exchange) -> None:
    methods = await exchange.theirs.payment_methods()
    bank = next(each["id"] for each in methods if each["currency"] == "USD" and each["allow_deposit"])
    wallets = await exchange.theirs.coinbase_accounts()
    wallet = next(each["id"] for each in wallets if each["currency"] == "BTC" and float(each["balance"]) > 1)
    before = {row["currency"]: float(row["available"]) for row in await exchange.theirs.accounts()}
    for name, args in (
        ("deposit_payment_method", (25.5, "USD", bank)),
        ("withdraw_payment_method", (10.5, "USD", bank)),
        ("deposit_coinbase", (0.25, "BTC", wallet)),
        ("withdraw_coinbase", (0.125, "BTC", wallet)),
        ("withdraw_crypto", (0.0625, "BTC", ADDRESS)),
        ("stablecoin_conversion", ("USD", "USDC", 12.5)),
    ):
        theirs, ours = await exchange.both(name, *args)
        assert shape(theirs) == shape(ours), name
        assert theirs["id"] != ours["id"]
        assert float(theirs["amount"]) == float(ours["amount"]), name
    after = {row["currency"]: float(row["available"]) for row in await exchange.theirs.accounts()}
    assert after["BTC"] - before["BTC"] == pytest.approx(2 * (0.25 - 0.125 - 0.0625))
    assert after["USDC"] - before.get("USDC", 0.0) == pytest.approx(25.0)


async def test_copra_gets_reports(exchange: Exchange) -> None:
    asked = ("fills", "2019-11-01T00:00:00.000Z", "2019-11-30T00:00:00.000Z")
    theirs, ours = await exchange.both("create_report", *asked, product_id=PRODUCT, report_format="csv")
    assert shape(theirs) == shape(ours)
    status, again = await exchange.both("report_status", theirs["id"])
    assert status == again
    assert status["id"] == theirs["id"]
    assert status["type"] == "fills"


async def test_copra_is_told_why_it_is_not_let_in(exchange: Exchange) -> None:
    exchange.theirs.passphrase = "wrong"
    with pytest.raises(copra.rest.APIRequestError, match=r"\[40[013]\]"):
        await exchange.theirs.accounts()
    with pytest.raises(copra.rest.APIRequestError, match=r"\[404\]"):
        await exchange.theirs.ticker("NO-SUCH")


# freqtrade-client on Freqtrade


FREQTRADE_SHARED = {
    "balance",
    "blacklist",
    "count",
    "daily",
    "delete_trade",
    "forcebuy",
    "performance",
    "ping",
    "profit",
    "reload_config",
    "show_config",
    "start",
    "status",
    "stop",
    "stopbuy",
    "trades",
    "version",
    "whitelist",
}
LATER = "a path that servers of August 2020 do not have"
FREQTRADE_NOT_SHARED = {
    **dict.fromkeys(
        (
            *("available_pairs", "cancel_open_order", "delete_lock", "entries", "exits", "forceenter", "health"),
            *("list_custom_data", "list_open_trades_custom_data", "lock_add", "locks", "mix_tags", "monthly"),
            *("pair_candles", "pair_history", "pairlists_available", "plot_config", "stats", "strategies", "strategy"),
            *("sysinfo", "trade", "weekly"),
        ),
        LATER,
    ),
    "forceexit": "the successor of forcesell, on a path of its own",
    "logs": "release 2020.8 has it, the document does not",
}


@attrs.frozen
class Bot:
    theirs: FtRestClient
    ours: Any
    sandbox: LiveSandbox

    def raw(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The JSON that our package got, once it has been read."""
        raw = getattr(self.ours.with_raw_response, name)(*args, **kwargs)
        raw.parse()
        return json.loads(raw.content)

    def turn(self) -> None:
        """Let the main loop come round."""
        self.sandbox.application.offset += 6


@pytest.fixture
def bot() -> Iterator[Bot]:
    with LiveSandbox("freqtrade") as sandbox:
        application = sandbox.application
        moment = application.now()
        application.now = lambda: moment + application.offset
        credentials = sandbox.credentials
        client = FtRestClient(sandbox.url, credentials["username"], credentials["password"])
        with client._session:
            yield Bot(client, sandbox.client(), sandbox)


def test_the_tables_hold_every_method_of_freqtrade_client() -> None:
    assert public_methods(FtRestClient) == FREQTRADE_SHARED | FREQTRADE_NOT_SHARED.keys()
    assert not FREQTRADE_SHARED & FREQTRADE_NOT_SHARED.keys()


@pytest.mark.parametrize(
    "name",
    [
        "balance",
        "blacklist",
        "count",
        "daily",
        "performance",
        "profit",
        "show_config",
        "status",
        "trades",
        "version",
        "whitelist",
    ],
)
def test_freqtrade_client_reads_what_our_package_reads(bot: Bot, name: str) -> None:
    theirs = getattr(bot.theirs, name)()
    assert theirs == bot.raw(name)
    assert theirs


def test_freqtrade_client_passes_arguments(bot: Bot) -> None:
    assert bot.theirs.daily(3) == bot.raw("daily", timescale=3)
    assert len(bot.theirs.daily(3)["data"]) == 3
    assert bot.theirs.trades(limit=2) == bot.raw("trades", limit=2)
    assert len(bot.theirs.trades(limit=2)["trades"]) == 2


def test_freqtrade_client_controls_the_bot(bot: Bot) -> None:
    assert bot.theirs.ping() == {"status": "pong"} == bot.raw("ping")
    assert bot.theirs.start() == {"status": "already running"} == bot.raw("start")
    assert bot.theirs.stopbuy() == bot.raw("stopbuy")
    assert bot.theirs.count()["max"] == 0
    assert bot.theirs.stop() == {"status": "stopping trader ..."}
    assert bot.theirs.stop() == {"status": "already stopped"} == bot.raw("stop")
    assert bot.theirs.ping() == {"status": "not_running"}
    assert bot.theirs.count() == {"error": "Error querying _count: trader is not running"}
    assert bot.theirs.start() == {"status": "starting trader ..."}
    assert bot.theirs.reload_config() == bot.raw("reload_config")
    bot.turn()
    assert bot.theirs.show_config()["max_open_trades"] == 5


def test_freqtrade_client_trades(bot: Bot) -> None:
    theirs = bot.theirs.forcebuy("XRP/BTC")
    ours = bot.raw("forcebuy", "LTC/BTC", price="0.0049")
    assert shape(theirs) == shape(ours)
    assert bot.theirs.forcebuy("NEO/BTC", 0.0012)["open_rate"] == 0.0012
    assert [row["pair"] for row in bot.theirs.status()][-3:] == ["XRP/BTC", "LTC/BTC", "NEO/BTC"]
    assert "already open" in bot.theirs.forcebuy("XRP/BTC")["error"]
    deleted = bot.theirs.delete_trade(theirs["trade_id"])
    assert deleted["result"] == "success"
    assert shape(deleted) == shape(bot.raw("delete_trade", ours["trade_id"]))
    assert "invalid argument" in bot.theirs.delete_trade(999)["error"]


def test_freqtrade_client_adds_to_the_blacklist(bot: Bot) -> None:
    theirs = bot.theirs.blacklist("XRP/BTC", "NO/SUCH")
    assert theirs["blacklist"] == ["DOGE/BTC", "XRP/BTC"]
    assert shape(theirs["errors"]) == {"NO/SUCH": {"error_msg": "str"}}
    assert bot.raw("blacklist") == bot.theirs.blacklist()
    assert bot.raw("blacklist", add=["NEO/BTC"])["length"] == 3
