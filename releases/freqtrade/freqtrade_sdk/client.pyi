from __future__ import annotations
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.client import raw
from ._runtime.sync_client import SyncClient
from .models import Balance, Blacklist, Config, Count, Daily, DeletedTrade, Edge, OpenTrade, Performance, Profit, Result, Status, Trade, TradeList, Version, Whitelist
from .operations import BALANCE, BLACKLIST, BLACKLIST_ADD, COUNT, DAILY, DELETE_TRADE, EDGE, FORCEBUY, FORCESELL, PERFORMANCE, PING, PROFIT, RELOAD_CONFIG, SHOW_CONFIG, START, STATUS, STOP, STOPBUY, TRADES, VERSION, WHITELIST
__all__ = ['Freqtrade', 'RawFreqtrade']

class Freqtrade(SyncClient):

    def __init__(self, *, username: str | None=None, password: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.Client | None=None) -> None:
        ...

    @cached_property
    def token(self) -> resources.TokenResource:
        ...

    @cached_property
    def with_raw_response(self) -> RawFreqtrade:
        ...

    def ping(self) -> Status:
        ...

    def start(self) -> Status:
        ...

    def stop(self) -> Status:
        ...

    def stopbuy(self) -> Status:
        ...

    def reload_config(self) -> Status:
        ...

    def trades(self, *, limit: int | None=None) -> TradeList:
        ...

    def delete_trade(self, trade_id: int) -> DeletedTrade:
        ...

    def show_config(self) -> Config:
        ...

    def status(self) -> list[OpenTrade]:
        ...

    def count(self) -> Count:
        ...

    def profit(self) -> Profit:
        ...

    def forcesell(self, tradeid: int | str) -> Result:
        ...

    def forcebuy(self, pair: str, *, price: Decimal | int | str | None=None) -> Trade | Status:
        ...

    def performance(self) -> list[Performance]:
        ...

    def balance(self) -> Balance:
        ...

    def daily(self, *, timescale: int | None=None) -> Daily:
        ...

    def whitelist(self) -> Whitelist:
        ...

    def blacklist(self, *, add: Sequence[str] | None=None) -> Blacklist:
        ...

    def edge(self) -> list[Edge]:
        ...

    def version(self) -> Version:
        ...

class RawFreqtrade:

    def __init__(self, client: Freqtrade) -> None:
        ...

    @cached_property
    def token(self) -> resources.RawTokenResource:
        ...
