"""Everything a bot remembers, and the history it starts with."""

from __future__ import annotations

from typing import Literal

import msgspec

from .configuration import TIMEFRAME_MINUTES, Configuration
from .market import Prices
from .trade import FEE, Trade

__all__ = ["BotState", "LogLine", "fresh"]

# Lines of the log that are kept.
_LOG = 1000
_MINUTE, _HOUR, _DAY = 60, 3600, 86400

# Pair, rate, age in seconds; then the time it took, rate and reason of the sale, if it was sold.
_HISTORY: tuple[tuple[str, float, int, tuple[int, float, str] | None], ...] = (
    ("ETH/BTC", 0.0322, 6 * _DAY, (5 * _HOUR, 0.0338, "roi")),
    ("LTC/BTC", 0.00512, 4 * _DAY, (9 * _HOUR, 0.00486, "stop_loss")),
    ("XRP/BTC", 0.0000231, 2 * _DAY, (3 * _HOUR, 0.0000244, "sell_signal")),
    ("ETH/BTC", 0.0331, 30 * _HOUR, (4 * _HOUR, 0.0336, "roi")),
    ("XRP/BTC", 0.0000242, 5 * _HOUR, (1 * _HOUR, 0.000025, "force_sell")),
    ("ETH/BTC", 0.0333, 95 * _MINUTE, None),
    ("ADA/BTC", 0.0000119, 20 * _MINUTE, None),
)
_STAKE = 0.05


class LogLine(msgspec.Struct):
    """One line of the bot's log."""

    time: float
    logger: str
    level: str
    message: str


class BotState(msgspec.Struct):
    """A bot."""

    state: Literal["running", "stopped", "reload_config"]
    max_open_trades: float
    """As it is now; `stopbuy` sets it to 0."""
    prices: Prices
    last_turn: float
    """When the main loop last came round."""
    candle: int
    """The candle it saw then; the strategy looks at each one once."""
    blacklist: list[str]
    whitelist: list[str]
    edge: bool
    orders_wait: bool = False
    """Whether the exchange leaves orders unfilled."""
    drawn: int = 0
    """How many order numbers and token ids were drawn."""
    trades: dict[int, Trade] = msgspec.field(default_factory=dict[int, Trade])
    open: list[int] = msgspec.field(default_factory=list[int])
    """Ids of the open trades, ascending."""
    locks: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """Until when a pair is not bought again."""
    log: list[LogLine] = msgspec.field(default_factory=list[LogLine])

    def open_trades(self) -> list[Trade]:
        """Open trades by id."""
        return [self.trades[each] for each in self.open]

    def closed_trades(self) -> list[Trade]:
        """Closed trades by id."""
        return [trade for trade in self.trades.values() if not trade.is_open]

    def add(self, trade: Trade) -> None:
        """Take a trade up."""
        self.trades[trade.id] = trade
        if trade.is_open:
            self.open.append(trade.id)

    def remove(self, trade: Trade) -> None:
        """Forget a trade."""
        del self.trades[trade.id]
        if trade.is_open:
            self.open.remove(trade.id)

    def next_id(self) -> int:
        """The highest id and one; as in the bot's database, the id of a deleted last trade is given again."""
        return next(reversed(self.trades), 0) + 1

    def write_log(self, now: float, message: str, logger: str = "freqtrade.freqtradebot") -> None:
        """Add a line to the log."""
        self.log.append(LogLine(now, logger, "INFO", message))
        if len(self.log) > _LOG:
            del self.log[: len(self.log) - _LOG]


def fresh(configuration: Configuration, now: float) -> BotState:
    """A bot that was just started."""
    start = float(int(now))
    state = BotState(
        state=configuration.initial_state,
        max_open_trades=configuration.limit_of_trades,
        prices=Prices(start),
        last_turn=start,
        candle=int(start // (TIMEFRAME_MINUTES * 60)),
        blacklist=list(configuration.pair_blacklist),
        whitelist=list(configuration.pair_whitelist),
        edge=configuration.edge,
    )
    for number, (pair, rate, age, sale) in enumerate(_HISTORY if configuration.trades else (), 1):
        amount = round(_STAKE / rate, 8)
        trade = Trade(number, pair, _STAKE, amount, rate, start - age, configuration.strategy)
        trade.fee_open_cost = round(_STAKE * FEE, 8)
        trade.min_rate, trade.max_rate = rate * 0.99, rate * 1.03
        trade.protect(configuration.stoploss, trade.open_date)
        if sale is not None:
            length, close_rate, reason = sale
            trade.close_rate = trade.close_rate_requested = close_rate
            trade.close_date = trade.open_date + length
            trade.close_profit, trade.close_profit_abs = trade.profit_ratio(close_rate), trade.profit(close_rate)
            trade.fee_close_cost = round(amount * close_rate * FEE, 8)
            trade.sell_reason, trade.sell_order_status, trade.is_open = reason, "closed", False
        state.add(trade)
    state.write_log(start, "Bot heartbeat. State=" + configuration.initial_state.upper(), "freqtrade.worker")
    return state
