"""The synthetic participants: prices that wander, makers that quote around them, takers that come and go."""

from __future__ import annotations

import math
import random

from .catalogue import CURRENCIES
from .market import Market
from .state import MAKERS, TAKER, Side, State

__all__ = ["STEP", "Crowd"]

# Seconds of market time between two moves of the crowd.
STEP = 5
# Quotes of a maker on each side.
LEVELS = 4
_STEPS_A_DAY = 86_400 / STEP
# Prices are drawn back to where they started, half the way in about five days.
_RETURN = math.log(2) / (5 * _STEPS_A_DAY)
_SPREAD = 0.0003
# Moves that stand for more than this many leave no quote where it was. Takers do not take more than for this many.
_WIDE = 8


class Crowd:
    """Everybody but the user. All that happens follows from the seed and the number of the step."""

    def __init__(self, state: State, markets: dict[str, Market]) -> None:
        self._state = state
        self._markets = markets
        self._dice = random.Random()
        self._quotes: dict[tuple[str, int], list[int]] = {}
        for product_id, market in markets.items():
            for owner in MAKERS:
                mine = [quote.number for quote in market.state.resting.values() if quote.owner == owner]
                self._quotes[product_id, owner] = mine

    def fair(self, market: Market) -> float:
        """The price, in ticks, that the makers quote around."""
        product, assets = market.product, self._state.assets
        price = math.exp(assets[product.base] - assets[product.quote] + market.state.premium)
        return float(max(1.0, price * 10**product.price_places))

    def step(self, width: int) -> None:
        """One move. A wide one stands for many and moves prices as far as they would."""
        state, dice = self._state, self._dice
        dice.seed((state.seed << 40) + state.steps)
        for code, level in state.assets.items():
            currency = CURRENCIES[code]
            if currency.swing:
                deviation = currency.swing * math.sqrt(width / _STEPS_A_DAY)
                pull = (math.log(currency.usd) - level) * min(1.0, _RETURN * width)
                state.assets[code] = level + pull + dice.gauss(0.0, deviation)
        maker = MAKERS[(state.steps // width) % len(MAKERS)]
        for market in self._markets.values():
            fair = self.fair(market)
            if width > _WIDE:
                for other in MAKERS:
                    self._withdraw(market, other)
                for other in MAKERS:
                    self._quote(market, other, fair)
            else:
                self._withdraw(market, maker)
                self._quote(market, maker, fair)
            self._take(market, fair, min(width, _WIDE))

    def push(self, market: Market, price: int) -> None:
        """Move the market to a price: what stands in the way is traded away, and the last trade is at the price."""
        market.state.premium += math.log(price / self.fair(market))
        for maker in MAKERS:
            self._withdraw(market, maker)
        everything = sum(quote.size for quote in market.book.resting.values())
        market.take(TAKER, "buy", price, everything)
        market.take(TAKER, "sell", price, everything)
        lots = self._lots(market, 0.05)
        self._offer(market, MAKERS[0], "sell", price, lots)
        market.take(TAKER, "buy", price, lots)
        self.refill(market, all_makers=True)

    def refill(self, market: Market, *, all_makers: bool = False) -> None:
        """Quote again where somebody emptied the book."""
        if all_makers or not market.book.bids.keys or not market.book.asks.keys:
            self._dice.seed((self._state.seed << 40) - market.state.sequence)
            fair = self.fair(market)
            for maker in MAKERS:
                self._withdraw(market, maker)
                self._quote(market, maker, fair)

    def _withdraw(self, market: Market, maker: int) -> None:
        resting = market.book.resting
        mine = self._quotes[market.product.id, maker]
        for number in mine:
            quote = resting.get(number)
            if quote is not None:
                market.withdraw(quote)
        mine.clear()

    def _quote(self, market: Market, maker: int, fair: float) -> None:
        chance = self._dice.random
        step = fair * _SPREAD
        bid, ask = fair - 0.5 * step, fair + 0.5 * step
        for _ in range(LEVELS):
            bid -= step * chance()
            ask += step * chance()
            if bid >= 1.0:
                self._offer(market, maker, "buy", int(bid), self._lots(market, chance()))
            self._offer(market, maker, "sell", int(ask) + 1, self._lots(market, chance()))
            step *= 1.6

    def _offer(self, market: Market, maker: int, side: Side, price: int, size: int) -> None:
        left = market.take(maker, side, price, size)
        if left:
            self._state.last_number += 1
            market.rest(self._state.last_number, maker, side, price, left)
            self._quotes[market.product.id, maker].append(self._state.last_number)

    def _take(self, market: Market, fair: float, times: int) -> None:
        chance = self._dice.random
        if chance() < 0.92:
            size = times * self._lots(market, chance() ** 3)
            if chance() < 0.5:
                market.take(TAKER, "buy", int(fair * 1.004) + 1, size)
            else:
                market.take(TAKER, "sell", max(1, int(fair * 0.996)), size)

    def _lots(self, market: Market, share: float) -> int:
        product = market.product
        return max(1, int((0.05 + share) * product.lot * 10**product.size_places))
