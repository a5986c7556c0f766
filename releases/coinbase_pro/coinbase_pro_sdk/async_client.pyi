from __future__ import annotations
from functools import cached_property
from typing import TYPE_CHECKING
from ._api import THE_API
from ._runtime import http
from ._runtime.async_client import AsyncClient
from ._runtime.client import async_raw
from .models import ServerTime
from .operations import TIME
if TYPE_CHECKING:
    from .resources.accounts import AsyncAccountsResource, AsyncRawAccountsResource
    from .resources.coinbase_accounts import AsyncCoinbaseAccountsResource, AsyncRawCoinbaseAccountsResource
    from .resources.conversions import AsyncConversionsResource, AsyncRawConversionsResource
    from .resources.currencies import AsyncCurrenciesResource, AsyncRawCurrenciesResource
    from .resources.deposits import AsyncDepositsResource, AsyncRawDepositsResource
    from .resources.fees import AsyncFeesResource, AsyncRawFeesResource
    from .resources.fills import AsyncFillsResource, AsyncRawFillsResource
    from .resources.orders import AsyncOrdersResource, AsyncRawOrdersResource
    from .resources.payment_methods import AsyncPaymentMethodsResource, AsyncRawPaymentMethodsResource
    from .resources.products import AsyncProductsResource, AsyncRawProductsResource
    from .resources.reports import AsyncRawReportsResource, AsyncReportsResource
    from .resources.users import AsyncRawUsersResource, AsyncUsersResource
    from .resources.withdrawals import AsyncRawWithdrawalsResource, AsyncWithdrawalsResource
__all__ = ['AsyncCoinbasePro', 'AsyncRawCoinbasePro']

class AsyncCoinbasePro(AsyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.AsyncClient | None=None) -> None:
        ...

    @cached_property
    def products(self) -> AsyncProductsResource:
        ...

    @cached_property
    def currencies(self) -> AsyncCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> AsyncAccountsResource:
        ...

    @cached_property
    def orders(self) -> AsyncOrdersResource:
        ...

    @cached_property
    def fills(self) -> AsyncFillsResource:
        ...

    @cached_property
    def deposits(self) -> AsyncDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> AsyncWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> AsyncConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> AsyncPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> AsyncFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> AsyncCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> AsyncReportsResource:
        ...

    @cached_property
    def users(self) -> AsyncUsersResource:
        ...

    @cached_property
    def with_raw_response(self) -> AsyncRawCoinbasePro:
        ...

    async def time(self) -> ServerTime:
        ...

class AsyncRawCoinbasePro:

    def __init__(self, client: AsyncCoinbasePro) -> None:
        ...

    @cached_property
    def products(self) -> AsyncRawProductsResource:
        ...

    @cached_property
    def currencies(self) -> AsyncRawCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> AsyncRawAccountsResource:
        ...

    @cached_property
    def orders(self) -> AsyncRawOrdersResource:
        ...

    @cached_property
    def fills(self) -> AsyncRawFillsResource:
        ...

    @cached_property
    def deposits(self) -> AsyncRawDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> AsyncRawWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> AsyncRawConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> AsyncRawPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> AsyncRawFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> AsyncRawCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> AsyncRawReportsResource:
        ...

    @cached_property
    def users(self) -> AsyncRawUsersResource:
        ...
