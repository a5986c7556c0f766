from __future__ import annotations
from functools import cached_property
from . import resources
from ._api import THE_API
from ._runtime import http
from ._runtime.client import raw
from ._runtime.sync_client import SyncClient
from .models import ServerTime
from .operations import TIME
__all__ = ['CoinbasePro', 'RawCoinbasePro']

class CoinbasePro(SyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.Client | None=None) -> None:
        ...

    @cached_property
    def products(self) -> resources.ProductsResource:
        ...

    @cached_property
    def currencies(self) -> resources.CurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> resources.AccountsResource:
        ...

    @cached_property
    def orders(self) -> resources.OrdersResource:
        ...

    @cached_property
    def fills(self) -> resources.FillsResource:
        ...

    @cached_property
    def deposits(self) -> resources.DepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> resources.WithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> resources.ConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> resources.PaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> resources.FeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> resources.CoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> resources.ReportsResource:
        ...

    @cached_property
    def users(self) -> resources.UsersResource:
        ...

    @cached_property
    def with_raw_response(self) -> RawCoinbasePro:
        ...

    def time(self) -> ServerTime:
        ...

class RawCoinbasePro:

    def __init__(self, client: CoinbasePro) -> None:
        ...

    @cached_property
    def products(self) -> resources.RawProductsResource:
        ...

    @cached_property
    def currencies(self) -> resources.RawCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> resources.RawAccountsResource:
        ...

    @cached_property
    def orders(self) -> resources.RawOrdersResource:
        ...

    @cached_property
    def fills(self) -> resources.RawFillsResource:
        ...

    @cached_property
    def deposits(self) -> resources.RawDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> resources.RawWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> resources.RawConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> resources.RawPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> resources.RawFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> resources.RawCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> resources.RawReportsResource:
        ...

    @cached_property
    def users(self) -> resources.RawUsersResource:
        ...
