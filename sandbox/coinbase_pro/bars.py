"""Bars: what happened per minute and hour, kept while trades come in, and added up to candles and volumes."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from .state import Bar

__all__ = ["HOUR", "MINUTE", "add_trade", "candles", "history", "since", "volume"]

MINUTE = 60
HOUR = 3600
# How far back bars go: minutes for 300 candles of 15 minutes and more, hours for some months.
_MINUTES_KEPT = 5 * 24 * 60
_HOURS_KEPT = 60 * 24


def add_trade(bars: list[Bar], width: int, second: int, price: int, size: int) -> None:
    """Count a trade, in a new bar if it is the first of its minute or hour."""
    start = second - second % width
    if bars and bars[-1].start == start:
        bar = bars[-1]
        bar.low = min(bar.low, price)
        bar.high = max(bar.high, price)
        bar.close = price
        bar.volume += size
        return
    bars.append(Bar(start, price, price, price, price, size))
    kept = _MINUTES_KEPT if width == MINUTE else _HOURS_KEPT
    if len(bars) > kept * 9 // 8:
        del bars[:-kept]


def since(bars: Sequence[Bar], start: int) -> Sequence[Bar]:
    """The bars from a time on."""
    return bars[bisect_left(bars, start, key=lambda bar: bar.start) :]


def volume(bars: Sequence[Bar], start: int, end: int | None = None) -> int:
    """Lots traded from a time on, or between two."""
    return sum(bar.volume for bar in since(bars, start) if end is None or bar.start < end)


def candles(bars: Sequence[Bar], width: int, start: int, end: int) -> list[Bar]:
    """Bars of a greater width, oldest first. Both ends are inclusive."""
    found: list[Bar] = []
    for bar in since(bars, start - start % width):
        if bar.start > end:
            break
        bucket = bar.start - bar.start % width
        if found and found[-1].start == bucket:
            last = found[-1]
            last.low = min(last.low, bar.low)
            last.high = max(last.high, bar.high)
            last.close = bar.close
            last.volume += bar.volume
        else:
            found.append(Bar(bucket, bar.low, bar.high, bar.open, bar.close, bar.volume))
    return found


@cache
def _walk(seed: int, count: int, swing: float, lots: float) -> list[tuple[float, float, float, float, int]]:
    """Low, high, open, close as multiples of the last close, and volume, walking back in time from the last close."""
    dice = random.Random(seed)
    close = 1.0
    found: list[tuple[float, float, float, float, int]] = []
    for _ in range(count):
        opened = close * math.exp(-swing * dice.gauss(0.0, 1.0))
        low = min(opened, close) * (1.0 - 0.4 * swing * dice.random())
        high = max(opened, close) * (1.0 + 0.4 * swing * dice.random())
        found.append((low, high, opened, close, max(1, int(lots * (0.2 + 1.6 * dice.random())))))
        close = opened
    return found


def history(seed: int, end: int, price: int, swing: float, lots: int) -> tuple[list[Bar], list[Bar]]:
    """Bars of minutes and of hours before a (full) minute, at the end of which the price was this one.

    Args:
        seed: Decides the course of the market.
        end: The minute, in seconds since 1970.
        price: Ticks.
        swing: Standard deviation over a day, as a fraction.
        lots: Usual volume of a minute.
    """
    first_minute = end - _MINUTES_KEPT * MINUTE
    first_minute -= first_minute % HOUR

    def bars(last: int, width: int, count: int, at: float) -> list[Bar]:
        deviation = swing * math.sqrt(width / 86_400)
        walk = _walk(seed + width, count, deviation, lots * width / MINUTE)
        found = [
            Bar(
                last - index * width,
                max(1, round(low * at)),
                max(1, round(high * at)),
                max(1, round(opened * at)),
                max(1, round(close * at)),
                traded,
            )
            for index, (low, high, opened, close, traded) in enumerate(walk)
        ]
        found.reverse()
        return found

    # Always the same number of minutes, so that the walk is made once; those before the first full hour are left out.
    made = bars(end - MINUTE, MINUTE, _MINUTES_KEPT + HOUR // MINUTE, price)
    minutes = list(since(made, first_minute))
    older = _HOURS_KEPT - _MINUTES_KEPT * MINUTE // HOUR
    hours = bars(first_minute - HOUR, HOUR, older, minutes[0].open)
    return minutes, hours + candles(minutes, HOUR, first_minute, end)
