"""Clients of every kind for the three APIs, and one call of each effect that carries a mark."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import coinbase_pro_sdk
import freqtrade_sdk
import onefox_sdk
from coinbase_pro_sdk._runtime.transport_async_pool import AsyncPoolTransport as _CoinbasePool
from freqtrade_sdk._runtime.transport_async_pool import AsyncPoolTransport as _FreqtradePool
from onefox_sdk._runtime.transport_async_pool import AsyncPoolTransport as _OneFoxPool

from . import worlds

__all__ = ["APIS", "KINDS", "Caller", "SubjectAPI", "make"]

KINDS = ("sync", "aiohttp", "httpx")
"""Blocking; asynchronous over aiohttp; asynchronous over the pool of httpx."""

Call = Callable[[Any, int], Any]
"""Makes a call with a mark; on an asynchronous client, what it returns is to be awaited."""


@dataclass(frozen=True)
class SubjectAPI:
    """One API as the tests see it."""

    name: str
    package: Any
    world: Callable[[], Any]
    sync: Any
    asynchronous: Any
    pool: Any
    credentials: dict[str, str]
    base_path: str
    unsafe: tuple[Call, ...]
    idempotent: Call
    read: Call
    unsafe_mark: Callable[[Any], int]
    """Mark in the result of an unsafe call; 0 if that result has no place for one."""
    read_mark: Callable[[Any], int]

    @property
    def errors(self) -> Any:
        """Its module of errors."""
        return self.package.errors


def _order_mark(order: Any) -> int:
    return int(order.price or 0)


def _trade_mark(result: Any) -> int:
    return int(getattr(result, "trade_id", 0) or 0) or int(result.result.rstrip(".").rpartition(" ")[2])


APIS = {
    "coinbase_pro": SubjectAPI(
        name="coinbase_pro",
        package=coinbase_pro_sdk,
        world=worlds.CoinbasePro,
        sync=coinbase_pro_sdk.CoinbasePro,
        asynchronous=coinbase_pro_sdk.AsyncCoinbasePro,
        pool=_CoinbasePool,
        credentials={
            "key": worlds.CoinbasePro.key,
            "secret": worlds.CoinbasePro.secret,
            "passphrase": worlds.CoinbasePro.passphrase,
        },
        base_path="",
        unsafe=(
            lambda client, mark: client.orders.limit("buy", "BTC-USD", price=mark, size="0.1"),
            lambda client, mark: client.orders.market("buy", "BTC-USD", funds=mark),
        ),
        idempotent=lambda client, mark: client.orders.cancel(str(UUID(int=mark))),
        read=lambda client, mark: client.accounts.get(UUID(int=mark)),
        unsafe_mark=_order_mark,
        read_mark=lambda account: account.id.int,
    ),
    "freqtrade": SubjectAPI(
        name="freqtrade",
        package=freqtrade_sdk,
        world=worlds.Freqtrade,
        sync=freqtrade_sdk.Freqtrade,
        asynchronous=freqtrade_sdk.AsyncFreqtrade,
        pool=_FreqtradePool,
        credentials={"username": worlds.Freqtrade.username, "password": worlds.Freqtrade.password},
        base_path="",
        unsafe=(
            lambda client, mark: client.forcebuy(f"M{mark}/BTC"),
            lambda client, mark: client.forcesell(mark),
        ),
        idempotent=lambda client, mark: client.delete_trade(mark),
        read=lambda client, mark: client.trades(limit=mark),
        unsafe_mark=_trade_mark,
        read_mark=lambda trades: int(trades.trades_count),
    ),
    "onefox": SubjectAPI(
        name="onefox",
        package=onefox_sdk,
        world=worlds.OneFox,
        sync=onefox_sdk.OneFox,
        asynchronous=onefox_sdk.AsyncOneFox,
        pool=_OneFoxPool,
        credentials={"token": worlds.OneFox.token},
        base_path="/api/v1",
        unsafe=(
            lambda client, mark: client.order.create(f"M{mark}", "0.1", "LONG", 2, "MARKET"),
            lambda client, mark: client.position.merge([mark, mark + 1]),
        ),
        idempotent=lambda client, mark: client.order.close(mark),
        read=lambda client, mark: client.position.trades(mark),
        unsafe_mark=lambda result: int(getattr(result, "order_id", 0) or result.position_id),
        read_mark=lambda page: int(page[0].position_id),
    ),
}


def make(api: SubjectAPI, kind: str, origin: str, **options: Any) -> Any:
    """A client of this kind for a server at this address."""
    base_url = origin + api.base_path
    if kind == "sync":
        return api.sync(base_url=base_url, **api.credentials, **options)
    client = api.asynchronous(base_url=base_url, **api.credentials, **options)
    if kind == "httpx":
        # What the client takes by itself where aiohttp is not installed.
        client._transport = api.pool()
    return client


class Caller:
    """A client of some kind, called alike whether it blocks or not."""

    def __init__(self, api: SubjectAPI, kind: str, origin: str, **options: Any) -> None:
        self.api = api
        self.client = make(api, kind, origin, **options)
        self.runner = None if kind == "sync" else asyncio.Runner()
        self.pauses: list[float] = []
        """Pauses between attempts, if `skip_pauses` was called."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.do(self.client.close)
        if self.runner is not None:
            self.runner.close()

    def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of a function that is a coroutine function if the client is asynchronous."""
        if self.runner is None:
            return function(*arguments)

        async def wait() -> Any:
            return await function(*arguments)

        return self.runner.run(wait())

    def call(self, call: Call, mark: int) -> Any:
        """The result of a call, or the SDKError that it ended with."""
        try:
            return self.do(call, self.client, mark)
        except self.api.errors.SDKError as error:
            return error

    def skip_pauses(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Note pauses instead of making them, and do something instead."""
        original = self.client._do

        def note(wanted: Any) -> bool:
            if type(wanted).__name__ != "Sleep":
                return False
            self.pauses.append(wanted.seconds)
            meanwhile()
            return True

        def do(wanted: Any) -> Any:
            return None if note(wanted) else original(wanted)

        async def do_async(wanted: Any) -> Any:
            return None if note(wanted) else await original(wanted)

        self.client._do = do if self.runner is None else do_async
