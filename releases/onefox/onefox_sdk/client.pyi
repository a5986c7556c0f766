from __future__ import annotations
from functools import cached_property
from typing import TYPE_CHECKING
from ._api import THE_API
from ._runtime import http
from ._runtime.sync_client import SyncClient
if TYPE_CHECKING:
    from .resources.market import MarketResource, RawMarketResource
    from .resources.order import OrderResource, RawOrderResource
    from .resources.position import PositionResource, RawPositionResource
    from .resources.quota import QuotaResource, RawQuotaResource
    from .resources.user import RawUserResource, UserResource
__all__ = ['OneFox', 'RawOneFox']

class OneFox(SyncClient):

    def __init__(self, *, token: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.Client | None=None) -> None:
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

class RawOneFox:

    def __init__(self, client: OneFox) -> None:
        ...

    @cached_property
    def quota(self) -> RawQuotaResource:
        ...

    @cached_property
    def user(self) -> RawUserResource:
        ...

    @cached_property
    def market(self) -> RawMarketResource:
        ...

    @cached_property
    def order(self) -> RawOrderResource:
        ...

    @cached_property
    def position(self) -> RawPositionResource:
        ...
