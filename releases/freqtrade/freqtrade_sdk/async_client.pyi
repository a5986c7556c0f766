from __future__ import annotations
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.async_client import AsyncClient
from ._runtime.client import async_raw
from .models import Balance, Blacklist, Config, Count, Daily, DeletedTrade, Edge, OpenTrade, Performance, Profit, Result, Status, Trade, TradeList, Version, Whitelist
from .operations import BALANCE, BLACKLIST, BLACKLIST_ADD, COUNT, DAILY, DELETE_TRADE, EDGE, FORCEBUY, FORCESELL, PERFORMANCE, PING, PROFIT, RELOAD_CONFIG, SHOW_CONFIG, START, STATUS, STOP, STOPBUY, TRADES, VERSION, WHITELIST
__all__ = ['AsyncFreqtrade', 'AsyncRawFreqtrade']

class AsyncFreqtrade(AsyncClient):

    def __init__(self, *, username: str | None=None, password: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.AsyncClient | None=None) -> None:
        ...

    @cached_property
    def token(self) -> resources.AsyncTokenResource:
        ...

    @cached_property
    def with_raw_response(self) -> AsyncRawFreqtrade:
        ...

    async def ping(self) -> Status:
        ...

    async def start(self) -> Status:
        ...

    async def stop(self) -> Status:
        ...

    async def stopbuy(self) -> Status:
        ...

    async def reload_config(self) -> Status:
        ...

    async def trades(self, *, limit: int | None=None) -> TradeList:
        ...

    async def delete_trade(self, trade_id: int) -> DeletedTrade:
        ...

    async def show_config(self) -> Config:
        ...

    async def status(self) -> list[OpenTrade]:
        ...

    async def count(self) -> Count:
        ...

    async def profit(self) -> Profit:
        ...

    async def forcesell(self, tradeid: int | str) -> Result:
        ...

    async def forcebuy(self, pair: str, *, price: Decimal | int | str | None=None) -> Trade | Status:
        ...

    async def performance(self) -> list[Performance]:
        ...

    async def balance(self) -> Balance:
        ...

    async def daily(self, *, timescale: int | None=None) -> Daily:
        ...

    async def whitelist(self) -> Whitelist:
        ...

    async def blacklist(self, *, add: Sequence[str] | None=None) -> Blacklist:
        ...

    async def edge(self) -> list[Edge]:
        ...

    async def version(self) -> Version:
        ...

class AsyncRawFreqtrade:

    def __init__(self, client: AsyncFreqtrade) -> None:
        ...

    @cached_property
    def token(self) -> resources.AsyncRawTokenResource:
        ...
