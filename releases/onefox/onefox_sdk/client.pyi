from __future__ import annotations
from functools import cached_property
from ._api import THE_API
from ._runtime.client import AsyncClient, SyncClient
from ._runtime.http import httpx
from .resources.market import AsyncMarketResource, AsyncRawMarketResource, MarketResource, RawMarketResource
from .resources.order import AsyncOrderResource, AsyncRawOrderResource, OrderResource, RawOrderResource
from .resources.position import AsyncPositionResource, AsyncRawPositionResource, PositionResource, RawPositionResource
from .resources.quota import AsyncQuotaResource, AsyncRawQuotaResource, QuotaResource, RawQuotaResource
from .resources.user import AsyncRawUserResource, AsyncUserResource, RawUserResource, UserResource
__all__ = ['AsyncOneFox', 'AsyncRawOneFox', 'OneFox', 'RawOneFox']

class OneFox(SyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: httpx.Client | None=None) -> None:
        ...

    @cached_property
    def quota(self) -> QuotaResource:
        ...

    @cached_property
    def user(self) -> UserResource:
        ...

    @cached_property
    def market(self) -> MarketResource:
        ...

    @cached_property
    def order(self) -> OrderResource:
        ...

    @cached_property
    def position(self) -> PositionResource:
        ...

    @cached_property
    def with_raw_response(self) -> RawOneFox:
        ...

class AsyncOneFox(AsyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: httpx.AsyncClient | None=None) -> None:
        ...

    @cached_property
    def quota(self) -> AsyncQuotaResource:
        ...

    @cached_property
    def user(self) -> AsyncUserResource:
        ...

    @cached_property
    def market(self) -> AsyncMarketResource:
        ...

    @cached_property
    def order(self) -> AsyncOrderResource:
        ...

    @cached_property
    def position(self) -> AsyncPositionResource:
        ...

    @cached_property
    def with_raw_response(self) -> AsyncRawOneFox:
        ...

class RawOneFox:

    def __init__(self, client: OneFox) -> None:
        ...

class AsyncRawOneFox:

    def __init__(self, client: AsyncOneFox) -> None:
        ...
