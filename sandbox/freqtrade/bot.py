"""The bot: its states, its main loop, and what it can be told to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast
from uuid import UUID

from .configuration import STAKE_CURRENCY, TIMEFRAME_MINUTES, Configuration
from .market import PAIRS, Market, PriceUnknown, draw
from .state import BotState
from .trade import Order, Trade, cut

__all__ = ["EDGE", "Bot", "Failed", "Refused"]

# Pairs that the Edge module accepts, best first: win rate, expectancy, stoploss.
EDGE: dict[str, tuple[float, float, float]] = {
    "XRP/BTC": (0.71, 1.86, -0.02),
    "LTC/BTC": (0.66, 1.12, -0.02),
    "ETH/BTC": (0.63, 0.94, -0.02),
    "ADA/BTC": (0.58, 0.61, -0.02),
}
_ALLOWED_RISK = 0.01
# The exchange takes no order of less, in stake currency and in coins, and knows no lower rate.
_SMALLEST_ORDER, _SMALLEST_AMOUNT, _SMALLEST_RATE = 0.0005, 1e-6, 1e-8
_CANDLE = TIMEFRAME_MINUTES * 60
# How often the strategy sees a reason, per candle and pair.
_BUY_CHANCE, _SELL_CHANCE = 1 / 30, 1 / 90
# How long an order may wait, in seconds.
_PATIENCE = {"buy": 600, "sell": 1800}
# Time that passed unseen is caught up with in turns of a minute once it is more than an hour.
_LONG, _STRIDE = 3600, 60


class Refused(Exception):
    """The bot declines a call and says why."""


class Failed(Exception):
    """A fault that the server does not expect."""


class Bot:
    """What a state does."""

    def __init__(self, configuration: Configuration, state: BotState) -> None:
        self.configuration = configuration
        self.state = state
        self.market = Market(state.prices, configuration.seed, configuration.volatility)

    # The main loop

    def run(self, now: float) -> None:
        """Let the main loop come round as often as it would have until now."""
        state, step = self.state, float(self.configuration.process_throttle_secs)
        if now < state.last_turn:
            state.last_turn = now
        while True:
            missed = now - state.last_turn
            if missed < step:
                return
            if state.state == "stopped":
                state.last_turn += missed // step * step
                return
            state.last_turn += step if missed <= _LONG else max(step, _STRIDE)
            self._turn(state.last_turn)

    def _turn(self, now: float) -> None:
        if self.state.state == "reload_config":
            self._reload(now)
            return
        candle = int(now // _CANDLE)
        signals = self.configuration.signals and candle != self.state.candle
        self.state.candle = candle
        self._refresh_whitelist()
        for trade in self.state.open_trades():
            self._follow_order(trade, now)
            if trade.is_open and trade.order is None:
                self._follow_trade(trade, now, signals)
        if signals:
            self._look_for_entries(now)

    def _reload(self, now: float) -> None:
        """Read the configuration again. Simulated orders that were waiting are forgotten."""
        state, configuration = self.state, self.configuration
        state.state = configuration.initial_state
        state.max_open_trades = configuration.limit_of_trades
        state.blacklist = list(configuration.pair_blacklist)
        state.whitelist = list(configuration.pair_whitelist)
        state.locks.clear()
        for trade in state.open_trades():
            if configuration.dry_run and trade.order is not None:
                trade.order = None
        state.write_log(now, "Config reloaded", "freqtrade.worker")

    def _refresh_whitelist(self) -> None:
        state = self.state
        pairs = list(EDGE) if state.edge else self.configuration.pair_whitelist
        state.whitelist = [pair for pair in pairs if pair not in state.blacklist]
        state.whitelist += [trade.pair for trade in state.open_trades() if trade.pair not in state.whitelist]

    def _follow_order(self, trade: Trade, now: float) -> None:
        """Fill the order a trade waits for, unless the exchange lets orders lie."""
        order = trade.order
        if order is None:
            return
        if order.resting and self.state.orders_wait:
            if now - order.placed >= _PATIENCE[order.side]:
                self._time_out(trade, now)
        elif order.side == "buy":
            trade.fill_buy(self.configuration.released)
            self.state.write_log(now, f"LIMIT_BUY has been fulfilled for Trade {trade.id} ({trade.pair}).")
        else:
            trade.fill_sell(now)
            self.state.open.remove(trade.id)
            self.state.write_log(now, f"LIMIT_SELL has been fulfilled for Trade {trade.id} ({trade.pair}).")

    def _time_out(self, trade: Trade, now: float) -> None:
        assert trade.order is not None
        self.state.write_log(now, f"Order {trade.order.id} of Trade {trade.id} timed out.")
        if trade.order.side == "buy":
            self.state.remove(trade)
        else:
            trade.give_up_selling()

    def _follow_trade(self, trade: Trade, now: float, signals: bool) -> None:
        """Set the stoploss of a new trade; sell if a rule says so. Without a price neither is done."""
        try:
            rate = self.market.ask(trade.pair, now)
        except PriceUnknown:
            return
        if trade.stop_loss == 0.0:
            stoploss = EDGE[trade.pair][2] if self.state.edge and trade.pair in EDGE else self.configuration.stoploss
            trade.protect(stoploss, now)
        trade.watch(rate)
        reason = self._reason_to_sell(trade, rate, now, signals)
        if reason is not None:
            self._sell(trade, rate, reason, now)

    def _reason_to_sell(self, trade: Trade, rate: float, now: float, signals: bool) -> str | None:
        if rate <= trade.stop_loss:
            return "stop_loss"
        age = (now - trade.open_date) / 60
        due = [int(minutes) for minutes in self.configuration.minimal_roi if int(minutes) <= age]
        if due and trade.profit_ratio(rate) > self.configuration.minimal_roi[str(max(due))]:
            return "roi"
        if signals and draw(self.configuration.seed, "sell", trade.pair, self.state.candle) < _SELL_CHANCE:
            return "sell_signal"
        return None

    def _look_for_entries(self, now: float) -> None:
        state = self.state
        state.locks = {pair: until for pair, until in state.locks.items() if until > now}
        taken = {trade.pair for trade in state.open_trades()}
        for pair in state.whitelist:
            if len(state.open) >= state.max_open_trades:
                return
            if pair in taken or pair in state.locks:
                continue
            if draw(self.configuration.seed, "buy", pair, state.candle) < _BUY_CHANCE:
                try:
                    self._buy(pair, self.market.bid(pair, now), now)
                except (PriceUnknown, Failed):
                    continue

    # Orders

    def _buy(self, pair: str, rate: float, now: float) -> Trade | None:
        """Place a buy order; None if the exchange would not take so small a one."""
        stake = self._stake(pair)
        if stake < max(_SMALLEST_ORDER, _SMALLEST_AMOUNT * rate) or rate < _SMALLEST_RATE:
            return None
        if not self.configuration.dry_run:
            try:
                self.market.quote(pair, now)
            except PriceUnknown:
                raise Failed("the exchange does not answer") from None
        amount = cut(stake / rate) if self.configuration.released else stake / rate
        now = round(now, 3)
        trade = Trade(self.state.next_id(), pair, stake, amount, rate, now, self.configuration.strategy)
        trade.order = self._order("buy", rate, now)
        self.state.add(trade)
        self.state.write_log(now, f"Buy signal found: about create a new trade with stake_amount: {stake} ...")
        return trade

    def _sell(self, trade: Trade, rate: float, reason: str, now: float) -> None:
        """Place a sell order and leave the pair alone until the next candle."""
        trade.order = self._order("sell", rate, now)
        trade.close_rate_requested = rate
        trade.sell_reason = reason
        self.state.locks[trade.pair] = now // _CANDLE * _CANDLE + _CANDLE
        self.state.write_log(now, f"Executing Sell for {trade.pair}. Reason: {reason}")

    def _order(self, side: Literal["buy", "sell"], rate: float, now: float) -> Order:
        self.state.drawn += 1
        number = int(draw(self.configuration.seed, "order", self.state.drawn) * 1_000_001)
        name = f"dry_run_{side}_{number}" if self.configuration.dry_run else self.unique_id()
        return Order(name, side, rate, now, not self.configuration.dry_run or self.state.orders_wait)

    def unique_id(self) -> str:
        """A UUID that was not given before."""
        self.state.drawn += 1
        high, low = (int(draw(self.configuration.seed, part, self.state.drawn) * 2**64) for part in ("high", "low"))
        return str(UUID(int=(high << 64 | low) & (1 << 128) - 1, version=4))

    # Money

    def wallet(self) -> float:
        """What is left of the stake currency, waiting buy orders not counted."""
        earned = sum(trade.close_profit_abs or 0.0 for trade in self.state.closed_trades() if trade.amount)
        tied_up = sum(trade.stake_amount for trade in self.state.open_trades())
        return self.configuration.dry_run_wallet + earned - tied_up

    def _stake(self, pair: str) -> float:
        """What to pay for the next trade."""
        state, configuration = self.state, self.configuration
        tied_up = sum(trade.stake_amount for trade in state.open_trades())
        total = (tied_up + self.wallet()) * configuration.tradable_balance_ratio
        available = total - tied_up
        if state.edge:
            stoploss = EDGE[pair][2] if pair in EDGE else configuration.stoploss
            stake = max(min(total * _ALLOWED_RISK / abs(stoploss), available), 0.0)
        elif configuration.stake_amount == "unlimited":
            slots = state.max_open_trades - len(state.open)
            stake = max(available / slots, 0.0) if slots > 0 else 0.0
        else:
            stake = float(configuration.stake_amount)
        if stake > available:
            raise Failed("the stake exceeds the free balance")
        return round(stake, 15)

    # Calls

    def start(self) -> str:
        """Trade."""
        if self.state.state == "running":
            return "already running"
        self.state.state = "running"
        return "starting trader ..."

    def stop(self) -> str:
        """Trade no more, and leave open trades alone."""
        if self.state.state != "running":
            return "already stopped"
        self.state.state = "stopped"
        return "stopping trader ..."

    def stop_buying(self) -> str:
        """Let the trades that are open be the last."""
        if self.state.state == "running":
            self.state.max_open_trades = 0
        return "No more buy will occur from now. Run /reload_config to reset."

    def reload(self) -> str:
        """Read the configuration again at the next turn."""
        self.state.state = "reload_config"
        return "reloading config ..."

    def demand_running(self) -> None:
        """Refuse a call that needs the bot to trade."""
        if self.state.state != "running":
            raise Refused("trader is not running")

    def forcebuy(self, pair: Any, price: Any, now: float) -> Trade | None:
        """Buy at a rate, or at the current one. The limit of open trades does not count here."""
        if not self.configuration.forcebuy_enable:
            raise Refused("Forcebuy not enabled.")
        self.demand_running()
        if isinstance(pair, (list, dict)):
            raise Failed("the pair is no text")
        if pair not in PAIRS or not pair.endswith(f"/{STAKE_CURRENCY}"):
            raise Refused(f"Wrong pair selected. Please pairs with stake {STAKE_CURRENCY} pairs only")
        held = next((trade for trade in self.state.open_trades() if trade.pair == pair), None)
        if held is not None:
            raise Refused(f"position for {pair} already open - id: {held.id}")
        if not price:
            try:
                price = self.market.bid(pair, now)
            except PriceUnknown:
                raise Failed("the exchange does not answer") from None
        # Nothing good comes of these on a real server either; it is only less orderly there.
        if isinstance(price, bool) or not isinstance(price, (int, float)) or not 0 < price < math.inf:
            raise Failed("the price is no number above 0")
        return self._buy(pair, float(price), now)

    def forcesell(self, wanted: Any, now: float) -> str:
        """Sell one open trade, or all."""
        self.demand_running()
        if wanted == "all":
            for trade in self.state.open_trades():
                self._forcesell(trade, now)
            return "Created sell orders for all open trades."
        asked = self.state.trades.get(_number(wanted))
        if asked is None or not asked.is_open:
            raise Refused("invalid argument")
        self._forcesell(asked, now)
        return f"Created sell order for trade {wanted}."

    def _forcesell(self, trade: Trade, now: float) -> None:
        order = trade.order
        if order is not None and order.resting:
            if order.side == "sell":
                return
            # Nothing was bought; the bot calls that a closed trade, and tries to sell nothing.
            trade.give_up_buying(now)
            self.state.open.remove(trade.id)
        try:
            rate = self.market.ask(trade.pair, now)
        except PriceUnknown:
            raise Failed("the exchange does not answer") from None
        self._sell(trade, rate, "force_sell", now)

    def delete(self, number: int) -> int:
        """Forget a trade; the number of orders that were cancelled."""
        trade = self.state.trades.get(number)
        if trade is None:
            raise Refused("invalid argument")
        self.state.remove(trade)
        return 0 if trade.order is None else 1

    def blacklist(self, pairs: Any) -> dict[str, dict[str, str]]:
        """Add pairs, and say what was wrong with those that were not. A text is a list of letters here."""
        errors: dict[str, dict[str, str]] = {}
        for pair in _each(pairs):
            if pair not in PAIRS or not pair.endswith(f"/{STAKE_CURRENCY}"):
                errors[pair] = {"error_msg": f"Pair {pair} does not match stake currency."}
            elif pair in self.state.blacklist:
                errors[pair] = {"error_msg": f"Pair {pair} already in pairlist."}
            else:
                self.state.blacklist.append(pair)
        if len({"number" if isinstance(pair, (int, float)) else type(pair).__name__ for pair in errors}) > 1:
            raise Failed("keys of several types cannot be sorted")
        return errors


def _each(pairs: Any) -> Iterator[Any]:
    if not isinstance(pairs, (list, dict, str)):
        raise Failed("not a list")
    for pair in cast("Iterable[Any]", pairs):
        if isinstance(pair, (list, dict)):
            raise Failed("not a pair")
        yield pair


def _number(wanted: Any) -> int:
    """A trade's number as the database reads it: digits in quotes count, anything else is nobody's number."""
    if isinstance(wanted, (list, dict)):
        raise Failed("the database does not take this")
    try:
        value = float(wanted)
    except (TypeError, ValueError, OverflowError):
        return 0
    return int(value) if math.isfinite(value) and value == int(value) else 0
