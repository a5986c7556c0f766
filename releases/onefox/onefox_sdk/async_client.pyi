from __future__ import annotations
from functools import cached_property
from typing import TYPE_CHECKING
from ._api import THE_API
from ._runtime import http
from ._runtime.async_client import AsyncClient
if TYPE_CHECKING:
    from .resources.market import AsyncMarketResource, AsyncRawMarketResource
    from .resources.order import AsyncOrderResource, AsyncRawOrderResource
    from .resources.position import AsyncPositionResource, AsyncRawPositionResource
    from .resources.quota import AsyncQuotaResource, AsyncRawQuotaResource
    from .resources.user import AsyncRawUserResource, AsyncUserResource
__all__ = ['AsyncOneFox', 'AsyncRawOneFox']

class AsyncOneFox(AsyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.AsyncClient | None=None) -> None:
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

class AsyncRawOneFox:

    def __init__(self, client: AsyncOneFox) -> None:
        ...

    @cached_property
    def quota(self) -> AsyncRawQuotaResource:
        ...

    @cached_property
    def user(self) -> AsyncRawUserResource:
        ...

    @cached_property
    def market(self) -> AsyncRawMarketResource:
        ...

    @cached_property
    def order(self) -> AsyncRawOrderResource:
        ...

    @cached_property
    def position(self) -> AsyncRawPositionResource:
        ...
