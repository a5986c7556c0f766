from typing import TYPE_CHECKING
from .._runtime.lazy import on_first_use
if TYPE_CHECKING:
    from .accounts import AccountsResource, AsyncAccountsResource, AsyncRawAccountsResource, RawAccountsResource
    from .coinbase_accounts import AsyncCoinbaseAccountsResource, AsyncRawCoinbaseAccountsResource, CoinbaseAccountsResource, RawCoinbaseAccountsResource
    from .conversions import AsyncConversionsResource, AsyncRawConversionsResource, ConversionsResource, RawConversionsResource
    from .currencies import AsyncCurrenciesResource, AsyncRawCurrenciesResource, CurrenciesResource, RawCurrenciesResource
    from .deposits import AsyncDepositsResource, AsyncRawDepositsResource, DepositsResource, RawDepositsResource
    from .fees import AsyncFeesResource, AsyncRawFeesResource, FeesResource, RawFeesResource
    from .fills import AsyncFillsResource, AsyncRawFillsResource, FillsResource, RawFillsResource
    from .orders import AsyncOrdersResource, AsyncRawOrdersResource, OrdersResource, RawOrdersResource
    from .payment_methods import AsyncPaymentMethodsResource, AsyncRawPaymentMethodsResource, PaymentMethodsResource, RawPaymentMethodsResource
    from .products import AsyncProductsResource, AsyncRawProductsResource, ProductsResource, RawProductsResource
    from .reports import AsyncRawReportsResource, AsyncReportsResource, RawReportsResource, ReportsResource
    from .users import AsyncRawUsersResource, AsyncUsersResource, RawUsersResource, UsersResource
    from .withdrawals import AsyncRawWithdrawalsResource, AsyncWithdrawalsResource, RawWithdrawalsResource, WithdrawalsResource
__all__ = ['AccountsResource', 'AsyncAccountsResource', 'AsyncCoinbaseAccountsResource', 'AsyncConversionsResource', 'AsyncCurrenciesResource', 'AsyncDepositsResource', 'AsyncFeesResource', 'AsyncFillsResource', 'AsyncOrdersResource', 'AsyncPaymentMethodsResource', 'AsyncProductsResource', 'AsyncRawAccountsResource', 'AsyncRawCoinbaseAccountsResource', 'AsyncRawConversionsResource', 'AsyncRawCurrenciesResource', 'AsyncRawDepositsResource', 'AsyncRawFeesResource', 'AsyncRawFillsResource', 'AsyncRawOrdersResource', 'AsyncRawPaymentMethodsResource', 'AsyncRawProductsResource', 'AsyncRawReportsResource', 'AsyncRawUsersResource', 'AsyncRawWithdrawalsResource', 'AsyncReportsResource', 'AsyncUsersResource', 'AsyncWithdrawalsResource', 'CoinbaseAccountsResource', 'ConversionsResource', 'CurrenciesResource', 'DepositsResource', 'FeesResource', 'FillsResource', 'OrdersResource', 'PaymentMethodsResource', 'ProductsResource', 'RawAccountsResource', 'RawCoinbaseAccountsResource', 'RawConversionsResource', 'RawCurrenciesResource', 'RawDepositsResource', 'RawFeesResource', 'RawFillsResource', 'RawOrdersResource', 'RawPaymentMethodsResource', 'RawProductsResource', 'RawReportsResource', 'RawUsersResource', 'RawWithdrawalsResource', 'ReportsResource', 'UsersResource', 'WithdrawalsResource']
