from __future__ import annotations
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.async_client import AsyncClient
__all__ = ['AsyncOneFox', 'AsyncRawOneFox']

class AsyncOneFox(AsyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.AsyncClient | None=None) -> None:
        ...

    @cached_property
    def quota(self) -> resources.AsyncQuotaResource:
        ...

    @cached_property
    def user(self) -> resources.AsyncUserResource:
        ...

    @cached_property
    def market(self) -> resources.AsyncMarketResource:
        ...

    @cached_property
    def order(self) -> resources.AsyncOrderResource:
        ...

    @cached_property
    def position(self) -> resources.AsyncPositionResource:
        ...

    @cached_property
    def with_raw_response(self) -> AsyncRawOneFox:
        ...

class AsyncRawOneFox:

    def __init__(self, client: AsyncOneFox) -> None:
        ...

    @cached_property
    def quota(self) -> resources.AsyncRawQuotaResource:
        ...

    @cached_property
    def user(self) -> resources.AsyncRawUserResource:
        ...

    @cached_property
    def market(self) -> resources.AsyncRawMarketResource:
        ...

    @cached_property
    def order(self) -> resources.AsyncRawOrderResource:
        ...

    @cached_property
    def position(self) -> resources.AsyncRawPositionResource:
        ...
