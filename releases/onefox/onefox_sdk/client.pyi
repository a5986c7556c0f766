from __future__ import annotations
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.sync_client import SyncClient
__all__ = ['OneFox', 'RawOneFox']

class OneFox(SyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.Client | None=None) -> None:
        ...

    @cached_property
    def quota(self) -> resources.QuotaResource:
        ...

    @cached_property
    def user(self) -> resources.UserResource:
        ...

    @cached_property
    def market(self) -> resources.MarketResource:
        ...

    @cached_property
    def order(self) -> resources.OrderResource:
        ...

    @cached_property
    def position(self) -> resources.PositionResource:
        ...

    @cached_property
    def with_raw_response(self) -> RawOneFox:
        ...

class RawOneFox:

    def __init__(self, client: OneFox) -> None:
        ...

    @cached_property
    def quota(self) -> resources.RawQuotaResource:
        ...

    @cached_property
    def user(self) -> resources.RawUserResource:
        ...

    @cached_property
    def market(self) -> resources.RawMarketResource:
        ...

    @cached_property
    def order(self) -> resources.RawOrderResource:
        ...

    @cached_property
    def position(self) -> resources.RawPositionResource:
        ...
