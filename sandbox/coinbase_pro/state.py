"""Everything that the exchange must remember over a restart."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from .amounts import ZERO
from .catalogue import Wallet

__all__ = [
    "MAKERS",
    "TAKER",
    "USER",
    "Account",
    "Bar",
    "Fill",
    "Hold",
    "LedgerEntry",
    "MarketState",
    "Options",
    "Order",
    "Position",
    "Quote",
    "Report",
    "Side",
    "State",
    "Trade",
    "Withdrawal",
    "identity",
]

Side = Literal["buy", "sell"]

# Owners of quotes. Every owner but the user is one of the synthetic participants.
USER = 0
MAKERS = (1, 2, 3)
TAKER = 9


def identity(number: int) -> str:
    """The UUID of the thing with this number."""
    digest = hashlib.blake2b(number.to_bytes(8, "big"), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


class Quote(msgspec.Struct, array_like=True, gc=False):
    """An order at rest on the book."""

    number: int
    owner: int
    side: Side
    price: int
    """Ticks."""
    size: int
    """Lots that are left."""


class Trade(msgspec.Struct, array_like=True, gc=False):
    """A trade of one product."""

    id: int
    time: int
    """Microseconds, like every time here."""
    price: int
    size: int
    side: Side
    """The maker's side."""


class Bar(msgspec.Struct, array_like=True, gc=False):
    """What happened in one minute or hour with a trade in it."""

    start: int
    """Seconds."""
    low: int
    high: int
    open: int
    close: int
    volume: int


class Position(msgspec.Struct):
    """What synthetic participants gained and lost by trading one product."""

    base: int = 0
    """Lots."""
    quote: Decimal = ZERO


class MarketState(msgspec.Struct):
    """The market of one product."""

    product_id: str
    mode: str
    sequence: int
    last_trade: int
    """Id of the latest trade."""
    premium: float = 0.0
    """Logarithm of how far a push moved the price from where the assets stand."""
    resting: dict[int, Quote] = msgspec.field(default_factory=dict[int, Quote])
    """By number, oldest first, which is also the order of priority at one price."""
    trades: list[Trade] = msgspec.field(default_factory=list[Trade])
    minutes: list[Bar] = msgspec.field(default_factory=list[Bar])
    hours: list[Bar] = msgspec.field(default_factory=list[Bar])
    makers: Position = msgspec.field(default_factory=Position)
    takers: Position = msgspec.field(default_factory=Position)


class Hold(msgspec.Struct):
    """Money that is spoken for."""

    id: str
    created: int
    amount: Decimal
    kind: Literal["order", "transfer"]
    ref: str


class LedgerEntry(msgspec.Struct, array_like=True, gc=False):
    """One change of a balance."""

    id: int
    created: int
    amount: Decimal
    balance: Decimal
    kind: Literal["match", "fee", "transfer", "conversion"]
    ref: str
    """Id of the order, transfer or conversion."""
    trade_id: int = 0
    product_id: str = ""


class Account(msgspec.Struct):
    """A currency of the profile."""

    id: str
    currency: str
    balance: Decimal = ZERO
    hold: Decimal = ZERO
    holds: dict[str, Hold] = msgspec.field(default_factory=dict[str, Hold])
    """By what they are for, oldest first."""
    ledger: list[LedgerEntry] = msgspec.field(default_factory=list[LedgerEntry])

    @property
    def available(self) -> Decimal:
        """What can be spent."""
        return self.balance - self.hold


class Order(msgspec.Struct):
    """An order of the user."""

    number: int
    id: str
    product_id: str
    side: Side
    kind: Literal["limit", "market"]
    created: int
    maker_rate: Decimal
    taker_rate: Decimal
    stp: str
    client_oid: str = ""
    price: int | None = None
    """Ticks; None for market orders."""
    size: int | None = None
    """Lots; None for market buys by funds."""
    funds: Decimal | None = None
    """What a market order may spend or is to obtain, without the fee."""
    specified_funds: Decimal | None = None
    time_in_force: str = "GTC"
    expires: int | None = None
    post_only: bool = False
    stop: str = ""
    stop_price: int | None = None
    status: Literal["active", "open", "done", "rejected"] = "open"
    filled: int = 0
    value: Decimal = ZERO
    fees: Decimal = ZERO
    done: int | None = None
    done_reason: str = ""
    reject_reason: str = ""

    @property
    def remaining(self) -> int | None:
        """Lots to go, where the order has a size."""
        return None if self.size is None else self.size - self.filled

    @property
    def hold_rate(self) -> Decimal:
        """Share of its value that a limit buy holds for fees: enough for either side of a trade."""
        return max(self.maker_rate, self.taker_rate)


class Fill(msgspec.Struct, array_like=True, gc=False):
    """The user's part in a trade."""

    trade_id: int
    order_id: str
    created: int
    price: int
    size: int
    fee: Decimal
    side: Side
    liquidity: Literal["M", "T"]
    usd_volume: Decimal


class Withdrawal(msgspec.Struct):
    """Money on its way out."""

    id: str
    currency: str
    amount: Decimal
    due: int
    wallet: str = ""
    """Where it arrives, if that is a wallet on coinbase.com."""


class Report(msgspec.Struct):
    """A statement that is being made."""

    id: str
    kind: str
    created: int
    params: dict[str, str]


class Options(msgspec.Struct):
    """What can be switched at the door."""

    cancel_form: Literal["string", "array"] = "string"
    rate_limits: bool = False
    market_stops: bool = False
    auth_status: Literal[400, 401] = 401


class State(msgspec.Struct):
    """The exchange."""

    seed: int
    started: int
    time: int
    """How far the world has run. It never goes back, whatever the clock does."""
    lag: int = 0
    """How far the world is ahead of the clock, after the clock was put back."""
    steps: int = 0
    last_stamp: int = 0
    last_number: int = 0
    last_entry: int = 412_000_000
    """Id of the latest ledger entry."""
    assets: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """Logarithm of each currency's fair price in USD."""
    markets: dict[str, MarketState] = msgspec.field(default_factory=dict[str, MarketState])
    accounts: dict[str, Account] = msgspec.field(default_factory=dict[str, Account])
    """By currency."""
    orders: dict[str, Order] = msgspec.field(default_factory=dict[str, Order])
    """By id, oldest first. Orders cancelled before they filled are not among them."""
    fills: dict[str, list[Fill]] = msgspec.field(default_factory=dict[str, list[Fill]])
    """By product, oldest first."""
    fees: dict[str, Decimal] = msgspec.field(default_factory=dict[str, Decimal])
    """What the exchange earned, by currency."""
    usd_volume: dict[int, Decimal] = msgspec.field(default_factory=dict[int, Decimal])
    """The user's volume by day since 1970."""
    own_volume: dict[str, dict[int, int]] = msgspec.field(default_factory=dict[str, dict[int, int]])
    """Lots by product and day."""
    wallets: dict[str, Wallet] = msgspec.field(default_factory=dict[str, Wallet])
    withdrawals: dict[str, Withdrawal] = msgspec.field(default_factory=dict[str, Withdrawal])
    reports: dict[str, Report] = msgspec.field(default_factory=dict[str, Report])
    options: Options = msgspec.field(default_factory=Options)
