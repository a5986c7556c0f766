from __future__ import annotations
from functools import cached_property
from typing import TYPE_CHECKING
from ._api import THE_API
from ._runtime import http
from ._runtime.client import raw
from ._runtime.sync_client import SyncClient
from .models import ServerTime
from .operations import TIME
if TYPE_CHECKING:
    from .resources.accounts import AccountsResource, RawAccountsResource
    from .resources.coinbase_accounts import CoinbaseAccountsResource, RawCoinbaseAccountsResource
    from .resources.conversions import ConversionsResource, RawConversionsResource
    from .resources.currencies import CurrenciesResource, RawCurrenciesResource
    from .resources.deposits import DepositsResource, RawDepositsResource
    from .resources.fees import FeesResource, RawFeesResource
    from .resources.fills import FillsResource, RawFillsResource
    from .resources.orders import OrdersResource, RawOrdersResource
    from .resources.payment_methods import PaymentMethodsResource, RawPaymentMethodsResource
    from .resources.products import ProductsResource, RawProductsResource
    from .resources.reports import RawReportsResource, ReportsResource
    from .resources.users import RawUsersResource, UsersResource
    from .resources.withdrawals import RawWithdrawalsResource, WithdrawalsResource
__all__ = ['CoinbasePro', 'RawCoinbasePro']

class CoinbasePro(SyncClient):

    def __init__(self, *, key: str | None=None, secret: str | None=None, passphrase: str | None=None, base_url: str | None=None, timeout: float=10.0, max_retries: int=2, allow_http: bool=False, http_client: http.httpx.Client | None=None) -> None:
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

class RawCoinbasePro:

    def __init__(self, client: CoinbasePro) -> None:
        ...

    @cached_property
    def products(self) -> RawProductsResource:
        ...

    @cached_property
    def currencies(self) -> RawCurrenciesResource:
        ...

    @cached_property
    def accounts(self) -> RawAccountsResource:
        ...

    @cached_property
    def orders(self) -> RawOrdersResource:
        ...

    @cached_property
    def fills(self) -> RawFillsResource:
        ...

    @cached_property
    def deposits(self) -> RawDepositsResource:
        ...

    @cached_property
    def withdrawals(self) -> RawWithdrawalsResource:
        ...

    @cached_property
    def conversions(self) -> RawConversionsResource:
        ...

    @cached_property
    def payment_methods(self) -> RawPaymentMethodsResource:
        ...

    @cached_property
    def fees(self) -> RawFeesResource:
        ...

    @cached_property
    def coinbase_accounts(self) -> RawCoinbaseAccountsResource:
        ...

    @cached_property
    def reports(self) -> RawReportsResource:
        ...

    @cached_property
    def users(self) -> RawUsersResource:
        ...
