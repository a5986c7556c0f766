"""The synthetic side of a market: index, price, book and trades, all from a seed.

Time goes in steps of ten seconds. What happens in a step follows from the seed and the step's number, so nothing of it
is kept: any stretch of the past can be read again. Prices here are whole ticks of the market's price step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from .amounts import ceil_div, unit_value
from .markets import Market
from .noise import Noise, mix
from .state import Print, Shift, Side, State

__all__ = ["DEPTH", "STEP", "Bar", "Feed", "Quote"]

STEP = 10
DEPTH = 100
_MINUTE = 60
# Distance of knots in steps, and height: from five days and 7 % down to single steps.
_INDEX = ((43_200, 0.07), (8_640, 0.025), (1_080, 0.01), (180, 0.004), (30, 0.0015), (6, 0.0006), (1, 0.0002))
# What the market's price is above its index.
_PREMIUM = ((720, 0.0015), (60, 0.0008), (1, 0.0002))
# Trades of a step have ids from here on that leave room for trades of the account.
_IDS = 1_000_000
_OWN = 1_000
_BARS_KEPT = 100_000
_TAPE_KEPT = 500_000
# From so many steps on, trades are kept for the next time.
_LONG = 10_000


class Quote(NamedTuple):
    """Prices of a step in ticks."""

    market: int
    bid: int
    ask: int


class Tick(NamedTuple):
    """A seeded trade; its price in ticks."""

    step: int
    time: float
    price: int
    contracts: int
    side: Side
    value: int


class Bar(NamedTuple):
    """Prices of an interval in ticks, volume in satoshis."""

    start: int
    open: int
    high: int
    low: int
    close: int
    volume: int


class Feed:
    """One market over time."""

    def __init__(self, market: Market, state: State) -> None:
        self.market = market
        self.step = market.step
        self._started = state.started
        self._index = Noise(mix(state.seed, market.number, 1), _INDEX)
        self._premium = Noise(mix(state.seed, market.number, 2), _PREMIUM)
        self._seed = mix(state.seed, market.number, 3)
        self._base = market.price / float(market.step)
        self._shifts: list[Shift] = state.shifts.setdefault(market.symbol, [])
        self.prints: list[Print] = state.prints.setdefault(market.symbol, [])
        # Only open markets trade; the others stopped when the account was opened.
        self._end = None if market.status == "OPEN" else self.at(state.opened)
        self._minutes: dict[int, Bar] = {}
        self._tape: list[Tick] = []
        # The step asked for last: most questions are about the same one.
        self._quoted: int | None = None
        self._quote = Quote(0, 0, 0)

    # Steps

    def at(self, moment: float) -> int:
        """The step of a moment."""
        return int(moment - self._started) // STEP

    def start_of(self, step: int) -> int:
        """The moment at which a step begins."""
        return self._started + step * STEP

    def _trading(self, step: int) -> int:
        """The step whose prices are in force: the last one for a market that stands still."""
        return step if self._end is None else min(step, self._end)

    # Prices

    def price(self, ticks: int) -> Decimal:
        """Ticks as a price."""
        return ticks * self.step

    def _factor(self, step: int) -> float:
        if not self._shifts:
            return 1.0
        place = bisect_right(self._shifts, step, key=lambda shift: shift.step)
        return self._shifts[place - 1].factor if place else 1.0

    def index(self, step: int) -> Decimal:
        """The index price, two digits finer than prices of the market."""
        ticks = self._base * self._factor(step) * (1.0 + self._index.at(step))
        return Decimal(max(round(ticks * 100), 1)) * self.step / 100

    def premium(self, step: int) -> float:
        """What the market's price is above the index, as a share of it."""
        return self._premium.at(step)

    def _unshifted(self, step: int) -> float:
        return self._base * (1.0 + self._index.at(step)) * (1.0 + self._premium.at(step))

    def quote(self, step: int) -> Quote:
        """Market price, best bid and best ask."""
        step = self._trading(step)
        if step != self._quoted:
            market = max(round(self._unshifted(step) * self._factor(step)), 2)
            half = max(market // 5_000, 1)
            self._quoted, self._quote = step, Quote(market, max(market - half, 1), market + half)
        return self._quote

    def shift(self, step: int, ticks: int) -> None:
        """Let the market's price be this one in a step and move on from there."""
        factor = ticks / self._unshifted(step)
        if self._shifts and self._shifts[-1].step >= step:
            # The clock can be put back: what was set for later is forgotten.
            del self._shifts[bisect_right(self._shifts, step - 1, key=lambda shift: shift.step) :]
        self._shifts.append(Shift(step, factor))
        self._quoted = None
        self._minutes.clear()
        del self._tape[max(step, 0) :]

    def levels(self, step: int, side: Side) -> Iterator[tuple[int, int]]:
        """Price in ticks and contracts of what waits on the other side of a taker, best first."""
        quote = self.quote(step)
        step = self._trading(step)
        bits = mix(self._seed, step, 1 if side == "BUY" else 2)
        ticks, way = (quote.ask, 1) if side == "BUY" else (quote.bid, -1)
        spread = max(quote.market // 10_000, 1)
        for level in range(DEPTH):
            if ticks < 1:
                return
            bits = mix(bits, level)
            yield ticks, (100 + bits % 2_000) * (1 + level // 4)
            ticks += way * spread * (1 + (bits >> 32) % 3)

    # Trades

    def tick(self, step: int) -> Tick:
        """The one seeded trade of a step."""
        return self._tape[step] if 0 <= step < len(self._tape) else self._make_tick(step)

    def _make_tick(self, step: int) -> Tick:
        bits = mix(self._seed, step)
        quote = self.quote(step)
        side: Side = "BUY" if bits & 1 else "SELL"
        moment = self.start_of(step) + (bits >> 20) % 10_000_000 / 1_000_000
        ticks = quote.ask if side == "BUY" else quote.bid
        drawn = (bits >> 8) % 1024
        contracts = 1 + drawn * drawn // 1_340
        return Tick(step, moment, ticks, contracts, side, contracts * unit_value(self.price(ticks), up=side == "BUY"))

    def _print(self, tick: Tick) -> Print:
        number = tick.step * _IDS + self.market.number
        return Print(number, tick.time, self.price(tick.price), tick.contracts, tick.side, tick.value)

    def own_id(self, moment: float, last: int) -> int:
        """An id for a trade beside the seeded ones, after the last such id."""
        return max(last + 1, self.at(moment) * _IDS + _OWN)

    def _last_tick(self, now: float) -> int:
        """The step of the latest seeded trade that has happened."""
        step = self._trading(self.at(now))
        return step if self.tick(step).time <= now else step - 1

    def latest(self, now: float) -> Iterator[Print]:
        """Trades, newest first."""
        own = iter([item for item in reversed(self.prints) if item.time <= now])
        waiting = next(own, None)
        for step in range(self._last_tick(now), -1, -1):
            tick = self.tick(step)
            while waiting is not None and waiting.time > tick.time:
                yield waiting
                waiting = next(own, None)
            yield self._print(tick)

    def last_price(self, now: float) -> Decimal:
        """Price of the latest trade."""
        tick = self.tick(self._last_tick(now))
        own = next((item for item in reversed(self.prints) if item.time <= now), None)
        return own.price if own is not None and own.time >= tick.time else self.price(tick.price)

    # Bars

    def bars(self, resolution: int, start: int | None, end: float, limit: int | None) -> list[Bar]:
        """Bars whose interval begins at `start` or later, out of trades before `end`.

        With a limit they are the first ones, or, if there is no `start`, the last ones.
        """
        if start is not None or limit is None:
            return list(islice(self._bars(resolution, start, end), limit))
        # Not every interval has a trade, so reach back further until there are enough.
        reach = max(limit * resolution, STEP)
        while reach < end - self._started:
            found = list(self._bars(resolution, int(end) - reach, end))
            if len(found) >= limit:
                return found[-limit:]
            reach *= 4
        return list(self._bars(resolution, None, end))[-limit:]

    def _bars(self, resolution: int, start: int | None, end: float) -> Iterator[Bar]:
        first = self._started if start is None else max(ceil_div(start, resolution) * resolution, self._started)
        begin = None
        opened = high = low = close = volume = 0
        for moment, first_price, highest, lowest, last_price, value in self._pieces(resolution, first, end):
            interval = moment - moment % resolution
            if interval != begin:
                if begin is not None:
                    yield Bar(begin, opened, high, low, close, volume)
                begin, opened, high, low, volume = interval, first_price, highest, lowest, 0
            high = max(high, highest)
            low = min(low, lowest)
            close = last_price
            volume += value
        if begin is not None:
            yield Bar(begin, opened, high, low, close, volume)

    def _pieces(self, resolution: int, first: int, end: float) -> Iterator[tuple[int, int, int, int, int, int]]:
        """Parts of bars in order of time: whole minutes where they fit, or else single trades."""
        own = [item for item in self.prints if first <= item.time < end]
        own.sort(key=lambda item: item.time)
        place = 0
        step = max(self.at(first), 0)
        last = self._last_tick(end)
        if last - step > _LONG:
            self._record(last)
        by_minutes = resolution % _MINUTE == 0
        while step <= last:
            moment = self.start_of(step)
            until = moment + _MINUTE
            whole = moment % _MINUTE == 0 and until <= end and step + _MINUTE // STEP - 1 <= last
            if by_minutes and whole and (place == len(own) or own[place].time >= until):
                yield self._minute(step)
                step += _MINUTE // STEP
                continue
            tick = self.tick(step)
            while place < len(own) and own[place].time < tick.time:
                yield self._own_piece(own[place])
                place += 1
            if first <= tick.time < end:
                yield int(tick.time), tick.price, tick.price, tick.price, tick.price, tick.value
            step += 1
        for item in own[place:]:
            yield self._own_piece(item)

    def _own_piece(self, item: Print) -> Bar:
        ticks = int(item.price / self.step)
        return Bar(int(item.time), ticks, ticks, ticks, ticks, item.value)

    def _record(self, last: int) -> None:
        """Keep the seeded trades up to a step: they are read again and again."""
        if len(self._tape) <= last < _TAPE_KEPT:
            self._tape += map(self._make_tick, range(len(self._tape), last + 1))

    def _minute(self, step: int) -> Bar:
        """The seeded trades of a minute."""
        found = self._minutes.get(step)
        if found is None:
            if len(self._minutes) > _BARS_KEPT:
                self._minutes.clear()
            ticks = [self.tick(number) for number in range(step, step + _MINUTE // STEP)]
            prices = [tick.price for tick in ticks]
            volume = sum(tick.value for tick in ticks)
            found = Bar(self.start_of(step), prices[0], max(prices), min(prices), prices[-1], volume)
            self._minutes[step] = found
        return found
