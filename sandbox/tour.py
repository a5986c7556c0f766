"""A tour of the three packages: every operation called over HTTP against recorded replies.

    python -m sandbox.tour

Nothing printed is prepared: the calls are made while you watch, and whatever goes wrong ends the tour with status 1.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import textwrap
import warnings
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from time import perf_counter
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import attrs
import coinbase_pro_sdk
import freqtrade_sdk
import onefox_sdk
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro
from coinbase_pro_sdk import AsyncPage as AsyncCoinbasePage
from coinbase_pro_sdk import Page as CoinbasePage
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from onefox_sdk import AsyncOneFox, OneFox
from onefox_sdk import AsyncPage as AsyncOneFoxPage
from onefox_sdk import Page as OneFoxPage

from .replay import RECORDINGS, Replay

__all__ = ["Tour", "main"]

P = ParamSpec("P")
T = TypeVar("T")

WIDTH = 100
_CALL, _TYPE = 40, 21
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Fields that say which one it is, and fields worth showing before others.
_NAMES = ("symbol", "pair", "product_id", "id", "order_id", "position_id", "currency")
_BEST = ("price", "amount", "available", "entry_price", "profit", "current_rate", "close", "funds", "total")

KEY, SECRET, PASSPHRASE = "sandbox-key", "c2FuZGJveC1zZWNyZXQ=", "sandbox"
USERNAME, PASSWORD = "Freqtrader", "SuperSecret1!"
TOKEN = "SANDBOXTOKEN0000000000000000000000"  # noqa: S105 - as above

ACCOUNT = "9e7d5b3a-1c2f-4e60-8a94-6b5c4d3e2f10"
ORDER = "d1f5c6b2-8a3e-4f17-b0c9-62a7e54d3b10"
BANK = "1d7a93c4-52ef-5b08-9c61-e0b4a8d2f573"
WALLET = "86f0b2d5-1a4c-5e97-b3d8-7c2e9f406a1b"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _name(method: Callable[..., object]) -> str:
    """The name of a bound method as a caller writes it: `orders.limit`."""
    owner = type(cast("Any", method).__self__).__name__
    resource = re.fullmatch(r"(?:Async)?(\w+)Resource", owner)
    own = cast("str", cast("Any", method).__name__)
    if resource is None:
        return own
    return re.sub(r"(?<!^)(?=[A-Z])", "_", resource.group(1)).lower() + "." + own


def _argument(value: object, name: str = "") -> str:
    match value:
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case Decimal():
            return f"Decimal('{value}')"
        case UUID() | str() if _UUID.fullmatch(str(value)):
            return f"'{str(value)[:8]}…'"
        case _:
            return "'***'" if name.endswith("token") else repr(value)


def _type(value: object) -> str:
    """The type of a result in words: `list[Product]`."""
    match value:
        case dict():
            items = cast("Mapping[str, object]", value)
            return f"dict[str, {_type(next(iter(items.values())))}]" if items else "dict"
        case list() | CoinbasePage() | AsyncCoinbasePage() | OneFoxPage() | AsyncOneFoxPage():
            rows = cast("Sequence[object]", value)
            return f"{type(rows).__name__}[{_type(rows[0])}]" if rows else type(rows).__name__
        case _:
            return type(value).__name__ if value is not None else "None"


def _plain(value: object) -> str:
    match value:
        case datetime():
            text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
            return text.rstrip("0").rstrip(".") + "Z"
        case UUID():
            return f"{str(value)[:8]}…"
        case Enum():
            return str(value.value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _facts(value: object, width: int) -> str:
    """What fits of a result: the first item of a list or map; name and a few fields of an object, exact ones first."""
    match value:
        case None:
            return "done"
        case dict():
            items = cast("Mapping[str, object]", value)
            start = f"{len(items)}: "
            key, item = next(iter(items.items()), ("", None))
            text = _facts(item, width - len(start))
            return (
                (start + text if text.startswith(key) else f"{start}{key}  {_facts(item, width - 10)}")
                if items
                else "empty"
            )
        case list() | CoinbasePage() | AsyncCoinbasePage() | OneFoxPage() | AsyncOneFoxPage():
            rows = cast("Sequence[object]", value)
            start = f"{len(rows)}: "
            return start + _facts(rows[0], width - len(start)) if rows else "empty"
        case _ if attrs.has(type(value)):
            return _fields(value, width) or _cut(repr(value), width)
        case tuple():
            return _fitting(map(_plain, cast("tuple[object, ...]", value)), width)
        case _:
            return _cut(_plain(value), width)


def _fields(value: Any, width: int) -> str:
    """The name of an object and a few fields."""
    fields = {name: field for name, field in attrs.asdict(value, recurse=False).items() if f"{name}=" in repr(value)}
    name = next((fields.pop(key) for key in _NAMES if isinstance(fields.get(key), (str, UUID))), None)
    ordered = sorted(fields, key=lambda key: (_rank(fields[key]), key not in _BEST))
    first = [] if name is None else [_plain(name)]
    return _fitting([*first, *(_field(key, fields[key]) for key in ordered if _rank(fields[key]) < 5)], width)


def _field(name: str, value: object) -> str:
    return f"{name} {len(cast('tuple[object, ...]', value)) if isinstance(value, tuple) else _plain(value)}"


def _rank(value: object) -> int:
    """What to show first: exact numbers, times, words of a set, counts, text."""
    kinds = ((Decimal,), (datetime,), (Enum,), (int, tuple), (str,))
    return next((rank for rank, kind in enumerate(kinds) if isinstance(value, kind)), len(kinds))


def _fitting(parts: Iterable[str], width: int) -> str:
    """As many parts as fit."""
    text = ""
    for part in parts:
        longer = f"{text}  {part}" if text else part
        if len(longer) <= width:
            text = longer
    return text


def _exact(text: str | bytes) -> object:
    """JSON with every number as a decimal."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


