"""Amounts, prices and times: how they are reckoned, and how the API writes them.

Amounts are whole satoshis inside. The value of a contract in satoshis is rounded to a whole number before it is
multiplied: up for a buy, down for a sale, so that 1,010 contracts bought at 10,100 are 0.1000001 BTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

__all__ = [
    "COIN",
    "average",
    "btc",
    "ceil_div",
    "fraction_of",
    "iso",
    "iso_seconds",
    "parse_time",
    "percent",
    "plain",
    "satoshis",
    "unit_value",
]

COIN = 100_000_000
# The server writes averages with the precision of a PHP float.
_AVERAGES = Context(prec=14)
_EXACT = Context(prec=60)


def ceil_div(dividend: int, divisor: int) -> int:
    """Quotient rounded up."""
    return -(-dividend // divisor)


def unit_value(price: Decimal, *, up: bool) -> int:
    """Value of one contract at a price, in whole satoshis."""
    numerator, denominator = price.as_integer_ratio()
    value = COIN * denominator
    return ceil_div(value, numerator) if up else value // numerator


def satoshis(amount: Decimal) -> int:
    """A BTC amount as whole satoshis; what is smaller is cut off."""
    return int(amount * COIN)


def fraction_of(amount: int, rate: Decimal) -> int:
    """A rate in percent of an amount in satoshis, rounded to the nearest."""
    return int(_EXACT.divide(amount * rate, Decimal(100)).to_integral_value(ROUND_HALF_UP))


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def btc(amount: int) -> str:
    """Satoshis as BTC."""
    whole, rest = divmod(abs(amount), COIN)
    text = f"{whole}.{rest:08}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if amount < 0 else text


def average(weighted: Decimal, volume: int) -> str:
    """The average price of trades: the sum of price times volume over the sum of volumes."""
    return plain(_AVERAGES.divide(weighted, Decimal(volume)))


def percent(part: int, whole: int, digits: int = 8) -> str:
    """A share in percent."""
    share = Fraction(part * 100, whole) if whole else Fraction(0)
    return plain(Decimal(round(share * 10**digits)).scaleb(-digits))


def iso(moment: float) -> str:
    """A time with six fraction digits."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def iso_seconds(moment: float) -> str:
    """A time in whole seconds."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()[:-6] + "Z"


def parse_time(text: str) -> float:
    """A time of a request. A ValueError if there is no such moment."""
    return datetime.fromisoformat(text.upper()).timestamp()
