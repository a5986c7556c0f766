"""Exact money: a decimal context that refuses to lose digits, and the ways in which the API writes numbers."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Clamped, Context, Decimal, FloatOperation, Inexact, InvalidOperation

__all__ = ["EXACT", "ZERO", "cut", "divide", "padded", "shortest", "steps"]

ZERO = Decimal(0)
# Sums and products of money have far fewer digits than this. Whatever would lose one anyway is an error.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation, FloatOperation, Clamped])
_ROUNDING = Context(prec=100, traps=[InvalidOperation])
_PLACES = [Decimal(1).scaleb(-places) for places in range(17)]


def cut(value: Decimal, places: int) -> Decimal:
    """A value without the digits after some decimal places."""
    return value.quantize(_PLACES[places], ROUND_DOWN, _ROUNDING)


def divide(value: Decimal, by: Decimal, places: int, *, nearest: bool = False) -> Decimal:
    """A quotient, cut or rounded to some decimal places."""
    rounding = ROUND_HALF_EVEN if nearest else ROUND_DOWN
    return _ROUNDING.divide(value, by).quantize(_PLACES[places], rounding, _ROUNDING)


def padded(value: Decimal, places: int = 16) -> str:
    """Text with all its decimal places."""
    return f"{value:.{places}f}"


def shortest(value: Decimal) -> str:
    """Text without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def steps(value: Decimal, places: int) -> int | None:
    """How many steps of 10**-places a value has, or None if it lies between two."""
    scaled = value.scaleb(places)
    whole = scaled.to_integral_value()
    return int(whole) if whole == scaled else None