class Tour:
    """Calls methods and prints what they return."""

    def __init__(self) -> None:
        self.called: dict[str, set[str]] = {}
        """Names of the operations called, by API."""
        self._api = ""

    def section(self, title: str, url: str) -> None:
        """Begin with an API."""
        self._api = title
        self.called[title] = set()
        print(f"\n{title}  {url}\n{'─' * WIDTH}")

    def topic(self, text: str) -> None:
        """Begin with something special."""
        print(f"\n  {text}")

    def call(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method and print a line about it."""
        result = method(*args, **kwargs)
        self._line(_name(method), args, kwargs, result)
        return result

    async def called_later(
        self, method: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[], None]:
        """Call an asynchronous method; what is returned prints the line about it."""
        result = await method(*args, **kwargs)
        return partial(self._line, _name(method), args, kwargs, result, awaited=True)

    async def together(self, *calls: Awaitable[Callable[[], None]]) -> None:
        """Make calls at the same time and print their lines in order."""
        for show in await asyncio.gather(*calls):
            show()

    def refused(self, error: type[Exception], method: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a method that must fail in a certain way, and print how it does."""
        call = self._call(_name(method), args, kwargs)
        try:
            method(*args, **kwargs)
        except error as raised:
            self._wrapped("    ", call)
            self._message(raised)
            return
        raise AssertionError(f"{call} did not raise {error.__name__}")

    def fact(self, what: str, value: str) -> None:
        """Print something about a result."""
        self._wrapped(f"    {what:<28} ", value)

    def _call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
        given = [*map(_argument, args), *(f"{key}={_argument(value, key)}" for key, value in kwargs.items())]
        return f"{name}({', '.join(given)})"

    def _line(
        self, name: str, args: Sequence[object], kwargs: Mapping[str, object], result: object, *, awaited: bool = False
    ) -> None:
        # Reading and adding to the blacklist are two operations under one name.
        self.called[self._api].add(f"{name}(add)" if "add" in kwargs else name)
        call = self._call(name, args, kwargs)
        text = f"  {_cut(('await ' if awaited else '') + call, _CALL):<{_CALL}} {_cut(_type(result), _TYPE):<{_TYPE}} "
        print(text + _facts(result, WIDTH - len(text)))

    def _message(self, error: Exception) -> None:
        self._wrapped("      ", f"{type(error).__name__}: {error}", indent="        ")

    def _wrapped(self, start: str, text: str, indent: str | None = None) -> None:
        print(
            textwrap.fill(
                text, WIDTH, initial_indent=start, subsequent_indent=indent or " " * len(start), break_on_hyphens=False
            )
        )


def coinbase_pro(tour: Tour, server: Replay) -> None:
    """Every operation of Coinbase Pro."""
    errors = coinbase_pro_sdk.errors
    options: dict[str, Any] = {"base_url": server.url, "max_retries": 0}
    with CoinbasePro(key=KEY, secret=SECRET, passphrase=PASSPHRASE, **options) as client:
        tour.call(client.time)
        tour.call(client.products.list)
        tour.call(client.products.order_book, "BTC-USD", level=3)
        ticker = tour.call(client.products.ticker, "BTC-USD")
        tour.call(client.products.trades, "BTC-USD", limit=2)
        start, end = datetime(2019, 11, 20, 8, tzinfo=UTC), datetime(2019, 11, 20, 9, tzinfo=UTC)
        tour.call(client.products.historic_rates, "BTC-USD", granularity=3600, start=start, end=end)
        tour.call(client.products.stats, "BTC-USD")
        tour.call(client.currencies.list)
        tour.call(client.accounts.list)
        tour.call(client.accounts.get, ACCOUNT)
        ledger = tour.call(client.accounts.history, ACCOUNT, limit=100)
        tour.call(client.accounts.holds, ACCOUNT, limit=100)
        order = tour.call(
            client.orders.limit, "buy", "BTC-USD", Decimal("7150.25"), Decimal("0.5"), post_only=True, stp="dc"
        )
        tour.call(client.orders.market, "buy", "BTC-USD", funds=50)
        tour.call(client.orders.list, status=["all"], limit=100)
        tour.call(client.orders.get, str(order.id))
        with server.pin("orders.cancel-bare-string"):
            tour.call(client.orders.cancel, str(order.id))
        tour.call(client.orders.cancel_all, product_id="BTC-USD")
        tour.call(client.fills.list, product_id="BTC-USD", limit=100)
        tour.call(client.deposits.payment_method, Decimal("10000.00"), "USD", BANK)
        tour.call(client.deposits.coinbase, Decimal("0.1"), "BTC", WALLET)
        tour.call(client.withdrawals.payment_method, Decimal("10000.00"), "USD", BANK)
        tour.call(client.withdrawals.coinbase, Decimal("0.1"), "BTC", WALLET)
        tour.call(client.withdrawals.crypto, Decimal("0.25"), "BTC", "1ExampleExampleExampleExample")
        tour.call(client.conversions.create, "USD", "USDC", Decimal("250.00"))
        tour.call(client.payment_methods.list)
        tour.call(client.fees.get)
        tour.call(client.coinbase_accounts.list)
        report = tour.call(client.reports.create, "fills", datetime(2019, 11, 1, tzinfo=UTC), end, product_id="BTC-USD")
        tour.call(client.reports.status, report.id)
        with server.pin("users.trailing_volume-one"):
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

        tour.topic("A page knows the next one; all() walks on")
        walked = [entry.id for entry in ledger.all()]
        tour.fact("ledger", f"{ledger!r}, cursor {ledger.cursor!r}")
        tour.fact("[e.id for e in ledger.all()]", repr(walked))

        tour.topic("What cannot be right is refused before it is sent")
        tour.refused(TypeError, client.orders.limit, "buy", "BTC-USD", cast("Any", 7150.25), "0.5")
        tour.refused(ValueError, client.orders.limit, "buy", "BTC-USD", 7150, "0.5", time_in_force="GTT")

        tour.topic("What the API refuses is an error that says so")
        tour.refused(errors.NotFoundError, client.products.ticker, "NO-SUCH")
        with server.pin("orders.limit-400-funds"):
            tour.refused(errors.BadRequestError, client.orders.limit, "buy", "BTC-USD", 7150, "0.5")

        tour.topic("Secrets stay hidden")
        tour.fact("repr(client)", repr(client))
        try:
            client.accounts.get("00000000-0000-4000-8000-000000000000")
        except errors.NotFoundError as error:
            if error.request is not None:
                shown = [f"{name}: {value}" for name, value in error.request.headers.items() if name.startswith("CB-")]
                tour.fact("error.request.headers", ", ".join(shown))

    async def at_once() -> None:
        async with AsyncCoinbasePro(**options) as client:
            await tour.together(
                tour.called_later(client.products.ticker, "BTC-USD"),
                tour.called_later(client.products.stats, "BTC-USD"),
                tour.called_later(client.products.order_book, "BTC-USD", level=1),
            )

    tour.topic("The same, three at once")
    asyncio.run(at_once())


def freqtrade(tour: Tour, server: Replay) -> None:
    """Every operation of Freqtrade."""
    errors = freqtrade_sdk.errors
    options: dict[str, Any] = {"base_url": server.url, "max_retries": 0}
    with Freqtrade(username=USERNAME, password=PASSWORD, **options) as client:
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
        tour.call(client.edge)
        tour.call(client.forcebuy, "LTC/BTC", price=Decimal("0.00495"))
        tour.call(client.forcesell, "all")
        tour.call(client.delete_trade, 1)
        tour.call(client.stopbuy)
        tour.call(client.reload_config)
        tour.call(client.stop)

        tour.topic("Times in every spelling are aware datetimes; no number passes through a float")
        trade = trades[0]
        tour.fact("trade.open_date", str(trade.open_date))
        tour.fact("trade.open_timestamp", str(trade.open_timestamp))
        tour.fact("trade.current_rate", repr(trade.current_rate))
        tour.fact("config.state", f"{config.state!r}, is_known {config.state.is_known}")
        with server.pin("edge/003-get-count"):
            tour.fact("count().max without a limit", repr(client.count().max))

        tour.topic("The client logs in by itself, once")
        logins = sum(request.path.endswith("/token/login") for request in server.requests)
        tour.fact("its own logins", f"{logins - 1} in {len(server.requests)} requests")
        tour.fact("repr(tokens)", repr(tokens))

        tour.topic("A bot that declines is not a bot that failed")
        with server.pin("full/014-get-edge"):
            tour.refused(errors.ServerError, client.edge)
        with server.pin("live/016-forcebuy-exchange-error"):
            tour.refused(errors.OutcomeUnknown, client.forcebuy, "XRP/BTC")

    async def at_once() -> None:
        async with AsyncFreqtrade(username=USERNAME, password=PASSWORD, **options) as client:
            await tour.together(
                tour.called_later(client.count), tour.called_later(client.profit), tour.called_later(client.status)
            )

    tour.topic("The same, three at once")
    asyncio.run(at_once())


def onefox(tour: Tour, server: Replay) -> None:
    """Every operation of 1Fox."""
    errors = onefox_sdk.errors
    options: dict[str, Any] = {"token": TOKEN, "base_url": server.url, "max_retries": 0}
    with OneFox(**options) as client:
        tour.call(client.quota.status)
        tour.call(client.user.get)
        overview = tour.call(client.user.overview)
        tour.call(
            client.order.create,
            "BTCUSD",
            Decimal("2.345"),
            "SHORT",
            2,
            "LIMIT",
            limit_price="4300.35",
            take_profit=10000,
        )
        tour.call(client.order.close, 18947)
        edited = tour.call(client.position.edit, 4613, stop_loss="4305.45", take_profit="4812.36")
        tour.call(client.position.history, limit=10)
        tour.call(client.position.close, 4613)
        tour.call(client.position.trades, 22)
        tour.call(client.position.fees, 4613)
        tour.call(client.position.merge, [21, 22, 23])

    async def at_once() -> None:
        async with AsyncOneFox(**options) as client:
            start, end = datetime(2017, 11, 2, 12, tzinfo=UTC), datetime(2017, 11, 2, 13, 30, tzinfo=UTC)
            await tour.together(
                tour.called_later(client.market.list),
                tour.called_later(client.market.get, "BTCUSD"),
                tour.called_later(client.market.bars, "BTCUSD", 60, date_start=start, date_end=end),
                tour.called_later(client.market.orderbook, "BTCUSD", depth=2),
                tour.called_later(client.market.ticker, ["BTCUSD", "BCHUSD"]),
                tour.called_later(client.market.index_history, "BTCUSD"),
                tour.called_later(client.market.trades, "BTCUSD"),
            )

    asyncio.run(at_once())

    with OneFox(**options) as client:
        tour.topic("Results come without their envelope, which can be had")
        raw = client.with_raw_response.position.edit(4613, stop_loss="4305.45", take_profit="4812.36")
        tour.fact("edited", repr(edited))
        envelope = raw.envelope()
        tour.fact("raw.envelope()", f"server_time {envelope.server_time}, error {envelope.error}")
        position = next(iter(overview.positions.values()))
        tour.fact("position.entry_price", repr(position.entry_price))
        tour.fact("position.date_created", str(position.date_created))

        tour.topic("A warning of the API is a Python warning")
        with server.pin("quota.status-warning"), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            client.quota.status()
        tour.fact(caught[0].category.__name__, str(caught[0].message))

        tour.topic("No, nonsense and silence are three different errors")
        with server.pin("order.create-error-price-step"):
            tour.refused(errors.APIError, client.order.create, "BTCUSD", "2.345", "SHORT", 2, "MARKET")
        with server.pin("market.ticker-proxy-page-200"):
            tour.refused(errors.InvalidReply, client.market.ticker, ["BTCUSD"])
        with server.pin("order.create-proxy-page-504"):
            tour.refused(errors.OutcomeUnknown, client.order.create, "BTCUSD", "0.3", "SHORT", 10, "MARKET")


def main() -> int:
    """Make the tour; 1 if something went wrong."""
    started = perf_counter()
    tour = Tour()
    everyday = RECORDINGS / "freqtrade-2020.8"
    with (
        Replay("coinbase-pro") as first,
        # Edge is off on the recorded bot; one reply comes from another that has it on.
        Replay("freqtrade", [everyday / "full", everyday / "edge" / "001-get-edge.json"]) as second,
        Replay("onefox") as third,
    ):
        for title, server, visit in (
            ("Coinbase Pro", first, coinbase_pro),
            ("Freqtrade", second, freqtrade),
            ("1Fox", third, onefox),
        ):
            tour.section(title, server.url)
            visit(tour, server)
    counts = ", ".join(f"{title} {len(names)}" for title, names in tour.called.items())
    total = sum(map(len, tour.called.values()))
    print(f"\n{total} operations called ({counts}), all as they should be, in {perf_counter() - started:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
