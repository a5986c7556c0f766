"""A trade, and what it is worth."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any, Literal

import msgspec

from .configuration import STAKE_CURRENCY, TIMEFRAME_MINUTES
from .words import ago, milliseconds, text

__all__ = ["FEE", "Order", "Trade", "cut"]

FEE = 0.0025
_SMALLEST = Decimal("0.00000001")


def cut(amount: float) -> float:
    """An amount as the exchange takes it: eight decimals, the rest dropped."""
    return float(Decimal(repr(amount)).quantize(_SMALLEST, ROUND_DOWN))


class Order(msgspec.Struct):
    """An order that the trade is waiting for."""

    id: str
    side: Literal["buy", "sell"]
    rate: float
    placed: float
    resting: bool
    """Whether it lies on the exchange unfilled. A simulated order is filled as soon as anybody asks."""


class Trade(msgspec.Struct):
    """A coin bought, and perhaps sold again. Times are seconds since 1970."""

    id: int
    pair: str
    stake_amount: float
    amount: float
    open_rate: float
    open_date: float
    strategy: str
    is_open: bool = True
    order: Order | None = None
    fee_open_cost: float | None = None
    fee_close_cost: float | None = None
    close_rate: float | None = None
    close_rate_requested: float | None = None
    close_date: float | None = None
    close_profit: float | None = None
    close_profit_abs: float | None = None
    sell_reason: str | None = None
    sell_order_status: str | None = None
    stop_loss: float = 0.0
    stop_loss_ratio: float | None = None
    stoploss_last_update: float | None = None
    min_rate: float | None = None
    max_rate: float = 0.0

    # Decimals in between, as the bot computes: the last digits depend on it.

    @property
    def cost(self) -> float:
        """What was paid, fee included."""
        paid = Decimal(self.amount) * Decimal(self.open_rate)
        return float(paid + paid * Decimal(FEE))

    def value(self, rate: float) -> float:
        """What a sale at a rate would bring, after the fee. NaN in, NaN out."""
        if rate != rate:
            return rate
        got = Decimal(self.amount) * Decimal(rate)
        return float(got - got * Decimal(FEE))

    def profit(self, rate: float) -> float:
        """Profit of a sale at a rate, in stake currency."""
        return round(self.value(rate) - self.cost, 8)

    def profit_ratio(self, rate: float) -> float:
        """The same as a fraction of what was paid."""
        return round(self.value(rate) / self.cost - 1, 8)

    # What happens to it

    def fill_buy(self, released: bool) -> None:
        """The coin is bought."""
        self.amount = cut(self.amount) if released else round(self.amount, 8)
        self.fee_open_cost = self.amount * self.open_rate * FEE
        self.order = None

    def fill_sell(self, now: float) -> None:
        """The coin is sold."""
        assert self.order is not None
        self.close_rate = rate = self.order.rate
        self.fee_close_cost = self.amount * rate * FEE
        self.close_profit = self.profit_ratio(rate)
        self.close_profit_abs = self.profit(rate)
        self.close_date = now
        self.sell_order_status = "closed"
        self.is_open = False
        self.order = None

    def give_up_buying(self, now: float) -> None:
        """The buy order is taken back unfilled. The bot writes down a sale at its price, and a loss of the fees."""
        self.close_rate = rate = self.open_rate
        self.close_profit = self.profit_ratio(rate)
        self.close_profit_abs = self.profit(rate)
        self.close_date = now
        self.sell_order_status = "closed"
        self.is_open = False
        self.order = None
        self.amount = 0.0

    def give_up_selling(self) -> None:
        """The sell order waited too long and is taken back."""
        self.close_rate_requested = None
        self.sell_order_status = "cancelled due to timeout"
        self.order = None

    def protect(self, stoploss: float, now: float) -> None:
        """Set the stoploss for the first time."""
        self.stop_loss = self.open_rate * (1 - abs(stoploss))
        self.stop_loss_ratio = -abs(stoploss)
        self.stoploss_last_update = now

    def watch(self, rate: float) -> None:
        """Remember the lowest and the highest rate."""
        self.max_rate = max(rate, self.max_rate or self.open_rate)
        self.min_rate = min(rate, self.min_rate or self.open_rate)

    # What is said about it

    def to_json(self, now: float, released: bool) -> dict[str, Any]:
        """The Trade object, with the field that the release added."""
        ratio = self.stop_loss_ratio
        percent = None if ratio is None else ratio * 100
        cost = self.cost
        answer: dict[str, Any] = {
            "amount": round(self.amount, 8),
            "close_date": None if self.close_date is None else text(self.close_date),
            "close_date_hum": None if self.close_date is None else ago(self.close_date, now),
            "close_profit": self.close_profit,
            "close_profit_abs": self.close_profit_abs,
            "close_rate": self.close_rate,
            "close_rate_requested": self.close_rate_requested,
            "close_timestamp": None if self.close_date is None else milliseconds(self.close_date),
            "exchange": "bittrex",
            "fee_close": FEE,
            "fee_close_cost": self.fee_close_cost,
            "fee_close_currency": None if self.fee_close_cost is None else STAKE_CURRENCY,
            "fee_open": FEE,
            "fee_open_cost": self.fee_open_cost,
            "fee_open_currency": None if self.fee_open_cost is None else STAKE_CURRENCY,
            "initial_stop_loss": self.stop_loss,
            "initial_stop_loss_abs": self.stop_loss,
            "initial_stop_loss_pct": percent,
            "initial_stop_loss_ratio": ratio,
            "is_open": self.is_open,
            "max_rate": self.max_rate,
            "min_rate": self.min_rate,
            "open_date": text(self.open_date),
            "open_date_hum": ago(self.open_date, now),
            "open_order_id": None if self.order is None else self.order.id,
            "open_rate": self.open_rate,
            "open_rate_requested": self.open_rate,
            "open_timestamp": milliseconds(self.open_date),
            "open_trade_price": round(cost, 8) if released else cost,
            "pair": self.pair,
            "sell_order_status": self.sell_order_status,
            "sell_reason": self.sell_reason,
            "stake_amount": round(self.stake_amount, 8),
            "stop_loss": self.stop_loss,
            "stop_loss_abs": self.stop_loss,
            "stop_loss_pct": percent,
            "stop_loss_ratio": ratio,
            "stoploss_last_update": None if self.stoploss_last_update is None else text(self.stoploss_last_update),
            "stoploss_last_update_timestamp": (
                None if self.stoploss_last_update is None else milliseconds(self.stoploss_last_update)
            ),
            "stoploss_order_id": None,
            "strategy": self.strategy,
            "ticker_interval": TIMEFRAME_MINUTES,
            "timeframe": TIMEFRAME_MINUTES,
            "trade_id": self.id,
        }
        if released:
            answer["amount_requested"] = round(self.amount, 8)
        return answer

    def to_status(self, now: float, rate: float, released: bool) -> dict[str, Any]:
        """The same for `status`, at a current rate that may be NaN."""
        ratio = self.profit_ratio(rate)
        distance = self.stop_loss - rate
        distance_ratio = round(distance / rate, 8)
        answer = self.to_json(now, released) | {
            "base_currency": STAKE_CURRENCY,
            "close_profit_pct": None,
            "current_rate": rate,
            "current_profit": ratio,
            "current_profit_pct": round(ratio * 100, 2),
            "current_profit_abs": self.profit(rate),
            "stoploss_current_dist": distance,
            "stoploss_current_dist_ratio": distance_ratio,
            "stoploss_entry_dist": self.profit(self.stop_loss),
            "stoploss_entry_dist_ratio": self.profit_ratio(self.stop_loss),
            "open_order": self._order_text(),
        }
        if released:
            answer["stoploss_current_dist_pct"] = round(distance_ratio * 100, 2)
        return answer

    def _order_text(self) -> str | None:
        if self.order is None:
            return None
        return f"(limit {self.order.side} rem={self.amount if self.order.resting else 0:.8f})"
