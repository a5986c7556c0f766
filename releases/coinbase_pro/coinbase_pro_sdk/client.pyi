from __future__ import annotations
from functools import cached_property
from ._api import THE_API
from ._runtime.client import AsyncClient, SyncClient, async_raw, raw
from ._runtime.http import httpx
from .models import ServerTime
from .operations import TIME
from .resources.accounts import AccountsResource, AsyncAccountsResource, AsyncRawAccountsResource, RawAccountsResource
from .resources.coinbase_accounts import AsyncCoinbaseAccountsResource, AsyncRawCoinbaseAccountsResource, CoinbaseAccountsResource, RawCoinbaseAccountsResource
from .resources.conversions import AsyncConversionsResource, AsyncRawConversionsResource, ConversionsResource, RawConversionsResource
from .resources.currencies import AsyncCurrenciesResource, AsyncRawCurrenciesResource, CurrenciesResource, RawCurrenciesResource
from .resources.deposits import AsyncDepositsResource, AsyncRawDepositsResource, DepositsResource, RawDepositsResource
from .resources.fees import AsyncFeesResource, AsyncRawFeesResource, FeesResource, RawFeesResource
from .resources.fills import AsyncFillsResource, AsyncRawFillsResource, FillsResource, RawFillsResource
from .resources.orders import AsyncOrdersResource, AsyncRawOrdersResource, OrdersResource, RawOrdersResource
from .resources.payment_methods import AsyncPaymentMethodsResource, AsyncRawPaymentMethodsResource, PaymentMethodsResource, RawPaymentMethodsResource
from .resources.products import AsyncProductsResource, AsyncRawProductsResource, ProductsResource, RawProductsResource
from .resources.reports import AsyncRawReportsResource, AsyncReportsResource, RawReportsResource, ReportsResource
from .resources.users import AsyncRawUsersResource, AsyncUsersResource, RawUsersResource, UsersResource
from .resources.withdrawals import AsyncRawWithdrawalsResource, AsyncWithdrawalsResource, RawWithdrawalsResource, WithdrawalsResource
__all__ = ['AsyncCoinbasePro', 'AsyncRawCoinbasePro', 'CoinbasePro', 'RawCoinbasePro']

class CoinbasePro(SyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: httpx.Client | None=None) -> None:
        ...

    @cached_property
    def products(self) -> ProductsResource:
        ...

    @cached_property
    def currencies(self) -> CurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> AccountsResource:
        ...

    @cached_property
    def orders(self) -> OrdersResource:
        ...

    @cached_property
    def fills(self) -> FillsResource:
        ...

    @cached_property
    def deposits(self) -> DepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> WithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> ConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> PaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> FeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> CoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> ReportsResource:
        ...

    @cached_property
    def users(self) -> UsersResource:
        ...

    @cached_property
    def with_raw_response(self) -> RawCoinbasePro:
        ...

    def time(self) -> ServerTime:
        ...

class AsyncCoinbasePro(AsyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: httpx.AsyncClient | None=None) -> None:
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

class RawCoinbasePro:

    def __init__(self, client: CoinbasePro) -> None:
        ...

class AsyncRawCoinbasePro:

    def __init__(self, client: AsyncCoinbasePro) -> None:
        ...
