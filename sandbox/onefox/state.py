"""What a 1Fox sandbox remembers. Amounts are satoshis, times seconds since 1970."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

__all__ = ["Allowances", "Charge", "ChargeType", "Direction", "Order", "Position", "Print", "Shift", "Side", "State"]

Direction = Literal["LONG", "SHORT"]
Side = Literal["BUY", "SELL"]
ChargeType = Literal["FEE_TAKER", "FEE_MAKER", "FINANCING", "SOCIALIZED_LOSS"]


class Print(msgspec.Struct):
    """A trade on the tape."""

    id: int
    time: float
    price: Decimal
    contracts: int
    side: Side
    value: int
    order_id: int | None = None


class Charge(msgspec.Struct):
    """A charge to a position (negative) or a credit to it."""

    id: int
    type: ChargeType
    amount: int
    percentage: Decimal
    time: float


class Order(msgspec.Struct):
    """A limit or stop entry order that waits."""

    id: int
    position_id: int
    symbol: str
    type: Literal["LIMIT", "STOP_ENTRY"]
    direction: Direction
    price: Decimal
    leverage: int
    contracts: int
    margin: int
    stop_loss: Decimal | None
    take_profit: Decimal | None
    created: float


class Position(msgspec.Struct):
    """A position, open or closed."""

    id: int
    symbol: str
    direction: Direction
    leverage: int
    stop_loss: Decimal | None
    take_profit: Decimal | None
    created: float
    last_trade: float
    contracts: int = 0
    volume: int = 0
    """Value at entry."""
    weighted: Decimal = Decimal(0)
    """Sum of price times value over the trades of the entry."""
    margin: int = 0
    fees: int = 0
    """Sum of the charges. They stay with the position until it is closed."""
    exit_volume: int = 0
    exit_weighted: Decimal = Decimal(0)
    profit: int = 0
    """Profit when it was closed, charges included."""
    merged_into: int | None = None
    trades: list[Print] = []
    charges: list[Charge] = []


class Shift(msgspec.Struct):
    """From a step on, prices are the seeded ones times a factor."""

    step: int
    factor: float


class Allowances(msgspec.Struct):
    """CPU time in microseconds that addresses have left in an hour."""

    hour: int = -1
    unseen: int = 0
    """What an address has that did not call yet."""
    left: dict[str, int] = {}


class State(msgspec.Struct):
    """Everything."""

    started: int
    """First moment of the markets."""
    opened: int
    """When the account was opened; markets without trading stood still from then on."""
    step: int
    """The last step of the markets that was lived through."""
    unlocked: int
    deposited: int
    seed: int = 1
    next_order: int = 39
    next_position: int = 22
    next_charge: int = 190
    last_print: int = 0
    orders: dict[int, Order] = {}
    positions: dict[int, Position] = {}
    closed: dict[int, Position] = {}
    """In the order in which they were closed."""
    prints: dict[str, list[Print]] = {}
    """Trades that the account, or a set price, put on the tape beside the seeded ones."""
    shifts: dict[str, list[Shift]] = {}
    allowances: Allowances = msgspec.field(default_factory=Allowances)
    warning: str | None = None
