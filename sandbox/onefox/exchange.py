"""Orders and positions of the account: what placing, filling, funding, merging and closing do to its balance.

- An order binds its margin (`locked`), a position holds its margin; the rest of the balance is free (`unlocked`).
- The volume of a position is the value of its contracts in satoshis; its margin is that by the leverage, rounded up.
- LONG gains the volume at entry less the volume at exit, SHORT the other way round: the volume is inverse to the price.
- A taker pays 0.02 % of the volume, a maker is credited as much. These and the funding stay with the position and are
  settled, with its margin and its profit, when it is closed. So at any time `unlocked + locked + margins` of open
  positions is what was deposited and the profits of closed positions, in which charges are included.
- A position is liquidated when margin, charges and profit together are down to 0.5 % of its volume. It never loses more
  than its margin: where the market is beyond that, it is closed at the price at which nothing is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from .amounts import COIN, btc, ceil_div, fraction_of, satoshis, unit_value
from .feed import STEP, Feed, Quote, Tick
from .markets import MARKETS, MINIMUM_MARGIN, Market
from .refusals import Refused
from .state import Charge, ChargeType, Direction, Order, Position, Print, Side, State

__all__ = ["Exchange", "Ticket"]

_FEE = Decimal("0.02")
_SOCIALIZED = Decimal("0.01")
# A move of the market between two fundings, as a share of the price, after which losses are socialized.
_CRASH = 0.05
# A liquidated position has this left, as a divisor of its volume.
_MAINTENANCE = 200
_FUNDING_EVERY = 8 * 3600
# Funding is at 4, 12 and 20 o'clock.
_FUNDING_AT = 4 * 3600
_FUNDING_MOST = 0.375
_PRICE_MOST = Decimal(10_000_000)


class Ticket(NamedTuple):
    """An order as it is asked for."""

    symbol: str
    type: str
    direction: Direction
    margin: Decimal
    leverage: int
    price: Decimal | None
    """Limit or stop entry price."""
    stop_loss: Decimal | None
    take_profit: Decimal | None
    post_only: bool


class Fill(NamedTuple):
    """A part of a trade, at one price."""

    price: Decimal
    contracts: int
    value: int


class Bounds(NamedTuple):
    """Prices in ticks at which something happens in a market. Nothing does while the price stays between them."""

    low: int
    """Market price down here: a stop, an exit or a liquidation."""
    high: int
    bought: int
    """Highest limit to buy."""
    sold: int
    """Lowest limit to sell."""


_QUIET = Bounds(-1, 1 << 62, -1, 1 << 62)


def entry_side(direction: Direction) -> Side:
    """Side of the trades that open a position."""
    return "BUY" if direction == "LONG" else "SELL"


def exit_side(direction: Direction) -> Side:
    """Side of the trades that close a position."""
    return "SELL" if direction == "LONG" else "BUY"


class Exchange:
    """The account in its markets."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.feeds = {symbol: Feed(market, state) for symbol, market in MARKETS.items()}
        self._bounds: dict[str, Bounds] = {}
        self._resting: dict[tuple[str, Direction], dict[Decimal, int]] = {}
        for order in state.orders.values():
            self._rest(order, order.contracts)

    # Time

    def advance(self, now: float) -> None:
        """Live through the steps up to a moment."""
        state = self.state
        last = int(now - state.started) // STEP
        if last <= state.step:
            return
        first, state.step = state.step + 1, last
        if not state.orders and not state.positions:
            return
        for step in range(first, last + 1):
            moment = state.started + step * STEP
            if moment % _FUNDING_EVERY == _FUNDING_AT:
                self._fund(step, moment)
            for symbol in self._busy():
                feed = self.feeds[symbol]
                self._react(feed, feed.quote(step), feed.tick(step), moment)

    def _busy(self) -> list[str]:
        """Markets in which the account has something that trading could touch."""
        for symbol in MARKETS:
            if symbol not in self._bounds:
                self._bounds[symbol] = self._find_bounds(self.feeds[symbol])
        return [symbol for symbol, bounds in self._bounds.items() if bounds is not _QUIET]

    def set_price(self, symbol: str, price: Decimal, now: float) -> None:
        """Let a market be at a price at once, with a trade there."""
        feed = self.feeds[symbol]
        step = feed.at(now)
        feed.shift(step, int(price / feed.step))
        self._print(feed, [Fill(price, 1, unit_value(price, up=True))], "BUY", now, None)
        self.settle(symbol, now)

    def settle(self, symbol: str, now: float) -> None:
        """Let a market react to its price until nothing more happens."""
        feed = self.feeds[symbol]
        # A fill may open a position that is beyond its stop already.
        for _ in range(3):
            self._react(feed, feed.quote(feed.at(now)), None, now)

    # What prices set off

    def _find_bounds(self, feed: Feed) -> Bounds:
        symbol = feed.market.symbol
        if feed.market.status != "OPEN":
            return _QUIET
        low, high, bought, sold = _QUIET
        found = False
        for order in self._orders_of(symbol):
            found = True
            ticks = int(order.price / feed.step)
            if order.type == "STOP_ENTRY":
                low, high = (low, min(high, ticks)) if order.direction == "LONG" else (max(low, ticks), high)
            elif order.direction == "LONG":
                bought = max(bought, ticks)
            else:
                sold = min(sold, ticks)
        for position in self._positions_of(symbol):
            found = True
            below, above = self._exits(position)
            if below is not None:
                low = max(low, math.ceil(below / feed.step))
            if above is not None:
                high = min(high, math.floor(above / feed.step))
        return Bounds(low, high, bought, sold) if found else _QUIET

    def _exits(self, position: Position) -> tuple[Decimal | None, Decimal | None]:
        """Prices below and above which a position is closed."""
        ruin = self.liquidation_price(position)
        if position.direction == "LONG":
            below = max((price for price in (ruin, position.stop_loss) if price is not None), default=None)
            return below, position.take_profit
        above = min((price for price in (ruin, position.stop_loss) if price is not None), default=None)
        return position.take_profit, above

    def _react(self, feed: Feed, quote: Quote, tick: Tick | None, now: float) -> None:
        """Exits first, then entries; what an entry opens is looked at in the next round."""
        symbol = feed.market.symbol
        bounds = self._bounds.get(symbol) or self._find_bounds(feed)
        self._bounds[symbol] = bounds
        sale = tick.price if tick is not None and tick.side == "SELL" else quote.ask
        purchase = tick.price if tick is not None and tick.side == "BUY" else quote.bid
        if (
            bounds.low < quote.market < bounds.high
            and bounds.bought < min(sale, quote.ask)
            and bounds.sold > max(purchase, quote.bid)
        ):
            return
        del self._bounds[symbol]
        market = feed.price(quote.market)
        for position in list(self._positions_of(symbol)):
            below, above = self._exits(position)
            if (below is not None and market <= below) or (above is not None and market >= above):
                self._close(feed, position, now)
        for order in list(self._orders_of(symbol)):
            if order.type == "STOP_ENTRY":
                if market >= order.price if order.direction == "LONG" else market <= order.price:
                    self._trigger(feed, order, now)
            else:
                self._match(feed, order, quote, tick, now)

    def _trigger(self, feed: Feed, order: Order, now: float) -> None:
        """A stop entry order becomes a market order with what its margin can bear."""
        self._withdraw(order)
        side = entry_side(order.direction)
        fills = self._take(feed, side, now, budget=order.margin * order.leverage, contracts=order.contracts)
        if fills:
            self._fill(feed, order, fills, now, "FEE_TAKER", 0)

    def _match(self, feed: Feed, order: Order, quote: Quote, tick: Tick | None, now: float) -> None:
        """Fill a limit order at its price: whole when the book crosses it, or by the size of a trade there."""
        long = order.direction == "LONG"
        limit = int(order.price / feed.step)
        contracts = 0
        if (quote.ask <= limit) if long else (quote.bid >= limit):
            contracts = order.contracts
        elif tick is not None and tick.side == exit_side(order.direction):
            reached = tick.price <= limit if long else tick.price >= limit
            contracts = min(order.contracts, tick.contracts) if reached else 0
        if not contracts:
            return
        value = contracts * unit_value(order.price, up=long)
        self._rest(order, -contracts)
        order.contracts -= contracts
        bound = ceil_div(order.contracts * unit_value(order.price, up=True), order.leverage)
        released, order.margin = order.margin - bound, bound
        if not order.contracts:
            del self.state.orders[order.id]
        self._fill(feed, order, [Fill(order.price, contracts, value)], now, "FEE_MAKER", released)

    # Trading

    def _take(
        self,
        feed: Feed,
        side: Side,
        now: float,
        *,
        contracts: int | None = None,
        budget: int | None = None,
        limit: Decimal | None = None,
    ) -> list[Fill]:
        """Take as many contracts as asked for, as a budget buys, and as a limit lets. The last level has no end."""
        fills: list[Fill] = []
        levels = list(feed.levels(feed.at(now), side))
        for number, (ticks, size) in enumerate(levels, 1):
            price = feed.price(ticks)
            if limit is not None and (price > limit if side == "BUY" else price < limit):
                break
            unit = unit_value(price, up=side == "BUY")
            sizes = [] if number == len(levels) else [size]
            if contracts is not None:
                sizes.append(contracts)
            if budget is not None:
                sizes.append(budget // unit)
            count = min(sizes)
            if not count:
                break
            fills.append(Fill(price, count, count * unit))
            contracts = None if contracts is None else contracts - count
            budget = None if budget is None else budget - count * unit
        return fills

    def _print(self, feed: Feed, fills: Iterable[Fill], side: Side, now: float, order_id: int | None) -> list[Print]:
        """Put trades on the tape."""
        prints: list[Print] = []
        for fill in fills:
            self.state.last_print = feed.own_id(now, self.state.last_print)
            item = Print(self.state.last_print, now, fill.price, fill.contracts, side, fill.value, order_id)
            feed.prints.append(item)
            prints.append(item)
        return prints

    def _charge(self, position: Position, kind: ChargeType, amount: int, percentage: Decimal, now: float) -> None:
        if amount:
            charge = Charge(self.state.next_charge, kind, amount, percentage, now)
            self.state.next_charge += 1
            position.charges.append(charge)
            position.fees += amount

    def _fill(self, feed: Feed, order: Order, fills: list[Fill], now: float, kind: ChargeType, released: int) -> None:
        """Open a position, or add to the one of an order. Its margin comes from what the order released."""
        state = self.state
        position = state.positions.get(order.position_id)
        if position is None:
            position = Position(
                order.position_id,
                order.symbol,
                order.direction,
                order.leverage,
                order.stop_loss,
                order.take_profit,
                now,
                now,
            )
            state.positions[position.id] = position
        for item in self._print(feed, fills, entry_side(order.direction), now, order.id or None):
            position.trades.append(item)
            position.contracts += item.contracts
            position.volume += item.value
            position.weighted += item.price * item.value
            sign = 1 if kind == "FEE_MAKER" else -1
            self._charge(position, kind, sign * fraction_of(item.value, _FEE), sign * _FEE, now)
        position.last_trade = now
        state.unlocked += released
        # Rounding each part up may ask for a satoshi that is not there.
        taken = min(ceil_div(position.volume, position.leverage) - position.margin, state.unlocked)
        state.unlocked -= taken
        position.margin += taken
        self._bounds.pop(order.symbol, None)

    def _close(self, feed: Feed, position: Position, now: float) -> None:
        """Close a position in the market, and withdraw its orders."""
        state = self.state
        side = exit_side(position.direction)
        fills = self._take(feed, side, now, contracts=position.contracts)
        sign = 1 if position.direction == "SHORT" else -1
        left = position.margin + position.fees + sign * (sum(fill.value for fill in fills) - position.volume)
        if left < 0:
            fills = [self._last_resort(feed, position)]
            left = position.margin + position.fees + sign * (fills[0].value - position.volume)
        for item in self._print(feed, fills, side, now, None):
            position.trades.append(item)
            position.exit_volume += item.value
            position.exit_weighted += item.price * item.value
            # Nobody pays a fee out of an empty margin.
            fee = min(fraction_of(item.value, _FEE), left)
            left -= fee
            self._charge(position, "FEE_TAKER", -fee, -_FEE, now)
        position.last_trade = now
        position.profit = sign * (position.exit_volume - position.volume) + position.fees
        state.unlocked += position.margin + position.profit
        self._retire(position)
        for order in [order for order in state.orders.values() if order.position_id == position.id]:
            self._withdraw(order)

    def _last_resort(self, feed: Feed, position: Position) -> Fill:
        """The price at which nothing of the margin is left, rounded so that nothing more than it is lost."""
        contracts, step = position.contracts, feed.step
        if position.direction == "LONG":
            unit = (position.margin + position.fees + position.volume) // contracts
            price = math.ceil(Decimal(COIN) / unit / step) * step
        else:
            unit = ceil_div(position.volume - position.margin - position.fees, contracts)
            price = math.floor(Decimal(COIN) / unit / step) * step
        return Fill(price, contracts, contracts * unit_value(price, up=position.direction == "SHORT"))

    def _retire(self, position: Position) -> None:
        del self.state.positions[position.id]
        self.state.closed[position.id] = position
        self._bounds.pop(position.symbol, None)

    def liquidation_price(self, position: Position) -> Decimal | None:
        """The price at which a position is liquidated; None if it never is."""
        equity = position.margin + position.fees - position.volume // _MAINTENANCE
        value = position.volume + equity if position.direction == "LONG" else position.volume - equity
        return Decimal(position.contracts * COIN) / value if value > 0 else None

    def unrealized(self, position: Position, now: float) -> int:
        """Profit if the position were closed now, charges so far included; rounded against the position."""
        feed = self.feeds[position.symbol]
        quote = feed.quote(feed.at(now))
        long = position.direction == "LONG"
        value = position.contracts * unit_value(feed.price(quote.bid if long else quote.ask), up=long)
        return (position.volume - value if long else value - position.volume) + position.fees

    # Funding

    def funding_rate(self, feed: Feed, step: int) -> Decimal:
        """What LONG pays to SHORT, in percent: what the market's price is above the index, within limits."""
        rate = max(min(feed.premium(step) * 100, _FUNDING_MOST), -_FUNDING_MOST)
        return Decimal(round(rate * 10_000)) / 10_000

    @staticmethod
    def next_funding(now: float) -> int:
        """The next moment of funding."""
        return math.floor((now - _FUNDING_AT) // _FUNDING_EVERY + 1) * _FUNDING_EVERY + _FUNDING_AT

    def _fund(self, step: int, now: float) -> None:
        for position in self.state.positions.values():
            feed = self.feeds[position.symbol]
            rate = self.funding_rate(feed, step)
            if position.direction == "LONG":
                rate = -rate
            self._charge(position, "FINANCING", fraction_of(position.volume, rate), rate, now)
            before, after = feed.quote(step - _FUNDING_EVERY // STEP).market, feed.quote(step).market
            if abs(after / before - 1) > _CRASH and self.unrealized(position, now) > 0:
                # Others lost more than their margins could bear; who gained has a share in it.
                self._charge(position, "SOCIALIZED_LOSS", -fraction_of(position.volume, _SOCIALIZED), -_SOCIALIZED, now)
            self._bounds.pop(position.symbol, None)

    # Orders in the book

    def _orders_of(self, symbol: str) -> Iterator[Order]:
        return (order for order in self.state.orders.values() if order.symbol == symbol)

    def _positions_of(self, symbol: str) -> Iterator[Position]:
        return (position for position in self.state.positions.values() if position.symbol == symbol)

    def _rest(self, order: Order, contracts: int) -> None:
        """Add contracts of a limit order to the book, or take them out."""
        if order.type == "LIMIT":
            book = self._resting.setdefault((order.symbol, order.direction), {})
            book[order.price] = book.get(order.price, 0) + contracts
            if not book[order.price]:
                del book[order.price]

    def _withdraw(self, order: Order) -> None:
        """Take an order out, and free what it bound."""
        self._rest(order, -order.contracts)
        del self.state.orders[order.id]
        self.state.unlocked += order.margin
        self._bounds.pop(order.symbol, None)

    def ticker(self, symbol: str, now: float) -> tuple[Decimal, Decimal, Decimal]:
        """Best bid, best ask and last price."""
        feed = self.feeds[symbol]
        quote = feed.quote(feed.at(now))
        bid, ask = feed.price(quote.bid), feed.price(quote.ask)
        bids, asks = self._resting.get((symbol, "LONG"), ()), self._resting.get((symbol, "SHORT"), ())
        return max((bid, *bids)), min((ask, *asks)), feed.last_price(now)

    def book(self, symbol: str, depth: int, now: float) -> tuple[list[tuple[Decimal, int]], list[tuple[Decimal, int]]]:
        """Bids and asks by price, best first."""
        feed = self.feeds[symbol]
        return (
            sorted(self._levels(feed, "LONG", now).items(), reverse=True)[:depth],
            sorted(self._levels(feed, "SHORT", now).items())[:depth],
        )

    def _levels(self, feed: Feed, direction: Direction, now: float) -> dict[Decimal, int]:
        """Contracts by price of the orders of one direction: seeded ones and those of the account."""
        levels = {feed.price(ticks): size for ticks, size in feed.levels(feed.at(now), exit_side(direction))}
        for price, size in self._resting.get((feed.market.symbol, direction), {}).items():
            levels[price] = levels.get(price, 0) + size
        return levels

    # What the account asks for

    def market(self, symbol: str) -> Market:
        """A market by its symbol."""
        market = MARKETS.get(symbol)
        if market is None:
            raise Refused("MARKET_NOT_FOUND", "There is no such market.")
        return market

    def position(self, position_id: int) -> Position:
        """A position by its id, open or closed."""
        found = self.state.positions.get(position_id) or self.state.closed.get(position_id)
        if found is None:
            raise Refused("POSITION_NOT_FOUND", "There is no such position.")
        return found

    def open_position(self, position_id: int) -> Position:
        """A position that is open."""
        found = self.position(position_id)
        if found.id in self.state.closed:
            raise Refused("POSITION_CLOSED", "The position is closed.")
        return found

    def place(self, ticket: Ticket, now: float) -> tuple[int | None, int]:
        """Place an order. Its id, or None for a market order, and the id of its position."""
        state, market = self.state, self.market(ticket.symbol)
        feed = self.feeds[market.symbol]
        self._check_ticket(ticket, market, feed, now)
        side = entry_side(ticket.direction)
        margin = satoshis(ticket.margin)
        budget = margin * ticket.leverage
        limit = ticket.type == "LIMIT"
        fills: list[Fill] = []
        if ticket.type == "MARKET" or (limit and market.status == "OPEN"):
            fills = self._take(feed, side, now, budget=budget, limit=ticket.price if limit else None)
        if fills and ticket.post_only:
            raise Refused("TRADE_POST_ONLY_EXECUTION", "The order would be executed at once, but is post-only.")
        order = Order(
            0,
            state.next_position,
            market.symbol,
            "LIMIT" if limit else "STOP_ENTRY",
            ticket.direction,
            ticket.price if ticket.price is not None else Decimal(0),
            ticket.leverage,
            0,
            0,
            ticket.stop_loss,
            ticket.take_profit,
            now,
        )
        if ticket.price is not None:
            volume = sum(fill.value for fill in fills)
            unit = unit_value(ticket.price, up=True)
            rest = (margin - ceil_div(volume, ticket.leverage)) * ticket.leverage
            # What was too little for one more contract in the book does not wait at the limit.
            if not fills or rest >= fills[-1].value // fills[-1].contracts:
                order.contracts = rest // unit
                order.margin = ceil_div(order.contracts * unit, ticket.leverage)
        if not fills and not order.contracts:
            raise Refused("TRADE_MARGIN_TOO_SMALL", "The margin is not enough for a single contract.")
        state.next_position += 1
        if ticket.type != "MARKET":
            order.id = state.next_order
            state.next_order += 1
        if fills:
            self._fill(feed, order, fills, now, "FEE_TAKER", 0)
        if order.contracts:
            state.unlocked -= order.margin
            state.orders[order.id] = order
            self._rest(order, order.contracts)
            self._bounds.pop(order.symbol, None)
        return order.id or None, order.position_id

    def _check_ticket(self, ticket: Ticket, market: Market, feed: Feed, now: float) -> None:
        """Refuse what the market does not take."""
        if market.status == "CLOSED":
            raise Refused("MARKET_CLOSED", "The market is closed.")
        if market.status == "ORDERS_ONLY" and ticket.type == "MARKET":
            raise Refused("MARKET_ORDERS_ONLY", "The market takes limit and stop entry orders only.")
        if ticket.leverage > market.maximum_leverage:
            raise Refused(
                "TRADE_MAXIMUM_LEVERAGE",
                f"The leverage is at most {market.maximum_leverage}.",
                maximum_leverage=market.maximum_leverage,
            )
        if ticket.post_only and ticket.type != "LIMIT":
            raise Refused("TRADE_POST_ONLY_ORDER_TYPE", "Only a limit order can be post-only.")
        if ticket.margin < MINIMUM_MARGIN:
            raise Refused(
                "TRADE_MINIMUM_MARGIN", f"The margin is at least {MINIMUM_MARGIN} BTC.", minimum_margin=MINIMUM_MARGIN
            )
        if ticket.margin * COIN > self.state.unlocked:
            raise Refused("TRADE_INSUFFICIENT_BALANCE", f"The free balance is {btc(self.state.unlocked)} BTC.")
        kind = "limit_price" if ticket.type == "LIMIT" else "stop_entry_price"
        self._check_price(ticket.price, kind, market)
        self._check_price(ticket.stop_loss, "stop_loss", market)
        self._check_price(ticket.take_profit, "take_profit", market)
        reference = feed.price(feed.quote(feed.at(now)).market)
        long = ticket.direction == "LONG"
        anchor = reference if ticket.price is None else ticket.price
        if ticket.type == "STOP_ENTRY" and (anchor <= reference if long else anchor >= reference):
            raise Refused("TRADE_STOP_ENTRY_PRICE_REACHED", "The market has reached the stop entry price already.")
        self._check_exits(ticket.direction, ticket.stop_loss, ticket.take_profit, anchor)

    def _check_price(self, price: Decimal | None, name: str, market: Market) -> None:
        if price is None:
            return
        if price > _PRICE_MOST:
            raise Refused("TRADE_PRICE_TOO_HIGH", f"{name} is at most {_PRICE_MOST}.", parameter=name)
        if price % market.step:
            # A price may have any number of digits; a remainder of nothing is exact all the same.
            raise Refused(
                "TRADE_DECIMALS_LIMIT_PRICE", f"{name} is not a multiple of the price step.", step_size=market.step
            )

    @staticmethod
    def _check_exits(
        direction: Direction, stop_loss: Decimal | None, take_profit: Decimal | None, reference: Decimal
    ) -> None:
        sign = 1 if direction == "LONG" else -1
        if stop_loss is not None and (reference - stop_loss) * sign <= 0:
            raise Refused(
                "TRADE_STOP_LOSS_SIDE", f"The stop loss of a {direction} position belongs on the losing side."
            )
        if take_profit is not None and (take_profit - reference) * sign <= 0:
            raise Refused(
                "TRADE_TAKE_PROFIT_SIDE", f"The take profit of a {direction} position belongs on the winning side."
            )

    def withdraw(self, order_id: int) -> None:
        """Take an order out of the market."""
        order = self.state.orders.get(order_id)
        if order is None:
            raise Refused("ORDER_NOT_FOUND", "There is no such open order.")
        self._withdraw(order)

    def edit(self, position_id: int, stop_loss: Decimal | None, take_profit: Decimal | None, now: float) -> Position:
        """Set a stop loss, a take profit or both."""
        position = self.open_position(position_id)
        feed = self.feeds[position.symbol]
        self._check_price(stop_loss, "stop_loss", feed.market)
        self._check_price(take_profit, "take_profit", feed.market)
        reference = feed.price(feed.quote(feed.at(now)).market)
        self._check_exits(position.direction, stop_loss, take_profit, reference)
        if stop_loss is not None:
            position.stop_loss = stop_loss
        if take_profit is not None:
            position.take_profit = take_profit
        self._bounds.pop(position.symbol, None)
        return position

    def close(self, position_id: int, now: float) -> None:
        """Close a position in the market."""
        position = self.open_position(position_id)
        self._close(self.feeds[position.symbol], position, now)

    def merge(self, position_ids: list[int]) -> int:
        """Put positions together into the one with most contracts, the oldest of them if there are several."""
        positions = [self.open_position(position_id) for position_id in dict.fromkeys(position_ids)]
        for name in ("leverage", "symbol", "direction"):
            if len({getattr(position, name) for position in positions}) > 1:
                raise Refused(f"POSITION_MERGE_{name.upper()}", f"The positions differ in {name}.")
        target = max(positions, key=lambda position: (position.contracts, -position.id))
        for other in positions:
            if other is not target:
                self._take_in(target, other)
        target.trades.sort(key=lambda item: (item.time, item.id))
        target.charges.sort(key=lambda item: (item.time, item.id))
        return target.id

    def _take_in(self, target: Position, other: Position) -> None:
        """Trades and charges go along; what is left of the other shows what it was."""
        target.contracts += other.contracts
        target.volume += other.volume
        target.weighted += other.weighted
        target.margin += other.margin
        target.fees += other.fees
        target.created = min(target.created, other.created)
        target.last_trade = max(target.last_trade, other.last_trade)
        target.trades += other.trades
        target.charges += other.charges
        other.trades, other.charges, other.fees = [], [], 0
        other.merged_into = target.id
        for order in self.state.orders.values():
            if order.position_id == other.id:
                order.position_id = target.id
        self._retire(other)
