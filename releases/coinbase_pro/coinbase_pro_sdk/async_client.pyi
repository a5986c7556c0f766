from __future__ import annotations
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.async_client import AsyncClient
from ._runtime.client import async_raw
from .models import ServerTime
from .operations import TIME
__all__ = ['AsyncCoinbasePro', 'AsyncRawCoinbasePro']

class AsyncCoinbasePro(AsyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.AsyncClient | None=None) -> None:
        ...

    @cached_property
    def products(self) -> resources.AsyncProductsResource:
        ...

    @cached_property
    def currencies(self) -> resources.AsyncCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> resources.AsyncAccountsResource:
        ...

    @cached_property
    def orders(self) -> resources.AsyncOrdersResource:
        ...

    @cached_property
    def fills(self) -> resources.AsyncFillsResource:
        ...

    @cached_property
    def deposits(self) -> resources.AsyncDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> resources.AsyncWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> resources.AsyncConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> resources.AsyncPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> resources.AsyncFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> resources.AsyncCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> resources.AsyncReportsResource:
        ...

    @cached_property
    def users(self) -> resources.AsyncUsersResource:
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
    def products(self) -> resources.AsyncRawProductsResource:
        ...

    @cached_property
    def currencies(self) -> resources.AsyncRawCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> resources.AsyncRawAccountsResource:
        ...

    @cached_property
    def orders(self) -> resources.AsyncRawOrdersResource:
        ...

    @cached_property
    def fills(self) -> resources.AsyncRawFillsResource:
        ...

    @cached_property
    def deposits(self) -> resources.AsyncRawDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> resources.AsyncRawWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> resources.AsyncRawConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> resources.AsyncRawPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> resources.AsyncRawFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> resources.AsyncRawCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> resources.AsyncRawReportsResource:
        ...

    @cached_property
    def users(self) -> resources.AsyncRawUsersResource:
        ...
