"""An order book: best price first, and at one price the oldest order first."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from .state import Quote, Side

__all__ = ["Book"]


class _Ladder:
    """One side of a book. Prices are kept signed so that the best is always the greatest, at the end of the list."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self.keys: list[int] = []
        self.levels: dict[int, dict[int, Quote]] = {}

    def add(self, quote: Quote) -> None:
        key = self._sign * quote.price
        level = self.levels.get(key)
        if level is None:
            self.levels[key] = {quote.number: quote}
            insort(self.keys, key)
        else:
            level[quote.number] = quote

    def remove(self, quote: Quote) -> None:
        key = self._sign * quote.price
        level = self.levels[key]
        del level[quote.number]
        if not level:
            del self.levels[key]
            if self.keys[-1] == key:
                self.keys.pop()
            else:
                del self.keys[bisect_left(self.keys, key)]

    def price(self) -> int | None:
        return self._sign * self.keys[-1] if self.keys else None

    def rows(self) -> Iterator[tuple[int, dict[int, Quote]]]:
        """Price and quotes of each level, best first."""
        for key in reversed(self.keys):
            yield self._sign * key, self.levels[key]


class Book:
    """The resting orders of one product."""

    def __init__(self, resting: dict[int, Quote]) -> None:
        self.resting = resting
        self.bids = _Ladder(1)
        self.asks = _Ladder(-1)
        for quote in resting.values():
            self._side(quote.side).add(quote)

    def _side(self, side: Side) -> _Ladder:
        return self.bids if side == "buy" else self.asks

    def add(self, quote: Quote) -> None:
        """Put an order behind the others at its price."""
        self.resting[quote.number] = quote
        self._side(quote.side).add(quote)

    def remove(self, quote: Quote) -> None:
        """Take an order off."""
        del self.resting[quote.number]
        self._side(quote.side).remove(quote)

    def facing(self, side: Side, limit: int | None) -> Quote | None:
        """The order that an incoming one meets first, if it is within the limit of the incoming one."""
        if side == "buy":
            ladder = self.asks
            if not ladder.keys or (limit is not None and -ladder.keys[-1] > limit):
                return None
        else:
            ladder = self.bids
            if not ladder.keys or (limit is not None and ladder.keys[-1] < limit):
                return None
        return next(iter(ladder.levels[ladder.keys[-1]].values()))

    def facing_all(self, side: Side, limit: int) -> Iterator[Quote]:
        """Every order that an incoming one could meet, in the order in which it would."""
        for price, level in (self.asks if side == "buy" else self.bids).rows():
            if price > limit if side == "buy" else price < limit:
                return
            yield from level.values()
