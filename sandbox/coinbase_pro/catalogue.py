"""What the exchange lists: products, currencies, and what the user has linked to the profile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from .amounts import padded

__all__ = [
    "CURRENCIES",
    "FEE_TIERS",
    "LINKED_WALLETS",
    "PAYMENT_METHODS",
    "PRODUCTS",
    "SEED_BALANCES",
    "Currency",
    "Product",
    "Wallet",
]

Json = Any


class Currency(msgspec.Struct, frozen=True):
    """A coin or a fiat currency."""

    id: str
    name: str
    places: int
    """Decimal places of the smallest unit."""
    usd: float
    """Price in USD at which the synthetic market starts."""
    swing: float
    """Standard deviation of the price over a day, as a fraction."""
    symbol: str
    network_fee: Decimal | None = None
    """What sending it on its chain costs; None for fiat."""
    least_withdrawal: Decimal = Decimal(0)
    convertible_to: tuple[str, ...] = ()

    def view(self, order: int) -> Json:
        """The currency as the API shows it."""
        unit = padded(Decimal(1).scaleb(-self.places), self.places)
        code = self.id.lower()
        details: Json = {"type": "fiat", "symbol": self.symbol, "sort_order": order, "group_types": ["fiat", code]}
        if self.network_fee is None:
            details["push_payment_methods"] = ["bank_wire"] if self.id == "USD" else ["sepa_bank_account"]
        else:
            details |= {
                "type": "crypto",
                "network_confirmations": 3,
                "crypto_address_link": f"https://explorer.example/{code}/address/{{{{address}}}}",
                "crypto_transaction_link": f"https://explorer.example/{code}/tx/{{{{txId}}}}",
                "push_payment_methods": ["crypto"],
                "group_types": [code, "crypto"],
                "min_withdrawal_amount": self.least_withdrawal,
                "max_withdrawal_amount": 2400,
            }
        return {
            "id": self.id,
            "name": self.name,
            "min_size": unit,
            "status": "online",
            "message": None if self.network_fee is not None else "",
            "max_precision": unit,
            "convertible_to": list(self.convertible_to),
            "details": details,
        }


CURRENCIES: dict[str, Currency] = {
    currency.id: currency
    for currency in (
        Currency("BTC", "Bitcoin", 8, 7162.10, 0.035, "\u20bf", Decimal("0.0004"), Decimal("0.001")),
        Currency("ETH", "Ether", 8, 175.25, 0.045, "\u039e", Decimal("0.003"), Decimal("0.01")),
        Currency("XLM", "Stellar", 7, 0.0667, 0.05, "*", Decimal("0.00001"), Decimal("1")),
        Currency("USDC", "USD Coin", 6, 1.0, 0.0, "$", Decimal("0.5"), Decimal("1"), ("USD",)),
        Currency("USD", "United States Dollar", 2, 1.0, 0.0, "$", convertible_to=("USDC",)),
        Currency("EUR", "Euro", 2, 1.1072, 0.004, "\u20ac"),
    )
}


class Product(msgspec.Struct, frozen=True):
    """A trading pair. Inside, prices count ticks of the quote increment and sizes count lots of the base increment."""

    id: str
    price_places: int
    size_places: int
    least_size: Decimal
    most_size: Decimal
    least_funds: Decimal
    most_funds: Decimal
    lot: float
    """Usual size of a quote on the synthetic market, in base currency."""
    mode: str = ""
    """post_only, limit_only or cancel_only; empty for none."""

    @property
    def base(self) -> str:
        """Currency that is bought and sold."""
        return self.id.partition("-")[0]

    @property
    def quote(self) -> str:
        """Currency that it is paid with."""
        return self.id.partition("-")[2]

    def price(self, ticks: int) -> Decimal:
        """A price in quote currency."""
        return Decimal(ticks).scaleb(-self.price_places)

    def size(self, lots: int) -> Decimal:
        """A size in base currency."""
        return Decimal(lots).scaleb(-self.size_places)

    def value(self, ticks: int, lots: int) -> Decimal:
        """Price times size, in quote currency."""
        return Decimal(ticks * lots).scaleb(-self.price_places - self.size_places)

    def view(self, mode: str) -> Json:
        """The product as the API shows it."""
        return {
            "id": self.id,
            "base_currency": self.base,
            "quote_currency": self.quote,
            "base_min_size": padded(self.least_size, 8),
            "base_max_size": padded(self.most_size, 8),
            "quote_increment": padded(self.price(1), 8),
            "base_increment": padded(self.size(1), 8),
            "display_name": f"{self.base}/{self.quote}",
            "min_market_funds": f"{self.least_funds:f}",
            "max_market_funds": f"{self.most_funds:f}",
            "margin_enabled": False,
            "post_only": mode == "post_only",
            "limit_only": mode == "limit_only",
            "cancel_only": mode == "cancel_only",
            "trading_disabled": False,
            "status": "online",
            "status_message": "",
        }


# Price and size places of a pair add up to 12 at most: with the four places of a fee rate, fees fit the 16 places in
# which the API writes them, and nothing ever needs rounding.
PRODUCTS: dict[str, Product] = {
    product.id: product
    for product in (
        Product("BTC-USD", 2, 8, Decimal("0.001"), Decimal(280), Decimal(5), Decimal(1_000_000), 0.4),
        Product("BTC-EUR", 2, 8, Decimal("0.001"), Decimal(200), Decimal(5), Decimal(600_000), 0.15),
        Product("ETH-USD", 2, 8, Decimal("0.01"), Decimal(2800), Decimal(5), Decimal(1_000_000), 6.0),
        Product("ETH-BTC", 5, 6, Decimal("0.01"), Decimal(2400), Decimal("0.001"), Decimal(80), 4.0),
        Product("XLM-EUR", 6, 0, Decimal(1), Decimal(600_000), Decimal("0.1"), Decimal(50_000), 4000.0, "limit_only"),
    )
}

# Maker and taker rate from a 30-day volume in USD on, as of October 2019.
FEE_TIERS: tuple[tuple[int, Decimal, Decimal], ...] = (
    (0, Decimal("0.0050"), Decimal("0.0050")),
    (10_000, Decimal("0.0035"), Decimal("0.0035")),
    (50_000, Decimal("0.0015"), Decimal("0.0025")),
    (100_000, Decimal("0.0010"), Decimal("0.0020")),
    (1_000_000, Decimal("0.0008"), Decimal("0.0018")),
    (10_000_000, Decimal("0.0005"), Decimal("0.0015")),
)

SEED_BALANCES: dict[str, Decimal] = {
    "BTC": Decimal(10),
    "ETH": Decimal(200),
    "XLM": Decimal(50_000),
    "USDC": Decimal(10_000),
    "USD": Decimal(100_000),
    "EUR": Decimal(50_000),
}


class Wallet(msgspec.Struct):
    """A wallet on coinbase.com."""

    id: str
    currency: str
    balance: Decimal
    primary: bool = False

    def view(self) -> Json:
        """The wallet as the API shows it."""
        fiat = CURRENCIES[self.currency].network_fee is None
        shown: Json = {
            "id": self.id,
            "name": f"{self.currency} Wallet",
            "balance": padded(self.balance, 8),
            "currency": self.currency,
            "type": "fiat" if fiat else "wallet",
            "primary": self.primary,
            "active": True,
            "available_on_consumer": True,
            "hold_balance": "0.00",
            "hold_currency": "USD",
        }
        if self.currency == "USD":
            shown["wire_deposit_information"] = {
                "account_number": "0004417720",
                "routing_number": "000111222",
                "bank_name": "Example Trust Bank",
                "bank_address": "1 Sample Plaza, Springfield",
                "bank_country": {"code": "US", "name": "United States"},
                "account_name": "Example Exchange, Inc",
                "account_address": "2 Sample Street, Springfield",
                "reference": "SANDBOXREF",
            }
        if self.currency == "EUR":
            shown["sepa_deposit_information"] = {
                "iban": "XX00EXAMPLE0000000000",
                "swift": "EXAMPLEXXX",
                "bank_name": "Example Trust Bank",
                "bank_address": "1 Sample Plaza, Springfield",
                "bank_country_name": "Ireland",
                "account_name": "Example Exchange, Ltd",
                "account_address": "2 Sample Street, Springfield",
                "reference": "SANDBOXREF",
            }
        return shown


LINKED_WALLETS: tuple[Wallet, ...] = (
    Wallet("86f0b2d5-1a4c-5e97-b3d8-7c2e9f406a1b", "BTC", Decimal("5"), primary=True),
    Wallet("0b7e64d1-93ca-5f28-a1d7-58f3c6b09e42", "ETH", Decimal("50")),
    Wallet("a35d09c8-6e17-5b4f-8c92-e1f7d04b6a53", "USDC", Decimal("5000")),
    Wallet("f19d5c7e-08b2-5a64-97e3-b0c4d8a26f15", "USD", Decimal("25000")),
    Wallet("6a04d7f2-c81b-5e39-b650-9d3e2a7f1c48", "EUR", Decimal("10000")),
)


def _limits(currency: str) -> Json:
    limit = {
        "period_in_days": 1,
        "total": {"amount": "5000.00", "currency": currency},
        "remaining": {"amount": "5000.00", "currency": currency},
    }
    return {kind: [limit] for kind in ("buy", "sell", "deposit")}


def _payment_method(identity: str, kind: str, name: str, currency: str, **more: Any) -> Json:
    return {
        "id": identity,
        "type": kind,
        "name": name,
        "currency": currency,
        "primary_buy": currency == "USD",
        "primary_sell": currency == "USD",
        "allow_buy": True,
        "allow_sell": True,
        "allow_deposit": True,
        "allow_withdraw": True,
        "created_at": "2016-02-11T07:20:45Z",
        "updated_at": "2018-05-30T19:02:13Z",
        "resource": "payment_method",
        "resource_path": f"/v2/payment-methods/{identity}",
        **more,
    }


PAYMENT_METHODS: dict[str, Json] = {
    method["id"]: method
    for method in (
        _payment_method(
            "1d7a93c4-52ef-5b08-9c61-e0b4a8d2f573",
            "ach_bank_account",
            "Example Credit Union ******4821",
            "USD",
            limits=_limits("USD"),
        ),
        _payment_method(
            "7c4e20b9-d1f6-5a83-b7e5-04c9f8a61d32",
            "sepa_bank_account",
            "Example Bank ******0917",
            "EUR",
            limits=_limits("EUR"),
        ),
        _payment_method(
            "e8b35f60-94d1-5a27-8c0e-2f71d6a9c4b3",
            "fiat_account",
            "EUR Wallet",
            "EUR",
            limits={},
            fiat_account={"id": "6a04d7f2-c81b-5e39-b650-9d3e2a7f1c48", "resource": "account"},
        ),
    )
}
