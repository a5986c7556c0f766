"""The market of one product: its book, its trades, and what is computed from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import bars
from .amounts import padded, shortest
from .book import Book
from .catalogue import Product
from .state import TAKER, USER, Bar, MarketState, Quote, Side, State, Trade, identity
from .times import SECOND, text, text_millis

__all__ = ["Market"]

Json = Any
# Trades that can be read; a day has about 16,000.
_TRADES_KEPT = 20_000
_LEVEL_2_ROWS = 50


class Market:
    """Lets orders meet. Who the user is and what is owed to whom is the exchange's business."""

    def __init__(
        self, product: Product, state: MarketState, world: State, filled: Callable[[int, Trade], None]
    ) -> None:
        self.product = product
        self.state = state
        self.book = Book(state.resting)
        self._world = world
        self._filled = filled
        """Told about each trade that hits an order of the user: the order's number and the trade."""
        self._volume: tuple[int, int, int] = (0, -1, 0)
        self._low = self._high = 0

    @property
    def last_price(self) -> int:
        """Price of the latest trade."""
        return self.state.trades[-1].price

    def extremes(self) -> tuple[int, int] | None:
        """Lowest and highest price since this was last asked, or None if nothing was traded."""
        if not self._low:
            return None
        found = self._low, self._high
        self._low = self._high = 0
        return found

    # Orders

    def rest(self, number: int, owner: int, side: Side, price: int, size: int) -> Quote:
        """Put an order on the book."""
        quote = Quote(number, owner, side, price, size)
        self.book.add(quote)
        self.state.sequence += 1
        return quote

    def withdraw(self, quote: Quote) -> None:
        """Take an order off the book."""
        self.book.remove(quote)
        self.state.sequence += 1

    def trade(self, resting: Quote, size: int, taker: int) -> Trade:
        """Let an incoming order take some of a resting one, at the resting one's price."""
        state, now, price = self.state, self._world.time, resting.price
        state.last_trade += 1
        state.sequence += 1
        trade = Trade(state.last_trade, now, price, size, resting.side)
        state.trades.append(trade)
        if len(state.trades) > _TRADES_KEPT * 9 // 8:
            del state.trades[:-_TRADES_KEPT]
        if price < self._low or not self._low:
            self._low = price
        self._high = max(self._high, price)
        second = now // SECOND
        bars.add_trade(state.minutes, bars.MINUTE, second, price, size)
        bars.add_trade(state.hours, bars.HOUR, second, price, size)
        resting.size -= size
        if resting.size == 0:
            self.book.remove(resting)
        bought = size if resting.side == "buy" else -size
        value = self.product.value(price, bought)
        if resting.owner != USER:
            state.makers.base += bought
            state.makers.quote -= value
        if taker != USER:
            position = state.takers if taker == TAKER else state.makers
            position.base -= bought
            position.quote += value
        if resting.owner == USER:
            self._filled(resting.number, trade)
        return trade

    def take(self, owner: int, side: Side, limit: int, size: int) -> int:
        """An order of a synthetic participant takes what it can. Returns the lots that are left of it."""
        while size and (resting := self.book.facing(side, limit)) is not None:
            taken = min(size, resting.size)
            self.trade(resting, taken, owner)
            size -= taken
        return size

    # What the public sees

    def bid(self) -> int:
        """Best price that is offered for the base currency; the last price if none is."""
        price = self.book.bids.price()
        return self.last_price if price is None else price

    def ask(self) -> int:
        """Best price at which the base currency is offered; the last price if it is not."""
        price = self.book.asks.price()
        return self.last_price if price is None else price

    def volume_24h(self, second: int) -> int:
        """Lots traded in the last 24 hours."""
        minute = second - second % bars.MINUTE
        if self._volume[:2] != (minute, self.state.last_trade):
            traded = bars.volume(self.state.minutes, minute - 86_400 + bars.MINUTE)
            self._volume = (minute, self.state.last_trade, traded)
        return self._volume[2]

    def _price(self, ticks: int) -> str:
        return shortest(self.product.price(ticks))

    def _size(self, lots: int) -> str:
        return shortest(self.product.size(lots))

    def ticker(self, second: int) -> Json:
        """The last trade and the best prices."""
        last = self.state.trades[-1]
        return {
            "trade_id": last.id,
            "price": self._price(last.price),
            "size": self._size(last.size),
            "time": text(last.time),
            "bid": self._price(self.bid()),
            "ask": self._price(self.ask()),
            "volume": self._size(self.volume_24h(second)),
        }

    def stats(self, second: int) -> Json:
        """The last 24 hours and 30 days."""
        minute = second - second % bars.MINUTE
        day = bars.since(self.state.minutes, minute - 86_400 + bars.MINUTE) or self.state.minutes[-1:]
        month = bars.volume(self.state.hours, second - 30 * 86_400)
        return {
            "open": self._price(day[0].open),
            "high": self._price(max(bar.high for bar in day)),
            "low": self._price(min(bar.low for bar in day)),
            "volume": self._size(self.volume_24h(second)),
            "last": self._price(self.last_price),
            "volume_30day": self._size(month),
        }

    def candles(self, width: int, start: int, end: int) -> Json:
        """Rows of bare numbers, newest first."""
        source = self.state.hours if width % bars.HOUR == 0 else self.state.minutes
        return [self._row(bar) for bar in reversed(bars.candles(source, width, start, end))]

    def _row(self, bar: Bar) -> Json:
        price = self.product.price
        prices = [price(ticks) for ticks in (bar.low, bar.high, bar.open, bar.close)]
        return [bar.start, *prices, self.product.size(bar.volume)]

    def trade_view(self, trade: Trade) -> Json:
        """A trade as the public sees it."""
        return {
            "time": text_millis(trade.time),
            "trade_id": trade.id,
            "price": padded(self.product.price(trade.price), 8),
            "size": padded(self.product.size(trade.size), 8),
            "side": trade.side,
        }

    def book_view(self, level: int) -> Json:
        """The book, in one of three degrees of detail."""
        rows: dict[str, Json] = {}
        for name, ladder in (("bids", self.book.bids), ("asks", self.book.asks)):
            found: list[Json] = []
            for price, quotes in ladder.rows():
                if level == 3:
                    text_of_price = self._price(price)
                    found += [
                        [text_of_price, self._size(quote.size), identity(quote.number)] for quote in quotes.values()
                    ]
                else:
                    total = sum(quote.size for quote in quotes.values())
                    found.append([self._price(price), self._size(total), len(quotes)])
                    if len(found) == (1 if level == 1 else _LEVEL_2_ROWS):
                        break
            rows[name] = found
        return {"sequence": self.state.sequence, **rows}
