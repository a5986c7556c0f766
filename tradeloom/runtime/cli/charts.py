"""Pictures of prices in a terminal: candles, and the depth of an order book."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .tables import aligned, flush_right
from .tree import Chart

__all__ = ["draw"]

_HEIGHT = 20
_LEVELS = 15
_BAR = 30
# What fills the upper and the lower half of a cell: nothing, a wick or a body.
_CELLS = {
    (0, 0): " ", (1, 1): "│", (2, 2): "┃", (1, 2): "╽", (2, 1): "╿", (0, 1): "╷", (1, 0): "╵", (0, 2): "╻", (2, 0): "╹",
}  # fmt: skip


def draw(chart: Chart, result: Any) -> None:
    """Draw the picture that a result is good for."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if chart.kind == "candles":
        _candles(console, chart, result)
    else:
        _book(console, chart, result)


class Candle(NamedTuple):
    """One interval. Positions on a screen need no exact numbers, so that they are floats."""

    time: datetime
    open: float
    high: float
    low: float
    close: float


def _candles(console: Console, chart: Chart, result: Sequence[Any]) -> None:
    candles = sorted(_read(chart, item) for item in result)
    if not candles:
        console.print(Text("none", style="dim"))
        return
    top, bottom = max(c.high for c in candles), min(c.low for c in candles)
    decimals = max(_decimals(getattr(item, name)) for item in result for name in chart.fields[1:])
    labels = [f"{top - (top - bottom) * row / (_HEIGHT - 1):.{decimals}f}" for row in range(_HEIGHT)]
    margin = max(map(len, labels)) + 1
    every = -(-len(candles) // max(console.width - margin - 2, 1))
    candles = [_merged(candles[i : i + every]) for i in range(0, len(candles), every)]
    gap = " " if len(candles) * 2 <= console.width - margin - 2 else ""
    for row in range(_HEIGHT):
        line = Text(f"{labels[row]:>{margin - 1}} ", style="dim") if row % 4 == 0 else Text(" " * margin)
        line.append("┤" if row % 4 == 0 else "│", style="dim")
        for candle in candles:
            halves = _half(candle, 2 * row, top, bottom), _half(candle, 2 * row + 1, top, bottom)
            line.append(_CELLS[halves], style="green" if candle.close >= candle.open else "red")
            line.append(gap)
        console.print(line, no_wrap=True, overflow="crop")
    _time_axis(console, candles, margin, 1 + len(gap))
    last, first = candles[-1], candles[0]
    note = f"{len(result)} candles" + (f", {every} to a column" if every > 1 else "")
    change = (last.close / first.open - 1) * 100 if first.open else 0.0
    summary = Text(f"{' ' * margin} {note}, from {first.open:.{decimals}f} to {last.close:.{decimals}f} ", style="dim")
    summary.append(f"{change:+.2f} %", style="green" if change >= 0 else "red")
    console.print(summary)


def _read(chart: Chart, item: Any) -> Candle:
    time, *prices = chart.fields
    return Candle(getattr(item, time), *(float(getattr(item, name)) for name in prices))


def _decimals(value: Decimal) -> int:
    """Digits behind the point, as many as a label has room for."""
    return min(max(-int(value.normalize().as_tuple().exponent), 0), 8)


def _merged(candles: Sequence[Candle]) -> Candle:
    """Several intervals as one."""
    return Candle(
        candles[0].time,
        candles[0].open,
        max(candle.high for candle in candles),
        min(candle.low for candle in candles),
        candles[-1].close,
    )


def _half(candle: Candle, half: int, top: float, bottom: float) -> int:
    """What a candle has in one of the half cells, counted from the top: 0 nothing, 1 its wick, 2 its body."""
    steps = 2 * _HEIGHT - 1

    def place(price: float) -> int:
        return round((top - price) / (top - bottom) * steps) if top > bottom else steps // 2

    if place(max(candle.open, candle.close)) <= half <= place(min(candle.open, candle.close)):
        return 2
    return 1 if place(candle.high) <= half <= place(candle.low) else 0


def _time_axis(console: Console, candles: Sequence[Candle], margin: int, step: int) -> None:
    days = (candles[-1].time - candles[0].time).days
    form = "%Y-%m-%d" if days > 3 else "%m-%d %H:%M" if days else "%H:%M"
    width = len(candles) * step
    axis = [" "] * max(width, 12)
    spacing = 18
    for position in range(0, width, spacing):
        label = f"└{candles[position // step].time:{form}}"
        if position + len(label) <= len(axis):
            axis[position : position + len(label)] = label
    console.print(Text(" " * (margin + 1) + "".join(axis) + " UTC", style="dim"), no_wrap=True, overflow="crop")


# The book: each side from its best price away, with bars of what lies between.


class Level(NamedTuple):
    """A price and what lies there and nearer."""

    price: Decimal
    size: Decimal
    total: Decimal


def _book(console: Console, chart: Chart, book: Any) -> None:
    bids, asks, price, size = chart.fields
    below = _levels(getattr(book, bids), price, size)
    above = _levels(getattr(book, asks), price, size)
    most = max((level.total for level in (*below, *above)), default=Decimal(0))
    table = Table(box=None, padding=(0, 1), header_style="dim")
    levels = [*reversed(above), *below]
    columns: list[list[Text]] = []
    for field, name in enumerate((price, size, "total")):
        header, *cells = flush_right([Text(name), *aligned([Text(f"{level[field]:f}") for level in levels])])
        table.add_column(header)
        columns.append(cells)
    table.add_column("")
    prices, sizes, totals = columns
    for index, level in enumerate(levels):
        style = "red" if index < len(above) else "green"
        if index == len(above) > 0:
            spread = above[0].price - level.price
            table.add_row(Text("spread", style="bold"), Text(f"{spread:f}", style="bold"))
        cells = [prices[index], sizes[index], totals[index]]
        for cell, look in zip(cells, (style, "", "dim"), strict=True):
            cell.stylize(look)
        table.add_row(*cells, Text(_bar(level.total, most), style=style))
    console.print(table if levels else Text("none", style="dim"))


def _levels(rows: Sequence[Any], price: str, size: str) -> list[Level]:
    """The best prices of a side; orders at one price are one level."""
    sizes: dict[Decimal, Decimal] = {}
    for row in rows:
        at = getattr(row, price)
        sizes[at] = sizes.get(at, Decimal(0)) + Decimal(getattr(row, size))
        if len(sizes) > _LEVELS:
            del sizes[at]
            break
    totals = accumulate(sizes.values())
    return [Level(at, amount, total) for (at, amount), total in zip(sizes.items(), totals, strict=True)]


def _bar(part: Decimal, whole: Decimal) -> str:
    full, rest = divmod(int(part / whole * _BAR * 8) if whole else 0, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "") or "▏"
